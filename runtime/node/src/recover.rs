//! Recovery: finds what day files hold after a power cut, and cuts off a line that was torn.
//!
//! Lines are on the disk before they are acknowledged, and a file is on the disk before the next one is
//! written. So nothing after the first line that cannot be read was acknowledged, unless the disk itself
//! is damaged; what is cut off is kept beside, in a file that ends in `.damaged`.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::contents::Contents;
use crate::day::{self, Lines};
use crate::id::NodeId;
use crate::index::Index;

/// A day file that ended in the middle of a line, after a power cut for example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornFile {
    /// The file; what was cut off lies beside it, under the same name and `.damaged`.
    pub path: PathBuf,
    /// Bytes that were cut off.
    pub bytes: u64,
}

impl fmt::Display for TornFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.path.file_name().unwrap_or_default();
        write!(
            f,
            "{}: {} bytes at its end were torn, by a power cut for example; they are in {}.damaged, \
             and the node sends again what was not acknowledged",
            self.path.display(),
            self.bytes,
            name.display()
        )
    }
}

/// Brings the index of `folder` up to its day files, and returns those that were torn.
pub(crate) fn recover(folder: &Path, node: NodeId) -> io::Result<(Index, Vec<TornFile>)> {
    let mut index = Index::read(folder, node);
    let mut torn_files = Vec::new();
    for name in day::names(folder)? {
        let path = folder.join(&name);
        let counted = index.files.get(&name).copied().unwrap_or(0);
        let Counted { good, torn } = count(&path, counted, &mut index.contents)?;
        if torn {
            let bytes = cut(&path, good)?;
            torn_files.push(TornFile { path, bytes });
        } else if good > counted {
            // A killed gateway may have left it in the system's memory only.
            File::open(&path)?.sync_all()?;
        }
        index.files.insert(name, good);
    }
    Ok((index, torn_files))
}

/// What is in `folder`, without changing anything there.
pub(crate) fn look(folder: &Path, node: NodeId) -> io::Result<Contents> {
    let mut index = Index::read(folder, node);
    for name in day::names(folder)? {
        let counted = index.files.get(&name).copied().unwrap_or(0);
        count(&folder.join(&name), counted, &mut index.contents)?;
    }
    Ok(index.contents)
}

/// Where the whole lines of a file end, and whether something follows them.
struct Counted {
    good: u64,
    torn: bool,
}

/// Takes the lines of a file from byte `from` on into `contents`.
fn count(path: &Path, from: u64, contents: &mut Contents) -> io::Result<Counted> {
    let mut good = from;
    for stored in Lines::open(path, from)? {
        let stored = stored?;
        let Some(line) = &stored.line else { return Ok(Counted { good, torn: true }) };
        contents.take(line);
        good = stored.end;
    }
    Ok(Counted { good, torn: false })
}

/// Moves what follows byte `at` to the end of a file beside.
fn cut(path: &Path, at: u64) -> io::Result<u64> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.read_to_end(&mut tail)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".damaged");
    let mut damaged = File::options().create(true).append(true).open(&beside)?;
    damaged.write_all(&tail)?;
    damaged.write_all(b"\n")?;
    damaged.sync_all()?;
    file.set_len(at)?;
    file.sync_all()?;
    if let Some(folder) = path.parent() {
        sync_folder(folder)?;
    }
    Ok(tail.len() as u64)
}

/// Brings the names in a folder onto the disk.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}
