//! The store: one folder in which each node has a folder of its own, written by one process at a time.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::contents::Contents;
use super::day::{self, Lines};
use super::folder::{self, FolderError, NodeFolder};
use super::id::NodeId;
use super::line::Line;
use super::names::{Names, NamesError};
use super::recover::look;

/// The file that says "this is a store", and that its writer locks.
const LOCK: &str = "emberline-store";

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process writes into it.
    #[error("{}: another emberline listens for this store; stop it, or name another --store", root.display())]
    Busy {
        /// The store.
        root: PathBuf,
    },
    /// It is something else.
    #[error("{}: is no store of sensor nodes; `emberline node listen` makes one", root.display())]
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
    /// The disk refused.
    #[error("{}: {source}: name a folder that can be written", root.display())]
    Io {
        /// The store.
        root: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A node's folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// `nodes.toml` cannot be used.
    #[error(transparent)]
    Names(#[from] NamesError),
}

/// A node was heard on a port.
#[derive(Debug)]
struct Claim {
    port: String,
    /// When it last came from another port.
    moved: Option<Duration>,
    told: Option<Duration>,
}

/// A node that moves to another port and back within this time is two nodes: one speaks each minute at
/// least, and a plug is moved once.
const TOGETHER: Duration = Duration::from_secs(200);
/// That two nodes have one number is told again after this time.
const TELL_AGAIN: Duration = Duration::from_secs(3600);

/// A store that this process writes.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    names: Names,
    nodes: Mutex<BTreeMap<NodeId, Arc<Mutex<NodeFolder>>>>,
    /// On which port each node was last heard, and since when that is no news.
    claims: Mutex<BTreeMap<NodeId, Claim>>,
    /// Locked as long as this lives; the system unlocks it when the process dies.
    _lock: File,
}

impl Store {
    /// Opens the store `root`, or makes it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Io { root: root.to_owned(), source };
        fs::create_dir_all(root).map_err(failed)?;
        if !root.join(LOCK).exists()
            && let Some(entry) = fs::read_dir(root).map_err(failed)?.flatten().find(foreign)
        {
            let found = entry.file_name().to_string_lossy().into_owned();
            return Err(StoreError::Foreign { root: root.to_owned(), found });
        }
        let lock = File::options().create(true).append(true).open(root.join(LOCK));
        let lock = lock.map_err(failed)?;
        // Somebody who only looks whether it is locked holds it for an instant.
        let mut tries = 0..5;
        let locked = loop {
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) if tries.next().is_some() => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                result => break result,
            }
        };
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Busy { root: root.to_owned() });
            }
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        let names = Names::read(root)?;
        Ok(Self {
            root: root.to_owned(),
            names,
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

    /// What the nodes are called.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The folder of `node`, made if it is not there; with what a person should know when it is opened
    /// for the first time.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn node(&self, node: NodeId) -> Result<(Arc<Mutex<NodeFolder>>, Vec<String>), FolderError> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = nodes.get(&node) {
            return Ok((Arc::clone(folder), Vec::new()));
        }
        let (folder, notes) = NodeFolder::open(&self.root, node)?;
        let folder = Arc::new(Mutex::new(folder));
        nodes.insert(node, Arc::clone(&folder));
        Ok((folder, notes))
    }

    /// Takes down that `node` said Hello on `port`, `since` some moment; gives another port on which it
    /// did so at the same time, now and then.
    pub fn claim(&self, node: NodeId, port: &str, since: Duration) -> Option<String> {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Claim { port: port.to_owned(), moved: None, told: None };
        let claim = claims.entry(node).or_insert_with(new);
        if claim.port == port {
            return None;
        }
        let other = std::mem::replace(&mut claim.port, port.to_owned());
        let again = claim.moved.replace(since).is_some_and(|moved| since < moved + TOGETHER);
        let tell = again && claim.told.is_none_or(|told| since > told + TELL_AGAIN);
        tell.then(|| {
            claim.told = Some(since);
            other
        })
    }

    /// Writes the indices that are old; gives what failed.
    pub fn save_indices(&self) -> Vec<FolderError> {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let save = |folder: &Arc<Mutex<NodeFolder>>| {
            folder.lock().unwrap_or_else(PoisonError::into_inner).save_index().err()
        };
        nodes.values().filter_map(save).collect()
    }
}

/// Something that a new store may not be made beside: anything but hidden files and `nodes.toml`.
fn foreign(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    name != super::names::FILE && !name.as_encoded_bytes().starts_with(b".")
}

/// Lines of a node.
#[derive(Debug, Default)]
pub struct Found {
    /// Lines and their text, by day file and in the order in which they came.
    pub lines: Vec<(Line, String)>,
    /// What a person should know of lines that cannot be read.
    pub notes: Vec<String>,
}

/// A store that is only read; another process may be writing it.
#[derive(Debug)]
pub struct View {
    root: PathBuf,
    names: Names,
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
        Ok(Self { root: root.to_owned(), names: Names::read(root)? })
    }

    /// The store's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the nodes are called.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The nodes that have a folder, in order of their numbers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn nodes(&self) -> Result<Vec<NodeId>, StoreError> {
        let failed = |source| StoreError::Io { root: self.root.clone(), source };
        let mut nodes = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(failed)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let node = name.strip_prefix("node-").and_then(|n| n.parse().ok());
            nodes.extend(node.filter(|n: &NodeId| format!("node-{n}") == name));
        }
        nodes.sort_unstable();
        Ok(nodes)
    }

    /// The folder of `node`.
    #[must_use]
    pub fn folder(&self, node: NodeId) -> PathBuf {
        folder::path(&self.root, node)
    }

    /// Lines of `node` with their text, from the day files that are `wanted` by name; and what a person
    /// should know of lines that cannot be read.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn lines(&self, node: NodeId, wanted: impl Fn(&str) -> bool) -> Result<Found, StoreError> {
        let folder = self.folder(node);
        let failed = |source| StoreError::Io { root: folder.clone(), source };
        let mut found = Found::default();
        for name in day::names(&folder).map_err(failed)?.iter().filter(|name| wanted(name)) {
            let path = folder.join(name);
            let mut bad = 0;
            for stored in Lines::open(&path, 0).map_err(failed)? {
                let stored = stored.map_err(failed)?;
                match stored.line {
                    Some(line) => found.lines.push((line, stored.text)),
                    None => bad += 1,
                }
            }
            if bad > 0 {
                found
                    .notes
                    .push(format!("{}: {bad} lines cannot be read: left out", path.display()));
            }
        }
        Ok(found)
    }

    /// What is stored of `node`.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn contents(&self, node: NodeId) -> Result<Contents, StoreError> {
        let folder = self.folder(node);
        look(&folder, node).map_err(|source| StoreError::Io { root: folder, source })
    }

    /// Whether a process writes the store now.
    #[must_use]
    pub fn is_written(&self) -> bool {
        let lock = File::open(self.root.join(LOCK));
        lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

/// Whether `root` is a store.
#[must_use]
pub fn is_store(root: &Path) -> bool {
    root.join(LOCK).is_file()
}
