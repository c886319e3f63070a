//! Health: how fresh frames and forecasts are, held against what was promised; one struct for every output.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::alert::Alert;
use crate::config::ForecastConfig;
use crate::machine::MachineFacts;
use crate::nodes::NodesHealth;
use crate::out::LineHealth;
use crate::outbox::OutboxFacts;
use crate::source::{Came, Sort, Source, State};
use crate::store::StoreFacts;
use crate::weather::WeatherHealth;

/// A line to a receiver that does not stand for so long is told.
const LINE_FALLEN_S: f64 = 30.0;

/// How the station fares at a moment.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// Its name.
    pub station: String,
    /// Whether something that should be seen or kept is not.
    pub blind: bool,
    /// Why, a line each.
    pub reasons: Vec<String>,
    /// What else a person should know, a line each.
    pub notes: Vec<String>,
    /// Seconds until a pause ends, where there is one: nothing is forecast, and nothing is a fault.
    pub paused_s: Option<f64>,
    /// Seconds since it began.
    pub up_s: f64,
    /// Cameras and radars.
    pub sources: Vec<SourceHealth>,
    /// The sensor nodes, where there are any.
    pub nodes: Option<NodesHealth>,
    /// The weather of each node and table.
    pub weather: Vec<WeatherHealth>,
    /// Alerts that are open, and the last that are over, newest first.
    pub alerts: Vec<Alert>,
    /// What waits to be sent.
    pub outbox: OutboxFacts,
    /// The lines to those who are told.
    pub lines: Vec<LineHealth>,
    /// The store.
    pub store: StoreHealth,
    /// The machine.
    pub machine: MachineFacts,
}

