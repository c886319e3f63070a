//! Cursors: how far a reader has read each day file, to get what was stored since it last came.
//!
//! A reader (an upload each hour, for example) keeps a cursor in a file of its own. The file is moved on
//! after the reader is done, so each line is handed out at least once.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use emberline_atomic_file as atomic_file;
use serde::{Deserialize, Serialize};

use crate::day::{self, Lines};
use crate::id::NodeId;
use crate::line::Line;
use crate::reading_table::Tips;
use crate::store::{StoreError, StoredLine, View};

/// How far each node was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(BTreeMap<NodeId, Place>);

/// How far one node was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// Bytes of each day file.
    files: BTreeMap<String, u64>,
    /// Tips of the bucket at the last reading, so that the rain since then is not lost.
    tips: Option<Tips>,
}

/// Lines of one node that a cursor had not passed yet.
#[derive(Debug, Default)]
pub struct NewLines {
    /// By day file, and in the order in which they came.
    pub lines: Vec<StoredLine>,
    /// Tips of the bucket at the reading before.
    pub tips_before: Option<Tips>,
}

/// Why a cursor cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cursor {}: {what}; remove it to begin anew", path.display())]
pub struct CursorError {
    path: PathBuf,
    what: String,
}

impl Cursor {
    /// Reads the cursor in `path`; nothing was read yet if it is not there.
    ///
    /// # Errors
    /// When the file is there and is no cursor.
    pub fn read(path: &Path) -> Result<Self, CursorError> {
        let wrong = |what: String| CursorError { path: path.to_owned(), what };
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| wrong(e.to_string())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(wrong(e.to_string())),
        }
    }

    /// Writes the cursor, whole.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), CursorError> {
        let wrong = |what: String| CursorError { path: path.to_owned(), what };
        let bytes = serde_json::to_vec_pretty(self).map_err(|e| wrong(e.to_string()))?;
        atomic_file::write(path, &bytes).map_err(|e| wrong(e.to_string()))
    }

    /// Returns the lines of `node` after this cursor, and moves it behind them. A last line that is only
    /// half written is left for the next time.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn take(&mut self, view: &View, node: NodeId) -> Result<NewLines, StoreError> {
        let folder = view.folder(node);
        let failed = |cause| StoreError::Io { root: folder.clone(), cause };
        let Place { files, tips } = self.0.entry(node).or_default();
        let mut new = NewLines { lines: Vec::new(), tips_before: *tips };
        for name in day::names(&folder).map_err(failed)? {
            let path = folder.join(&name);
            let read = files.entry(name).or_default();
            if path.metadata().map_err(failed)?.len() < *read {
                *read = 0; // cut by hand
            }
            for raw in Lines::open(&path, *read).map_err(failed)? {
                let raw = raw.map_err(failed)?;
                let Some(line) = raw.line else { break };
                *read = raw.end;
                new.lines.push(StoredLine { line, text: raw.text });
            }
        }
        // The last that came is the last that was taken: a node sends in the order of its numbers.
        let tipped = new.lines.iter().filter_map(|stored| match &stored.line {
            Line::Reading(r) => Tips::of(r).map(|tips| (r.received, tips.seq, tips)),
            _ => None,
        });
        let last = tipped.max_by_key(|(received, seq, _)| (*received, *seq));
        *tips = last.map(|(.., tips)| tips).or(*tips);
        Ok(new)
    }
}
