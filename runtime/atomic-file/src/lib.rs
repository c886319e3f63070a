//! Writes a file in one step: whoever reads it finds the old content or the new, and never half of it.
//!
//! The content goes into a hidden file beside the final one and onto the disk, and is then renamed. That
//! holds when the program is killed or the power fails at any moment; at worst the hidden file
//! `.NAME.partial-PROCESS` is left behind.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Writes `bytes` to the file `path`, replacing an older one; its folder must exist.
///
/// # Errors
/// Whatever the file system reports. The older file is then unchanged, and nothing is left beside it.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "names no file");
    let name = path.file_name().ok_or_else(no_file)?.to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.partial-{}", std::process::id()));
    let written = fill(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
        return written;
    }
    // The rename has happened; a file system that cannot sync a folder does not undo it.
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|f| f.sync_all());
    Ok(())
}

fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_file_is_replaced_or_stays() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("state.json");
        for text in ["first", "second"] {
            write(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let folder = room.path().join("folder");
        fs::create_dir_all(folder.join("full")).unwrap();
        assert!(write(&folder, b"third").is_err(), "a folder is no file");
        assert!(write(&room.path().join("nowhere/state.json"), b"third").is_err());
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 2, "nothing is left behind");
    }
}
