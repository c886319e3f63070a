//! The store itself: locked for one daemon, written a whole forecast at a time, kept within its limits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use emberline_vision::clip::Clip;
use emberline_vision::forecast::{Forecast, Provenance};
use emberline_vision::product::{self, ProductError, Which};
use jiff::Timestamp;

use super::kept::{self, Kept};
use super::lock::{self, LockError};
use super::retention::doomed;
use super::space::Space;
use crate::config::KeepConfig;

/// Folder of the forecasts below the data folder.
const FORECASTS: &str = "forecasts";

/// Why a forecast is not in the store.
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
    /// Bytes of all forecasts.
    pub bytes: u64,
    /// Bytes free on its disk, where that is told.
    pub free_bytes: Option<u64>,
    /// Time of the oldest forecast.
    pub oldest: Option<Timestamp>,
    /// Forecasts deleted, by limit.
    pub deleted: BTreeMap<&'static str, u64>,
    /// Forecasts that could not be written.
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
    /// What was free when it was last looked.
    free_bytes: Option<u64>,
    deleted: BTreeMap<&'static str, u64>,
    errors: u64,
    trouble: Option<String>,
}

/// The forecasts of a station.
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
        let kept = kept::find(&data.join(FORECASTS));
        let inside = Mutex::new(Inside { kept, ..Inside::default() });
        Ok(Self { data: data.to_owned(), keep: Mutex::new(keep.clone()), inside, _lock: lock })
    }

    /// Other limits, from now on.
    pub fn limits(&self, keep: &KeepConfig) {
        *self.keep.lock().unwrap_or_else(PoisonError::into_inner) = keep.clone();
    }

    fn keep(&self) -> KeepConfig {
        self.keep.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a forecast of `camera` and gives its folder. `now` is the wall clock where that can be
    /// believed.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of it is there.
    pub fn write(
        &self,
        camera: &str,
        clip: &Clip,
        forecast: &Forecast,
        provenance: &Provenance,
        now: Option<Timestamp>,
    ) -> Result<PathBuf, StoreError> {
        self.noted(self.try_write(camera, clip, forecast, provenance, now))
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

    fn try_write(
        &self,
        camera: &str,
        clip: &Clip,
        forecast: &Forecast,
        provenance: &Provenance,
        now: Option<Timestamp>,
    ) -> Result<PathBuf, StoreError> {
        self.tidy(now);
        self.room()?;
        let issued = clip.end_utc.or(now).unwrap_or(Timestamp::UNIX_EPOCH);
        let folder = self.data.join(FORECASTS).join(kept::folder(camera, issued));
        let every_s = self.keep().whole_every.as_secs_f64();
        let last = self.inside().whole.get(camera).copied();
        let is_whole =
            last.is_none_or(|last| issued.duration_since(last).as_secs_f64().abs() >= every_s);
        let which = if is_whole { Which::All } else { Which::Light };
        let written = product::write(&folder, clip, forecast, provenance, which)?;
        let bytes = written.files.iter().map(|(_, bytes)| bytes).sum();
        if is_whole {
            self.inside().whole.insert(camera.to_owned(), issued);
        }
        self.take_in(camera, issued, bytes, &folder);
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
        self.take_in(name, issued, bytes, &folder);
        Ok(folder)
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
    fn take_in(&self, name: &str, issued: Timestamp, bytes: u64, folder: &Path) {
        let mut inside = self.inside();
        inside.kept.retain(|kept| kept.folder != folder);
        let at = inside.kept.partition_point(|kept| kept.issued <= issued);
        let (camera, folder) = (name.to_owned(), folder.to_owned());
        inside.kept.insert(at, Kept { issued, camera, bytes, folder });
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
            let gone = remove(&kept.folder).is_ok() || !kept.folder.exists();
            if gone {
                // Folders of a camera and a day go with their last forecast.
                let camera = kept.folder.parent();
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

/// Removes a forecast: out of sight in one step, so that no reader and no power cut finds half of it.
fn remove(folder: &Path) -> std::io::Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let hidden = folder.with_file_name(format!(".{name}{}gone", kept::PARTIAL));
    fs::rename(folder, &hidden)?;
    fs::remove_dir_all(&hidden)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::MinFree;

    /// A store that holds four forecasts of 100 bytes, an hour apart.
    fn store(data: &Path, max_bytes: u64, min_free: MinFree) -> Store {
        for hour in 0..4 {
            let folder =
                data.join(format!("{FORECASTS}/2026-08-0{}/north/0{hour}0000Z", 1 + hour / 2));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("forecast.json"), [b' '; 100]).unwrap();
        }
        let whole_every = Duration::from_secs(3600);
        let keep =
            KeepConfig { max_age: Duration::from_secs(86_400), max_bytes, min_free, whole_every };
        Store::open(data, &keep).unwrap()
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
            let again = kept::find(&room.path().join(FORECASTS));
            assert_eq!(again.iter().map(|k| k.bytes).sum::<u64>(), left, "{what}");
        }
    }
}
