//! FSS: the fractions skill score, which forgives small shifts of rain.

use std::ops::AddAssign;

use ndarray::{ArrayRef2, Zip};
use serde::Serialize;

use super::mean::ratio;
use crate::summed_area::SummedArea;

/// Fractions skill score (Roberts and Lean 2008) at one rate and window, that adds up over frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Fss {
    /// Sum of squared differences of the rainy share of windows.
    pub squared: f64,
    /// Sum of the squares of both.
    pub reference: f64,
}

impl Fss {
    /// Score of two frames `[H, W]` (mm/h, NaN for no data): the share of cells with at least `rate_mm_h` in a window of
    /// `window` × `window` cells around each cell. Outside the frame, and where either frame has no
    /// data, it does not rain; an even window reaches one cell further up and left.
    #[must_use]
    pub fn of(
        predicted: &ArrayRef2<f32>,
        observed: &ArrayRef2<f32>,
        rate_mm_h: f32,
        window: usize,
    ) -> Self {
        let rainy = |a: &ArrayRef2<f32>, b: &ArrayRef2<f32>| {
            Zip::from(a).and(b).map_collect(|&a, &b| !b.is_nan() && a >= rate_mm_h)
        };
        let predicted_sums = SummedArea::of(&rainy(predicted, observed), |b| *b);
        let observed_sums = SummedArea::of(&rainy(observed, predicted), |b| *b);
        let window = window.max(1);
        let area = (window * window) as f64;
        let reach = [window / 2, window - window / 2 - 1];
        let mut out = Self::default();
        let (mut of_predicted, mut of_observed) = (Vec::new(), Vec::new());
        for y in 0..predicted.dim().0 {
            predicted_sums.around_row(y, reach, &mut of_predicted);
            observed_sums.around_row(y, reach, &mut of_observed);
            for (a, b) in of_predicted.iter().zip(&of_observed) {
                let (a, b) = (f64::from(*a) / area, f64::from(*b) / area);
                out.squared += (a - b) * (a - b);
                out.reference += a * a + b * b;
            }
        }
        out
    }

    /// 0 (no skill) to 1 (perfect); `None` when it rains nowhere.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        ratio(self.reference - self.squared, self.reference)
    }
}

impl AddAssign<&Self> for Fss {
    fn add_assign(&mut self, other: &Self) {
        self.squared += other.squared;
        self.reference += other.reference;
    }
}
