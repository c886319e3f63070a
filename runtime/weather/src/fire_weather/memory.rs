//! The memory of fire weather: what a station keeps from one run to the next, so that its drought goes on.
//!
//! A small JSON file, written whole or not at all. It may be written by hand to start from known codes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use emberline_atomic_file as atomic_file;
use emberline_fwi::{Date, DayLength, Latitude, Refused, State};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::calendar::civil_date;
use super::last::Last;
use super::rain_sum::RainSum;
use super::resume::Resume;
use super::start::Start;
use crate::rain::Gauge;

/// Version of the file.
pub const VERSION: u32 = 2;
/// The oldest version that is still read.
const VERSION_LEAST: u32 = 1;
/// Degrees of latitude within which a station is taken to be the same.
const SAME_DEG: f64 = 0.1;

/// What is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// [`VERSION`].
    pub emberline_fire_weather: u32,
    /// The station's name, where its table has one.
    #[serde(default)]
    pub station: Option<String>,
    /// Codes, their day and method; `None` before the first noon.
    pub state: Option<State>,
    /// Where the codes began; of a file written by hand, with its state.
    #[serde(default)]
    pub start: Option<Start>,
    /// The last noon that was counted.
    #[serde(default)]
    pub last: Option<Last>,
    /// What a later run needs to go on as if there had been one table.
    #[serde(default)]
    pub resume: Option<Resume>,
    /// What is known of the gauge.
    #[serde(default)]
    pub gauge: Gauge,
    /// Rain since the last noon, in a file of version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rain: Option<RainSum>,
}

/// Why a memory cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// The file is there and cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why; it stands in the message.
        cause: io::Error,
    },
    /// It is no memory of ours, or not whole.
    #[error("{}: no fire weather state, or a damaged one ({cause}); move it away to start anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where; it stands in the message.
        cause: serde_json::Error,
    },
    /// It was written by another version.
    #[error("{}: state of version {version}, this program knows {VERSION}; move it away to start anew", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// Its codes are out of their ranges.
    #[error("{}: {cause}; move it away to start anew", path.display())]
    Codes {
        /// The file.
        path: PathBuf,
        /// Which code, and its range; it stands in the message.
        cause: Refused,
    },
    /// It is another station's.
    #[error("{}: state of {theirs}, asked for is {ours}; give each station a file of its own", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        theirs: String,
        /// Who asks.
        ours: String,
    },
    /// It is of a day that has not come.
    #[error(
        "{}: state of {date}, and now is {now}: a wrong clock wrote it; move it away to start anew, or set \
         its date right",
        path.display()
    )]
    Ahead {
        /// The file.
        path: PathBuf,
        /// Its day.
        date: Date,
        /// Now.
        now: Timestamp,
    },
    /// It cannot be written.
    #[error("{}: cannot be written: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why; it stands in the message.
        cause: io::Error,
    },
}

/// The one number that every version has.
#[derive(Deserialize)]
struct Versioned {
    emberline_fire_weather: u32,
}

impl Memory {
    /// A memory of nothing so far.
    #[must_use]
    pub fn new(station: Option<String>) -> Self {
        Self {
            emberline_fire_weather: VERSION,
            station,
            state: None,
            start: None,
            last: None,
            resume: None,
            gauge: Gauge::default(),
            rain: None,
        }
    }

