//! The forecaster: one forecast at a time, from the newest frame of the source that has waited longest.
//!
//! It runs in a thread of its own, and no source ever waits for it: frames go on coming in, and the next
//! forecast is made from the newest of them. After a rain nowcast a camera that is due goes first, and the
//! other way round, so that neither waits for two of the other.

use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_engine::EngineOptions;
use emberline_vision::clip::Clip;
use emberline_vision::forecast::Forecast;
use emberline_vision::model::{self, Model};
use emberline_vision::pipeline::rain_at::{LatLon, onset_at};
use emberline_vision::pipeline::{
    Leads, PipelineOptions, Seen, Spell, Stop, Summary, forecast_from,
};
use emberline_vision::product::{self, fronts};
use emberline_vision::source::SourceOptions;
use jiff::Timestamp;

use crate::alert::{Alert, Alerts, Made, Moment};
use crate::clock::Clock;
use crate::config::{Config, ForecastConfig};
use crate::out;
use crate::outbox::Outbox;
use crate::source::{Asks, Ending, Fronts, NewestForecast, Pace, Sight, Sort, Source};
use crate::store::{Entry, Store};

/// A model that cannot be opened is tried again after this.
const MODEL_AGAIN: Duration = Duration::from_secs(15);
/// A source that is not ready is looked at again after this, or sooner where forecasts are more frequent.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// A fire that comes into view again within this time is the one that was.
const SAME_FIRE_S: f64 = 3600.0;
/// What counts as rain at a place, mm/h: less is drizzle, of which statements come true less often.
const RAIN_MM_H: f32 = 0.5;

/// Why there is no forecast.
struct Withheld {
    /// A word, for counting.
    reason: &'static str,
    /// In words.
    why: String,
}

/// Where the front stands and will, of a fire.
fn fronts_of(clip: &Clip, forecast: &Forecast, issued: Timestamp) -> Option<Arc<Fronts>> {
    let fronts = fronts::fronts(clip, forecast);
    let size = [forecast.grid.height, forecast.grid.width];
    (!fronts.is_empty()).then(|| Arc::new(Fronts { issued, size, fronts }))
}

impl Withheld {
    fn new(reason: &'static str, why: impl Into<String>) -> Self {
        Self { reason, why: why.into() }
    }
}

/// A model, or why there is none and since when.
enum Opened {
    Model(Box<Model>),
    Not(String, Instant),
}

/// What came of a source's turn.
enum Done {
    /// A forecast.
    Forecast,
    /// Nothing: there is no frame since the last one, and none was promised.
    NothingNew,
}

/// When a source's turn is.
#[derive(Clone, Debug)]
struct Turn {
    sort: Sort,
    /// When it is due, since the station began.
    due: Duration,
    /// When a forecast was last begun.
    begun: Duration,
    /// Time of the last frame of the newest forecast.
    issued: Option<Timestamp>,
    /// What the newest forecast saw of a fire, and when one last did see one.
    saw: Option<Sight>,
    saw_fire: Option<Timestamp>,
    /// Time of the newest frame that was looked at, and what it shows of a fire.
    looked: Option<Timestamp>,
    sees_now: Option<Sight>,
    /// The reason that was last counted, and when.
    counted: Option<(&'static str, Duration)>,
}

/// What makes the station's forecasts.
pub(crate) struct Forecaster {
    config: ForecastConfig,
    cores: Option<NonZeroU32>,
    sources: Vec<Arc<dyn Source>>,
    store: Arc<Store>,
    alerts: Arc<Alerts>,
    /// Where forecasts are said, where somebody wants to be told of them.
    outbox: Option<Arc<Outbox>>,
    spell: Spell,
    stop: Stop,
    began: Instant,
    clock: Clock,
    models: HashMap<String, Opened>,
    turns: Vec<Turn>,
    /// What the last forecast was made of.
    last: Option<Sort>,
}

impl Forecaster {
    pub(crate) fn new(
        config: &Config,
        sources: Vec<Arc<dyn Source>>,
        (store, alerts, outbox): (Arc<Store>, Arc<Alerts>, Option<Arc<Outbox>>),
        spell: Spell,
        stop: Stop,
        began: Instant,
    ) -> Self {
        let turns = sources.iter().map(|source| Turn::new(source.sort())).collect();
        let clock = Clock::new(began.elapsed(), Timestamp::now());
        let (cores, config) = (config.budget.cores, config.forecast.clone());
        let (models, last) = (HashMap::new(), None);
        Self {
            config,
            cores,
            sources,
            store,
            alerts,
            outbox,
            spell,
            stop,
            began,
            clock,
            models,
            turns,
            last,
        }
    }

