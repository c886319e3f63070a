//! All alerts of a station: held against what comes in, said once through the outbox, and remembered over restarts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emberline_weather::report::WeatherReport;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::alert::{Alert, NOTICE, Phase};
use super::book::{Book, Change, Key};
use super::drawn;
use super::finding::{Finding, Seen};
use super::judge::{Made, of_forecast, of_sight, of_weather};
use crate::config::{ALERTS, AlertConfig, AlertWhen, CameraFrom, Config, Drawn};
use crate::outbox::{Message, Outbox, Reader};
use crate::source::Sight;

/// The topic of alerts in the outbox.
pub(crate) const TOPIC: &str = "alert";
/// Where they are kept, below the data folder.
const FILE: &str = "state/alerts.json";
/// The picture in a forecast's folder.
const OVERLAY: &str = "overlay.png";
/// Alerts that are over and still shown.
const SHOWN: usize = 50;

/// Why an alert cannot be acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlertError {
    /// There is none of this id.
    #[error("no such alert")]
    Unknown,
    /// It is over.
    #[error("it is over")]
    Closed,
}

/// Names of the cameras and radars of `config`.
fn sources(config: &Config) -> Vec<String> {
    let cameras = config.cameras.iter().map(|camera| &camera.name);
    cameras.chain(config.radars.iter().map(|radar| &radar.name)).cloned().collect()
}

/// Of these, the ones whose columns and rows stay where they are: what is drawn on others would not.
fn still(config: &Config) -> Vec<String> {
    let moves = |name: &String| {
        config.cameras.iter().any(|camera| camera.name == *name && camera.ground.is_some())
    };
    sources(config).into_iter().filter(|name| !moves(name)).collect()
}

/// A moment by both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Since the station began; it is never set.
    pub(crate) now: Duration,
    /// By the wall clock.
    pub(crate) utc: Timestamp,
}

/// What shows what was seen, as files.
#[derive(Debug, Default)]
struct Shows {
    frame: Option<PathBuf>,
    forecast: Option<PathBuf>,
}

/// What is kept on the disk.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Number of the last message that is in here.
    seq: u64,
    /// Alerts that are open, and the last that are over, oldest first.
    alerts: Vec<Alert>,
    /// Time of the last alarm that was told, by rule and source.
    told: Vec<(Key, Timestamp)>,
}

#[derive(Debug)]
struct Inside {
    /// Those of the file, then those that were drawn.
    rules: Vec<AlertConfig>,
    /// How many of them stand in the file.
    of_file: usize,
    /// Names of the cameras and radars.
    sources: Vec<String>,
    /// Those of them on whose pictures one can draw.
    still: Vec<String>,
    /// Cameras that are simulators; the station itself is one (an empty name) where it has nothing else.
    simulated: BTreeSet<String>,
    book: Book,
    alerts: Vec<Alert>,
    told: BTreeMap<Key, Timestamp>,
    seq: u64,
    /// Whether the disk knows all of it.
    is_kept: bool,
    /// Whether people work on the station: nobody is told anything.
    is_paused: bool,
}

/// The alerts of a station.
#[derive(Debug)]
pub struct Alerts {
    file: PathBuf,
    data: PathBuf,
    station: [f64; 2],
    outbox: Arc<Outbox>,
    inside: Mutex<Inside>,
    /// All alerts, newest first, for those that ask: they never wait for a disk, and `inside` may.
    shown: Mutex<Vec<Alert>>,
    /// The same of the rules.
    rules: Mutex<Vec<Rule>>,
}

/// A rule, as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it asks.
    pub config: AlertConfig,
    /// Whether it was drawn on the page; else it stands in the file.
    pub is_drawn: bool,
}

