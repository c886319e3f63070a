//! What is asked of a pipeline, whichever it is.

use std::path::PathBuf;

use emberline_engine::EngineOptions;
use jiff::Timestamp;

use super::reach::Reach;
use super::stop::Stop;
use crate::source::SourceOptions;

/// How a setting that the library names, `‹step›`, is typed by whoever called: `--step` on a command
/// line, a key in a file of settings.
pub type Spell = fn(&str) -> String;

/// What is asked of one forecast.
#[derive(Clone, Debug)]
pub struct ForecastOptions {
    /// As of every pipeline.
    pub pipeline: PipelineOptions,
    /// Last frame the model may see; the film's last where not given.
    pub at: Option<usize>,
    /// File of what earlier films of the same camera showed: taken up where it exists, and left behind.
    pub state: Option<PathBuf>,
    /// Wall time of the film's first frame, where the film itself tells none.
    pub start_utc: Option<Timestamp>,
    /// Name that events of Cursor on Target go by, where they are wanted.
    pub cot: Option<String>,
}

/// How an input is read, which model forecasts from it, and in which engine.
#[derive(Clone, Debug)]
pub struct PipelineOptions {
    /// Model by name (newest version) or folder; the one that the input is usually for where not given.
    pub model: Option<String>,
    /// How the input is read; its step is also that of the clip.
    pub source: SourceOptions,
    /// Which engine, at which precision, on how many cores.
    pub engine: EngineOptions,
    /// How far to forecast.
    pub reach: Reach,
    /// Seconds between leads of rain; the film's step where not given.
    pub every_s: Option<f64>,
    /// Members of an ensemble.
    pub members: usize,
    /// What their noise is drawn from.
    pub seed: u64,
    /// How settings are typed.
    pub spell: Spell,
    /// Calls the work off; what was begun is dropped, and nothing half is left.
    pub stop: Stop,
}

impl PipelineOptions {
    /// Seconds between leads of rain, between frames of a clip of anything else, where they were asked for.
    #[must_use]
    pub fn asked_s(&self) -> Option<f64> {
        self.every_s.or(self.source.step_s)
    }
}
