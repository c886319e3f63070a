//! The files of a sequence: which of a folder's are radar frames, and their bytes.

use std::path::{Path, PathBuf};

use super::error::RadarError;
use super::format::Format;
use super::limits::FILE_MAX;
use crate::natural;

/// Radar files at `path` (itself, or in the folder) in natural order, and how many others there are.
pub(super) fn list(path: &Path) -> Result<(Vec<(PathBuf, Format)>, usize), RadarError> {
    if path.is_file() {
        return Ok((Format::of(path).map(|f| (path.to_owned(), f)).into_iter().collect(), 0));
    }
    let (mut files, mut others) = (Vec::new(), 0);
    for entry in std::fs::read_dir(path).map_err(|e| RadarError::io(path, e))? {
        let file = entry.map_err(|e| RadarError::io(path, e))?.path();
        let hidden = file.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        if hidden || !file.is_file() {
            continue;
        }
        match Format::of(&file) {
            Some(format) => files.push((file, format)),
            None => others += 1,
        }
    }
    sort(&mut files);
    Ok((files, others))
}

/// Puts files in natural order.
pub(super) fn sort(files: &mut [(PathBuf, Format)]) {
    files.sort_by(|a, b| natural::order(&a.0.to_string_lossy(), &b.0.to_string_lossy()));
}

/// The bytes of one file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, RadarError> {
    let about = std::fs::metadata(path).map_err(|e| RadarError::io(path, e))?;
    if about.len() > FILE_MAX {
        let name = path.display().to_string();
        return Err(RadarError::refused(&name, "it is over 1 GiB", "a radar frame is smaller"));
    }
    std::fs::read(path).map_err(|e| RadarError::io(path, e))
}
