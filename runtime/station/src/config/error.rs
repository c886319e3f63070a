//! Why a configuration is not taken.

/// Why a configuration is not taken, on one line: where, what is wrong, what to do. No message repeats the
/// value of a key that may hold a password.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "{file}: {cause}; give a file that is there, or ‹emberline run sim:› to try without one"
    )]
    Unreadable {
        /// As typed.
        file: String,
        /// What the system says.
        cause: String,
    },
    /// The file is no TOML, or a value is of another type.
    #[error("{file}, line {line}: {what}; write it as docs/station-life.md shows")]
    Syntax {
        /// As typed.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What the reader says.
        what: String,
    },
    /// A key that no station knows.
    #[error("{file}: {place}: no such key; {fix}")]
    UnknownKey {
        /// As typed.
        file: String,
        /// The key with its section.
        place: String,
        /// The key that was meant, or those that there are.
        fix: String,
    },
    /// A key that must be there is not.
    #[error("{file}: {place} is missing; write {example}")]
    Missing {
        /// As typed.
        file: String,
        /// The key with its section.
        place: String,
        /// A line that would do.
        example: &'static str,
    },
    /// A value that cannot be.
    #[error("{file}: {place}: {what}; {fix}")]
    Value {
        /// As typed.
        file: String,
        /// The key with its section.
        place: String,
        /// What is wrong with it.
        what: String,
        /// What would be right.
        fix: String,
    },
}