impl Alerts {
    /// The alerts of the station of `config`: those that an earlier run has left open are open. `utc` is now.
    #[must_use]
    pub fn open(config: &Config, outbox: Arc<Outbox>, utc: Timestamp) -> Self {
        let (station, rules) = ([config.lat, config.lon], config.alerts.clone());
        let file = config.data.join(FILE);
        let kept = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|cause| {
                tracing::warn!("alerts: {}: {cause}", file.display());
                Kept::default()
            }),
            Err(_) => Kept::default(),
        };
        let Kept { seq, alerts, told } = kept;
        let told = told.into_iter().collect();
        let mut inside = Inside {
            of_file: rules.len(),
            rules,
            sources: Vec::new(),
            still: Vec::new(),
            simulated: simulated(config),
            book: Book::default(),
            alerts,
            told,
            seq,
            is_kept: false,
            is_paused: false,
        };
        // What was said after the file was written was said: it is not said again.
        let mut reader = Reader::new(seq);
        while let Ok(Some(Message { seq, topic, body, .. })) = reader.next(&outbox) {
            inside.seq = seq;
            if topic == TOPIC
                && let Ok(alert) = serde_json::from_value::<Alert>(body)
            {
                inside.put(alert);
            }
        }
        let open: Vec<Key> = inside.open().map(|(_, alert)| alert.key()).collect();
        open.into_iter().for_each(|key| inside.book.reopen(key, Duration::ZERO));
        let shown = Mutex::new(inside.alerts.iter().rev().cloned().collect());
        let (data, inside) = (config.data.clone(), Mutex::new(inside));
        let all = Self { file, data, station, outbox, inside, shown, rules: Mutex::default() };
        all.inside().rules.extend(drawn::read(&config.data, station, &still(config)));
        // The file may have changed while nothing ran.
        all.change(config, utc);
        all
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rules and cameras and radars of `config`, from now on, beside what was drawn: alerts of those that are no
    /// more are closed.
    pub(crate) fn change(&self, config: &Config, utc: Timestamp) {
        let mut inside = self.inside();
        let of_file = inside.of_file;
        let drawn = inside.rules.split_off(of_file);
        let (mut rules, of_file) = (config.alerts.clone(), config.alerts.len());
        for rule in drawn {
            match rules.iter().any(|other| other.name == rule.name) {
                true => tracing::warn!(
                    "alert {}: the file has one of this name: the drawn one is let go",
                    rule.name
                ),
                false => rules.push(rule),
            }
        }
        (inside.of_file, inside.sources) = (of_file, sources(config));
        inside.still = still(config);
        inside.simulated = simulated(config);
        self.take_rules(&mut inside, rules, utc);
    }

    /// Takes these rules, those of the file first, and closes the alerts of those that are no more.
    fn take_rules(&self, inside: &mut Inside, rules: Vec<AlertConfig>, utc: Timestamp) {
        inside.rules = rules;
        let is_source = |name: &str| {
            name.is_empty()
                || name.starts_with("weather")
                || inside.sources.iter().any(|source| source == name)
        };
        let asks = |rule: &AlertConfig, (name, source): &Key| {
            rule.name == *name && rule.of.as_ref().is_none_or(|of| of == source)
        };
        let is_gone =
            |key: &Key| !is_source(&key.1) || !inside.rules.iter().any(|rule| asks(rule, key));
        let gone = inside.open().map(|(_, alert)| alert.key()).filter(is_gone);
        let gone: Vec<Key> = gone.collect();
        for key in gone {
            inside.book.drop_rule(&key);
            self.close(inside, &key, utc);
        }
        let of_file = inside.of_file;
        let shown = inside.rules.iter().enumerate();
        let shown = shown.map(|(k, rule)| Rule { config: rule.clone(), is_drawn: k >= of_file });
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = shown.collect();
        self.keep(inside);
    }

    /// The rules, those of the file first.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Somebody has drawn a line or an area: it is a rule from now on, over restarts.
    ///
    /// # Errors
    /// One line: what is wrong with it and what to give; or that it cannot be kept.
    pub fn draw(&self, drawn: &Drawn, utc: Timestamp) -> Result<(), String> {
        let mut inside = self.inside();
        let source = &drawn.source;
        if inside.sources.contains(source) && !inside.still.contains(source) {
            return Err(format!(
                "the ground of {source} moves below what is drawn: draw on another camera"
            ));
        }
        let rule = drawn.alert(self.station, &inside.still).map_err(|cause| cause.to_string())?;
        if inside.rules.iter().any(|other| other.name == rule.name) {
            return Err(format!("there is an alert called {}: give another name", rule.name));
        }
        if inside.rules.len() >= ALERTS {
            return Err(format!("there are {ALERTS} alerts: take one away first"));
        }
        let mut rules = inside.rules.clone();
        rules.push(rule);
        drawn::write(&self.data, &rules[inside.of_file..])?;
        self.take_rules(&mut inside, rules, utc);
        Ok(())
    }

    /// Somebody takes away what was drawn under this name; its alerts are closed.
    ///
    /// # Errors
    /// One line: that there is none, that it stands in the file, or that it cannot be kept.
    pub fn erase(&self, name: &str, utc: Timestamp) -> Result<(), String> {
        let mut inside = self.inside();
        let place = inside.rules.iter().position(|rule| rule.name == name);
        match place {
            None => return Err("there is no such alert".to_owned()),
            Some(place) if place < inside.of_file => {
                return Err(format!("{name} stands in the station's file: take it out there"));
            }
            Some(_) => {}
        }
        let mut rules = inside.rules.clone();
        rules.retain(|rule| rule.name != name);
        drawn::write(&self.data, &rules[inside.of_file..])?;
        self.take_rules(&mut inside, rules, utc);
        Ok(())
    }

    /// Nobody is told anything new, until the pause is over.
    pub(crate) fn pause(&self, is_paused: bool) {
        self.inside().is_paused = is_paused;
    }

    /// All alerts that are open and the last that are over, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Alert> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The names of the rules as they are now.
    pub(crate) fn names(&self) -> Vec<String> {
        self.rules().into_iter().map(|rule| rule.config.name).collect()
    }

    /// Somebody says that they know of the alert `id`.
    ///
    /// # Errors
    /// [`AlertError`].
    pub fn acknowledge(&self, id: &str, by: &str, utc: Timestamp) -> Result<Alert, AlertError> {
        let mut inside = self.inside();
        let place = inside.alerts.iter().position(|alert| alert.id == id);
        let place = place.ok_or(AlertError::Unknown)?;
        let alert = &mut inside.alerts[place];
        match alert.phase {
            Phase::Closed => return Err(AlertError::Closed),
            Phase::Acknowledged => return Ok(alert.clone()),
            Phase::Raised => {}
        }
        (alert.phase, alert.changed) = (Phase::Acknowledged, utc);
        (alert.by, alert.known) = (Some(by.to_owned()), Some(utc));
        let alert = alert.clone();
        self.say(&mut inside, &alert);
        self.keep(&mut inside);
        Ok(alert)
    }

    /// The camera `source` sees this at a new frame, which `keep` keeps as a file. Gives whether that has raised an
    /// alert.
    pub(crate) fn sight(
        &self,
        source: &str,
        sight: Sight,
        keep: &dyn Fn() -> Option<PathBuf>,
        at: Moment,
    ) -> bool {
        let mut inside = self.inside();
        let rules = inside.rules.clone();
        let seen = rules.iter().filter_map(|rule| Some((rule, of_sight(rule, source, sight)?)));
        let seen: Vec<_> = seen.collect();
        let raised = seen.into_iter().filter_map(|(rule, seen)| {
            let shows = || Shows { frame: keep(), forecast: None };
            self.take(&mut inside, rule, (source, &shows), seen, at)
        });
        let raised = raised.count();
        self.keep(&mut inside);
        raised > 0
    }

    /// A forecast was made. Gives the alerts that it has raised.
    pub(crate) fn forecast(&self, made: &Made<'_>, at: Moment) -> Vec<Alert> {
        let mut inside = self.inside();
        let rules = inside.rules.clone();
        let shows = || Shows { frame: None, forecast: made.folder.map(Path::to_owned) };
        let seen = rules.iter().filter_map(|rule| Some((rule, of_forecast(rule, made)?)));
        let seen: Vec<_> = seen.collect();
        let raised = seen.into_iter().filter_map(|(rule, seen)| {
            self.take(&mut inside, rule, (made.source, &shows), seen, at)
        });
        let raised = raised.collect();
        self.keep(&mut inside);
        raised
    }

    /// The weather of `source` was worked out.
    pub(crate) fn weather(&self, source: &str, report: &WeatherReport, at: Moment) {
        let mut inside = self.inside();
        for rule in inside.rules.clone() {
            let key = (rule.name.clone(), source.to_owned());
            // What was before the station listened is history.
            let newest = report.alarms.last().map_or(report.now.time, |alarm| alarm.time);
            let told = *inside.told.entry(key.clone()).or_insert(newest);
            let Some(seen) = of_weather(&rule, source, report, told) else { continue };
            if newest > told {
                inside.told.insert(key, newest);
                inside.is_kept = false;
            }
            self.take(&mut inside, &rule, (source, &Shows::default), seen, at);
        }
        self.keep(&mut inside);
    }

    /// Whether the station is blind, and why.
    pub(crate) fn blind(&self, reasons: Option<&[String]>, at: Moment) {
        let mut inside = self.inside();
        let rules: Vec<_> =
            inside.rules.iter().filter(|r| r.when == AlertWhen::Blind).cloned().collect();
        for rule in rules {
            let found = |reasons: &[String]| {
                Seen::Yes(Finding { words: reasons.join("; "), ..Finding::default() })
            };
            let seen = reasons.map_or(Seen::No, found);
            self.take(&mut inside, &rule, ("", &Shows::default), seen, at);
        }
        self.keep(&mut inside);
    }

    /// Takes in what was seen of a rule at a source, and what shows it; gives the alert that it has raised.
    fn take(
        &self,
        inside: &mut Inside,
        rule: &AlertConfig,
        (source, shows): (&str, &dyn Fn() -> Shows),
        seen: Seen,
        Moment { now, utc }: Moment,
    ) -> Option<Alert> {
        if inside.is_paused {
            return None;
        }
        let key = (rule.name.clone(), source.to_owned());
        match inside.book.take(&key, seen, now, [rule.hold, rule.clear])? {
            Change::Close => {
                self.close(inside, &key, utc);
                None
            }
            Change::Raise(finding) => {
                let held = now.saturating_sub(inside.book.since(&key).unwrap_or(now));
                let held = SignedDuration::try_from(held).unwrap_or_default();
                let at = utc.strftime("%Y%m%dT%H%M%S%.3fZ").to_string().replace('.', "");
                let Shows { frame, forecast } = shows();
                let below =
                    |path: PathBuf| Some(path.strip_prefix(&self.data).ok()?.display().to_string());
                let of = if source.is_empty() { "station" } else { source };
                let (forecast, frame) = (forecast.and_then(below), frame.and_then(below));
                let overlay = forecast.as_ref().map(|folder| format!("{folder}/{OVERLAY}"));
                let alert = Alert {
                    id: format!("{}-{of}-{at}", rule.name),
                    rule: rule.name.clone(),
                    when: rule.when.name().to_owned(),
                    source: source.to_owned(),
                    phase: Phase::Raised,
                    since: utc.saturating_sub(held).unwrap_or(utc),
                    raised: utc,
                    changed: utc,
                    finding,
                    by: None,
                    known: None,
                    simulated: inside.simulated.contains(source),
                    quiet: rule.quiet.is_some_and(|quiet| quiet.holds(utc)),
                    picture: frame.clone().or(overlay),
                    forecast,
                    frame,
                    station: self.station,
                    notice: NOTICE.to_owned(),
                };
                tracing::warn!("alert: {}", alert.words());
                self.say(inside, &alert);
                Some(alert)
            }
        }
    }

    fn close(&self, inside: &mut Inside, key: &Key, utc: Timestamp) {
        let open = inside.open().find(|(_, alert)| alert.key() == *key).map(|(place, _)| place);
        let Some(alert) = open.map(|place| &mut inside.alerts[place]) else { return };
        (alert.phase, alert.changed) = (Phase::Closed, utc);
        let alert = alert.clone();
        tracing::info!("alert: {}", alert.words());
        self.say(inside, &alert);
    }

    fn say(&self, inside: &mut Inside, alert: &Alert) {
        inside.put(alert.clone());
        let shown = inside.alerts.iter().rev().cloned().collect();
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        let body = serde_json::to_value(alert).unwrap_or_default();
        inside.seq = self.outbox.say(TOPIC, alert.changed, body);
        inside.is_kept = false;
    }

    /// Writes what is open. The outbox knows it already: what is lost here is read there.
    fn keep(&self, inside: &mut Inside) {
        if std::mem::replace(&mut inside.is_kept, true) {
            return;
        }
        let told = inside.told.iter().map(|(key, at)| (key.clone(), *at)).collect();
        let kept = Kept { seq: inside.seq, alerts: inside.alerts.clone(), told };
        let written = serde_json::to_vec_pretty(&kept).map_err(std::io::Error::from);
        let written = written.and_then(|bytes| {
            std::fs::create_dir_all(self.file.parent().unwrap_or(&self.data))?;
            emberline_atomic_file::write(&self.file, &bytes)
        });
        if let Err(cause) = written {
            tracing::warn!("alerts: {}: {cause}", self.file.display());
        }
    }
}

