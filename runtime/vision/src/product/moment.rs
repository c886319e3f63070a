//! A moment of a fire: now, or a lead, and what is said to have burnt by then.

use emberline_picture::Polygon;
use ndarray::{Array2, Axis};

use super::outline::outlines;
use super::parts::Fire;
use crate::forecast::Forecast;

/// Now, or a lead.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// Seconds ahead; 0 is what was seen.
    pub(crate) lead_s: f64,
    /// Whether it was seen, and not forecast.
    pub(crate) is_observed: bool,
    /// Least chance of what lies within.
    pub(crate) probability: f64,
    /// Cells within.
    pub(crate) burnt: Array2<bool>,
    /// The areas, in pixels.
    pub(crate) areas: Vec<Polygon>,
}

impl Moment {
    /// What has burnt by the last frame seen.
    pub(crate) fn now(fire: Fire<'_>) -> Self {
        let burnt = fire.burning.now();
        let areas = outlines(&burnt.mapv(|b| f32::from(u8::from(b))).view(), 0.5);
        Self { lead_s: 0.0, is_observed: true, probability: 1.0, burnt, areas }
    }

    /// What is forecast to have burnt by lead `l` (0-based).
    pub(crate) fn lead(f: &Forecast, Fire { burn, .. }: Fire<'_>, l: usize) -> Self {
        let threshold = burn.threshold;
        Self {
            lead_s: f.lead_s[l],
            is_observed: false,
            // Through its decimal form: 0.3, not 0.30000001192092896.
            probability: threshold.to_string().parse().unwrap_or(f64::from(threshold)),
            burnt: burn.by(l),
            areas: outlines(&burn.probability.index_axis(Axis(0), l), threshold),
        }
    }

    /// Now and each lead, one at a time.
    pub(crate) fn all<'a>(f: &'a Forecast, fire: Fire<'a>) -> impl Iterator<Item = Self> + 'a {
        let leads = (0..f.lead_s.len()).map(move |l| Self::lead(f, fire, l));
        std::iter::once_with(move || Self::now(fire)).chain(leads)
    }
}