    /// Another configuration: sources that are the same keep their turn, and models what they have read.
    pub(crate) fn change(&mut self, config: &Config, sources: Vec<Arc<dyn Source>>) {
        let (cores, config) = (config.budget.cores, &config.forecast);
        let turn = |source: &Arc<dyn Source>| {
            let before = self.sources.iter().position(|s| Arc::ptr_eq(s, source));
            before.map_or_else(|| Turn::new(source.sort()), |i| self.turns[i].clone())
        };
        let mut turns: Vec<Turn> = sources.iter().map(turn).collect();
        if self.config != *config {
            // Whatever was due is due by the new file.
            turns.iter_mut().for_each(|turn| turn.due = turn.due.min(self.began.elapsed()));
        }
        if self.config.engine != config.engine || self.cores != cores {
            self.models.clear();
        }
        self.cores = cores;
        (self.config, self.sources, self.turns) = (config.clone(), sources, turns);
    }

    /// Makes no forecast, because of the machine, and says why for those that are due.
    pub(crate) fn hold(&mut self, reason: &'static str, why: &str) {
        self.rest();
        let now = self.began.elapsed();
        // What burns is told all the same.
        self.look_at_frames(now, Timestamp::now());
        for (turn, source) in self.turns.iter_mut().zip(&self.sources) {
            if turn.due <= now {
                let every_s = source.asks(&self.config).pace.every_s();
                turn.due = now + Duration::from_secs_f64(every_s);
                source.log().withheld(source.name(), reason, why.to_owned());
            }
        }
    }

    /// Looks at the clock alone: in a pause, or while the machine makes no forecast.
    pub(crate) fn rest(&mut self) {
        self.look_at_clock(self.began.elapsed(), Timestamp::now());
    }

    /// Begins all clips anew where the wall clock was set.
    fn look_at_clock(&mut self, now: Duration, utc: Timestamp) {
        if let Some(step_s) = self.clock.look(now, utc) {
            tracing::warn!("the clock of this machine stepped by {step_s:.0} s: clips begin anew");
            self.sources.iter().for_each(|source| source.forget());
        }
    }

    /// Does what is due at this moment: at most one forecast.
    pub(crate) fn turn(&mut self) {
        let (now, utc) = (self.began.elapsed(), Timestamp::now());
        self.look_at_clock(now, utc);
        self.look_at_frames(now, utc);
        let Some(which) = next(&self.turns, self.last, now) else { return };
        let source = Arc::clone(&self.sources[which]);
        let asks = source.asks(&self.config);
        let every = Duration::from_secs_f64(asks.pace.every_s());
        match self.forecast(which, &*source, &asks, now, utc) {
            Ok(Done::Forecast) => {
                let again = match asks.pace {
                    Pace::Every { .. } => every,
                    // The next frame may have come meanwhile.
                    Pace::EachFrameS(_) => LOOK_AGAIN.min(every),
                };
                let turn = &mut self.turns[which];
                (turn.begun, turn.due, turn.counted) = (now, now + again, None);
                self.last = Some(source.sort());
            }
            Ok(Done::NothingNew) => self.turns[which].due = now + LOOK_AGAIN.min(every),
            Err(_) if self.stop.is_set() => {}
            Err(Withheld { reason, why }) => {
                let turn = &mut self.turns[which];
                turn.due = now + every.min(LOOK_AGAIN);
                // Counted when the reason is a new one, and then as often as a forecast was promised.
                let counted = turn.counted.filter(|(last, _)| *last == reason);
                if counted.is_none_or(|(_, at)| now.saturating_sub(at) >= every) {
                    turn.counted = Some((reason, now));
                    source.log().withheld(source.name(), reason, why);
                }
            }
        }
    }

