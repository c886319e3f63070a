//! Provenance: who made a forecast of what, with what, and what to be wary of.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Drift;
use crate::frame::{Kind, TimeSource};

/// All that `forecast.json` says of how a forecast came to be; serialised, its members are in this
/// order.
#[derive(Clone, Debug, Serialize)]
pub struct Provenance {
    /// Version of this library.
    pub emberline: &'static str,
    /// Which model, to the byte.
    pub model: ModelFacts,
    /// Which engine, and why.
    pub engine: EngineFacts,
    /// What was read.
    pub input: InputFacts,
    /// Where the time went.
    pub timings_s: StageSeconds,
    /// First lead that was rolled out on the forecast's own output, 1 is the first.
    pub rollout_from_lead: Option<usize>,
    /// What a person should know, a line each: of the film, the clip and the forecast.
    pub warnings: Vec<String>,
    /// Those of them that are of the clip and the forecast.
    #[serde(skip)]
    pub forecast_notes: Vec<String>,
    /// How far the clip is from the training data, where the model can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// What was known of the fire from earlier films, where a state is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryFacts>,
    /// What of the model's card shaped the forecast, by name: `rates`, `nowcast`.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

/// Which model, to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelFacts {
    /// Name without version.
    pub name: String,
    /// Version.
    pub version: u32,
    /// SHA-256 of its float32 graph, hex.
    pub sha256: String,
    /// Where it came from: built in, or a folder.
    pub from: String,
    /// Precision of its graphs.
    pub precision: String,
}

/// Which engine, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EngineFacts {
    /// Its name.
    pub name: &'static str,
    /// Version, place and form of the network in it.
    pub detail: String,
    /// Why this one was taken, and why others were not.
    pub why: String,
    /// Processor cores it may use.
    pub threads: usize,
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
pub struct InputFacts {
    /// As it was named: a path, or the address of a simulator.
    pub name: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// What its values mean.
    pub kind: Kind,
    /// Frames it holds.
    pub frames: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Usual distance between its frames, seconds.
    pub film_step_s: f64,
    /// Where its times come from.
    pub times_from: TimeSource,
    /// Wall time of its first frame, where it tells one.
    pub start_utc: Option<Timestamp>,
    /// The mask of cells that are never looked at, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskFacts>,
    /// The palette that was undone, where the film was in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub palette: Option<&'static str>,
    /// Index of the last frame that the forecast saw.
    pub last_frame_seen: Option<usize>,
    /// Index of each frame that it saw, oldest first.
    pub frames_seen: Vec<usize>,
}

/// A mask of cells that are never looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MaskFacts {
    /// Its file, as it was named.
    pub name: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// Cells that it hides.
    pub cells: usize,
}

/// What was known of the fire before the film began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemoryFacts {
    /// File of the state, as it was named.
    pub state: String,
    /// Whether there was one.
    pub taken_up: bool,
    /// Since when what burnt is known: the first frame of all.
    pub since_utc: Timestamp,
    /// Newest frame that the state knew, where there was one.
    pub state_until_utc: Option<Timestamp>,
    /// Frames that had been looked at before.
    pub frames_known: u64,
    /// Frames of this film that were new, up to the last that the forecast saw.
    pub frames_fed: usize,
}

/// Seconds that each stage took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StageSeconds {
    /// Reading the film.
    pub decode: f64,
    /// Making the clip.
    pub clip: f64,
    /// Finding the front and its speeds.
    pub front: f64,
    /// Running the network, with cutting and blending tiles.
    pub model: f64,
    /// Of rain: blending extrapolation in and finding chances.
    pub nowcast: f64,
}
