//! A camera: its frames and its record, shared by the thread that reads it and those that ask.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emberline_vision::clip::{ClipOptions, NoClip};
use emberline_vision::pipeline::Reach;
use jiff::Timestamp;

use super::feed::Shot;
use super::frames::{Frames, Pushed};
use super::record::{Record, Taken};
use crate::config::{CameraConfig, ForecastConfig};
use crate::source::{Asks, Came, Ending, Fault, ForecastLog, Pace, Sort, Source, State};

/// A camera of the station.
#[derive(Debug)]
pub struct Camera {
    config: CameraConfig,
    frames: Mutex<Frames>,
    record: Mutex<Record>,
    log: ForecastLog,
    /// When its thread last looked up.
    alive: Mutex<Duration>,
}

/// What `mutex` holds; a thread that panicked with it left it whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Camera {
    /// A camera that has seen nothing yet.
    #[must_use]
    pub fn new(config: CameraConfig) -> Self {
        let frames = Mutex::new(Frames::new(config.kind, config.every_s));
        let (record, log, alive) = Default::default();
        Self { config, frames, record, log, alive }
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

    /// Its thread looks up.
    pub(super) fn looks_up(&self, now: Duration) {
        *lock(&self.alive) = now;
    }

    /// A frame came.
    pub(super) fn frame(&self, shot: &Shot, now: Duration) {
        let pushed = lock(&self.frames).push(shot);
        let mut record = lock(&self.record);
        match pushed {
            Pushed::Kept => {}
            Pushed::Anew(why) => tracing::warn!("{}: begins anew: {why}", self.config.name),
            Pushed::OutOfOrder => {
                *record.dropped.entry("order").or_default() += 1;
                return;
            }
        }
        let back = record.fault.is_some();
        record.frame(&shot.pixels, shot.taken, now);
        if back {
            tracing::info!("{}: frames come again", self.config.name);
        }
    }

    /// A frame cannot be used.
    pub(super) fn spoiled(&self, why: &str) {
        *lock(&self.record).dropped.entry("corrupt").or_default() += 1;
        tracing::warn!("{}: a frame is left out: {why}", self.config.name);
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
        lock(&self.record).frame(&emberline_vision::frame::Pixels::U8(pixels), utc, now);
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
        State::of(&lock(&self.record).facts(self.config.every_s, now, utc))
    }

    fn came(&self, now: Duration, utc: Timestamp) -> Came {
        let record = lock(&self.record);
        let since = |at: Duration| now.saturating_sub(at).as_secs_f64();
        Came {
            frame_age_s: record.facts(self.config.every_s, now, utc).frame_age_s,
            change_age_s: record.newest.map(|taken| since(taken.same_since)),
            frames: record.frames,
            dropped: record.dropped.iter().map(|(why, n)| (*why, *n)).collect(),
            reconnects: record.reconnects,
        }
    }

    fn newest_frame(&self) -> Option<Timestamp> {
        self.newest().map(|taken| taken.utc)
    }

    fn alive(&self) -> Duration {
        *lock(&self.alive)
    }

    fn forget(&self) {
        lock(&self.frames).forget();
    }

    fn asks(&self, config: &ForecastConfig) -> Asks {
        Asks {
            kind: self.config.kind,
            model: config.model.clone(),
            step_s: Some(self.config.step_s),
            reach: config.leads.map_or(Reach::Usual, |n| Reach::Leads(n.get() as usize)),
            pace: Pace::EveryS(config.every_s),
            places: Vec::new(),
        }
    }

    fn wanted(&self, options: ClipOptions) {
        lock(&self.frames).wanted(options);
    }

    fn ending(&self) -> Option<Result<Ending, NoClip>> {
        lock(&self.frames).ending(&self.config.name)
    }

    fn log(&self) -> &ForecastLog {
        &self.log
    }
}
