//! Why a store cannot be used.

use std::io;
use std::path::PathBuf;

use crate::folder::FolderError;
use crate::node_settings::SettingsError;

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process writes into it.
    #[error("{}: another emberline listens for this store; stop it, or name another ‹store›", root.display())]
    Busy {
        /// The store.
        root: PathBuf,
    },
    /// It is something else.
    #[error("{}: is no store of sensor nodes; ‹emberline node listen› makes one", root.display())]
    NoStore {
        /// As named.
        root: PathBuf,
    },
    /// The folder holds other things.
    #[error("{}: holds {found}, and is no store; name an empty or new folder", root.display())]
    Foreign {
        /// As named.
        root: PathBuf,
        /// One thing in it.
        found: String,
    },
    /// It has not the node that is asked for.
    #[error("{}: has no node '{asked}'; it has {}", root.display(), list(nodes))]
    NoNode {
        /// The store.
        root: PathBuf,
        /// Name or number, as asked.
        asked: String,
        /// What the nodes that it has are called.
        nodes: Vec<String>,
    },
    /// One node must be named, for it has not exactly one.
    #[error("{}: holds {}; name one node with ‹station›", root.display(), list(nodes))]
    WhichNode {
        /// The store.
        root: PathBuf,
        /// What the nodes that it has are called.
        nodes: Vec<String>,
    },
    /// A node has nothing that a clock can date.
    #[error("{}: {node} has no reading with a time yet", root.display())]
    NoReading {
        /// The store.
        root: PathBuf,
        /// What the node is called.
        node: String,
    },
    /// The disk refused.
    #[error("{}: {cause}: name a folder that can be written", root.display())]
    Io {
        /// The store, or a folder in it.
        root: PathBuf,
        /// Why; it stands in the message.
        cause: io::Error,
    },
    /// A node's folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// `nodes.toml` cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

fn list(nodes: &[String]) -> String {
    if nodes.is_empty() { "no node yet".to_owned() } else { nodes.join(", ") }
}
