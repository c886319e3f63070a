//! The forecaster: one forecast at a time, from the newest frame of the camera that has waited longest.
//!
//! It runs in a thread of its own, and no camera ever waits for it: frames go on coming in, and the next
//! forecast is made from the newest of them.

use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_engine::EngineOptions;
use emberline_vision::forecast::Provenance;
use emberline_vision::frame::Kind;
use emberline_vision::model::{self, Model, ModelError, RunOptions};
use emberline_vision::pipeline::provenance;
use emberline_vision::pipeline::{
    Leads, PipelineError, PipelineOptions, Reach, Spell, Stop, Summary,
};
use emberline_vision::source::SourceOptions;
use jiff::Timestamp;

use crate::camera::{Camera, Ending, NewestForecast};
use crate::clock::Clock;
use crate::config::{Config, ForecastConfig};
use crate::store::Store;

/// A model that cannot be opened is tried again after this.
const MODEL_AGAIN: Duration = Duration::from_secs(15);
/// A camera that is not ready is looked at again after this, or sooner where forecasts are more frequent.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Why there is no forecast.
struct Withheld {
    /// A word, for counting.
    reason: &'static str,
    /// In words.
    why: String,
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

/// When a camera's turn is.
#[derive(Clone, Debug, Default)]
struct Turn {
    /// When it is due, since the station began.
    due: Duration,
    /// When a forecast was last begun.
    begun: Duration,
    /// Time of the last frame of the newest forecast.
    issued: Option<Timestamp>,
    /// The reason that was last counted, and when.
    counted: Option<(&'static str, Duration)>,
}

/// What makes the station's forecasts.
pub(crate) struct Forecaster {
    config: ForecastConfig,
    cores: Option<NonZeroU32>,
    cameras: Vec<Arc<Camera>>,
    store: Arc<Store>,
    spell: Spell,
    stop: Stop,
    began: Instant,
    clock: Clock,
    models: HashMap<String, Opened>,
    turns: Vec<Turn>,
}

impl Forecaster {
    pub(crate) fn new(
        config: &Config,
        cameras: Vec<Arc<Camera>>,
        store: Arc<Store>,
        spell: Spell,
        stop: Stop,
        began: Instant,
    ) -> Self {
        let turns = vec![Turn::default(); cameras.len()];
        let clock = Clock::new(began.elapsed(), Timestamp::now());
        let (cores, config) = (config.budget.cores, config.forecast.clone());
        Self {
            config,
            cores,
            cameras,
            store,
            spell,
            stop,
            began,
            clock,
            models: HashMap::new(),
            turns,
        }
    }

    /// Another configuration: cameras that are the same keep their turn, and models what they have read.
    pub(crate) fn change(&mut self, config: &Config, cameras: Vec<Arc<Camera>>) {
        let (cores, config) = (config.budget.cores, &config.forecast);
        let turn = |camera: &Arc<Camera>| {
            let before = self.cameras.iter().position(|c| Arc::ptr_eq(c, camera));
            before.map_or_else(Turn::default, |i| self.turns[i].clone())
        };
        let mut turns: Vec<Turn> = cameras.iter().map(turn).collect();
        if self.config != *config {
            // Whatever was due is due by the new file.
            turns.iter_mut().for_each(|turn| turn.due = turn.due.min(self.began.elapsed()));
        }
        if self.config.engine != config.engine || self.cores != cores {
            self.models.clear();
        }
        self.cores = cores;
        (self.config, self.cameras, self.turns) = (config.clone(), cameras, turns);
    }

    /// Makes no forecast, because of the machine, and says why for those that are due.
    pub(crate) fn hold(&mut self, reason: &'static str, why: &str) {
        self.rest();
        let (now, every) = (self.began.elapsed(), Duration::from_secs_f64(self.config.every_s));
        for (turn, camera) in self.turns.iter_mut().zip(&self.cameras) {
            if turn.due <= now {
                turn.due = now + every;
                camera.withheld(reason, why.to_owned());
            }
        }
    }

    /// Looks at the clock alone: in a pause.
    pub(crate) fn rest(&mut self) {
        let _ = self.clock.look(self.began.elapsed(), Timestamp::now());
    }

