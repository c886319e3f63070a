//! The lock of a store: a file that makes a folder a store, and that its one writer keeps locked.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

/// The file's name.
const LOCK: &str = "emberline-store";
/// Who only looks whether it is locked holds it for an instant: so often is it tried again.
const TRIES: u32 = 5;
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// Whether the folder `root` is a store.
#[must_use]
pub fn is_store(root: &Path) -> bool {
    root.join(LOCK).is_file()
}

/// Whether anything has the lock's name in `root`.
pub(super) fn exists(root: &Path) -> bool {
    root.join(LOCK).exists()
}

/// Whether a process writes the store `root` now.
pub(super) fn is_held(root: &Path) -> bool {
    let lock = File::open(root.join(LOCK));
    lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Locks the store `root` for this process; `None` when another one has it. The system unlocks it when
/// the file is dropped or the process dies.
pub(super) fn hold(root: &Path) -> io::Result<Option<File>> {
    let lock = File::options().create(true).append(true).open(root.join(LOCK))?;
    let mut tries = 0..TRIES;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Some(lock)),
            Err(TryLockError::WouldBlock) if tries.next().is_some() => {
                std::thread::sleep(TRY_AGAIN);
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
}