    /// Reads the memory of `station` at `latitude`; one of nothing, where there is no file.
    ///
    /// # Errors
    /// [`MemoryError`] for a file that is unreadable, damaged, of another version or station.
    pub fn read(
        path: &Path,
        station: Option<&str>,
        latitude: Latitude,
    ) -> Result<Self, MemoryError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::new(station.map(str::to_owned)));
            }
            Err(cause) => return Err(MemoryError::Read { path: path.to_owned(), cause }),
        };
        Self::of(&bytes, path, station, latitude)
    }

    /// The memory that the bytes of a file hold.
    pub(super) fn of(
        bytes: &[u8],
        path: &Path,
        station: Option<&str>,
        latitude: Latitude,
    ) -> Result<Self, MemoryError> {
        let path = || path.to_owned();
        let damaged = |cause| MemoryError::Damaged { path: path(), cause };
        let version =
            serde_json::from_slice::<Versioned>(bytes).map_err(damaged)?.emberline_fire_weather;
        if !(VERSION_LEAST..=VERSION).contains(&version) {
            return Err(MemoryError::Version { path: path(), version });
        }
        let mut memory: Self = serde_json::from_slice(bytes).map_err(damaged)?;
        if let Some(state) = &memory.state {
            state.codes.check().map_err(|cause| MemoryError::Codes { path: path(), cause })?;
        }
        memory.check_whose(station, latitude).map_err(|(theirs, ours)| MemoryError::Foreign {
            path: path(),
            theirs,
            ours,
        })?;
        memory.emberline_fire_weather = VERSION;
        // Codes that were put in by hand count, and what led to others does not.
        if memory.resume.as_ref().is_some_and(|r| r.told != memory.state) {
            (memory.start, memory.last, memory.resume) = (None, None, None);
        }
        if let (Some(state), None) = (memory.state, memory.start) {
            memory.start = Some(Start::given(state));
        }
        memory.station = memory.station.or_else(|| station.map(str::to_owned));
        Ok(memory)
    }

    /// The rain of the last readings, mm since the one before.
    #[must_use]
    pub fn rain_of_rows(&self) -> Vec<(Timestamp, f64)> {
        let rows = self.resume.iter().flat_map(|r| &r.rows);
        rows.filter_map(|row| Some((row.reading().time, row.reading().rain_mm?))).collect()
    }

    /// Sets the rain of the last readings, where only later it was seen what it is.
    pub fn set_rain_of_rows(&mut self, rain: &[(Timestamp, Option<f64>)]) {
        for row in self.resume.iter_mut().flat_map(|r| &mut r.rows) {
            if let Some((_, mm)) = rain.iter().find(|(time, _)| *time == row.reading().time) {
                row.set_rain_mm(*mm);
            }
        }
    }

    /// Whether its day has come by `now`; `path` is its file.
    ///
    /// # Errors
    /// [`MemoryError::Ahead`] where it has not: it would be told until then.
    pub fn check_day(&self, path: &Path, now: Timestamp) -> Result<(), MemoryError> {
        let Some(date) = self.state.map(|s| s.date) else { return Ok(()) };
        // Somewhere the day begins half a day before it does in Greenwich.
        let latest = now.saturating_add(SignedDuration::from_hours(14)).unwrap_or(now);
        match civil_date(date) > Offset::UTC.to_datetime(latest).date() {
            true => Err(MemoryError::Ahead { path: path.to_owned(), date, now }),
            false => Ok(()),
        }
    }

    /// Whether it is of this station: of its name, where both have one, and of its latitude. Else
    /// whose it is, and who asks.
    fn check_whose(&self, station: Option<&str>, asked: Latitude) -> Result<(), (String, String)> {
        if let (Some(theirs), Some(ours)) = (self.station.as_deref(), station)
            && theirs != ours
        {
            return Err((theirs.to_owned(), ours.to_owned()));
        }
        match self.state.map(|s| s.method.day_length) {
            Some(DayLength::At(theirs))
                if (theirs.degrees() - asked.degrees()).abs() > SAME_DEG =>
            {
                let words = |l: Latitude| format!("latitude {}", l.degrees());
                Err((words(theirs), words(asked)))
            }
            _ => Ok(()),
        }
    }

    /// Writes the memory whole, over an older one.
    ///
    /// # Errors
    /// [`MemoryError::Write`]; an older one then stays as it was.
    pub fn write(&self, path: &Path) -> Result<(), MemoryError> {
        let failed = |cause| MemoryError::Write { path: path.to_owned(), cause };
        let text = self.bytes().map_err(|e| failed(e.into()))?;
        atomic_file::write(path, &text).map_err(failed)
    }

    /// The bytes of its file.
    pub(super) fn bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use emberline_fwi::{Codes, FfScale, Method};

    use super::super::start::Origin;
    use super::*;

    fn memory() -> Memory {
        let day_length = DayLength::At(Latitude::new(38.0).unwrap());
        let method = Method { ff_scale: FfScale::Printed1987, day_length };
        let date = Date::new(2026, 8, 1).unwrap();
        let state =
            State::start(Codes { ffmc: 88.1, dmc: 31.7, dc: 402.25 }, date, method).unwrap();
        Memory { state: Some(state), ..Memory::new(Some("hill".into())) }
    }

    fn read(path: &Path, latitude: f64) -> Result<Memory, MemoryError> {
        Memory::read(path, Some("hill"), Latitude::new(latitude).unwrap())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("state.json");
        assert_eq!(read(&path, 38.0).unwrap(), Memory::new(Some("hill".into())), "no file yet");
        memory().write(&path).unwrap();
        let back = read(&path, 38.04).unwrap();
        assert_eq!(back.state, memory().state);
        let start = back.start.unwrap();
        assert_eq!((start.origin, start.codes.dc), (Origin::Given, 402.25), "no more is known");
        back.write(&path).unwrap();
        assert_eq!(read(&path, 38.0).unwrap(), back);
    }

    #[test]
    fn what_is_no_memory_of_this_station_is_refused() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("state.json");
        let good = serde_json::to_string(&memory()).unwrap();
        for (text, latitude, want) in [
            (String::new(), 38.0, "no fire weather state, or a damaged one"),
            (good[..good.len() / 2].to_owned(), 38.0, "damaged"),
            ("{\"codes\":[1,2,3]}".to_owned(), 38.0, "no fire weather state"),
            (good.replace("402.25", "-1"), 38.0, "DC is -1, taken are 0 to"),
            (good.replace("[2026,8,1]", "[2026,8,32]"), 38.0, "no day 2026-08-32"),
            (good.replace("weather\":2", "weather\":3"), 38.0, "version 3, this program knows 2"),
            (good.replace("hill", "dale"), 38.0, "state of dale, asked for is hill"),
            (good.clone(), 41.0, "state of latitude 38, asked for is latitude 41"),
        ] {
            fs::write(&path, &text).unwrap();
            let error = read(&path, latitude).unwrap_err().to_string();
            assert!(error.contains(want), "{want}: {error}");
        }
        let error = read(room.path(), 38.0).unwrap_err().to_string();
        assert!(error.contains("cannot be read"), "{error}");
    }
}