    /// Does what is due at this moment: at most one forecast.
    pub(crate) fn turn(&mut self) {
        let (now, utc) = (self.began.elapsed(), Timestamp::now());
        if let Some(step_s) = self.clock.look(now, utc) {
            tracing::warn!("the clock of this machine stepped by {step_s:.0} s: clips begin anew");
            self.cameras.iter().for_each(|camera| camera.forget());
        }
        let Some(which) = next(&self.turns, now) else { return };
        let camera = Arc::clone(&self.cameras[which]);
        let every = Duration::from_secs_f64(self.config.every_s);
        match self.forecast(which, &camera, now, utc) {
            Ok(()) => {
                let turn = &mut self.turns[which];
                (turn.begun, turn.due, turn.counted) = (now, now + every, None);
            }
            Err(_) if self.stop.is_set() => {}
            Err(Withheld { reason, why }) => {
                let turn = &mut self.turns[which];
                turn.due = now + every.min(LOOK_AGAIN);
                // Counted when the reason is a new one, and then as often as a forecast was promised.
                let counted = turn.counted.filter(|(last, _)| *last == reason);
                if counted.is_none_or(|(_, at)| now.saturating_sub(at) >= every) {
                    turn.counted = Some((reason, now));
                    camera.withheld(reason, why);
                }
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
        camera: &Camera,
        now: Duration,
        utc: Timestamp,
    ) -> Result<(), Withheld> {
        let started = Instant::now();
        let name = self.config.model.clone();
        let name = name.unwrap_or_else(|| model::usual(camera.config().kind).to_owned());
        self.open(&name);
        let model = match self.models.get(&name) {
            Some(Opened::Model(model)) => model,
            Some(Opened::Not(why, _)) => return Err(Withheld::new("model", why.as_str())),
            None => return Err(Withheld::new("model", format!("model {name}: not opened"))),
        };
        let options = self.options(camera.config().kind, camera.config().step_s);
        camera.wanted(model.folder().card.want(options.asked_s()));
        let (state, why) = camera.state(now, utc);
        if !state.is_seeing() {
            return Err(Withheld::new(state.name(), format!("{}: {why}", state.name())));
        }
        let ending = camera.ending().ok_or_else(|| Withheld::new("clip", "no frame yet"))?;
        let Ending { clip, film } =
            ending.map_err(|cause| Withheld::new("clip", (self.spell)(&cause.to_string())))?;
        if self.turns[which].issued.is_some() && self.turns[which].issued == clip.end_utc {
            return Err(Withheld::new("no-new-frame", "no frame since the last forecast"));
        }
        let clip_s = started.elapsed().as_secs_f64();
        let refused = |cause: &dyn std::error::Error| {
            Withheld::new("model", (self.spell)(&cause.to_string()))
        };
        let card = &model.folder().card;
        let leads = Leads::of(&film, card, &options, card.output.leads);
        let Leads { asked_s, count } = leads.map_err(|e: PipelineError| refused(&e))?;
        model.suits(&film, asked_s, count).map_err(|e| refused(&e))?;
        let run = RunOptions { leads: count, members: 1, seed: 0 };
        let made = model.forecast(&clip, run, &mut |_, _| self.stop.flow());
        let (forecast, mut spent) = made.map_err(|e: ModelError| refused(&e))?;
        spent.clip = clip_s;
        let provenance: Provenance = provenance(model, &film, &clip, &forecast, spent, &options);
        // What cannot be stored is told all the same: the store says what ails it.
        let believed = self.clock.believed(now, utc);
        let written = self.store.write(camera.name(), &clip, &forecast, &provenance, believed);
        let issued = clip.end_utc.unwrap_or(utc);
        camera.made(NewestForecast {
            issued,
            done: self.began.elapsed(),
            took_s: started.elapsed().as_secs_f64(),
            summary: Summary::of(&clip, &forecast),
            folder: written.ok(),
        });
        self.turns[which].issued = Some(issued);
        Ok(())
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

    fn options(&self, kind: Kind, step_s: f64) -> PipelineOptions {
        let (kind, step_s) = (Some(kind), Some(step_s));
        PipelineOptions {
            model: self.config.model.clone(),
            source: SourceOptions { kind, step_s, ..SourceOptions::default() },
            engine: self.engine(),
            reach: self.config.leads.map_or(Reach::Usual, |n| Reach::Leads(n.get() as usize)),
            every_s: None,
            members: 1,
            seed: 0,
            spell: self.spell,
            stop: self.stop.clone(),
        }
    }
}

/// Whose turn it is at `now`: of those that are due, the one whose last forecast was begun longest ago.
fn next(turns: &[Turn], now: Duration) -> Option<usize> {
    let due = turns.iter().enumerate().filter(|(_, turn)| turn.due <= now);
    due.min_by_key(|(_, turn)| (turn.begun, turn.due)).map(|(which, _)| which)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_waited_longest_goes_first() {
        let turn = |due_s: u64, begun_s: u64| Turn {
            due: Duration::from_secs(due_s),
            begun: Duration::from_secs(begun_s),
            ..Turn::default()
        };
        for (now_s, turns, want) in [
            (0, vec![turn(0, 0), turn(0, 0)], Some(0)),
            (5, vec![turn(10, 0), turn(11, 1)], None),
            (10, vec![turn(10, 0), turn(11, 1)], Some(0)),
            (30, vec![turn(20, 10), turn(11, 1)], Some(1)),
            // One that is looked at again each second does not starve the other.
            (30, vec![turn(30, 0), turn(20, 0)], Some(1)),
        ] {
            assert_eq!(next(&turns, Duration::from_secs(now_s)), want, "second {now_s}");
        }
    }
}
