//! The index of a node's folder: what its day files hold, so that a start need not read them all.
//!
//! It may always be lost: all of it follows from the day files.

use std::collections::BTreeMap;
use std::path::Path;

use emberline_atomic_file as atomic_file;
use serde::{Deserialize, Serialize};

use crate::contents::Contents;
use crate::id::NodeId;

/// Its name in the folder.
const NAME: &str = "index.json";
/// The version of its form.
const FORMAT: u32 = 1;

/// The index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Index {
    format: u32,
    node: NodeId,
    /// Bytes of each day file that `contents` counts; all of them are on the disk.
    pub(crate) files: BTreeMap<String, u64>,
    #[serde(flatten)]
    pub(crate) contents: Contents,
}

impl Index {
    /// Of an empty folder.
    pub(crate) fn new(node: NodeId) -> Self {
        Self { format: FORMAT, node, files: BTreeMap::new(), contents: Contents::default() }
    }

    /// The index of `folder`, or an empty one if there is none that can be used.
    pub(crate) fn read(folder: &Path, node: NodeId) -> Self {
        let usable = || -> Option<Self> {
            let bytes = std::fs::read(folder.join(NAME)).ok()?;
            let mut index: Self = serde_json::from_slice(&bytes).ok()?;
            let len = |name: &String| folder.join(name).metadata().ok().map(|m| m.len());
            // Old files may be deleted; what they held stays counted, above all where each log ends.
            index.files.retain(|name, _| len(name).is_some());
            // One that is shorter was cut by someone else: count anew.
            let whole = index.files.iter().all(|(name, counted)| len(name) >= Some(*counted));
            (index.format == FORMAT && index.node == node && whole).then_some(index)
        };
        usable().unwrap_or_else(|| Self::new(node))
    }

    /// Writes the index of `folder`, whole.
    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        atomic_file::write(&folder.join(NAME), &bytes)
    }
}
