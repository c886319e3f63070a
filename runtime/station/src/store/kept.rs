//! What is kept: each forecast's folder, found again from its name when the station starts.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What the hidden names of unfinished and half removed forecasts hold, as [`emberline_vision::product`] says.
pub(super) const PARTIAL: &str = ".partial-";

/// A forecast on the disk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    /// Time of the last frame that it saw.
    pub(super) issued: Timestamp,
    /// Of which camera.
    pub(super) camera: String,
    pub(super) bytes: u64,
    pub(super) folder: PathBuf,
}

/// Folder of a forecast below the store's: `2026-08-02/north/143049Z`.
pub(super) fn folder(camera: &str, issued: Timestamp) -> PathBuf {
    [&issued.strftime("%Y-%m-%d").to_string(), camera, &issued.strftime("%H%M%SZ").to_string()]
        .iter()
        .collect()
}

/// The time that the names of a day's and a forecast's folder tell.
fn issued(day: &str, name: &str) -> Option<Timestamp> {
    let text = format!("{day} {}", name.strip_suffix('Z')?);
    let time = DateTime::strptime("%Y-%m-%d %H%M%S", text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

/// Folders in `folder` with their names.
fn folders(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_folder = |e: &fs::DirEntry| e.file_type().is_ok_and(|t| t.is_dir());
    let named = |e: fs::DirEntry| Some((e.file_name().into_string().ok()?, e.path()));
    entries.flatten().filter(is_folder).filter_map(named).collect()
}

/// Bytes of the files in `folder`.
fn bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.flatten().filter_map(|e| e.metadata().ok()).map(|m| m.len()).sum()
}

/// Writes `files` into a folder that will be `folder`, and puts it in its place in one step.
pub(super) fn put(folder: &Path, files: &[(&str, Vec<u8>)]) -> io::Result<()> {
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    // As half forecasts are called: `find` removes it after a power cut.
    let partial = parent.join(format!(".{}.partial-{}", name.display(), std::process::id()));
    fs::create_dir_all(&partial)?;
    let write = |(name, bytes): &(&str, Vec<u8>)| {
        let mut file = File::create(partial.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    let put = files.iter().try_for_each(write).and_then(|()| fs::rename(&partial, folder));
    if put.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    // A file system that cannot sync a folder does not undo the rename.
    let _ = File::open(parent).and_then(|parent| parent.sync_all());
    put
}

/// All forecasts below `root`, oldest first. What a run that was killed has left half written is removed:
/// nobody else writes here.
pub(super) fn find(root: &Path) -> Vec<Kept> {
    let mut kept = Vec::new();
    for (day, path) in folders(root) {
        for (camera, path) in folders(&path) {
            for (name, folder) in folders(&path) {
                if name.starts_with('.') && name.contains(PARTIAL) {
                    let _ = fs::remove_dir_all(&folder);
                } else if let Some(issued) = issued(&day, &name) {
                    let (camera, bytes) = (camera.clone(), bytes(&folder));
                    kept.push(Kept { issued, camera, bytes, folder });
                }
            }
        }
    }
    kept.sort_by_key(|k| k.issued);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forecasts_are_found_again_and_halves_are_removed() {
        let room = tempfile::tempdir().unwrap();
        let times = ["2026-08-02T14:30:49Z", "2026-08-01T00:00:00Z", "2026-08-02T14:31:49Z"];
        for (k, time) in times.iter().enumerate() {
            let folder = room.path().join(folder("north", time.parse().unwrap()));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("forecast.json"), vec![b' '; k + 1]).unwrap();
        }
        let half = room.path().join("2026-08-02/north/.143249Z.partial-1a-2b");
        fs::create_dir_all(&half).unwrap();
        fs::create_dir_all(room.path().join("2026-08-02/north/mine")).unwrap();
        fs::create_dir_all(room.path().join("lost+found")).unwrap();
        let kept = find(room.path());
        let found: Vec<_> = kept.iter().map(|k| (k.issued.to_string(), k.bytes)).collect();
        assert_eq!(
            found,
            [(times[1].to_owned(), 2), (times[0].to_owned(), 1), (times[2].to_owned(), 3)]
        );
        assert!(!half.exists() && room.path().join("2026-08-02/north/mine").exists());
    }
}
