//! The outbox: what was stored since a reader last came, whichever day file it went to.
//!
//! A reader (an upload each hour, for example) keeps a cursor: how far it has read each day file. The
//! cursor moves after the reader is done, so each line is handed out at least once.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use emberline_atomic_file as atomic_file;
use serde::{Deserialize, Serialize};

use super::day::{self, Lines};
use super::id::NodeId;
use super::line::Line;
use super::store::{StoreError, View};
use super::table::Tips;

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

/// What is new of one node.
#[derive(Debug, Default)]
pub struct New {
    /// Lines and their text, by day file and in the order in which they came.
    pub lines: Vec<(Line, String)>,
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

    /// Lines of `node` after this cursor, and moves it behind them. A last line that is only half
    /// written is left for the next time.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn take(&mut self, view: &View, node: NodeId) -> Result<New, StoreError> {
        let folder = view.folder(node);
        let failed = |source| StoreError::Io { root: folder.clone(), source };
        let Place { files, tips } = self.0.entry(node).or_default();
        let mut new = New { lines: Vec::new(), tips_before: *tips };
        for name in day::names(&folder).map_err(failed)? {
            let path = folder.join(&name);
            let read = files.entry(name).or_default();
            if path.metadata().map_err(failed)?.len() < *read {
                *read = 0; // cut by hand
            }
            for stored in Lines::open(&path, *read).map_err(failed)? {
                let stored = stored.map_err(failed)?;
                let Some(line) = stored.line else { break };
                *read = stored.end;
                new.lines.push((line, stored.text));
            }
        }
        // The last that came is the last that was taken: a node sends in the order of its numbers.
        let tipped = new.lines.iter().filter_map(|(line, _)| match line {
            Line::Reading(r) => Tips::of(r).map(|tips| (r.received, tips.seq, tips)),
            _ => None,
        });
        let last = tipped.max_by_key(|(received, seq, _)| (*received, *seq));
        *tips = last.map(|(.., tips)| tips).or(*tips);
        Ok(new)
    }
}
