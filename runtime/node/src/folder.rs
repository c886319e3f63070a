//! The folder of one node: appends lines to its day files, and knows what is there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::contents::Contents;
use crate::day;
use crate::id::{LogId, NodeId};
use crate::image::Image;
use crate::index::Index;
use crate::line::Line;
use crate::recover::{TornFile, recover, sync_folder};

/// Why something cannot be stored.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", path.display(), reason(cause))]
pub struct FolderError {
    /// What was written or read.
    pub path: PathBuf,
    /// Why; it stands in the message.
    pub cause: io::Error,
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: free some space; readings stay in the nodes as long as they can"
                .into()
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "the disk is read-only: mount it for writing; readings stay in the nodes".into()
        }
        io::ErrorKind::PermissionDenied => "no right to write here: change its owner".into(),
        _ => format!("cannot be written: {error}"),
    }
}

/// The folder of one node, open for writing by one process.
#[derive(Debug)]
pub struct NodeFolder {
    node: NodeId,
    path: PathBuf,
    index: Index,
    /// The file that is open for appending, and its name.
    open: Option<(String, File)>,
    /// Whether the index on the disk is older than this one.
    changed: bool,
}

impl NodeFolder {
    /// The folder of `node` in the store `root`, made if it is not there; and the day files that were
    /// torn.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn open(root: &Path, node: NodeId) -> Result<(Self, Vec<TornFile>), FolderError> {
        let path = path(root, node);
        let failed = |cause| FolderError { path: path.clone(), cause };
        if !path.is_dir() {
            fs::create_dir_all(&path).map_err(failed)?;
            sync_folder(root).map_err(failed)?;
        }
        let (index, torn) = recover(&path, node).map_err(failed)?;
        let mut folder = Self { node, path, index, open: None, changed: true };
        folder.save_index()?;
        Ok((folder, torn))
    }

    /// The node.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is stored, and on the disk.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.index.contents
    }

    /// The last reading or gap of `log` that is on the disk; 0 if there is none.
    #[must_use]
    pub fn end(&self, log: LogId) -> u32 {
        self.index.contents.end(log)
    }

    /// Appends lines in their order; when this returns they are on the disk.
    ///
    /// A file is on the disk before the next one is written, so that no reading is there without those
    /// before it.
    ///
    /// # Errors
    /// When the disk refuses. Then some of the first lines may be stored, and [`Self::end`] knows.
    pub fn append(&mut self, lines: &[Line]) -> Result<(), FolderError> {
        for group in lines.chunk_by(|a, b| day::name_of(a) == day::name_of(b)) {
            let Some(first) = group.first() else { continue };
            let name = day::name_of(first);
            let path = self.path.join(&name);
            if let Err(cause) = self.append_to(name, group) {
                return Err(FolderError { path, cause });
            }
            group.iter().for_each(|line| self.index.contents.take(line));
            self.changed = true;
        }
        Ok(())
    }

    fn append_to(&mut self, name: String, lines: &[Line]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        let (name, mut file) = match self.open.take() {
            Some((open, file)) if open == name => (open, file),
            _ => {
                let file = self.create(&name)?;
                (name, file)
            }
        };
        let before = self.index.files.get(&name).copied().unwrap_or(0);
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Whatever reached the file is taken back: it is not acknowledged, and comes again. If even
            // that fails, the file is opened anew, and what is too much is cut off then.
            let _ = file.set_len(before).and_then(|()| file.sync_data());
            return Err(error);
        }
        self.index.files.insert(name.clone(), before + bytes.len() as u64);
        self.open = Some((name, file));
        Ok(())
    }

    /// Opens a day file for appending, without anything that is not counted.
    fn create(&mut self, name: &str) -> io::Result<File> {
        let path = self.path.join(name);
        let file = File::options().create(true).append(true).open(&path)?;
        let counted = self.index.files.get(name).copied().unwrap_or(0);
        if file.metadata()?.len() > counted {
            file.set_len(counted)?;
        }
        file.sync_all()?;
        sync_folder(&self.path)?;
        Ok(file)
    }

    /// Appends a thermal image to the day's file of images. Images are live: they are not acknowledged,
    /// and a power cut may take the last seconds of them.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn append_image(&self, image: &Image) -> Result<(), FolderError> {
        let path = self.path.join(day::image_name(image.received));
        let write = || -> io::Result<()> {
            let mut bytes = serde_json::to_vec(image)?;
            bytes.push(b'\n');
            File::options().create(true).append(true).open(&path)?.write_all(&bytes)
        };
        write().map_err(|cause| FolderError { path: path.clone(), cause })
    }

    /// Writes the index if it is old. Losing it costs the next start some time, and nothing else.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn save_index(&mut self) -> Result<(), FolderError> {
        if self.changed {
            let failed = |cause| FolderError { path: self.path.join("index.json"), cause };
            self.index.write(&self.path).map_err(failed)?;
            self.changed = false;
        }
        Ok(())
    }

    /// Bytes of each day file.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, u64> {
        &self.index.files
    }
}

/// The folder of `node` in the store `root`.
#[must_use]
pub fn path(root: &Path, node: NodeId) -> PathBuf {
    root.join(format!("node-{node}"))
}
