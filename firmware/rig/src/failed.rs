//! What can go wrong with the bench itself.

use std::{io, path::PathBuf};

/// Why the bench could not do it; one line for whoever runs the tests.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failed {
    /// The image was not built.
    #[error("no image of the node at {0}: run tests/node image")]
    NoImage(PathBuf),
    /// There is no QEMU.
    #[error("no QEMU ({tried}): run tests/node", tried = .0.display())]
    NoQemu(PathBuf),
    /// The file is not an image of the node.
    #[error("{path}: {what}", path = .path.display())]
    BadImage {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The image has no such name: it is of another version.
    #[error("the image has no {0}: run tests/node image")]
    NoSymbol(String),
    /// A setting that the node would refuse.
    #[error("{0}")]
    Setting(String),
    /// A file or a socket.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// QEMU refused.
    #[error("QEMU: {command}: {answer}")]
    Qemu {
        /// The command.
        command: String,
        /// Its answer.
        answer: String,
    },
    /// The budget's file.
    #[error("firmware/budget.toml: {0}")]
    Budget(#[from] toml::de::Error),
}

/// Gives an error of the system its place.
pub(crate) fn at(what: impl Into<String>) -> impl FnOnce(io::Error) -> Failed {
    let what = what.into();
    move |source| Failed::Io { what, source }
}