    /// Tells of what new frames show, and makes due the sources whose fire has changed since their last forecast.
    fn look_at_frames(&mut self, now: Duration, utc: Timestamp) {
        for (turn, source) in self.turns.iter_mut().zip(&self.sources) {
            let Pace::Every { on_change_s, .. } = source.asks(&self.config).pace else { continue };
            let newest = source.newest_frame();
            if turn.looked != newest && source.state(now, utc).0.is_seeing() {
                turn.looked = newest;
                turn.sees_now = source.sight();
                let keep = || {
                    let (taken, pixels) = source.picture()?;
                    self.store.write_frame(source.name(), taken, &pixels).ok()
                };
                if let Some(sight) = turn.sees_now
                    && self.alerts.sight(source.name(), sight, &keep, Moment { now, utc })
                {
                    turn.due = now;
                }
            }
            let soonest = turn.begun + Duration::from_secs_f64(on_change_s);
            let differs = |(sight, before): (Sight, Sight)| sight.differs(&before);
            if now >= soonest && turn.sees_now.zip(turn.saw).is_some_and(differs) {
                turn.due = turn.due.min(now);
            }
        }
    }

    /// The wall clock, where it can be believed.
    pub(crate) fn believed(&self) -> Option<Timestamp> {
        self.clock.believed(self.began.elapsed(), Timestamp::now())
    }

    fn forecast(
        &mut self,
        which: usize,
        source: &dyn Source,
        asks: &Asks,
        now: Duration,
        utc: Timestamp,
    ) -> Result<Done, Withheld> {
        let started = Instant::now();
        let name = asks.model.clone().unwrap_or_else(|| model::usual(asks.kind).to_owned());
        self.open(&name);
        let model = match self.models.get(&name) {
            Some(Opened::Model(model)) => model,
            Some(Opened::Not(why, _)) => return Err(Withheld::new("model", why.as_str())),
            None => return Err(Withheld::new("model", format!("model {name}: not opened"))),
        };
        let options = self.options(asks);
        let card = &model.folder().card;
        source.wanted(card.want(options.asked_s()));
        let (state, why) = source.state(now, utc);
        if !state.is_seeing() {
            return Err(Withheld::new(state.name(), format!("{}: {why}", state.name())));
        }
        let issued = self.turns[which].issued;
        let is_new = |frame: Option<Timestamp>| issued.is_none() || frame != issued;
        if matches!(asks.pace, Pace::EachFrameS(_)) && !is_new(source.newest_frame()) {
            return Ok(Done::NothingNew);
        }
        let sight = source.sight();
        let ending = source.ending().ok_or_else(|| Withheld::new("clip", "no frame yet"))?;
        let Ending { clip, mut film, decode_s } =
            ending.map_err(|cause| Withheld::new("clip", (self.spell)(&cause.to_string())))?;
        if !is_new(clip.end_utc) {
            return Err(Withheld::new("no-new-frame", "no frame since the last forecast"));
        }
        let clip_s = started.elapsed().as_secs_f64();
        let refused = |cause: &dyn std::error::Error| {
            Withheld::new("model", (self.spell)(&cause.to_string()))
        };
        film.notes.extend(product::places(&film.grid, card.task).map_err(|e| refused(&e))?);
        let leads = Leads::of(&film, card, &options, card.output.leads);
        let Leads { asked_s, count } = leads.map_err(|e| refused(&e))?;
        model.suits(&film, asked_s, count).map_err(|e| refused(&e))?;
        let seen = Seen { film: &film, clip: &clip, decode_s, clip_s };
        let made = forecast_from(&seen, model, count, &options, &mut |_, _| {});
        let (forecast, provenance) = made.map_err(|e| refused(&e))?;
        // What cannot be stored is told all the same: the store says what ails it.
        let believed = self.clock.believed(now, utc);
        let (camera, forecast, provenance) = (source.name(), &forecast, &provenance);
        let folder = self.store.folder_of(camera, &clip, believed);
        let made = Made {
            source: camera,
            sort: source.sort(),
            sight,
            moves: source.came(now, utc).moves,
            clip: &clip,
            forecast,
            folder: Some(&folder),
        };
        let raised = self.alerts.forecast(&made, Moment { now, utc });
        let mut evidence: Vec<String> = raised.iter().map(Alert::words).collect();
        let kept = || self.store.newest_evidence(camera);
        if self.turns[which].sees(sight, kept) {
            evidence.push("a fire has come into view".to_owned());
            tracing::info!("{camera}: a fire has come into view");
        }
        let evidence = (!evidence.is_empty()).then(|| evidence.join("\n"));
        let evidence = evidence.as_deref();
        let entry = Entry { camera, clip: &clip, forecast, provenance, evidence };
        let written = self.store.write(&entry, believed);
        let places = asks.places.iter().map(|at| self.onset(*at, &clip, forecast, source.name()));
        let issued = clip.end_utc.unwrap_or(utc);
        let newest = NewestForecast {
            issued,
            places: places.collect(),
            done: self.began.elapsed(),
            took_s: started.elapsed().as_secs_f64(),
            summary: Summary::of(&clip, forecast),
            folder: written.ok(),
            fronts: fronts_of(&clip, forecast, issued),
        };
        if let Some(outbox) = &self.outbox {
            let body = out::forecast::body(&made, &newest, provenance);
            outbox.say(&format!("forecast/{camera}"), utc, body);
        }
        source.log().made(newest);
        self.turns[which].issued = Some(issued);
        Ok(Done::Forecast)
    }

