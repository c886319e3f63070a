//! A pause: for a while nothing is forecast and nothing is a fault, because people work on the station.
//!
//! It is a file in the data folder, so that it outlives a restart.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

/// The file, below the data folder.
const FILE: &str = "paused-until";
/// Longest pause: a forgotten one ends.
pub const LONGEST: Duration = Duration::from_secs(7 * 86_400);

/// Pauses the station that keeps what it makes in `data` until `until`.
///
/// # Errors
/// What the system says.
pub fn begin(data: &Path, until: Timestamp) -> io::Result<()> {
    // Beside it first: a station never reads half a time.
    let beside = data.join(format!(".{FILE}"));
    fs::write(&beside, format!("{until}\n"))?;
    fs::rename(beside, data.join(FILE))
}

/// Ends the pause; gives whether there was one.
///
/// # Errors
/// What the system says.
pub fn end(data: &Path) -> io::Result<bool> {
    match fs::remove_file(data.join(FILE)) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// What a running station knows of its pause.
#[derive(Debug)]
pub(crate) struct Pause {
    file: PathBuf,
    /// What the file said, and until when, since the station began, that holds.
    read: Option<(String, Duration)>,
}

impl Pause {
    pub(crate) fn new(data: &Path) -> Self {
        Self { file: data.join(FILE), read: None }
    }

    /// How much is left of it at `now` since the station began, which is `utc`. A pause that has begun lasts
    /// as long as it was meant to, whatever becomes of the wall clock.
    pub(crate) fn left(&mut self, now: Duration, utc: Timestamp) -> Option<Duration> {
        let text = fs::read_to_string(&self.file).ok();
        if self.read.as_ref().map(|(text, _)| text) != text.as_ref() {
            self.read = text.map(|text| {
                let until = text.trim().parse::<Timestamp>().ok();
                let left = until.map_or(Duration::ZERO, |until| {
                    Duration::try_from(until.duration_since(utc)).unwrap_or_default()
                });
                (text, now.saturating_add(left.min(LONGEST)))
            });
        }
        let (_, until) = self.read.as_ref()?;
        until.checked_sub(now).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_held_and_ended() {
        let room = tempfile::tempdir().unwrap();
        let data = room.path();
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut pause = Pause::new(data);
        let mut left = |now_s: u64, utc: Timestamp| {
            pause.left(Duration::from_secs(now_s), utc).map(|left| left.as_secs())
        };
        assert_eq!(left(0, at(0)), None);
        begin(data, at(600)).unwrap();
        assert_eq!(left(10, at(10)), Some(590));
        assert_eq!(
            left(20, "1970-01-01T00:00:00Z".parse().unwrap()),
            Some(580),
            "a clock that steps"
        );
        assert_eq!(left(600, at(600)), None, "it is over");
        assert_eq!(left(601, at(0)), None, "and does not begin again");
        begin(data, at(2000)).unwrap();
        assert_eq!(left(700, at(700)), Some(1300));
        assert!(end(data).unwrap() && !end(data).unwrap());
        assert_eq!(left(701, at(701)), None);
        // As long as it may be, and no time at all.
        begin(data, at(10_000_000)).unwrap();
        assert_eq!(left(0, at(0)), Some(LONGEST.as_secs()));
        fs::write(data.join(FILE), "tomorrow").unwrap();
        assert_eq!(left(0, at(0)), None);
        // One that began before a restart goes on.
        begin(data, at(600)).unwrap();
        assert_eq!(Pause::new(data).left(Duration::ZERO, at(100)), Some(Duration::from_secs(500)));
    }
}
