//! A camera: its frames and its record, shared by the thread that reads it and those that ask.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use emberline_vision::clip::{ClipOptions, NoClip};
use emberline_vision::frame::{Kind, Pixels};
use emberline_vision::pipeline::Reach;
use jiff::Timestamp;

use super::feed::Shot;
use super::frames::{Frames, Pushed};
use super::ground::{Laying, Told};
use super::memory::Memory;
use super::record::{Record, Taken};
use super::view::{Moved, View};
use crate::config::{CameraConfig, ForecastConfig};
use crate::source::{
    Asks, Came, Ending, Facts, Fault, ForecastLog, Fronts, Look, Pace, Sight, Sort, Source, State,
};
use crate::store::Store;

/// Frames that are held until a model says how many it wants.
const FRAMES: usize = 10;

/// A camera of the station.
#[derive(Debug)]
pub struct Camera {
    config: CameraConfig,
    frames: Mutex<Frames>,
    view: Mutex<View>,
    record: Mutex<Record>,
    /// Where its frames are laid on the ground, what does so; only its own thread waits for that.
    laying: Option<Mutex<Laying>>,
    /// What is told of that, its newest frame as it came, and the newest pictures of the ground.
    told: Mutex<Told>,
    raw: Mutex<Option<Seen>>,
    ground: Mutex<VecDeque<Seen>>,
    /// Whether the ground is to be begun anew.
    is_anew: AtomicBool,
    log: ForecastLog,
    /// When its thread last looked up.
    alive: Mutex<Duration>,
}

/// A picture, and when it was taken.
type Seen = (Timestamp, Arc<Pixels>);

/// Pictures of the ground that are held: a forecast is shown on the one that it was made from.
const PICTURES: usize = 4;

