//! Arrival error: how far, in frames, the forecast time at which a cell burns is from the observed.
//!
//! Scored are the cells not burnt yet that do burn within the horizon: the leads that were seen. A
//! forecast that has no time for such a cell ("never") counts as 3 horizons, and so
//! does a later time.

use std::ops::AddAssign;

use ndarray::{Array2, Array3, ArrayRef2};
use serde::Serialize;

use super::mean::{Mean, ratio};

/// What "never" counts as, in horizons.
const NEVER_HORIZONS: f64 = 3.0;

/// Arrival errors of cells, that add up over starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ArrivalError {
    /// Error of cells that were forecast to burn, frames.
    #[serde(rename = "said")]
    pub predicted: Mean,
    /// Cells that burnt and were not forecast to.
    pub never: u64,
    /// Sum of the observed arrival of those, frames.
    pub never_true_frames: f64,
    /// Sum of the horizon of those, frames.
    pub never_horizon_frames: f64,
    /// Mean error of each start, frames, with the cap; starts where nothing burnt are left out.
    pub starts: Mean,
}

impl ArrivalError {
    /// Error of one start: seconds until each cell burns `[H, W]`, forecast and observed, both 0
    /// where burnt already and NaN where never. The horizon is `leads` steps of `step_s`.
    #[must_use]
    pub fn of(
        predicted_s: &ArrayRef2<f32>,
        observed_s: &ArrayRef2<f32>,
        leads: usize,
        step_s: f64,
    ) -> Self {
        let mut error = Self::default();
        let horizon = leads as f64;
        ndarray::Zip::from(predicted_s).and(observed_s).for_each(|&predicted, &observed| {
            let observed = f64::from(observed) / step_s;
            if !(observed > 0.0 && observed <= horizon) {
                return;
            }
            if predicted.is_finite() {
                let predicted = (f64::from(predicted) / step_s).min(NEVER_HORIZONS * horizon);
                error.predicted.add((predicted - observed).abs());
            } else {
                error.never += 1;
                error.never_true_frames += observed;
                error.never_horizon_frames += horizon;
            }
        });
        if let Some(mean) = error.mae_frames() {
            error.starts.add(mean);
        }
        error
    }

    /// Mean over all cells of all starts, frames; "never" counts as 3 horizons.
    #[must_use]
    pub fn mae_frames(&self) -> Option<f64> {
        self.mae_frames_with_never_at(NEVER_HORIZONS)
    }

    /// Mean over all cells, frames, with "never" counted as so many horizons (1 or more).
    #[must_use]
    pub fn mae_frames_with_never_at(&self, horizons: f64) -> Option<f64> {
        let never = horizons * self.never_horizon_frames - self.never_true_frames;
        ratio(self.predicted.sum + never, (self.predicted.count + self.never) as f64)
    }

    /// Mean of the starts' means, frames, so that each start counts the same.
    #[must_use]
    pub fn mae_frames_per_start(&self) -> Option<f64> {
        self.starts.value()
    }

    /// Share of the cells that burnt and were not forecast to.
    #[must_use]
    pub fn never_share(&self) -> Option<f64> {
        ratio(self.never as f64, (self.predicted.count + self.never) as f64)
    }
}

impl AddAssign<&Self> for ArrivalError {
    fn add_assign(&mut self, other: &Self) {
        self.predicted += &other.predicted;
        self.never += other.never;
        self.never_true_frames += other.never_true_frames;
        self.never_horizon_frames += other.never_horizon_frames;
        self.starts += &other.starts;
    }
}

/// Seconds until each cell burns `[H, W]`, from burnt masks `[L, H, W]` seen at `lead_s`.
///
/// Masks show only between which two frames a cell burnt; the middle is taken, as
/// [`crate::forecast::arrival_from_probability`] does for a forecast that is sure of itself. So a
/// perfect forecast has no error.
#[must_use]
pub(super) fn observed_arrival_s(
    observed: &Array3<bool>,
    lead_s: &[f64],
    now: &Array2<bool>,
) -> Array2<f32> {
    let (leads, h, w) = observed.dim();
    Array2::from_shape_fn((h, w), |(y, x)| {
        if now[[y, x]] {
            return 0.0;
        }
        let first = (0..leads.min(lead_s.len())).find(|&l| observed[[l, y, x]]);
        first.map_or(f32::NAN, |l| {
            let before = if l == 0 { 0.0 } else { lead_s[l - 1] };
            (0.5 * (before + lead_s[l])) as f32
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::arrival_from_probability;
    use ndarray::array;

    const NAN: f32 = f32::NAN;

    #[test]
    fn errors_are_in_frames_and_never_is_capped() {
        // Steps of 10 s, 4 leads. Burnt already; 2 frames late; exact; never forecast; never burnt.
        let predicted = array![[0.0, 35.0, 25.0, NAN, 10.0]];
        let observed = array![[0.0, 15.0, 25.0, 20.0, NAN]];
        let e = ArrivalError::of(&predicted, &observed, 4, 10.0);
        assert_eq!((e.predicted.count, e.never), (2, 1));
        assert_eq!(e.mae_frames(), Some((2.0 + 0.0 + (12.0 - 2.0)) / 3.0));
        assert_eq!(e.mae_frames_with_never_at(1.5), Some((2.0 + 0.0 + 4.0) / 3.0));
        assert_eq!(e.never_share(), Some(1.0 / 3.0));
        // Pooled over two starts, and per start.
        let mut both = e;
        both += &ArrivalError::of(&array![[10.0]], &array![[15.0]], 4, 10.0);
        both += &ArrivalError::of(&array![[10.0]], &array![[NAN]], 4, 10.0);
        assert_eq!(both.mae_frames(), Some(12.5 / 4.0));
        assert_eq!(both.mae_frames_per_start(), Some((4.0 + 0.5) / 2.0));
        assert_eq!(ArrivalError::default().mae_frames(), None);
    }

    #[test]
    fn a_perfect_forecast_has_no_error() {
        let truth = Array3::from_shape_fn((3, 2, 6), |(l, _, x)| x <= l + 1);
        let now = Array2::from_shape_fn((2, 6), |(_, x)| x == 0);
        let lead_s = [5.0, 10.0, 15.0];
        let seen = observed_arrival_s(&truth, &lead_s, &now);
        assert_eq!(seen.row(0).to_vec()[..4], [0.0, 2.5, 7.5, 12.5]);
        let sure = truth.mapv(|b| f32::from(u8::from(b)));
        let predicted = arrival_from_probability(&sure, &lead_s, &now, 0.5);
        let e = ArrivalError::of(&predicted, &seen, 3, 5.0);
        assert_eq!((e.mae_frames(), e.predicted.count), (Some(0.0), 6));
    }
}
