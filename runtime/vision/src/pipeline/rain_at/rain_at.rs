//! What is known of rain at a place: now, forecast, and how far to trust that.

use jiff::Timestamp;
use serde::Serialize;

use super::earlier_forecasts::EarlierForecasts;
use crate::nowcast::Onset;

/// Rain at a place; serialised it is the program's document.
#[derive(Clone, Debug, Serialize)]
pub struct RainAt {
    /// Version of the program.
    pub emberline: &'static str,
    /// The film.
    pub input: InputId,
    /// What forecast.
    pub model: ModelId,
    /// In which engine, and why.
    pub engine: String,
    /// The place, as it was named.
    pub place: String,
    /// Cells that it covers.
    pub cells: usize,
    /// Wall time of the last frame, where the film tells it.
    pub last_frame_utc: Option<Timestamp>,
    /// Its film time, seconds.
    #[serde(skip)]
    pub last_frame_s: f64,
    /// Seconds between leads.
    pub step_s: f64,
    /// Largest rate there at the last frame, mm/h, where the radar has data.
    pub rain_now_mm_h: Option<f64>,
    /// When rain starts or stops.
    pub onset: PlaceOnset,
    /// How often that was right.
    pub earlier_forecasts: EarlierForecasts,
    /// The forecast step by step.
    pub leads: Vec<RainLead>,
    /// Things a person should know, a line each.
    pub notes: Vec<String>,
}

/// Which film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputId {
    /// Its name.
    pub name: String,
    /// Of its bytes.
    pub sha256: String,
}

/// Which model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelId {
    /// Name and version.
    pub id: String,
    /// Of its folder.
    pub sha256: String,
}

/// When rain starts or stops at a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaceOnset {
    /// What is forecast.
    #[serde(flatten)]
    pub onset: Onset,
    /// The same in words.
    pub words: String,
    /// What counts as rain, mm/h.
    pub rate_mm_h: f64,
}

/// Rain at one lead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RainLead {
    /// Seconds after the last frame.
    pub lead_s: f64,
    /// Largest rate there, mm/h, where the last frame has data; of a model that tells what is likely, the largest
    /// that is expected.
    pub rain_mm_h: Option<f64>,
    /// Largest rate there that is likely, of a model that tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rain_likely_mm_h: Option<Option<f64>>,
    /// Of each rate of the model, lowest first.
    pub chances: Vec<RateChance>,
}

/// How likely a rate is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RateChance {
    /// The rate, mm/h.
    pub mm_h: f64,
    /// Whether it is one of those that people are shown: any rain, moderate and heavy.
    #[serde(skip)]
    pub is_shown: bool,
    /// Chance in 0..1 that it rains there as much or more, where the last frame has data.
    pub chance: Option<f64>,
}