/// What `mutex` holds; a thread that panicked with it left it whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Camera {
    /// A camera that has seen nothing yet.
    #[must_use]
    pub fn new(config: CameraConfig) -> Self {
        let (kind, every_s) = match &config.ground {
            Some(ground) => (Kind::Mask, ground.step_s),
            None => (config.kind, config.every_s),
        };
        let mut frames = Frames::new(kind, every_s);
        // A fire is looked for whatever becomes of the model: it says later what it wants.
        frames.wanted(ClipOptions::fire(FRAMES, Some(config.step_s)));
        let frames = Mutex::new(frames);
        let laying = Laying::of(&config).map(Mutex::new);
        let (view, record, told, raw, ground, is_anew, log, alive) = Default::default();
        Self { config, frames, view, record, laying, told, raw, ground, is_anew, log, alive }
    }

    /// What is configured.
    #[must_use]
    pub fn config(&self) -> &CameraConfig {
        &self.config
    }

    /// The newest frame.
    #[must_use]
    pub fn newest(&self) -> Option<Taken> {
        lock(&self.record).newest
    }

    /// Goes on from what an earlier run has kept in `memory`.
    pub(crate) fn resume(&self, memory: &Memory) {
        // Ground is surveyed anew: nobody knows what burnt on it meanwhile.
        if let Some(state) = memory.read(self.name()).filter(|_| self.laying.is_none()) {
            lock(&self.frames).resume(state);
        }
    }

    /// Keeps what it has seen of a fire.
    pub(crate) fn keep(&self, memory: &Memory) {
        let state = lock(&self.frames).state();
        if let Some(state) = state.filter(|_| self.laying.is_none()) {
            memory.write(self.name(), &state);
        }
    }

    /// Keeps its newest frame as it came, where one is due.
    pub(crate) fn keep_frame(&self, store: &Store) {
        let newest = match &self.laying {
            Some(_) => lock(&self.raw).clone(),
            None => self.picture(),
        };
        if let Some((taken, pixels)) = newest
            && store.wants_frame(self.name(), taken)
        {
            // What cannot be stored the store tells.
            let _ = store.write_frame(self.name(), taken, &pixels);
        }
    }

    /// Its thread looks up.
    pub(crate) fn looks_up(&self, now: Duration) {
        *lock(&self.alive) = now;
    }

    /// A frame came.
    pub(super) fn frame(&self, shot: &Shot, now: Duration) {
        let moved = self.moved(shot);
        let pushed = match &self.laying {
            Some(laying) => self.wait_for_pose(&mut lock(laying), shot),
            // What has been seen so far is of another view.
            None if moved.is_some() => {
                lock(&self.frames).push(&Shot { new_scene: true, ..shot.clone() })
            }
            None => lock(&self.frames).push(shot),
        };
        let mut record = lock(&self.record);
        match pushed {
            Pushed::Kept => {}
            Pushed::Anew(why) => tracing::warn!("{}: begins anew: {why}", self.config.name),
            Pushed::OutOfOrder => {
                *record.dropped.entry("order").or_default() += 1;
                return;
            }
        }
        if let Some(how) = moved {
            tracing::warn!("{}: {how}", self.config.name);
            record.moves += 1;
            record.moved = Some((now, how));
        }
        let back = record.fault.is_some();
        record.frame(&shot.pixels, shot.taken, now);
        record.stream(shot.stream.as_ref());
        if back {
            tracing::info!("{}: frames come again", self.config.name);
        }
    }

    /// A frame waits until it can be laid on the ground. Black and white ones show none.
    fn wait_for_pose(&self, laying: &mut Laying, shot: &Shot) -> Pushed {
        *lock(&self.raw) = Some((shot.taken, Arc::clone(&shot.pixels)));
        let shows = self.config.kind == Kind::Mask
            || !matches!(Look::of(&shot.pixels), Look::Dark | Look::White);
        match shows && !laying.take(shot, Instant::now()) {
            true => Pushed::OutOfOrder,
            false => Pushed::Kept,
        }
    }

    /// Lays the frames whose poses have come on the ground, where it is a camera of which that is asked.
    pub(super) fn lay(&self) {
        let Some(laying) = &self.laying else { return };
        let mut laying = lock(laying);
        if self.is_anew.swap(false, Ordering::Relaxed) {
            laying.forget();
        }
        let film = laying.tick(Instant::now(), Timestamp::now());
        lock(&self.told).clone_from(laying.told());
        if let Some(film) = film {
            let mut frames = lock(&self.frames);
            frames.hold(&film.shots);
            if let Some(newest) = film.shots.last() {
                let mut ground = lock(&self.ground);
                ground.push_back((newest.taken, Arc::new(film.picture)));
                let over = ground.len().saturating_sub(PICTURES);
                ground.drain(..over);
            }
        }
    }

    /// Whether its view stays where it is.
    fn stands_still(&self) -> bool {
        self.config.ground.as_ref().is_none_or(|ground| ground.pose.is_none())
    }

    /// How the camera was moved, where it was. Masks have no view, and drones move.
    fn moved(&self, shot: &Shot) -> Option<String> {
        let mut view = lock(&self.view);
        if shot.new_scene {
            *view = View::default();
        }
        if self.config.kind == Kind::Mask || !self.stands_still() {
            return None;
        }
        Some(match view.look(&shot.pixels)? {
            Moved::By { right, down } => {
                let percent = 100.0 * right.hypot(down);
                format!(
                    "it was moved: all it sees shifted by {percent:.0} % of the picture's width"
                )
            }
            Moved::Elsewhere => "it was moved: it sees something else".to_owned(),
        })
    }

    /// A frame cannot be used.
    pub(super) fn spoiled(&self, why: &str) {
        *lock(&self.record).dropped.entry("corrupt").or_default() += 1;
        tracing::warn!("{}: a frame is left out: {why}", self.config.name);
    }

    /// So many frames came faster than they could be read.
    pub(super) fn behind(&self, frames: u64) {
        let mut record = lock(&self.record);
        let all = record.dropped.entry("slow").or_default();
        let before = *all;
        *all += frames;
        // Told first, and each time that there are twice as many.
        if before.checked_ilog2() != all.checked_ilog2() {
            let fix = "set the camera to fewer or smaller pictures";
            tracing::warn!("{}: {all} frames came too fast so far: {fix}", self.config.name);
        }
    }

    /// It is lost.
    pub(super) fn lost(&self, fault: Fault) {
        let mut record = lock(&self.record);
        if record.fault.as_ref() != Some(&fault) {
            tracing::warn!("{}: {}", self.config.name, fault.why);
        }
        record.fault = Some(fault);
    }

    /// It is opened again.
    pub(super) fn reopened(&self) {
        let mut record = lock(&self.record);
        record.reconnects += 1;
    }

    /// A picture of this level of grey came, for tests of those that ask.
    #[cfg(test)]
    pub(crate) fn see(&self, level: u8, utc: Timestamp, now: Duration) {
        let grey = |(y, _, _): (usize, usize, usize)| level.saturating_add(y as u8);
        let pixels = ndarray::Array3::from_shape_fn((32, 32, 1), grey);
        lock(&self.record).frame(&Pixels::U8(pixels), utc, now);
    }
}

