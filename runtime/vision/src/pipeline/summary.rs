//! What a forecast comes to, in figures: what there is now, and at the last lead.

use ndarray::Array2;

use crate::clip::{Clip, Observed};
use crate::forecast::{Forecast, Predicted};
use crate::rain_rate::{LEAST_MM_H, mm_h};

/// What there is now, and will be at the last lead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Summary {
    /// A fire.
    Fire {
        /// Cells that burn or have burnt at the last frame seen.
        burnt_now_cells: usize,
        /// The last lead, seconds.
        lead_s: f64,
        /// Cells that burn or have burnt by then at `threshold` or more.
        burnt_cells: usize,
        /// Probability from which a cell counts.
        threshold: f32,
    },
    /// Rain.
    Rain {
        /// Cells with rain at the last frame seen.
        wet_now_cells: usize,
        /// The last lead, seconds.
        lead_s: f64,
        /// Cells with rain then.
        wet_cells: usize,
    },
    /// Any film.
    Frames {
        /// Frames forecast.
        leads: usize,
        /// The last lead, seconds.
        lead_s: f64,
    },
}

impl Summary {
    /// The figures of a forecast from `clip`.
    #[must_use]
    pub fn of(clip: &Clip, forecast: &Forecast) -> Self {
        let last = forecast.lead_s.len().saturating_sub(1);
        let lead_s = forecast.lead_s.get(last).copied().unwrap_or(0.0);
        let count = |mask: &Array2<bool>| mask.iter().filter(|b| **b).count();
        match (&clip.observed, &forecast.predicted) {
            (Observed::Fire(burning), Predicted::Fire(burn)) => Self::Fire {
                burnt_now_cells: count(&burning.now()),
                lead_s,
                burnt_cells: count(&burn.by(last)),
                threshold: burn.threshold,
            },
            (_, Predicted::Rain(_)) => {
                let wet = |v: &&f32| **v >= LEAST_MM_H;
                let now = clip.frames.outer_iter().next_back();
                let now = now.map_or(0, |f| f.iter().filter(|v| wet(&&mm_h(**v))).count());
                let then = forecast.likely_mm_h(last);
                let then = then.map_or(0, |lead| lead.iter().filter(wet).count());
                Self::Rain { wet_now_cells: now, lead_s, wet_cells: then }
            }
            _ => Self::Frames { leads: forecast.lead_s.len(), lead_s },
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fire { burnt_now_cells, lead_s, burnt_cells, threshold } => write!(
                f,
                "burnt now: {burnt_now_cells} cells; by +{lead_s} s: {burnt_cells} cells at \
                 probability {threshold} or more"
            ),
            Self::Rain { wet_now_cells, lead_s, wet_cells } => write!(
                f,
                "rain of {LEAST_MM_H} mm/h or more now: {wet_now_cells} cells; at +{lead_s} s: \
                 {wet_cells} cells"
            ),
            Self::Frames { leads, lead_s } => {
                write!(f, "{leads} frames forecast, up to +{lead_s} s")
            }
        }
    }
}
