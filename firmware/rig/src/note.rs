//! The note: why a node restarted, read from its RAM; see `firmware/lm3s6965/src/note.rs`.

/// What the node keeps over a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Why it will restart, if it will.
    pub why: Why,
    /// Why it restarted last.
    pub before: Why,
    /// The late task's number, or the processor's register CFSR.
    pub what: u32,
    /// The place in the program, or 0.
    pub place: u32,
}

/// Why a node restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// It does not: nothing is noted.
    Running,
    /// A task was late.
    Late,
    /// Its loop hung.
    Hung,
    /// A panic.
    Panic,
    /// A fault of the processor.
    Fault,
    /// No note: the RAM was without power.
    Nothing,
}

impl Why {
    fn from_word(word: u32) -> Self {
        match word {
            1 => Self::Running,
            2 => Self::Late,
            3 => Self::Hung,
            4 => Self::Panic,
            5 => Self::Fault,
            _ => Self::Nothing,
        }
    }
}

impl Note {
    /// From the note's five words.
    pub(crate) fn from_words([_, why, what, place, before]: [u32; 5]) -> Self {
        Self { why: Why::from_word(why), before: Why::from_word(before), what, place }
    }
}