/// The names of the cameras of `config` that are simulators, and an empty one where the station has nothing else.
fn simulated(config: &Config) -> BTreeSet<String> {
    let is_sim = |from: &CameraFrom| matches!(from, CameraFrom::Sim(_));
    let cameras = config.cameras.iter().filter(|camera| is_sim(&camera.from));
    let mut names: BTreeSet<String> = cameras.map(|camera| camera.name.clone()).collect();
    let has_readings = config.nodes.is_some() || config.weather.is_some();
    if names.len() == config.cameras.len() && config.radars.is_empty() && !has_readings {
        names.insert(String::new());
    }
    names
}

/// The alerts that were last kept in `data`, newest first.
pub(super) fn read(data: &Path) -> std::io::Result<Vec<Alert>> {
    let kept: Kept = serde_json::from_slice(&std::fs::read(data.join(FILE))?)?;
    Ok(kept.alerts.into_iter().rev().collect())
}

impl Inside {
    /// Those that are not over, with their places.
    fn open(&self) -> impl Iterator<Item = (usize, &Alert)> {
        self.alerts.iter().enumerate().filter(|(_, alert)| alert.phase != Phase::Closed)
    }

    /// Puts in an alert, or what has become of it.
    fn put(&mut self, alert: Alert) {
        match self.alerts.iter_mut().find(|old| old.id == alert.id) {
            Some(old) => *old = alert,
            None => self.alerts.push(alert),
        }
        let over = self.alerts.iter().filter(|alert| alert.phase == Phase::Closed).count();
        if over > SHOWN
            && let Some(oldest) = self.alerts.iter().position(|a| a.phase == Phase::Closed)
        {
            self.alerts.remove(oldest);
        }
    }
}

