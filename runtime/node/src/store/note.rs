//! Notes on readings that are taken out of a store: what is not among them, and why.

use std::fmt;
use std::path::PathBuf;

/// One thing that a person should know of readings that are taken out of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreNote {
    /// Lines of a day file that cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// How many lines.
        lines: usize,
    },
    /// Readings that no clock can date.
    Undated {
        /// How many.
        readings: usize,
    },
    /// Readings that the node lost.
    Missing {
        /// How many.
        readings: u64,
    },
    /// Tips of the rain bucket were counted, and how much rain a tip stands for is not known.
    TipSizeUnknown,
}

impl fmt::Display for StoreNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, lines } => {
                write!(f, "{}: {lines} lines cannot be read: left out", path.display())
            }
            Self::Undated { readings } => {
                write!(f, "{readings} readings left out: no clock can tell their time")
            }
            Self::Missing { readings } => {
                write!(f, "{readings} readings are missing: the node could not keep them")
            }
            Self::TipSizeUnknown => {
                f.write_str("rain is left out: write rain_mm_per_tip for this node into nodes.toml")
            }
        }
    }
}
