//! A radar: its newest film of rain and its record, shared by the thread that reads it and those that ask.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emberline_vision::clip::{Clip, ClipOptions, NoClip};
use emberline_vision::frame::{Film, Frame, Kind, Pixels};
use emberline_vision::pipeline::Reach;
use emberline_vision::rain_rate::LEAST_MM_H;
use jiff::Timestamp;

use crate::config::{ForecastConfig, RadarConfig};
use crate::source::{
    Asks, Came, Ending, Facts, Fault, ForecastLog, Look, Pace, Sort, Source, State,
};

/// Frames that end now.
#[derive(Clone, Debug)]
struct Read {
    film: Film,
    decode_s: f64,
    newest: Timestamp,
    /// When its newest frame came in.
    came: Duration,
    /// For how long, seconds, and in how many frames it has rained the same to the bit.
    same: (f64, u64),
}

#[derive(Debug, Default)]
struct Record {
    read: Option<Arc<Read>>,
    fault: Option<Fault>,
    frames: u64,
    dropped: BTreeMap<&'static str, u64>,
    reopened: u64,
}

/// A radar of the station.
#[derive(Debug)]
pub struct Radar {
    config: RadarConfig,
    record: Mutex<Record>,
    want: Mutex<Option<ClipOptions>>,
    log: ForecastLog,
    /// When its thread last looked up.
    alive: Mutex<Duration>,
}

/// What `mutex` holds; a thread that panicked with it left it whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Radar {
    /// A radar of which nothing is known yet.
    #[must_use]
    pub fn new(config: RadarConfig) -> Self {
        let (record, want, log, alive) = Default::default();
        Self { config, record, want, log, alive }
    }

    /// What is configured.
    #[must_use]
    pub fn config(&self) -> &RadarConfig {
        &self.config
    }

    /// Its thread looks up.
    pub(crate) fn looks_up(&self, now: Duration) {
        *lock(&self.alive) = now;
    }

    /// Files were taken in; `film` ends at the frame of `newest`.
    pub(super) fn film(&self, film: Film, decode_s: f64, newest: Timestamp, now: Duration) {
        let same = same(&film.frames);
        let mut record = lock(&self.record);
        let before = record.read.as_ref().filter(|read| read.newest == newest);
        let came = before.map_or(now, |read| read.came);
        record.read = Some(Arc::new(Read { film, decode_s, newest, came, same }));
    }

    /// So many frames came.
    pub(super) fn came_in(&self, frames: usize) {
        lock(&self.record).frames += frames as u64;
    }

    /// A file is left out; `reason` is a word, for counting.
    pub(super) fn left_out(&self, reason: &'static str, why: &str) {
        *lock(&self.record).dropped.entry(reason).or_default() += 1;
        tracing::warn!("{}: a file is left out: {why}", self.config.name);
    }

    /// How it is after a look: what is wrong, or nothing.
    pub(super) fn fares(&self, fault: Option<Fault>) {
        let mut record = lock(&self.record);
        if record.fault == fault {
            return;
        }
        match &fault {
            Some(fault) => tracing::warn!("{}: {}", self.config.name, fault.why),
            None => {
                record.reopened += 1;
                tracing::info!("{}: its files are read again", self.config.name);
            }
        }
        record.fault = fault;
    }

    fn facts(&self, now: Duration, utc: Timestamp) -> Facts {
        let record = lock(&self.record);
        let read = record.read.as_deref();
        Facts {
            every_s: self.config.every_s,
            fault: record.fault.clone(),
            // Since it came, or since it was measured where that is longer.
            frame_age_s: read.map(|read| {
                let since_came_s = now.saturating_sub(read.came).as_secs_f64();
                since_came_s.max(utc.duration_since(read.newest).as_secs_f64())
            }),
            same: read.map_or((0.0, 0), |read| read.same),
            look: Look::Fine,
            ..Facts::default()
        }
    }
}

/// For how long, seconds, and in how many frames it has rained the same to the bit: rain never does. Where it is
/// dry nothing is said.
fn same(frames: &[Frame]) -> (f64, u64) {
    let Some(last) = frames.last() else { return (0.0, 0) };
    let rains = matches!(&*last.pixels, Pixels::F32(a) if a.iter().any(|v| *v >= LEAST_MM_H));
    let bits = |pixels: &Pixels| match pixels {
        Pixels::F32(a) => a.iter().map(|v| v.to_bits()).collect(),
        _ => Vec::new(),
    };
    let newest = bits(&last.pixels);
    let like = |frame: &&Frame| rains && bits(&frame.pixels) == newest;
    let (mut since_s, mut count) = (last.time_s(), 0);
    for frame in frames.iter().rev().take_while(like) {
        (since_s, count) = (frame.time_s(), count + 1);
    }
    (last.time_s() - since_s, count)
}

impl Source for Radar {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn sort(&self) -> Sort {
        Sort::Radar
    }

    fn state(&self, now: Duration, utc: Timestamp) -> (State, String) {
        let facts = self.facts(now, utc);
        let (state, why) = State::of(&facts);
        let folder = self.config.folder.display();
        let why = match (state, &facts.fault, facts.frame_age_s) {
            (State::Gone, None, Some(age_s)) => {
                format!("no frame for {age_s:.0} s: look after who fills {folder}")
            }
            (State::Frozen, ..) => {
                let (same_s, frames) = facts.same;
                format!(
                    "the same rain in {frames} frames, for {same_s:.0} s: look after who fills {folder}"
                )
            }
            _ => why,
        };
        (state, why)
    }

    fn came(&self, now: Duration, utc: Timestamp) -> Came {
        let facts = self.facts(now, utc);
        let record = lock(&self.record);
        Came {
            frame_age_s: facts.frame_age_s,
            change_age_s: facts.frame_age_s.map(|age_s| age_s + facts.same.0),
            frames: record.frames,
            dropped: record.dropped.iter().map(|(why, n)| (*why, *n)).collect(),
            reconnects: record.reopened,
            moves: 0,
            clock_offset_s: None,
        }
    }

    fn newest_frame(&self) -> Option<Timestamp> {
        lock(&self.record).read.as_ref().map(|read| read.newest)
    }

    fn alive(&self) -> Duration {
        *lock(&self.alive)
    }

    /// Its frames tell their own times: a step of this machine's clock spoils none.
    fn forget(&self) {}

    fn asks(&self, _: &ForecastConfig) -> Asks {
        Asks {
            kind: Kind::Rain,
            model: None,
            step_s: None,
            reach: self.config.until_s.map_or(Reach::Usual, Reach::Until),
            pace: Pace::EachFrameS(self.config.every_s),
            places: self.config.places.clone(),
        }
    }

    fn wanted(&self, options: ClipOptions) {
        *lock(&self.want) = Some(options);
    }

    fn ending(&self) -> Option<Result<Ending, NoClip>> {
        let want = (*lock(&self.want))?;
        let read = lock(&self.record).read.clone()?;
        let film = Film { name: self.config.name.clone(), ..read.film.clone() };
        let decode_s = read.decode_s;
        let at = film.frames.len().saturating_sub(1);
        Some(Clip::ending(&film, at, &want).map(|clip| Ending { clip, film, decode_s }))
    }

    fn log(&self) -> &ForecastLog {
        &self.log
    }
}
