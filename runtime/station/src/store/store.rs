//! The store itself: locked for one daemon, written a whole forecast at a time, kept within its limits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use emberline_vision::clip::Clip;
use emberline_vision::forecast::{Forecast, Provenance};
use emberline_vision::product::{self, ProductError};
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
    deleted: BTreeMap<&'static str, u64>,
    errors: u64,
    trouble: Option<String>,
}

/// The forecasts of a station.
#[derive(Debug)]
pub struct Store {
    data: PathBuf,
    keep: KeepConfig,
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
        Ok(Self { data: data.to_owned(), keep: keep.clone(), inside, _lock: lock })
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
        let written = product::write_all(&folder, clip, forecast, provenance)?;
        let bytes = written.files.iter().map(|(_, bytes)| bytes).sum();
        self.take_in(camera, issued, bytes, &folder);
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
        let least = self.keep.min_free;
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

    /// Deletes what the limits say must go.
    pub fn tidy(&self, now: Option<Timestamp>) {
        let lacking = Space::of(&self.data).map_or(0, |space| space.lacks(self.keep.min_free));
        let mut inside = self.inside();
        // A clock that is before what is stored cannot be right.
        let newest = inside.kept.last().map(|kept| kept.issued);
        let now = now.filter(|now| newest.is_none_or(|newest| *now >= newest));
        let mut gone = Vec::new();
        for (i, why) in doomed(&inside.kept, now, lacking, &self.keep) {
            let folder = &inside.kept[i].folder;
            let removed = fs::remove_dir_all(folder);
            if removed.is_ok() || !folder.exists() {
                // Folders of a camera and a day go with their last forecast.
                let camera = folder.parent();
                let _ = camera.map(fs::remove_dir);
                let _ = camera.and_then(Path::parent).map(fs::remove_dir);
                gone.push(i);
                *inside.deleted.entry(why).or_default() += 1;
            }
        }
        let mut i = 0;
        inside.kept.retain(|_| {
            i += 1;
            gone.binary_search(&(i - 1)).is_err()
        });
    }

    /// What is in it, and what has gone wrong with it.
    #[must_use]
    pub fn facts(&self) -> StoreFacts {
        let inside = self.inside();
        StoreFacts {
            bytes: inside.kept.iter().map(|kept| kept.bytes).sum(),
            free_bytes: Space::of(&self.data).map(|space| space.free),
            oldest: inside.kept.first().map(|kept| kept.issued),
            deleted: inside.deleted.clone(),
            errors: inside.errors,
            trouble: inside.trouble.clone(),
        }
    }
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
        let keep = KeepConfig { max_age: Duration::from_secs(86_400), max_bytes, min_free };
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