    /// When rain starts or stops at a place, or why nobody knows.
    fn onset(&self, at: LatLon, clip: &Clip, forecast: &Forecast, name: &str) -> String {
        let LatLon { lat_deg, lon_deg } = at;
        let words = onset_at(at, RAIN_MM_H, clip, forecast, name).map(|(_, words)| words);
        let words = words.unwrap_or_else(|cause| format!("rain is not known: {cause}"));
        format!("at {lat_deg},{lon_deg}: {}", (self.spell)(&words))
    }

    /// Opens the model `name`, where it is not open and was not just tried. A station whose model is missing
    /// or damaged goes on: it tells, and tries again.
    fn open(&mut self, name: &str) {
        match self.models.get(name) {
            Some(Opened::Model(_)) => return,
            Some(Opened::Not(_, tried)) if tried.elapsed() < MODEL_AGAIN => return,
            _ => {}
        }
        let engine = self.engine();
        let opened = model::find(name).and_then(|folder| Model::open(folder, &engine));
        let opened = match opened {
            Ok(model) => {
                tracing::info!("model: {}; engine: {}", model.folder().card.id(), model.why());
                Opened::Model(Box::new(model))
            }
            Err(cause) => Opened::Not((self.spell)(&cause.to_string()), Instant::now()),
        };
        self.models.insert(name.to_owned(), opened);
    }

    fn engine(&self) -> EngineOptions {
        let threads = self.cores.and_then(|cores| NonZeroUsize::new(cores.get() as usize));
        EngineOptions { threads, ..EngineOptions::of(self.config.engine) }
    }

    fn options(&self, asks: &Asks) -> PipelineOptions {
        let (kind, step_s) = (Some(asks.kind), asks.step_s);
        PipelineOptions {
            model: asks.model.clone(),
            source: SourceOptions { kind, step_s, ..SourceOptions::default() },
            engine: self.engine(),
            reach: asks.reach,
            every_s: None,
            members: 1,
            seed: 0,
            spell: self.spell,
            stop: self.stop.clone(),
        }
    }
}

impl Turn {
    fn new(sort: Sort) -> Self {
        let (due, begun) = (Duration::ZERO, Duration::ZERO);
        let (issued, saw, saw_fire, looked, sees_now, counted) = Default::default();
        Self { sort, due, begun, issued, saw, saw_fire, looked, sees_now, counted }
    }

