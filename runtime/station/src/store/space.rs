//! Space: how much a file system has and how much of that is free.

use std::path::Path;

use crate::config::MinFree;

/// Space of a file system, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Space {
    /// Free for this user.
    pub(super) free: u64,
    pub(super) all: u64,
}

impl Space {
    /// That of the file system of `folder`; `None` where it does not tell.
    #[cfg(unix)]
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let told = rustix::fs::statvfs(folder).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(told.f_frsize);
        Some(Self { free: bytes(told.f_bavail), all: bytes(told.f_blocks) })
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Path) -> Option<Self> {
        None
    }

    /// Bytes that `least` asks to be free.
    pub(super) fn asked(self, least: MinFree) -> u64 {
        match least {
            MinFree::Bytes(bytes) => bytes,
            MinFree::Share(share) => (self.all as f64 * share) as u64,
        }
    }

    /// Bytes that must become free for `least` to be.
    pub(super) fn lacks(self, least: MinFree) -> u64 {
        self.asked(least).saturating_sub(self.free)
    }
}
