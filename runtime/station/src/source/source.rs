//! Sources: what a station sees through, cameras and radars alike, each with its state and its forecasts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use emberline_vision::clip::{Clip, ClipOptions, NoClip};
use emberline_vision::frame::{Film, Kind, Pixels};
use emberline_vision::pipeline::Reach;
use emberline_vision::pipeline::rain_at::LatLon;
use jiff::Timestamp;

use super::forecasts::{ForecastLog, NewestForecast};
use super::fronts::Fronts;
use super::sight::Sight;
use super::state::State;
use crate::config::ForecastConfig;

/// What sort of source it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Pictures of a scene.
    Camera,
    /// Rain on a map.
    Radar,
}

impl Sort {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Radar => "radar",
        }
    }
}

/// When a source's forecasts are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// In these seconds, and sooner where the fire has changed since the last one.
    Every {
        /// Seconds between two.
        every_s: f64,
        /// Seconds between two at least, where the fire has changed.
        on_change_s: f64,
    },
    /// One of each new frame; these are so many seconds apart.
    EachFrameS(f64),
}

impl Pace {
    /// Seconds between forecasts that are promised.
    #[must_use]
    pub fn every_s(self) -> f64 {
        let (Self::Every { every_s, .. } | Self::EachFrameS(every_s)) = self;
        every_s
    }
}

/// What is asked of a source's forecasts.
#[derive(Clone, Debug)]
pub struct Asks {
    /// What its values mean.
    pub kind: Kind,
    /// Model by name or folder; the usual one of the kind where not given.
    pub model: Option<String>,
    /// Seconds between the frames that a model sees, where they are not the film's own.
    pub step_s: Option<f64>,
    /// How far they reach.
    pub reach: Reach,
    /// When they are made.
    pub pace: Pace,
    /// Places of which it is said when rain starts or stops.
    pub places: Vec<LatLon>,
}

/// What has come from a source.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// Age of the newest frame, seconds.
    pub frame_age_s: Option<f64>,
    /// Seconds since what it shows changed.
    pub change_age_s: Option<f64>,
    /// Frames that came.
    pub frames: u64,
    /// Frames that were lost, by reason.
    pub dropped: Vec<(&'static str, u64)>,
    /// How often it was opened again.
    pub reconnects: u64,
    /// How often a camera was moved.
    pub moves: u64,
    /// How far a camera's clock is ahead of this machine's, seconds, where it tells.
    pub clock_offset_s: Option<f64>,
}

/// A clip that ends at the newest frame, and the frames at hand as a film, for what is said of the input.
#[derive(Debug)]
pub struct Ending {
    /// What a model sees.
    pub clip: Clip,
    /// The frames that are held.
    pub film: Film,
    /// Seconds that reading them took, where they are read for this.
    pub decode_s: f64,
}

/// What a station sees through. Its thread fills it, the forecaster and the outputs ask it; nobody waits.
pub trait Source: Send + Sync + fmt::Debug {
    /// Its name, its own among all sources.
    fn name(&self) -> &str;
    /// What sort it is.
    fn sort(&self) -> Sort;
    /// Its state, and why where it is not fresh, at `now` since the station began, which is `utc`.
    fn state(&self, now: Duration, utc: Timestamp) -> (State, String);
    /// What has come from it.
    fn came(&self, now: Duration, utc: Timestamp) -> Came;
    /// When its newest frame was taken.
    fn newest_frame(&self) -> Option<Timestamp>;
    /// When its thread last looked up.
    fn alive(&self) -> Duration;
    /// Lets go of what a step of the clock spoils.
    fn forget(&self);
    /// What is asked of its forecasts.
    fn asks(&self, config: &ForecastConfig) -> Asks;
    /// Says what the model wants to see.
    fn wanted(&self, options: ClipOptions);
    /// The clip that ends at the newest frame; `None` before the first.
    fn ending(&self) -> Option<Result<Ending, NoClip>>;
    /// What it sees of a fire; `None` where it looks for none, or has seen nothing yet.
    fn sight(&self) -> Option<Sight> {
        None
    }
    /// Its newest frame as it came, and when it was taken, of a camera.
    fn picture(&self) -> Option<(Timestamp, Arc<Pixels>)> {
        None
    }
    /// Whether fronts can be drawn over its picture: ground moves below columns and rows.
    fn fits(&self, _fronts: &Fronts) -> bool {
        true
    }
    /// What else a person should know of it, a line each.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
    /// What became of its forecasts.
    fn log(&self) -> &ForecastLog;

    /// The newest forecast.
    fn newest_forecast(&self) -> Option<NewestForecast> {
        self.log().read().newest
    }
}
