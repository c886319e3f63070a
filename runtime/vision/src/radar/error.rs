//! Why radar files give no rain: what, where, and what to do.

use std::path::Path;

/// Why radar files could not be read, or do not go together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RadarError {
    /// Nothing there.
    #[error("{name}: no such file or folder")]
    Missing {
        /// The file.
        name: String,
    },
    /// The operating system refused.
    #[error("{name}: {cause}")]
    Io {
        /// The file.
        name: String,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is damaged or not what its name says.
    #[error("{name}: {what}; copy or export it again")]
    Damaged {
        /// The file.
        name: String,
        /// What is wrong with it.
        what: String,
    },
    /// Readable, but no rain that can be forecast from.
    #[error("{name}: {what}; {fix}")]
    Refused {
        /// The file or the folder.
        name: String,
        /// What is wrong.
        what: String,
        /// What to do.
        fix: String,
    },
}

impl RadarError {
    pub(super) fn refused(name: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Refused { name: name.to_owned(), what: what.into(), fix: fix.into() }
    }

    pub(super) fn io(path: &Path, cause: std::io::Error) -> Self {
        let name = path.display().to_string();
        if cause.kind() == std::io::ErrorKind::NotFound {
            return Self::Missing { name };
        }
        Self::Io { name, cause }
    }
}
