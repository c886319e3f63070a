//! A store that this process writes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::claims::Claims;
use super::error::StoreError;
use super::lock;
use crate::folder::{FolderError, NodeFolder};
use crate::id::NodeId;
use crate::node_settings::{self, Settings};
use crate::recover::TornFile;

/// A store that this process writes, locked as long as this lives.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    settings: Settings,
    nodes: Mutex<BTreeMap<NodeId, Arc<Mutex<NodeFolder>>>>,
    claims: Mutex<Claims>,
    _lock: File,
}

impl Store {
    /// Opens the store `root`, or makes it.
    ///
    /// # Errors
    /// [`StoreError`] when another process writes it, when the folder holds other things, or when the
    /// disk refuses.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let failed = |cause| StoreError::Io { root: root.to_owned(), cause };
        fs::create_dir_all(root).map_err(failed)?;
        if !lock::exists(root)
            && let Some(entry) = fs::read_dir(root).map_err(failed)?.flatten().find(is_foreign)
        {
            let found = entry.file_name().to_string_lossy().into_owned();
            return Err(StoreError::Foreign { root: root.to_owned(), found });
        }
        let Some(lock) = lock::hold(root).map_err(failed)? else {
            return Err(StoreError::Busy { root: root.to_owned() });
        };
        Ok(Self {
            root: root.to_owned(),
            settings: Settings::read(root)?,
            nodes: Mutex::default(),
            claims: Mutex::default(),
            _lock: lock,
        })
    }

    /// The store's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Names and settings of the nodes.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folder of `node`, made if it is not there; and its torn day files, when it is opened for the
    /// first time.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn node(
        &self,
        node: NodeId,
    ) -> Result<(Arc<Mutex<NodeFolder>>, Vec<TornFile>), FolderError> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = nodes.get(&node) {
            return Ok((Arc::clone(folder), Vec::new()));
        }
        let (folder, torn) = NodeFolder::open(&self.root, node)?;
        let folder = Arc::new(Mutex::new(folder));
        nodes.insert(node, Arc::clone(&folder));
        Ok((folder, torn))
    }

    /// Notes that `node` introduced itself on `port` at `since`, by a clock that is never set back;
    /// returns another port on which it does so at the same time, now and then.
    pub fn claim(&self, node: NodeId, port: &str, since: Duration) -> Option<String> {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        claims.take(node, port, since)
    }

    /// Writes the indices that are old, and returns what failed.
    pub fn save_indices(&self) -> Vec<FolderError> {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let save = |folder: &Arc<Mutex<NodeFolder>>| {
            folder.lock().unwrap_or_else(PoisonError::into_inner).save_index().err()
        };
        nodes.values().filter_map(save).collect()
    }
}

/// Whether a new store may not be made beside this: anything but hidden files and `nodes.toml`.
fn is_foreign(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    name != node_settings::FILE && !name.as_encoded_bytes().starts_with(b".")
}