impl Alert {
    fn key(&self) -> Key {
        (self.rule.clone(), self.source.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data: &Path, text: &str) -> Config {
        let head =
            "name = \"a\"\nlat = 1.0\nlon = 2.0\n[[camera]]\nname = \"c\"\nfrom = \"sim:fire\"\n";
        let config = Config::parse("s.toml", &format!("{head}{text}")).unwrap();
        Config { data: data.to_owned(), ..config }
    }

    const EYES: &str =
        "[[alert]]\nname = \"eyes\"\nwhen = \"blind\"\nhold = \"30s\"\nclear = \"60s\"\n";

    fn open(data: &Path) -> (Alerts, Arc<Outbox>) {
        open_with(data, EYES)
    }

    fn open_with(data: &Path, text: &str) -> (Alerts, Arc<Outbox>) {
        let outbox = Arc::new(Outbox::open(&data.join("outbox")).unwrap());
        (Alerts::open(&config(data, text), Arc::clone(&outbox), at(0).utc), outbox)
    }

    fn at(second: u64) -> Moment {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let (now, since) = (Duration::from_secs(second), SignedDuration::from_secs(second as i64));
        Moment { now, utc: start + since }
    }

    /// The phases that were said, oldest first.
    fn said(outbox: &Outbox) -> Vec<(u64, Phase)> {
        let mut reader = Reader::new(0);
        let messages = std::iter::from_fn(|| reader.next(outbox).unwrap());
        let alerts = messages.map(|m| (m.seq, serde_json::from_value::<Alert>(m.body).unwrap()));
        alerts.map(|(seq, alert)| (seq, alert.phase)).collect()
    }

    const DARK: &[String] = &[];

    #[test]
    fn an_alert_is_raised_acknowledged_and_closed_and_each_is_said_once() {
        let room = tempfile::tempdir().unwrap();
        let (alerts, outbox) = open(room.path());
        for (second, is_blind) in [(0, false), (10, true), (39, true), (40, true), (50, true)] {
            alerts.blind(is_blind.then_some(DARK), at(second));
            assert_eq!(alerts.all().len(), usize::from(second >= 40), "second {second}");
        }
        let alert = alerts.all().remove(0);
        assert_eq!(
            (alert.phase, alert.since, alert.raised),
            (Phase::Raised, at(10).utc, at(40).utc)
        );
        let ends = alerts.acknowledge("none", "ann", at(60).utc).unwrap_err();
        assert_eq!(ends, AlertError::Unknown);
        for _ in 0..2 {
            let known = alerts.acknowledge(&alert.id, "ann", at(60).utc).unwrap();
            assert_eq!((known.phase, known.by.as_deref()), (Phase::Acknowledged, Some("ann")));
        }
        alerts.blind(None, at(61));
        alerts.blind(None, at(111));
        assert_eq!(alerts.all()[0].phase, Phase::Closed);
        let over = alerts.acknowledge(&alert.id, "ann", at(120).utc).unwrap_err();
        assert_eq!(over, AlertError::Closed);
        let want = [(1, Phase::Raised), (2, Phase::Acknowledged), (3, Phase::Closed)];
        assert_eq!(said(&outbox), want);
    }

    #[test]
    fn killed_at_any_moment_an_alert_is_neither_lost_nor_said_twice() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("state/alerts.json");
        let mut before: Option<Vec<u8>> = None;
        for run in 0..6 {
            let (alerts, outbox) = open(room.path());
            let is_blind = run < 3;
            let seconds = [0, 40, 80, 150];
            seconds.iter().for_each(|s| alerts.blind(is_blind.then_some(DARK), at(*s)));
            let want: &[_] = match is_blind {
                true => &[(1, Phase::Raised)],
                false => &[(1, Phase::Raised), (2, Phase::Closed)],
            };
            assert_eq!(said(&outbox), want, "run {run}");
            // As if it had been killed after it was said, and before it was kept.
            match &before {
                Some(bytes) if run % 2 == 0 => std::fs::write(&file, bytes).unwrap(),
                _ => drop(std::fs::remove_file(&file)),
            }
            before = before.or_else(|| std::fs::read(&file).ok());
        }
    }