    /// A forecast is made with `sight`: whether that is a fire which was not in view in the last hour. What an earlier
    /// run has seen last its evidence tells, which is `kept`.
    fn sees(&mut self, sight: Option<Sight>, kept: impl FnOnce() -> Option<Timestamp>) -> bool {
        self.saw = sight;
        let Some(Sight { taken, is_fire: true, .. }) = sight else { return false };
        let before = self.saw_fire.replace(taken).or_else(kept);
        before.is_none_or(|before| taken.duration_since(before).as_secs_f64().abs() > SAME_FIRE_S)
    }
}

/// Whose turn it is at `now`: of those that are due one of another sort than the `last` forecast was made of, and
/// of these the one whose last forecast was begun longest ago.
fn next(turns: &[Turn], last: Option<Sort>, now: Duration) -> Option<usize> {
    let due = turns.iter().enumerate().filter(|(_, turn)| turn.due <= now);
    due.min_by_key(|(_, turn)| (Some(turn.sort) == last, turn.begun, turn.due))
        .map(|(which, _)| which)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_waited_longest_goes_first() {
        let turn = |sort: Sort, due_s: u64, begun_s: u64| Turn {
            due: Duration::from_secs(due_s),
            begun: Duration::from_secs(begun_s),
            ..Turn::new(sort)
        };
        let camera = |due_s, begun_s| turn(Sort::Camera, due_s, begun_s);
        let radar = |due_s, begun_s| turn(Sort::Radar, due_s, begun_s);
        for (now_s, turns, last, want) in [
            (0, vec![camera(0, 0), camera(0, 0)], None, Some(0)),
            (5, vec![camera(10, 0), camera(11, 1)], None, None),
            (10, vec![camera(10, 0), camera(11, 1)], None, Some(0)),
            (30, vec![camera(20, 10), camera(11, 1)], Some(Sort::Camera), Some(1)),
            // One that is looked at again each second does not starve the other.
            (30, vec![camera(30, 0), camera(20, 0)], Some(Sort::Camera), Some(1)),
            // A camera waits for one nowcast, and not for two.
            (400, vec![radar(400, 60), radar(400, 70), camera(390, 330)], None, Some(0)),
            (
                400,
                vec![radar(401, 400), radar(400, 70), camera(390, 330)],
                Some(Sort::Radar),
                Some(2),
            ),
            // Nor does a radar wait for two cameras.
            (
                400,
                vec![camera(300, 10), camera(300, 20), radar(400, 390)],
                Some(Sort::Camera),
                Some(2),
            ),
        ] {
            assert_eq!(next(&turns, last, Duration::from_secs(now_s)), want, "second {now_s}");
        }
    }

    #[test]
    fn a_fire_comes_into_view_once() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let mut turn = Turn::new(Sort::Camera);
        for (minute, is_fire, want) in [
            (0, false, false),
            (1, true, true),
            (2, true, false),
            (3, false, false),
            (50, true, false), // the same, after smoke
            (51, false, false),
            (110, true, false),
            (172, true, true),
        ] {
            let taken = start + jiff::SignedDuration::from_mins(minute);
            let sight = Sight { taken, is_fire, burnt_cells: 9, middle: None, lon_lat: None };
            assert_eq!(turn.sees(Some(sight), || None), want, "minute {minute}");
            assert_eq!(turn.saw, Some(sight));
        }
        assert!(!turn.sees(None, || None));
        // A restart makes no fire a new one.
        for (kept_min, want) in
            [(Some(1), false), (Some(60), false), (Some(61), true), (None, true)]
        {
            let kept = kept_min.map(|min| start - jiff::SignedDuration::from_mins(min));
            let (taken, burnt_cells, middle, lon_lat) = (start, 9, None, None);
            let sight = Sight { taken, is_fire: true, burnt_cells, middle, lon_lat };
            assert_eq!(Turn::new(Sort::Camera).sees(Some(sight), || kept), want, "{kept_min:?}");
        }
    }
}
