//! The tail of a store: its last lines, and those that follow.

use crate::cursor::Cursor;
use crate::day::{self, Lines};
use crate::id::NodeId;
use crate::store::{StoreError, StoredLine, View};

/// Follows a store.
#[derive(Debug)]
pub struct Tail<'a> {
    view: &'a View,
    /// Only this node, by name or number.
    node: Option<String>,
    cursor: Cursor,
}

impl<'a> Tail<'a> {
    /// The tail of the node `node`, by name or number, or of all nodes.
    #[must_use]
    pub fn new(view: &'a View, node: Option<String>) -> Self {
        Self { view, node, cursor: Cursor::default() }
    }

    /// The nodes that are followed; one that was never heard of may come later.
    ///
    /// # Errors
    /// When the store has not the node that is asked for, or cannot be read.
    pub fn nodes(&self) -> Result<Vec<NodeId>, StoreError> {
        self.view.nodes_called(self.node.as_deref())
    }

    /// The last `count` lines of `node`. Lines that cannot be read do not count.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn last(&self, node: NodeId, count: usize) -> Result<Vec<StoredLine>, StoreError> {
        let folder = self.view.folder(node);
        let failed = |cause| StoreError::Io { root: folder.clone(), cause };
        // The newest files first, until there are enough lines.
        let mut last: Vec<StoredLine> = Vec::new();
        for name in day::names(&folder).map_err(failed)?.iter().rev() {
            let mut lines = Vec::new();
            for raw in Lines::open(&folder.join(name), 0).map_err(failed)? {
                let raw = raw.map_err(failed)?;
                lines.extend(raw.line.map(|line| StoredLine { line, text: raw.text }));
            }
            lines.append(&mut last);
            last = lines;
            if last.len() >= count {
                break;
            }
        }
        Ok(last.split_off(last.len().saturating_sub(count)))
    }

    /// Passes over everything that is stored by now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn skip_stored(&mut self) -> Result<(), StoreError> {
        self.new_lines().map(drop)
    }

    /// What was stored since the last call, node by node.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new_lines(&mut self) -> Result<Vec<StoredLine>, StoreError> {
        let mut lines = Vec::new();
        for node in self.nodes()? {
            lines.extend(self.cursor.take(self.view, node)?.lines);
        }
        Ok(lines)
    }
}
