//! Tracks: a flight's telemetry and the clock that it goes by.

use std::path::Path;

use emberline_georeference::pose::{Flight, Pose};
use emberline_telemetry::{Clock, Options, Telemetry};
use emberline_vision::frame::{Film, FrameTime};
use emberline_vision::pipeline;
use jiff::Timestamp;

use crate::refusal::Refusal;

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
    /// An empty one that goes by wall time, for telemetry that comes while it is used.
    #[must_use]
    pub fn live(offset_s: f64) -> Self {
        Self { flight: Flight::live(), clock: Clock::Utc, offset_s }
    }

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

    /// Reads the telemetry of a film from a file or folder; with what a person should know of it. A film without wall
    /// times takes them from the telemetry, where that tells them for the film's own.
    ///
    /// # Errors
    /// [`Refusal`] where it cannot be read, says nothing of a pose, or is of another time than the film.
    pub fn read(
        path: &Path,
        options: Options,
        offset_s: f64,
        film: &mut Film,
    ) -> Result<(Self, Vec<String>), Refusal> {
        let advice = "give ‹pose› the flight's telemetry";
        let telemetry = emberline_telemetry::read(path, options)
            .map_err(|e| Refusal::new(e.to_string(), advice))?;
        let mut notes: Vec<String> = telemetry.notes.iter().map(ToString::to_string).collect();
        let flight = Flight::new(&telemetry.samples)
            .map_err(|e| Refusal::new(format!("{}: {e}", path.display()), advice))?;
        let track = Self { flight, clock: telemetry.clock, offset_s };
        if track.clock == Clock::Utc
            && film.start_utc().is_none()
            && let Some(start) = film_start(&telemetry)
        {
            pipeline::begin_at(film, start).map_err(|e| Refusal::new(e.to_string(), advice))?;
            notes.push(format!("the telemetry tells when the film began: {start:.3}"));
        }
        track.meet(film)?;
        Ok((track, notes))
    }

    /// Refuses telemetry of another time than the film's.
    fn meet(&self, film: &Film) -> Result<(), Refusal> {
        let times: Vec<f64> = film.frames.iter().filter_map(|f| self.time_s(&f.time)).collect();
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return Err(Refusal::new(
                "the telemetry goes by wall time, and the film's frames have none",
                "give ‹start-utc› 2026-08-01T12:00:00Z, the time of the film's first frame",
            ));
        };
        let Some([from, to]) = self.flight.span_s() else {
            return Err(Refusal::new("the telemetry is empty", "give another file"));
        };
        if *last >= from - 0.5 && *first <= to + 0.5 {
            return Ok(());
        }
        let said = |s: f64| match self.clock {
            Clock::Utc => Timestamp::from_nanosecond((s * 1e9) as i128)
                .map_or_else(|_| format!("{s} s"), |t| format!("{t:.0}")),
            Clock::FilmStart => format!("{s:.1} s"),
        };
        Err(Refusal::new(
            format!(
                "the telemetry is of another time: {} to {}, the film is of {} to {}",
                said(from),
                said(to),
                said(*first),
                said(*last)
            ),
            "give the flight's own telemetry; ‹pose-offset› SECONDS where clocks differ, ‹start-utc› where the film tells \
             none or a wrong time",
        ))
    }
}

/// When the film of a telemetry that came with it began: by what both tell of the same moments.
fn film_start(telemetry: &Telemetry) -> Option<Timestamp> {
    let first_s = telemetry.first_picture_pts_s?;
    let mut starts: Vec<f64> = telemetry
        .film_times
        .iter()
        .map(|t| t.utc_s - (t.pts_s - first_s))
        .filter(|s| s.is_finite())
        .collect();
    starts.sort_by(f64::total_cmp);
    Timestamp::from_nanosecond((starts.get(starts.len() / 2)? * 1e9) as i128).ok()
}
