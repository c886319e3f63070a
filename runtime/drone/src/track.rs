//! Tracks: a flight's telemetry and the clock that it goes by.

use emberline_georeference::pose::{Flight, Pose};
use emberline_vision::frame::FrameTime;

/// The clock of a telemetry's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// Seconds since 1970, UTC.
    Utc,
    /// Seconds since the film's first frame.
    FilmStart,
}

/// A flight's telemetry and the clock that it goes by.
#[derive(Clone, Debug)]
pub struct Track {
    /// All samples.
    pub flight: Flight,
    /// Their clock.
    pub clock: Clock,
    /// Seconds to add to a frame's time before its pose is looked up: 0.1 where the telemetry comes a tenth late.
    pub offset_s: f64,
}

impl Track {
    /// The time at which a frame's pose is looked up; `None` where the frame has no wall time and the telemetry goes
    /// by it.
    #[must_use]
    pub fn time_s(&self, time: &FrameTime) -> Option<f64> {
        let at = match self.clock {
            Clock::Utc => time.utc?.as_nanosecond() as f64 * 1e-9,
            Clock::FilmStart => time.elapsed.as_secs_f64(),
        };
        Some(at + self.offset_s)
    }

    /// The pose of a frame.
    #[must_use]
    pub fn pose(&self, time: &FrameTime) -> Option<Pose> {
        self.time_s(time).map(|at| self.flight.at(at))
    }
}
