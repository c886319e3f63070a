//! A camera: its frames and its record, shared by the thread that reads it and those that ask.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emberline_vision::clip::{ClipOptions, NoClip};
use emberline_vision::pipeline::Summary;
use jiff::Timestamp;

use super::feed::{Fault, Shot};
use super::frames::{Ending, Frames, Pushed};
use super::record::{Forecasts, Record, Taken};
use super::state::State;
use crate::config::CameraConfig;

/// The newest forecast from a camera.
#[derive(Clone, Debug)]
pub struct NewestForecast {
    /// Time of the last frame that it saw.
    pub issued: Timestamp,
    /// When it was done, since the station began.
    pub done: Duration,
    /// Seconds that it took.
    pub took_s: f64,
    /// What it comes to.
    pub summary: Summary,
    /// Its folder, where it could be written.
    pub folder: Option<PathBuf>,
}

/// A camera of the station.
#[derive(Debug)]
pub struct Camera {
    config: CameraConfig,
    frames: Mutex<Frames>,
    record: Mutex<Record>,
    forecast: Mutex<Option<NewestForecast>>,
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
        let (record, forecast, alive) = Default::default();
        Self { config, frames, record, forecast, alive }
    }

    /// What is configured.
    #[must_use]
    pub fn config(&self) -> &CameraConfig {
        &self.config
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Its state, and why where it is not fresh, at `now` since the station began, which is `utc`.
    #[must_use]
    pub fn state(&self, now: Duration, utc: Timestamp) -> (State, String) {
        State::of(&lock(&self.record).facts(self.config.every_s, now, utc))
    }

    /// How old its newest frame is, seconds.
    #[must_use]
    pub fn frame_age_s(&self, now: Duration, utc: Timestamp) -> Option<f64> {
        lock(&self.record).facts(self.config.every_s, now, utc).frame_age_s
    }

    /// The newest frame.
    #[must_use]
    pub fn newest(&self) -> Option<Taken> {
        lock(&self.record).newest
    }

    /// How far its clock is ahead of this machine's, seconds, where it tells.
    #[must_use]
    pub fn clock_offset_s(&self) -> Option<f64> {
        lock(&self.record).stream.as_ref()?.clock_offset_s
    }

    /// Frames that came, those that were lost by reason, and how often it was opened again.
    #[must_use]
    pub fn counts(&self) -> (u64, Vec<(&'static str, u64)>, u64) {
        let record = lock(&self.record);
        let dropped = record.dropped.iter().map(|(why, n)| (*why, *n)).collect();
        (record.frames, dropped, record.reconnects)
    }

    /// What became of its forecasts.
    #[must_use]
    pub fn forecasts(&self) -> Forecasts {
        lock(&self.record).forecasts.clone()
    }

    /// The newest forecast.
    #[must_use]
    pub fn newest_forecast(&self) -> Option<NewestForecast> {
        lock(&self.forecast).clone()
    }

    /// Says what the model wants to see.
    pub fn wanted(&self, options: ClipOptions) {
        lock(&self.frames).wanted(options);
    }

    /// Lets go of all frames: what comes is another stream.
    pub fn forget(&self) {
        lock(&self.frames).forget();
    }

    /// The clip that ends at the newest frame.
    #[must_use]
    pub fn ending(&self) -> Option<Result<Ending, NoClip>> {
        lock(&self.frames).ending(&self.config.name)
    }

    /// A forecast was made.
    pub fn made(&self, newest: NewestForecast) {
        *lock(&self.forecast) = Some(newest);
        let forecasts = &mut lock(&self.record).forecasts;
        forecasts.made += 1;
        forecasts.why_withheld = None;
    }

    /// A forecast was withheld.
    pub fn withheld(&self, reason: &'static str, why: String) {
        let forecasts = &mut lock(&self.record).forecasts;
        *forecasts.withheld.entry(reason).or_default() += 1;
        if forecasts.why_withheld.as_ref() != Some(&why) {
            tracing::info!("{}: no forecast: {why}", self.config.name);
        }
        forecasts.why_withheld = Some(why);
    }

    /// When its thread last looked up.
    #[must_use]
    pub fn alive(&self) -> Duration {
        *lock(&self.alive)
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
        record.stream(shot.stream.as_ref());
        if back {
            tracing::info!("{}: frames come again", self.config.name);
        }
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
        lock(&self.record).frame(&emberline_vision::frame::Pixels::U8(pixels), utc, now);
    }
}
