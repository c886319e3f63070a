//! What is kept: the folder of each forecast and the file of each frame, found again from their names when the
//! station starts.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The file that says why the forecast in `folder` is evidence: beside it, for what is in it is the forecast's alone.
pub(super) fn evidence(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!("{name}.evidence.txt"))
}

/// What the hidden names of unfinished and half removed forecasts hold, as [`emberline_vision::product`] says.
pub(super) const PARTIAL: &str = ".partial-";

/// What something on the disk is, from what goes first to what goes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A frame as it came.
    Frame,
    /// A forecast, or a report of the weather.
    Forecast,
    /// The forecast of something that somebody will ask about.
    Evidence,
}

/// Something on the disk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) what: What,
    /// Time of the frame, or of the last frame that the forecast saw.
    pub(super) issued: Timestamp,
    /// Of which camera.
    pub(super) camera: String,
    pub(super) bytes: u64,
    /// A forecast's folder, a frame's file.
    pub(super) path: PathBuf,
}

/// Folder of a forecast below the store's: `2026-08-02/north/143049Z`.
pub(super) fn folder(camera: &str, issued: Timestamp) -> PathBuf {
    [&issued.strftime("%Y-%m-%d").to_string(), camera, &issued.strftime("%H%M%SZ").to_string()]
        .iter()
        .collect()
}

/// File of a frame below the frames', without its ending: `2026-08-02/north/20260802T143049Z`. The name tells its
/// time to whatever reads folders of pictures.
pub(super) fn frame(camera: &str, taken: Timestamp) -> PathBuf {
    let name = taken.strftime("%Y%m%dT%H%M%SZ").to_string();
    [&taken.strftime("%Y-%m-%d").to_string(), camera, &name].iter().collect()
}

fn utc(format: &str, text: &str) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(DateTime::strptime(format, text).ok()?).ok()
}

/// The time that the names of a day's and a forecast's folder tell.
fn issued(day: &str, name: &str) -> Option<Timestamp> {
    utc("%Y-%m-%d %H%M%S", &format!("{day} {}", name.strip_suffix('Z')?))
}

/// The time that the name of a frame's file tells.
fn taken(name: &str) -> Option<Timestamp> {
    utc("%Y%m%dT%H%M%SZ", name.split_once('.')?.0)
}

/// Entries of `folder` that are folders, or files, with their names.
fn entries(folder: &Path, folders: bool) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_such = |e: &fs::DirEntry| e.file_type().is_ok_and(|t| t.is_dir() == folders);
    let named = |e: fs::DirEntry| Some((e.file_name().into_string().ok()?, e.path()));
    entries.flatten().filter(is_such).filter_map(named).collect()
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

/// All forecasts below `forecasts` and frames below `frames`, oldest first. What a run that was killed has left half
/// written is removed: nobody else writes here.
pub(super) fn find(forecasts: &Path, frames: &Path) -> Vec<Kept> {
    let mut kept = Vec::new();
    for (day, path) in entries(forecasts, true) {
        for (camera, path) in entries(&path, true) {
            for (name, path) in entries(&path, true) {
                if name.starts_with('.') && name.contains(PARTIAL) {
                    let _ = fs::remove_dir_all(&path);
                } else if let Some(issued) = issued(&day, &name) {
                    let is_evidence = evidence(&path).exists();
                    let what = if is_evidence { What::Evidence } else { What::Forecast };
                    let (camera, bytes) = (camera.clone(), bytes(&path));
                    kept.push(Kept { what, issued, camera, bytes, path });
                }
            }
        }
    }
    for (_, path) in entries(frames, true) {
        for (camera, path) in entries(&path, true) {
            for (name, path) in entries(&path, false) {
                if name.starts_with('.') && name.contains(PARTIAL) {
                    let _ = fs::remove_file(&path);
                } else if let Some(issued) = taken(&name) {
                    let (what, camera) = (What::Frame, camera.clone());
                    let bytes = fs::metadata(&path).map_or(0, |facts| facts.len());
                    kept.push(Kept { what, issued, camera, bytes, path });
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
    fn what_is_kept_is_found_again_and_halves_are_removed() {
        let room = tempfile::tempdir().unwrap();
        let [forecasts, frames] = ["forecasts", "frames"].map(|name| room.path().join(name));
        let times = ["2026-08-02T14:30:49Z", "2026-08-01T00:00:00Z", "2026-08-02T14:31:49Z"];
        for (k, time) in times.iter().enumerate() {
            let folder = forecasts.join(folder("north", time.parse().unwrap()));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("forecast.json"), vec![b' '; k + 1]).unwrap();
            if k == 1 {
                fs::write(evidence(&folder), "a fire").unwrap();
            }
        }
        let half = forecasts.join("2026-08-02/north/.143249Z.partial-1a-2b");
        fs::create_dir_all(&half).unwrap();
        fs::create_dir_all(forecasts.join("2026-08-02/north/mine")).unwrap();
        fs::create_dir_all(forecasts.join("lost+found")).unwrap();
        let picture = frames.join(frame("north", times[0].parse().unwrap())).with_extension("png");
        let half_picture = picture.with_file_name(".20260802T143149Z.png.partial-7");
        fs::create_dir_all(picture.parent().unwrap()).unwrap();
        fs::write(&picture, [b' '; 9]).unwrap();
        fs::write(&half_picture, [b' '; 5]).unwrap();
        fs::write(picture.with_file_name("notes.txt"), "mine").unwrap();
        let kept = find(&forecasts, &frames);
        let found: Vec<_> = kept.iter().map(|k| (k.what, k.issued.to_string(), k.bytes)).collect();
        let want = |what, k: usize, bytes| (what, times[k].to_owned(), bytes);
        assert_eq!(
            found,
            [
                want(What::Evidence, 1, 2),
                want(What::Forecast, 0, 1),
                want(What::Frame, 0, 9),
                want(What::Forecast, 2, 3)
            ]
        );
        assert!(!half.exists() && forecasts.join("2026-08-02/north/mine").exists());
        assert!(!half_picture.exists() && picture.with_file_name("notes.txt").exists());
    }
}
