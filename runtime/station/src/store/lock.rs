//! The lock of a station's data folder: one daemon at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

/// The file's name.
const LOCK: &str = "emberline-station";

/// Why a data folder is not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another daemon runs on it.
    #[error(
        "{folder}: another station runs on it{who}; stop that one, or give this one a folder of its own \
         with ‹data›"
    )]
    Held {
        /// The folder.
        folder: String,
        /// Its process, where that is known.
        who: String,
    },
    /// It cannot be made or written.
    #[error("{folder}: {cause}; make it writable, or give another folder with ‹data›")]
    Io {
        /// The folder.
        folder: String,
        /// Why.
        cause: io::Error,
    },
}

/// Locks the folder `data`, which is made if it is not there. The system unlocks it when the file is
/// dropped or the process dies.
pub(super) fn hold(data: &Path) -> Result<File, LockError> {
    let folder = data.display().to_string();
    let io = |cause| LockError::Io { folder: folder.clone(), cause };
    std::fs::create_dir_all(data).map_err(io)?;
    let options = || File::options().create(true).truncate(false).read(true).write(true).clone();
    let mut lock = options().open(data.join(LOCK)).map_err(io)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = lock.read_to_string(&mut pid);
            let pid = pid.trim().parse::<u32>();
            let who = pid.map_or_else(|_| String::new(), |pid| format!(" (process {pid})"));
            return Err(LockError::Held { folder, who });
        }
        Err(TryLockError::Error(cause)) => return Err(io(cause)),
    }
    // Whose it is, for whoever comes second; a full disk is no reason not to run.
    let _ = lock.set_len(0).and_then(|()| lock.rewind());
    let _ = writeln!(lock, "{}", std::process::id());
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_of_the_first() {
        let room = tempfile::tempdir().unwrap();
        let data = room.path().join("a/b");
        let held = hold(&data).unwrap();
        let line = hold(&data).unwrap_err().to_string();
        let pid = format!("another station runs on it (process {})", std::process::id());
        assert!(line.contains(&pid) && line.contains("‹data›"), "{line}");
        drop(held);
        hold(&data).unwrap();
        std::fs::write(room.path().join("file"), b"").unwrap();
        let line = hold(&room.path().join("file")).unwrap_err().to_string();
        assert!(line.contains("make it writable"), "{line}");
    }
}
