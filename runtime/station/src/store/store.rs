//! The store itself: locked for one daemon, written a whole forecast or frame at a time, kept within its limits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use emberline_vision::clip::Clip;
use emberline_vision::forecast::{Forecast, Provenance};
use emberline_vision::frame::Pixels;
use emberline_vision::product::{self, ProductError, Which};
use jiff::Timestamp;

use super::kept::{self, Kept, What};
use super::lock::{self, LockError};
use super::retention::doomed;
use super::space::Space;
use crate::config::KeepConfig;

/// Folders of forecasts and frames below the data folder.
const FORECASTS: &str = "forecasts";
const FRAMES: &str = "frames";

/// A forecast for the store.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Whose.
    pub camera: &'a str,
    /// What the model saw.
    pub clip: &'a Clip,
    /// What it said.
    pub forecast: &'a Forecast,
    /// How that came to be.
    pub provenance: &'a Provenance,
    /// Why somebody will ask about it, where somebody will: it is kept whole, and longer.
    pub evidence: Option<&'a str>,
}

/// Why a forecast or frame is not in the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Too little space is free, and nothing is left that may go.
    #[error(
        "{folder}: the disk is full: {free_mb} MB are free, and keep.min_free asks for {asked_mb}; free some, \
         or ask for less"
    )]
    Full {
        /// The data folder.
        folder: String,
        /// Megabytes that are free.
        free_mb: u64,
        /// Megabytes that must be.
        asked_mb: u64,
    },
    /// A folder cannot be written.
    #[error("{folder}: cannot be written: {cause}")]
    Io {
        /// The folder.
        folder: String,
        /// Why.
        cause: std::io::Error,
    },
    /// It cannot be written.
    #[error(transparent)]
    Product(#[from] ProductError),
}

/// What is in the store, and what has gone wrong with it.
#[derive(Clone, Debug, Default)]
pub struct StoreFacts {
    /// Bytes of all forecasts and frames.
    pub bytes: u64,
    /// Bytes free on its disk, where that is told.
    pub free_bytes: Option<u64>,
    /// Time of the oldest forecast.
    pub oldest: Option<Timestamp>,
    /// Forecasts and frames deleted, by limit.
    pub deleted: BTreeMap<&'static str, u64>,
    /// Forecasts and frames that could not be written.
    pub errors: u64,
    /// Why the last one could not be, until one can again.
    pub trouble: Option<String>,
}

#[derive(Debug, Default)]
struct Inside {
    /// Oldest first.
    kept: Vec<Kept>,
    /// Time of the newest forecast of a camera that is kept with its arrays.
    whole: BTreeMap<String, Timestamp>,
    /// Time of the newest frame of a camera that is kept.
    framed: BTreeMap<String, Timestamp>,
    /// What was free when it was last looked.
    free_bytes: Option<u64>,
    deleted: BTreeMap<&'static str, u64>,
    errors: u64,
    trouble: Option<String>,
}

/// The forecasts and frames of a station.
#[derive(Debug)]
pub struct Store {
    data: PathBuf,
    keep: Mutex<KeepConfig>,
    inside: Mutex<Inside>,
    /// Held for as long as the station runs.
    _lock: File,
}

impl Store {
    /// Locks the folder `data` for this daemon and looks through what is in it; what a killed run has left
    /// half written is removed.
    ///
    /// # Errors
    /// [`LockError`] when another daemon has it, or it cannot be written.
    pub fn open(data: &Path, keep: &KeepConfig) -> Result<Self, LockError> {
        let lock = lock::hold(data)?;
        let kept = kept::find(&data.join(FORECASTS), &data.join(FRAMES));
        let frames = kept.iter().filter(|kept| kept.what == What::Frame);
        let framed = frames.map(|kept| (kept.camera.clone(), kept.issued)).collect();
        let inside = Mutex::new(Inside { kept, framed, ..Inside::default() });
        Ok(Self { data: data.to_owned(), keep: Mutex::new(keep.clone()), inside, _lock: lock })
    }

    /// Other limits, from now on.
    pub fn limits(&self, keep: &KeepConfig) {
        *self.keep.lock().unwrap_or_else(PoisonError::into_inner) = keep.clone();
    }

    /// How old what somebody will ask about may become.
    pub(crate) fn evidence_age(&self) -> Duration {
        self.keep().evidence_age
    }