/// How a camera or radar fares.
#[derive(Clone, Debug, Serialize)]
pub struct SourceHealth {
    /// Its name.
    pub name: String,
    /// Camera or radar.
    pub sort: &'static str,
    /// Its state, a word.
    pub state: &'static str,
    /// Why, where it is not fresh.
    pub why: String,
    /// Age of the newest frame, seconds.
    pub frame_age_s: Option<f64>,
    /// Seconds since the picture changed.
    pub change_age_s: Option<f64>,
    /// Frames that came.
    pub frames: u64,
    /// Frames that were lost, by reason.
    pub dropped: Vec<(&'static str, u64)>,
    /// How often it was opened again.
    pub reconnects: u64,
    /// How often it was moved.
    pub moves: u64,
    /// How far its clock is ahead of this machine's, seconds, where it tells.
    pub clock_offset_s: Option<f64>,
    /// Age of the newest forecast, seconds.
    pub forecast_age_s: Option<f64>,
    /// Forecasts made.
    pub forecasts: u64,
    /// Forecasts withheld, by reason.
    pub withheld: Vec<(&'static str, u64)>,
    /// Why the last one was withheld, where it was.
    pub why_withheld: Option<String>,
    /// What the newest forecast comes to.
    pub summary: Option<String>,
    /// Time of the last frame that it saw.
    pub issued: Option<Timestamp>,
    /// Seconds between forecasts that are promised.
    pub promised_s: f64,
}

/// How the store fares.
#[derive(Clone, Debug, Serialize)]
pub struct StoreHealth {
    /// Bytes of all forecasts.
    pub bytes: u64,
    /// Bytes free on its disk.
    pub free_bytes: Option<u64>,
    /// Age of the oldest forecast, seconds.
    pub oldest_s: Option<f64>,
    /// Forecasts deleted, by limit.
    pub deleted: Vec<(&'static str, u64)>,
    /// Forecasts that could not be written.
    pub errors: u64,
    /// Why the last one could not be, where none has been written since.
    pub trouble: Option<String>,
}

impl Health {
    /// Of the station `name` with these sources and this store at `now` since it began, which is `utc`;
    /// `promised` is what their forecasts were to be.
    #[must_use]
    pub fn of<'a>(
        name: &str,
        sources: impl Iterator<Item = &'a dyn Source>,
        store: StoreFacts,
        promised: &ForecastConfig,
        now: Duration,
        utc: Timestamp,
    ) -> Self {
        let mut notes = Vec::new();
        let sources: Vec<SourceHealth> = sources
            .map(|source| {
                let of = source.name();
                notes.extend(source.notes().into_iter().map(|note| format!("{of}: {note}")));
                SourceHealth::of(source, promised, now, utc)
            })
            .collect();
        let oldest_s = store.oldest.map(|at| utc.duration_since(at).as_secs_f64().max(0.0));
        let store = StoreHealth {
            bytes: store.bytes,
            free_bytes: store.free_bytes,
            oldest_s,
            deleted: store.deleted.into_iter().collect(),
            errors: store.errors,
            trouble: store.trouble,
        };
        let mut reasons: Vec<String> = sources.iter().filter_map(SourceHealth::reason).collect();
        reasons.extend(store.trouble.iter().map(|why| format!("store: {why}")));
        let (station, up_s) = (name.to_owned(), now.as_secs_f64());
        Self {
            station,
            blind: !reasons.is_empty(),
            reasons,
            notes,
            paused_s: None,
            up_s,
            sources,
            nodes: None,
            weather: Vec::new(),
            alerts: Vec::new(),
            outbox: OutboxFacts::default(),
            lines: Vec::new(),
            store,
            machine: MachineFacts::default(),
        }
    }

    /// The same, with what is told to people.
    #[must_use]
    pub fn telling(mut self, alerts: Vec<Alert>, outbox: OutboxFacts) -> Self {
        self.reasons.extend(outbox.trouble.iter().map(|why| format!("outbox: {why}")));
        self.blind |= outbox.trouble.is_some();
        (self.alerts, self.outbox) = (alerts, outbox);
        self
    }

    /// The same, with the lines to those who are told: one that does not stand is no reason to be blind, and is told.
    #[must_use]
    pub fn reaching(mut self, lines: Vec<LineHealth>) -> Self {
        let fallen = lines.iter().filter(|line| !line.stands && line.since_s > LINE_FALLEN_S);
        self.notes.extend(
            fallen
                .map(|line| format!("{}: for {:.0} s: {}", line.receiver, line.since_s, line.why)),
        );
        let noted = lines.iter().filter_map(|line| Some((line.receiver, line.note.as_ref()?)));
        self.notes.extend(noted.map(|(receiver, note)| format!("{receiver}: {note}")));
        self.lines = lines;
        self
    }

    /// The same in a pause that has `left` to go: what is not fresh is no fault then.
    #[must_use]
    pub fn paused(mut self, left: Option<Duration>) -> Self {
        if let Some(left) = left {
            self.paused_s = Some(left.as_secs_f64());
            self.notes.append(&mut self.reasons);
            self.blind = false;
        }
        self
    }

    /// The same on a machine that is so.
    #[must_use]
    pub fn on(self, machine: MachineFacts) -> Self {
        Self { machine, ..self }
    }

    /// The same with one more thing to know.
    #[must_use]
    pub fn noting(mut self, note: Option<String>) -> Self {
        self.notes.extend(note);
        self
    }

    /// The same where there should be `count` cameras and radars.
    #[must_use]
    pub fn expecting(mut self, count: usize) -> Self {
        if self.sources.len() < count {
            self.reasons.push("not all cameras and radars have begun yet".to_owned());
            self.blind = true;
        }
        self
    }

    /// The same with sensor nodes and weather.
    #[must_use]
    pub fn with(mut self, nodes: Option<NodesHealth>, weather: Vec<WeatherHealth>) -> Self {
        self.reasons.extend(nodes.iter().flat_map(NodesHealth::reasons));
        self.reasons.extend(weather.iter().filter_map(WeatherHealth::reason));
        self.blind = !self.reasons.is_empty();
        Self { nodes, weather, ..self }
    }

    /// What a person reads in `systemctl status`.
    #[must_use]
    pub fn line(&self) -> String {
        if let Some(left_s) = self.paused_s {
            return format!(
                "paused for {:.0} min more: nothing is forecast",
                (left_s / 60.0).ceil()
            );
        }
        match self.reasons.as_slice() {
            [] => {
                let oldest =
                    self.sources.iter().filter_map(|s| s.forecast_age_s).fold(0.0, f64::max);
                let count = |sort: Sort| {
                    let n = self.sources.iter().filter(|s| s.sort == sort.name()).count();
                    if n > 0 { format!("{n} {}(s), ", sort.name()) } else { String::new() }
                };
                let (cameras, radars) = (count(Sort::Camera), count(Sort::Radar));
                format!("all well: {cameras}{radars}forecasts at most {oldest:.0} s old")
            }
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
        }
    }
}

impl SourceHealth {
    fn of(source: &dyn Source, promised: &ForecastConfig, now: Duration, utc: Timestamp) -> Self {
        let (state, why) = source.state(now, utc);
        let Came { frame_age_s, change_age_s, frames, dropped, reconnects, moves, clock_offset_s } =
            source.came(now, utc);
        let forecasts = source.log().read();
        let newest = forecasts.newest;
        let since = |at: Duration| now.saturating_sub(at).as_secs_f64();
        Self {
            name: source.name().to_owned(),
            sort: source.sort().name(),
            state: state.name(),
            why,
            frame_age_s,
            change_age_s,
            frames,
            dropped,
            reconnects,
            moves,
            clock_offset_s,
            forecast_age_s: newest.as_ref().map(|newest| since(newest.done)),
            forecasts: forecasts.made,
            withheld: forecasts.withheld.into_iter().collect(),
            why_withheld: forecasts.why_withheld,
            summary: newest.as_ref().map(|newest| newest.words()),
            issued: newest.map(|newest| newest.issued),
            promised_s: source.asks(promised).pace.every_s(),
        }
    }

    /// Why the station does not see what it should through this source.
    fn reason(&self) -> Option<String> {
        let Self { name, state, why, .. } = self;
        let is =
            |what: fn(State) -> bool| State::ALL.iter().any(|s| s.name() == *state && what(*s));
        if is(State::is_resting) {
            return None;
        }
        if !is(State::is_seeing) {
            return Some(format!("{name}: {state}: {why}"));
        }
        let because = self.why_withheld.as_ref().map_or(String::new(), |why| format!(": {why}"));
        match self.forecast_age_s {
            None => Some(format!("{name}: no forecast yet{because}")),
            Some(age_s) if age_s > 3.0 * self.promised_s + 60.0 => {
                Some(format!("{name}: the newest forecast is {age_s:.0} s old{because}"))
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use emberline_vision::pipeline::Summary;

    use super::*;
    use crate::camera::Camera;
    use crate::config::Config;
    use crate::source::NewestForecast;

    #[test]
    fn health_is_freshness() {
        let config = Config::simulated("sim:", std::path::Path::new("d")).unwrap();
        let camera = Camera::new(config.cameras[0].clone());
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let at = |now_s: u64, store: StoreFacts| {
            let utc = start + Duration::from_secs(now_s);
            let now = Duration::from_secs(now_s);
            let sources = std::iter::once(&camera as &dyn Source);
            Health::of("ridge", sources, store, &config.forecast, now, utc)
        };
        let well = StoreFacts::default;
        assert_eq!(at(0, well()).reasons, ["sim: gone: no frame yet"]);
        let see = |now_s: u64| {
            camera.see(now_s as u8, start + Duration::from_secs(now_s), Duration::from_secs(now_s));
        };
        see(1);
        assert_eq!(at(1, well()).reasons, ["sim: no forecast yet"]);
        camera.log().withheld("sim", "clip", "too few frames".to_owned());
        assert_eq!(at(1, well()).line(), "sim: no forecast yet: too few frames");
        camera.log().made(NewestForecast {
            issued: start,
            places: Vec::new(),
            done: Duration::from_secs(2),
            took_s: 1.0,
            summary: Summary::Frames { leads: 20, lead_s: 20.0 },
            folder: None,
            fronts: None,
        });
        let health = at(2, well());
        assert!(!health.blind, "{health:?}");
        assert!(health.line().starts_with("all well: 1 camera"), "{}", health.line());
        for (now_s, blind) in [(60, false), (92, false), (93, true)] {
            see(now_s);
            let health = at(now_s, well());
            assert_eq!(health.blind, blind, "{now_s}: {:?}", health.reasons);
        }
        let left = Some(Duration::from_secs(3590));
        let paused = at(93, well()).paused(left);
        assert!(!paused.blind && paused.notes.len() == 1, "{paused:?}");
        assert_eq!(paused.line(), "paused for 60 min more: nothing is forecast");
        let full = StoreFacts { trouble: Some("the disk is full".to_owned()), ..well() };
        let health = at(93, full);
        assert_eq!(health.reasons.len(), 2);
        assert!(health.line().ends_with("91 s old (and 1 more)"), "{}", health.line());
    }
}
