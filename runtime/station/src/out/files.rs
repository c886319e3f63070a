//! Files of alerts: each phase is written as CAP, KML and GeoJSON, in order, and again until it is on the disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::FILES;
use super::follow::{SOON, WAIT, follow};
use super::line::{Line, again};
use crate::alert::{Alert, TOPIC};
use crate::alert_file::{Evidence, Form, Sender};
use crate::clock::Clock;
use crate::outbox::{Message, Outbox};
use crate::store::Store;

/// Most alerts that have files: the oldest go.
const ALERTS: usize = 10_000;
/// So long a forecast that has raised an alert is waited for: it is written after the alert is told.
const FORECAST: Duration = Duration::from_secs(10);
/// Longest time between two tries.
const LONGEST: Duration = Duration::from_secs(60);
/// Between two looks at what is too old.
const TIDY: Duration = Duration::from_secs(600);

/// The thread of the files.
pub(crate) struct FilesWorker {
    pub(crate) folder: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) sender: Sender,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) store: Arc<Store>,
    pub(crate) line: Arc<Line>,
    pub(crate) stop: Stop,
}

impl FilesWorker {
    /// Writes until it is stopped.
    pub(crate) fn run(self) {
        let began = Instant::now();
        let mut clock = Clock::new(Duration::ZERO, Timestamp::now());
        // That the folder cannot be written is told before there is an alert.
        if !self.until_done(|| try_out(&self.folder)) {
            return;
        }
        let mut tidied: Option<Instant> = None;
        let between = || {
            let (now, utc) = (began.elapsed(), Timestamp::now());
            clock.look(now, utc);
            if tidied.is_none_or(|at| at.elapsed() >= TIDY) {
                tidied = Some(Instant::now());
                tidy(&self.folder, clock.believed(now, utc), self.store.evidence_age(), ALERTS);
            }
        };
        let line = (FILES, &*self.line);
        follow(line, &self.outbox, &self.stop, between, |message| self.deliver(message));
    }

    /// Writes the files of `message`; false when it was stopped.
    fn deliver(&self, message: &Message) -> bool {
        if message.topic != TOPIC {
            return true;
        }
        let Ok(alert) = serde_json::from_value::<Alert>(message.body.clone()) else { return true };
        let forecast = alert.forecast.as_ref().map(|folder| self.data.join(folder));
        let until = Instant::now() + FORECAST;
        let is_awaited = || forecast.as_ref().is_some_and(|folder| !folder.exists());
        while is_awaited() && Instant::now() < until {
            if self.stop.is_set() {
                return false;
            }
            std::thread::sleep(SOON);
        }
        let evidence = Evidence::read(&self.data, &alert);
        self.until_done(|| write(&self.folder, &alert, &self.sender, &evidence))
    }

    /// Tries until `work` is done; false when it was stopped.
    fn until_done(&self, work: impl Fn() -> io::Result<()>) -> bool {
        let mut faults = 0;
        while !self.stop.is_set() {
            match work() {
                Ok(()) => {
                    self.line.up();
                    return true;
                }
                Err(cause) => {
                    let folder = self.folder.display();
                    self.line.down(format!("{folder}: {cause}; free space, or see who may write"));
                    faults += 1;
                }
            }
            let until = Instant::now() + again(faults, LONGEST, fastrand::f64());
            while !self.stop.is_set() && Instant::now() < until {
                std::thread::sleep(WAIT.min(until.saturating_duration_since(Instant::now())));
            }
        }
        false
    }
}

/// Writes a file and removes it again, and what a killed run has left half written with it.
fn try_out(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let whole = name.strip_prefix('.').and_then(|rest| rest.split_once(".partial-"));
        if whole.is_some_and(|(whole, _)| raised(whole).is_some()) {
            fs::remove_file(entry.path())?;
        }
    }
    let file = folder.join(".emberline-can-write");
    emberline_atomic_file::write(&file, b"emberline\n")?;
    fs::remove_file(&file)
}

/// Writes the files of `alert` as it is now.
fn write(folder: &Path, alert: &Alert, sender: &Sender, evidence: &Evidence) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    Form::ALL.into_iter().try_for_each(|form| {
        let text = form.write(alert, sender, evidence)?;
        emberline_atomic_file::write(&folder.join(form.name(alert)), text.as_bytes())
    })
}