    fn keep(&self) -> KeepConfig {
        self.keep.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a forecast and gives its folder. `now` is the wall clock where that can be believed.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of it is there.
    pub fn write(&self, entry: &Entry<'_>, now: Option<Timestamp>) -> Result<PathBuf, StoreError> {
        self.noted(self.try_write(entry, now))
    }

    /// The folder in which the forecast of `camera` from `clip` is or will be.
    #[must_use]
    pub fn folder_of(&self, camera: &str, clip: &Clip, now: Option<Timestamp>) -> PathBuf {
        self.data.join(FORECASTS).join(kept::folder(camera, issued(clip, now)))
    }

    /// Times and folders of the last forecasts of `camera` that are kept, newest first, at most `most`.
    #[must_use]
    pub fn forecasts(&self, camera: &str, most: usize) -> Vec<(Timestamp, PathBuf)> {
        let inside = self.inside();
        let is_such = |kept: &&Kept| kept.camera == camera && kept.what != What::Frame;
        let all = inside.kept.iter().rev().filter(is_such).take(most);
        all.map(|kept| (kept.issued, kept.path.clone())).collect()
    }

    /// Time of the newest forecast of `camera` that is kept as evidence.
    #[must_use]
    pub fn newest_evidence(&self, camera: &str) -> Option<Timestamp> {
        let inside = self.inside();
        let mut newest_first = inside.kept.iter().rev();
        let found = newest_first.find(|k| k.what == What::Evidence && k.camera == camera);
        found.map(|kept| kept.issued)
    }

    /// Whether a frame of `camera` that was taken at `taken` is one to be kept: `keep.frames_every` after the last.
    #[must_use]
    pub fn wants_frame(&self, camera: &str, taken: Timestamp) -> bool {
        let Some(every) = self.keep().frames_every else { return false };
        let apart_s = |last: &Timestamp| taken.duration_since(*last).as_secs_f64().abs();
        let last = self.inside().framed.get(camera).copied();
        last.is_none_or(|last| apart_s(&last) >= every.as_secs_f64())
    }

    /// Writes a frame of `camera` as it came, and gives its file.
    ///
    /// # Errors
    /// As [`Store::write`]. It is not asked for again then.
    pub fn write_frame(
        &self,
        camera: &str,
        taken: Timestamp,
        pixels: &Pixels,
    ) -> Result<PathBuf, StoreError> {
        self.inside().framed.insert(camera.to_owned(), taken);
        self.noted(self.try_write_frame(camera, taken, pixels))
    }

    /// Writes a folder of `files` of what is called `name`, whole or not at all, and gives it; one that is there stays.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn put(
        &self,
        name: &str,
        issued: Timestamp,
        files: &[(&str, Vec<u8>)],
    ) -> Result<PathBuf, StoreError> {
        self.noted(self.try_put(name, issued, files))
    }

    fn noted(&self, written: Result<PathBuf, StoreError>) -> Result<PathBuf, StoreError> {
        let mut inside = self.inside();
        match &written {
            Ok(_) => {
                if inside.trouble.take().is_some() {
                    tracing::info!("{}: it can be written again", self.data.display());
                }
            }
            Err(cause) => {
                inside.errors += 1;
                let cause = cause.to_string();
                if inside.trouble.as_ref() != Some(&cause) {
                    tracing::warn!("store: {cause}");
                }
                inside.trouble = Some(cause);
            }
        }
        written
    }

    fn try_write(&self, entry: &Entry<'_>, now: Option<Timestamp>) -> Result<PathBuf, StoreError> {
        let Entry { camera, clip, forecast, provenance, evidence } = *entry;
        self.tidy(now);
        self.room()?;
        let issued = issued(clip, now);
        let folder = self.folder_of(camera, clip, now);
        let every_s = self.keep().whole_every.as_secs_f64();
        let last = self.inside().whole.get(camera).copied();
        let is_long_ago =
            |last: Timestamp| issued.duration_since(last).as_secs_f64().abs() >= every_s;
        let is_whole = evidence.is_some() || last.is_none_or(is_long_ago);
        let which = if is_whole { Which::All } else { Which::Light };
        let written = product::write(&folder, clip, forecast, provenance, which)?;
        let bytes = written.files.iter().map(|(_, bytes)| bytes).sum();
        if is_whole {
            self.inside().whole.insert(camera.to_owned(), issued);
        }
        let mut what = What::Forecast;
        if let Some(why) = evidence {
            what = What::Evidence;
            let line = format!("{why}\n");
            emberline_atomic_file::write(&kept::evidence(&folder), line.as_bytes())
                .map_err(|cause| StoreError::Io { folder: folder.display().to_string(), cause })?;
        }
        self.take_in(Kept { what, issued, camera: camera.to_owned(), bytes, path: folder.clone() });
        // What it takes is not known before: the limits hold right after.
        self.tidy(now);
        Ok(folder)
    }

