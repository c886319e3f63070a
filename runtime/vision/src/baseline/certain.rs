//! What all baselines share: a forecast that is certain of itself, its leads and its note.

use ndarray::{Array3, Axis};

use crate::clip::Clip;
use crate::forecast::{Forecast, Predicted};
use crate::motion::farneback::STEPS;
use crate::note::Note;

/// Leads of `clip`, seconds.
pub(super) fn lead_s(clip: &Clip, leads: usize) -> Vec<f64> {
    (1..=leads).map(|lead| clip.lead_s(lead)).collect()
}

/// A forecast of `frames` `[L, H, W]` without codes and rollout.
pub(super) fn certain_forecast(
    clip: &Clip,
    frames: Array3<f32>,
    predicted: Predicted,
    notes: Vec<Note>,
) -> Forecast {
    Forecast {
        lead_s: lead_s(clip, frames.dim().0),
        frames: frames.insert_axis(Axis(0)),
        predicted,
        rollout_from_lead: None,
        codes: Vec::new(),
        drift: None,
        grid: clip.grid.clone(),
        notes,
    }
}

/// The note of flow over fewer frames than usual: `last` is a clip's last index.
pub(super) fn short_flow(last: usize) -> Vec<Note> {
    if last >= STEPS {
        return Vec::new();
    }
    vec![Note::FlowShort { pairs: last, usual: STEPS }]
}
