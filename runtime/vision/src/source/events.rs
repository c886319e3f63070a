//! Sets of events: folders of `.npz` files, each a film with its own clock.

use std::path::{Path, PathBuf};

use crate::natural;

/// The `.npz` files of a folder in natural order: a set of events, each with its own clock.
/// `None` where `path` is no folder or holds none.
#[must_use]
pub fn events(path: &Path) -> Option<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(path)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|p| {
            let hidden = p.file_name().is_some_and(|n| n.as_encoded_bytes().first() == Some(&b'.'));
            !hidden && p.is_file() && p.extension().is_some_and(|e| e.eq_ignore_ascii_case("npz"))
        })
        .collect();
    files.sort_by(|a, b| natural::order(&a.to_string_lossy(), &b.to_string_lossy()));
    (!files.is_empty()).then_some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_events_of_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(events(dir.path()), None);
        for name in ["fire_10.npz", "fire_9.npz", ".hidden.npz", "notes.txt"] {
            std::fs::write(dir.path().join(name), b"").unwrap();
        }
        let names: Vec<_> = events(dir.path())
            .unwrap()
            .iter()
            .map(|p| p.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["fire_9.npz", "fire_10.npz"]);
    }
}
