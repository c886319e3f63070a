//! A folder takes another's place in one step, where the file system can; else in two.

use std::fs;
use std::io;
use std::path::Path;

use super::beside::{lock, sibling, split};
use super::error::{ProductError, io_at};

/// Puts `partial` at `out`; an older output ends up at `partial`, or is gone.
pub(super) fn put(partial: &Path, out: &Path) -> Result<(), ProductError> {
    let filled = fs::read_dir(out).is_ok_and(|mut d| d.next().is_some());
    if !filled {
        // An empty folder is replaced by the rename itself.
        return fs::rename(partial, out).map_err(|e| busy_or(out, e));
    }
    match exchange(partial, out) {
        Ok(()) => return Ok(()),
        Err(e) if e.kind() == io::ErrorKind::ResourceBusy => return Err(busy_or(out, e)),
        // Not every file system can; two renames then, with the old one given back on failure.
        Err(_) => {}
    }
    let (parent, name) = split(out)?;
    let old = parent.join(sibling(name, "old"));
    let _held = lock(out); // so that no cleaner touches it while it is away
    fs::rename(out, &old).map_err(|e| busy_or(out, e))?;
    if let Err(e) = fs::rename(partial, out) {
        let _ = fs::rename(&old, out);
        return Err(io_at(out, e));
    }
    let _ = fs::remove_dir_all(&old);
    Ok(())
}

#[cfg(target_os = "linux")]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn busy_or(out: &Path, source: io::Error) -> ProductError {
    match source.kind() {
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => {
            ProductError::MountPoint { path: out.to_owned() }
        }
        _ => io_at(out, source),
    }
}

/// Whether a folder is the root of a mount: it can then be neither renamed nor replaced.
#[cfg(target_os = "linux")]
pub(super) fn is_mount_point(folder: &Path, meta: &fs::Metadata) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    use std::os::unix::fs::MetadataExt as _;
    let elsewhere = folder
        .parent()
        .and_then(|p| fs::metadata(p).ok())
        .is_some_and(|parent| parent.dev() != meta.dev());
    elsewhere
        || statx(CWD, folder, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::BASIC_STATS)
            .is_ok_and(|s| s.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_mount_point(_: &Path, _: &fs::Metadata) -> bool {
    false
}
