//! A view of a store: only reads it, while another process may be writing.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::lock::{self, is_store};
use super::note::StoreNote;
use crate::contents::Contents;
use crate::day::{self, Lines};
use crate::folder;
use crate::id::NodeId;
use crate::line::Line;
use crate::node_settings::Settings;
use crate::recover::look;

/// A line of a day file, with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredLine {
    /// What it says.
    pub line: Line,
    /// The line as it is stored, without its end.
    pub text: String,
}

/// Lines of a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredLines {
    /// By day file, and in the order in which they came.
    pub lines: Vec<StoredLine>,
    /// Which lines cannot be read.
    pub notes: Vec<StoreNote>,
}

/// A store that is only read.
#[derive(Debug)]
pub struct View {
    root: PathBuf,
    settings: Settings,
}

impl View {
    /// The store `root`.
    ///
    /// # Errors
    /// [`StoreError::NoStore`], or when `nodes.toml` cannot be used.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        if !is_store(root) {
            return Err(StoreError::NoStore { root: root.to_owned() });
        }
        Ok(Self { root: root.to_owned(), settings: Settings::read(root)? })
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

    /// The nodes that have a folder, in order of their numbers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn nodes(&self) -> Result<Vec<NodeId>, StoreError> {
        let failed = |cause| StoreError::Io { root: self.root.clone(), cause };
        let mut nodes = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(failed)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let node = name.strip_prefix("node-").and_then(|n| n.parse().ok());
            nodes.extend(node.filter(|n: &NodeId| format!("node-{n}") == name));
        }
        nodes.sort_unstable();
        Ok(nodes)
    }

    /// The node that is called `asked`, by name or number; all nodes if none is asked for.
    ///
    /// # Errors
    /// [`StoreError::NoNode`], or when the store cannot be read.
    pub fn nodes_called(&self, asked: Option<&str>) -> Result<Vec<NodeId>, StoreError> {
        let all = self.nodes()?;
        let Some(asked) = asked else { return Ok(all) };
        let found = self.settings.find(asked).filter(|node| all.contains(node));
        found.map(|node| vec![node]).ok_or_else(|| StoreError::NoNode {
            root: self.root.clone(),
            asked: asked.to_owned(),
            nodes: self.names(&all),
        })
    }

    /// What people call `nodes`.
    pub(crate) fn names(&self, nodes: &[NodeId]) -> Vec<String> {
        nodes.iter().map(|node| self.settings.call(*node)).collect()
    }

    /// The folder of `node`.
    #[must_use]
    pub fn folder(&self, node: NodeId) -> PathBuf {
        folder::path(&self.root, node)
    }

    /// Lines of `node` from the day files that are `wanted` by name.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn lines(
        &self,
        node: NodeId,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<StoredLines, StoreError> {
        let folder = self.folder(node);
        let failed = |cause| StoreError::Io { root: folder.clone(), cause };
        let mut found = StoredLines::default();
        for name in day::names(&folder).map_err(failed)?.iter().filter(|name| wanted(name)) {
            let path = folder.join(name);
            let mut unreadable = 0;
            for raw in Lines::open(&path, 0).map_err(failed)? {
                let raw = raw.map_err(failed)?;
                match raw.line {
                    Some(line) => found.lines.push(StoredLine { line, text: raw.text }),
                    None => unreadable += 1,
                }
            }
            if unreadable > 0 {
                found.notes.push(StoreNote::Unreadable { path, lines: unreadable });
            }
        }
        Ok(found)
    }

    /// What is stored of `node`, in short.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn contents(&self, node: NodeId) -> Result<Contents, StoreError> {
        let folder = self.folder(node);
        look(&folder, node).map_err(|cause| StoreError::Io { root: folder, cause })
    }

    /// Whether a process writes the store now.
    #[must_use]
    pub fn is_written(&self) -> bool {
        lock::is_held(&self.root)
    }
}