    fn try_put(
        &self,
        name: &str,
        issued: Timestamp,
        files: &[(&str, Vec<u8>)],
    ) -> Result<PathBuf, StoreError> {
        self.room()?;
        let folder = self.data.join(FORECASTS).join(kept::folder(name, issued));
        if folder.exists() {
            return Ok(folder);
        }
        kept::put(&folder, files)
            .map_err(|cause| StoreError::Io { folder: folder.display().to_string(), cause })?;
        let bytes = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        let (what, camera, path) = (What::Forecast, name.to_owned(), folder.clone());
        self.take_in(Kept { what, issued, camera, bytes, path });
        Ok(folder)
    }

    fn try_write_frame(
        &self,
        camera: &str,
        taken: Timestamp,
        pixels: &Pixels,
    ) -> Result<PathBuf, StoreError> {
        self.room()?;
        let name = self.data.join(FRAMES).join(kept::frame(camera, taken));
        let folder = name.parent().unwrap_or(&self.data);
        let failed = |cause| StoreError::Io { folder: folder.display().to_string(), cause };
        let (ending, bytes) = product::frame_file(pixels).map_err(failed)?;
        let path = name.with_extension(ending);
        fs::create_dir_all(folder).map_err(failed)?;
        emberline_atomic_file::write(&path, &bytes).map_err(failed)?;
        let (what, camera, bytes) = (What::Frame, camera.to_owned(), bytes.len() as u64);
        self.take_in(Kept { what, issued: taken, camera, bytes, path: path.clone() });
        Ok(path)
    }

    /// Refuses to write while too little space is free.
    fn room(&self) -> Result<(), StoreError> {
        let least = self.keep().min_free;
        if let Some(space) = Space::of(&self.data).filter(|space| space.lacks(least) > 0) {
            return Err(StoreError::Full {
                folder: self.data.display().to_string(),
                free_mb: space.free / 1_000_000,
                asked_mb: space.asked(least).div_ceil(1_000_000),
            });
        }
        Ok(())
    }

    /// Counts in what was written.
    fn take_in(&self, new: Kept) {
        let mut inside = self.inside();
        inside.kept.retain(|kept| kept.path != new.path);
        let at = inside.kept.partition_point(|kept| kept.issued <= new.issued);
        inside.kept.insert(at, new);
    }

    /// Deletes what the limits say must go. The disk is never waited for with the store locked: who asks how it
    /// fares is answered while a disk hangs.
    pub fn tidy(&self, now: Option<Timestamp>) {
        let keep = self.keep();
        let space = Space::of(&self.data);
        let lacking = space.as_ref().map_or(0, |space| space.lacks(keep.min_free));
        let doomed: Vec<(Kept, &'static str)> = {
            let mut inside = self.inside();
            inside.free_bytes = space.map(|space| space.free);
            // A clock that is before what is stored cannot be right.
            let newest = inside.kept.last().map(|kept| kept.issued);
            let now = now.filter(|now| newest.is_none_or(|newest| *now >= newest));
            let doomed = doomed(&inside.kept, now, lacking, &keep);
            doomed.iter().rev().map(|(i, why)| (inside.kept.remove(*i), *why)).collect()
        };
        for (kept, why) in doomed.into_iter().rev() {
            let gone = remove(&kept).is_ok() || !kept.path.exists();
            if gone {
                // Folders of a camera and a day go with the last that is in them.
                let camera = kept.path.parent();
                let _ = camera.map(fs::remove_dir);
                let _ = camera.and_then(Path::parent).map(fs::remove_dir);
            }
            let mut inside = self.inside();
            if gone {
                *inside.deleted.entry(why).or_default() += 1;
            } else {
                let at = inside.kept.partition_point(|k| k.issued <= kept.issued);
                inside.kept.insert(at, kept);
            }
        }
    }

    /// What is in it, and what has gone wrong with it.
    #[must_use]
    pub fn facts(&self) -> StoreFacts {
        let inside = self.inside();
        StoreFacts {
            bytes: inside.kept.iter().map(|kept| kept.bytes).sum(),
            free_bytes: inside.free_bytes,
            oldest: inside.kept.first().map(|kept| kept.issued),
            deleted: inside.deleted.clone(),
            errors: inside.errors,
            trouble: inside.trouble.clone(),
        }
    }
}

