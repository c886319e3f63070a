//! Hidden folders beside an output: their names and their locks.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;

use super::error::ProductError;

/// The folder an output lies in, and its name there.
pub(super) fn split(out: &Path) -> Result<(&Path, &OsStr), ProductError> {
    match (out.parent(), out.file_name()) {
        (Some(parent), Some(name)) => Ok((parent, name)),
        _ => Err(ProductError::NoName { path: out.to_owned() }),
    }
}

/// `.NAME.<role>-<pid>-<random>`.
pub(super) fn sibling(name: &OsStr, role: &str) -> OsString {
    let random = std::hash::RandomState::new().build_hasher().finish();
    let mut s = prefix(name, role);
    s.push(format!("{}-{random:016x}", std::process::id()));
    s
}

/// What each name of this role begins with.
pub(super) fn prefix(name: &OsStr, role: &str) -> OsString {
    let mut s = OsString::from(".");
    s.push(name);
    s.push(format!(".{role}-"));
    s
}

/// Locks a folder for this process, or `None` when another holds it. The lock dies with us.
pub(super) fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().ok()?;
    Some(file)
}