/// Of a file's name that is one of ours, the alert's id and when it was raised, which ends that.
fn raised(name: &str) -> Option<(&str, Timestamp)> {
    const ENDINGS: [&str; 5] =
        [".raised.cap.xml", ".acknowledged.cap.xml", ".closed.cap.xml", ".kml", ".geojson"];
    let id = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
    let (_, at) = id.rsplit_once('-')?;
    // Milliseconds stand without a point: the seconds do.
    let seconds = at.strip_suffix('Z').filter(|at| at.len() == 18)?.get(..15)?;
    let at = DateTime::strptime("%Y%m%dT%H%M%S", seconds).ok()?;
    Some((id, TimeZone::UTC.to_timestamp(at).ok()?))
}

/// Deletes the files of alerts that are older than `age` at `now`, where what hour it is can be believed, and of the
/// oldest where there are more than `most`. Files of others are left alone.
fn tidy(folder: &Path, now: Option<Timestamp>, age: Duration, most: usize) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut alerts: BTreeMap<(Timestamp, String), Vec<String>> = BTreeMap::new();
    for name in names {
        if let Some((id, at)) = raised(&name) {
            alerts.entry((at, id.to_owned())).or_default().push(name);
        }
    }
    let beyond = alerts.len().saturating_sub(most);
    for (k, ((at, _), files)) in alerts.iter().enumerate() {
        let is_old =
            now.is_some_and(|now| now.duration_since(*at).as_secs_f64() > age.as_secs_f64());
        if k >= beyond && !is_old {
            continue;
        }
        for name in files {
            if let Err(cause) = fs::remove_file(folder.join(name)) {
                tracing::warn!("{FILES}: {name}: {cause}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn files_of_old_alerts_go_and_those_of_others_stay() {
        let others = ["notes.txt", "map.kml", "a-20260801T120000Z.kml", "road-north-2026.geojson"];
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let at = |hour: i64| start + SignedDuration::from_hours(hour);
        let id = |k: i64| format!("road-north-{}000Z", at(k).strftime("%Y%m%dT%H%M%S"));
        for (what, now, hours, most, want) in [
            ("within the limits", Some(at(5)), 10, 10, vec![0, 1, 2, 3, 4]),
            ("old", Some(at(6)), 3, 10, vec![3, 4]),
            ("what hour it is nobody knows", None, 3, 10, vec![0, 1, 2, 3, 4]),
            ("a clock that was set back", Some(at(-9999)), 3, 10, vec![0, 1, 2, 3, 4]),
            ("too many", Some(at(5)), 10, 2, vec![3, 4]),
        ] {
            let room = tempfile::tempdir().unwrap();
            others.iter().for_each(|name| fs::write(room.path().join(name), "").unwrap());
            for k in 0..5 {
                for ending in ["raised.cap.xml", "closed.cap.xml", "kml", "geojson"] {
                    fs::write(room.path().join(format!("{}.{ending}", id(k))), "").unwrap();
                }
            }
            tidy(room.path(), now, Duration::from_secs(hours * 3600), most);
            let names = fs::read_dir(room.path()).unwrap().flatten();
            let names: Vec<String> =
                names.map(|entry| entry.file_name().into_string().unwrap()).collect();
            let left = |k: i64| names.iter().filter(|name| name.starts_with(&id(k))).count();
            let left: Vec<i64> = (0..5).filter(|k| left(*k) == 4).collect();
            assert_eq!(left, want, "{what}");
            assert_eq!(names.len(), 4 * want.len() + others.len(), "{what}");
        }
    }

    #[test]
    fn what_a_killed_run_has_left_half_written_goes_and_nothing_else() {
        let room = tempfile::tempdir().unwrap();
        let half = ".road-north-20260801T120000000Z.kml.partial-17";
        for name in [half, ".map.kml.partial-17", ".hidden"] {
            fs::write(room.path().join(name), "").unwrap();
        }
        try_out(room.path()).unwrap();
        assert!(!room.path().join(half).exists());
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 2);
        fs::write(room.path().join("file"), "").unwrap();
        assert!(try_out(&room.path().join("file")).is_err());
    }
}