/// When a forecast from `clip` is issued, where `now` is the wall clock that can be believed.
fn issued(clip: &Clip, now: Option<Timestamp>) -> Timestamp {
    clip.end_utc.or(now).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Removes a forecast out of sight in one step, so that no reader and no power cut finds half of it; or a frame.
fn remove(kept: &Kept) -> std::io::Result<()> {
    let path = &kept.path;
    if kept.what == What::Frame {
        return fs::remove_file(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hidden = path.with_file_name(format!(".{name}{}gone", kept::PARTIAL));
    fs::rename(path, &hidden)?;
    if kept.what == What::Evidence {
        let _ = fs::remove_file(kept::evidence(path));
    }
    fs::remove_dir_all(&hidden)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::MinFree;

    fn keep(max_bytes: u64, min_free: MinFree) -> KeepConfig {
        KeepConfig {
            max_age: Duration::from_secs(86_400),
            max_bytes,
            min_free,
            whole_every: Duration::from_secs(3600),
            frames_every: Some(Duration::from_secs(60)),
            evidence_age: Duration::from_secs(86_400),
        }
    }

    /// A store that holds four forecasts of 100 bytes, an hour apart.
    fn store(data: &Path, max_bytes: u64, min_free: MinFree) -> Store {
        for hour in 0..4 {
            let folder =
                data.join(format!("{FORECASTS}/2026-08-0{}/north/0{hour}0000Z", 1 + hour / 2));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("forecast.json"), [b' '; 100]).unwrap();
        }
        Store::open(data, &keep(max_bytes, min_free)).unwrap()
    }

    #[test]
    fn limits_are_kept_on_the_disk() {
        for (what, max_bytes, min_free, left, deleted) in [
            ("all fits", 1000, MinFree::Bytes(0), 400, None),
            ("too many bytes", 250, MinFree::Bytes(0), 200, Some(("bytes", 2))),
            ("too little free", 1000, MinFree::Bytes(u64::MAX), 100, Some(("free", 3))),
        ] {
            let room = tempfile::tempdir().unwrap();
            let store = store(room.path(), max_bytes, min_free);
            store.tidy(None);
            let facts = store.facts();
            assert_eq!(facts.bytes, left, "{what}");
            assert_eq!(facts.deleted.into_iter().next(), deleted, "{what}");
            let days = fs::read_dir(room.path().join(FORECASTS)).unwrap().count();
            assert_eq!(days, if left <= 200 { 1 } else { 2 }, "{what}: empty days are left");
            let again = kept::find(&room.path().join(FORECASTS), &room.path().join(FRAMES));
            assert_eq!(again.iter().map(|k| k.bytes).sum::<u64>(), left, "{what}");
        }
    }

    #[test]
    fn frames_are_kept_a_minute_apart_and_deleted_like_forecasts() {
        let room = tempfile::tempdir().unwrap();
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let pixels = Pixels::U8(ndarray::Array3::from_shape_fn((40, 48, 1), |(y, ..)| y as u8));
        let mut paths = Vec::new();
        let store = Store::open(room.path(), &keep(1_000_000, MinFree::Bytes(0))).unwrap();
        for (second, wants) in
            [(0, true), (30, false), (59, false), (60, true), (61, false), (-600, true)]
        {
            let taken = start + jiff::SignedDuration::from_secs(second);
            assert_eq!(store.wants_frame("north", taken), wants, "second {second}");
            if wants {
                paths.push(store.write_frame("north", taken, &pixels).unwrap());
            }
        }
        let name = paths[1].strip_prefix(room.path()).unwrap().display().to_string();
        assert_eq!(name, "frames/2026-08-01/north/20260801T120100Z.png");
        assert!(store.wants_frame("south", start), "each camera for itself");
        let bytes: u64 = paths.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
        assert_eq!(store.facts().bytes, bytes);
        drop(store);
        // Found again, and all but one deleted.
        let store = Store::open(room.path(), &keep(bytes / 2, MinFree::Bytes(0))).unwrap();
        assert!(!store.wants_frame("north", start + jiff::SignedDuration::from_secs(90)));
        store.tidy(None);
        assert_eq!(
            paths.iter().map(|path| path.exists()).collect::<Vec<_>>(),
            [false, true, false]
        );
        let never = KeepConfig { frames_every: None, ..keep(bytes, MinFree::Bytes(0)) };
        store.limits(&never);
        assert!(!store.wants_frame("south", start));
    }
}
