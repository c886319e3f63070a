//! Where a model came from.

use std::fmt;
use std::path::PathBuf;

/// Where a model came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Inside this program.
    BuiltIn,
    /// A folder.
    Path(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::Path(p) => p.display().fmt(f),
        }
    }
}
