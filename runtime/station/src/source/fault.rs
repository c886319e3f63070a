//! Faults: why a source gives nothing.

/// Why a source gives nothing more; it is opened again after a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Whether a person must do something, so that trying soon again is of no use.
    pub refused: bool,
    /// What is wrong, on one line.
    pub why: String,
}