    #[test]
    fn a_pause_is_quiet_and_a_rule_that_is_gone_closes_its_alert() {
        let room = tempfile::tempdir().unwrap();
        let (alerts, outbox) = open(room.path());
        alerts.pause(true);
        [0, 40].iter().for_each(|s| alerts.blind(Some(DARK), at(*s)));
        assert!(alerts.all().is_empty());
        alerts.pause(false);
        [50, 90].iter().for_each(|s| alerts.blind(Some(DARK), at(*s)));
        assert_eq!(alerts.all().len(), 1);
        alerts.change(&config(room.path(), ""), at(100).utc);
        assert_eq!(said(&outbox), [(1, Phase::Raised), (2, Phase::Closed)]);
    }

    #[test]
    fn a_rule_or_camera_that_went_while_nothing_ran_closes_its_alert() {
        let fire = "[[alert]]\nname = \"fire\"\nwhen = \"fire-in-view\"\n";
        let other = "[[camera]]\nname = \"d\"\nfrom = \"sim:fire\"\n";
        let of_other = format!("{other}{fire}of = \"d\"\n");
        for (what, before, source, after, want) in [
            ("nothing has changed", fire.to_owned(), "c", fire.to_owned(), 0),
            ("the rule is gone", fire.to_owned(), "c", String::new(), 1),
            ("the camera is gone", format!("{other}{fire}"), "d", fire.to_owned(), 1),
            ("it is of another camera now", format!("{other}{fire}"), "c", of_other, 1),
        ] {
            let room = tempfile::tempdir().unwrap();
            let (alerts, _) = open_with(room.path(), &before);
            let (taken, middle, lon_lat) = (at(0).utc, None, None);
            let sight = Sight { taken, is_fire: true, burnt_cells: 9, middle, lon_lat };
            assert!(alerts.sight(source, sight, &|| None, at(0)), "{what}");
            drop(alerts);
            let (_, outbox) = open_with(room.path(), &after);
            assert_eq!(said(&outbox).len(), 1 + want, "{what}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_who_asks_waits_for_a_disk_that_hangs() {
        let room = tempfile::tempdir().unwrap();
        let (alerts, outbox) = open(room.path());
        // Who writes to a pipe waits until somebody reads it.
        let pipe = room.path().join("outbox/000000000001-2026-08-01.ndjson");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        std::thread::scope(|threads| {
            let alerts = &alerts;
            threads.spawn(|| [0, 40].iter().for_each(|s| alerts.blind(Some(DARK), at(*s))));
            while alerts.all().is_empty() {
                std::thread::sleep(Duration::from_millis(5));
            }
            assert_eq!(alerts.all()[0].phase, Phase::Raised);
            assert_eq!(outbox.facts().newest, 1);
            let mut reader = Reader::new(0);
            drop(std::fs::File::open(&pipe).unwrap());
            // It is sent once it is stored, or cannot be.
            while reader.next(&outbox).is_ok_and(|message| message.is_none()) {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
    }
}