impl Source for Camera {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn sort(&self) -> Sort {
        Sort::Camera
    }

    fn state(&self, now: Duration, utc: Timestamp) -> (State, String) {
        let ground = lock(&self.told).trouble();
        State::of(&Facts { ground, ..lock(&self.record).facts(&self.config, now, utc) })
    }

    fn came(&self, now: Duration, utc: Timestamp) -> Came {
        let record = lock(&self.record);
        let since = |at: Duration| now.saturating_sub(at).as_secs_f64();
        Came {
            frame_age_s: record.facts(&self.config, now, utc).frame_age_s,
            change_age_s: record.newest.map(|taken| since(taken.same_since)),
            frames: record.frames,
            dropped: (record.dropped.iter().map(|(why, n)| (*why, *n)))
                .chain(lock(&self.told).left_out.iter().copied())
                .collect(),
            reconnects: record.reconnects,
            moves: record.moves,
            clock_offset_s: record.stream.as_ref().and_then(|told| told.clock_offset_s),
        }
    }

    fn newest_frame(&self) -> Option<Timestamp> {
        match &self.laying {
            Some(_) => lock(&self.ground).back().map(|(taken, _)| *taken),
            None => self.newest().map(|taken| taken.utc),
        }
    }

    fn alive(&self) -> Duration {
        *lock(&self.alive)
    }

    fn forget(&self) {
        lock(&self.frames).forget();
        self.is_anew.store(true, Ordering::Relaxed);
    }

    fn asks(&self, config: &ForecastConfig) -> Asks {
        let (kind, least_s) = match &self.config.ground {
            Some(ground) => (Kind::Mask, ground.step_s),
            None => (self.config.kind, 0.0),
        };
        Asks {
            kind,
            model: config.model.clone(),
            step_s: Some(self.config.step_s),
            reach: config.leads.map_or(Reach::Usual, |n| Reach::Leads(n.get() as usize)),
            // Ground is new at each step's end and not between.
            pace: Pace::Every {
                every_s: config.every_s.max(least_s),
                on_change_s: config.on_change_s.max(least_s),
            },
            places: Vec::new(),
        }
    }

    fn wanted(&self, options: ClipOptions) {
        lock(&self.frames).wanted(options);
    }

    fn ending(&self) -> Option<Result<Ending, NoClip>> {
        lock(&self.frames).ending(&self.config.name)
    }

    fn sight(&self) -> Option<Sight> {
        lock(&self.frames).sight()
    }

    fn picture(&self) -> Option<(Timestamp, Arc<Pixels>)> {
        if self.laying.is_none() {
            return lock(&self.frames).newest();
        }
        let issued = self.newest_forecast().map(|forecast| forecast.issued);
        let ground = lock(&self.ground);
        let of_forecast = ground.iter().find(|(taken, _)| Some(*taken) == issued);
        let seen = of_forecast.or(ground.back()).cloned();
        drop(ground);
        seen.or_else(|| lock(&self.raw).clone())
    }

    fn fits(&self, fronts: &Fronts) -> bool {
        let is_same = || self.picture().is_some_and(|(taken, _)| taken == fronts.issued);
        self.laying.is_none() || is_same()
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = lock(&self.told).notes.clone();
        if self.laying.is_some() && lock(&self.record).moves > 0 {
            notes.push(
                "it was moved since the station began: measure its place again, and restart the station"
                    .to_owned(),
            );
        }
        notes
    }

    fn log(&self) -> &ForecastLog {
        &self.log
    }
}
