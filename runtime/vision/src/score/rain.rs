//! Rain scores: counts at rain rates, the fractions skill score, and the CRPS of ensembles.
//!
//! Rates are mm/h with NaN for no data; a cell without data on either side is left out. "At least"
//! a rate is `>=`.

use std::ops::AddAssign;

use ndarray::{ArrayRef2, ArrayRef3, Axis, Zip};
use serde::Serialize;

use super::{Counts, ratio};
use crate::summed_area::SummedArea;

/// Rain rates of the contract, mm/h.
pub const RATES_MM_H: [f32; 4] = [0.1, 0.5, 1.0, 5.0];

/// Counts of cells with at least `rate_mm_h`, said and so, in two frames `[H, W]`.
#[must_use]
pub fn counts_at(said: &ArrayRef2<f32>, truth: &ArrayRef2<f32>, rate_mm_h: f32) -> Counts {
    let mut counts = Counts::default();
    Zip::from(said).and(truth).for_each(|&said, &truth| {
        if !said.is_nan() && !truth.is_nan() {
            counts.add(said >= rate_mm_h, truth >= rate_mm_h);
        }
    });
    counts
}

/// Counts at each of [`RATES_MM_H`], that add up over frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct RainCounts(pub [Counts; RATES_MM_H.len()]);

impl RainCounts {
    /// Counts of two frames `[H, W]`, mm/h.
    #[must_use]
    pub fn of(said: &ArrayRef2<f32>, truth: &ArrayRef2<f32>) -> Self {
        Self(RATES_MM_H.map(|rate| counts_at(said, truth, rate)))
    }

    /// Wet area said over wet area so, at the lowest rate: above 1 is too much.
    #[must_use]
    pub fn wet_area_bias(&self) -> Option<f64> {
        self.0[0].bias()
    }
}

impl AddAssign<&Self> for RainCounts {
    fn add_assign(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a += b);
    }
}

/// Fractions skill score (Roberts and Lean 2008) at one rate and window, that adds up over frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Fss {
    /// Sum of squared differences of the rainy share of windows.
    pub squared: f64,
    /// Sum of the squares of both.
    pub reference: f64,
}

impl Fss {
    /// Score of two frames `[H, W]`: the share of cells with at least `rate_mm_h` in a window of
    /// `window` × `window` cells around each cell. Outside the frame, and where either frame has no
    /// data, it does not rain; an even window reaches one cell further up and left.
    #[must_use]
    pub fn of(
        said: &ArrayRef2<f32>,
        truth: &ArrayRef2<f32>,
        rate_mm_h: f32,
        window: usize,
    ) -> Self {
        let rainy = |a: &ArrayRef2<f32>, b: &ArrayRef2<f32>| {
            Zip::from(a).and(b).map_collect(|&a, &b| !b.is_nan() && a >= rate_mm_h)
        };
        let said_sums = SummedArea::of(&rainy(said, truth), |b| *b);
        let true_sums = SummedArea::of(&rainy(truth, said), |b| *b);
        let window = window.max(1);
        let area = (window * window) as f64;
        let reach = [window / 2, window - window / 2 - 1];
        let (mut out, mut of_said, mut of_truth) = (Self::default(), Vec::new(), Vec::new());
        for y in 0..said.dim().0 {
            said_sums.around_row(y, reach, &mut of_said);
            true_sums.around_row(y, reach, &mut of_truth);
            for (a, b) in of_said.iter().zip(&of_truth) {
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

/// Continuous ranked probability score of ensembles, that adds up over cells and frames.
///
/// Two estimators, named because they differ (6 % with 15 members): `ensemble` takes the members as
/// the whole distribution (`1/2m²` before the spread, as properscoring and scoringRules do), `fair`
/// as a sample of it (`1/2m(m−1)`). Both are in the unit of the values; 0 is perfect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Crps {
    /// Sum of the mean distance between members and truth.
    pub error: f64,
    /// Sum of half the mean distance between members, the same member included.
    pub spread: f64,
    /// Sum of half the mean distance between two different members.
    pub fair_spread: f64,
    /// Cells.
    pub cells: u64,
}

impl Crps {
    /// Score of members `[M, H, W]` against one truth `[H, W]`.
    #[must_use]
    pub fn of(members: &ArrayRef3<f32>, truth: &ArrayRef2<f32>) -> Self {
        let mut out = Self::default();
        let mut sorted = Vec::with_capacity(members.dim().0);
        Zip::from(members.lanes(Axis(0))).and(truth).for_each(|values, &truth| {
            sorted.clear();
            sorted.extend(values.iter().map(|&v| f64::from(v)));
            if !truth.is_nan() && !sorted.iter().any(|v| v.is_nan()) {
                out.add(&mut sorted, f64::from(truth));
            }
        });
        out
    }

    /// One more cell; sorts the members.
    pub fn add(&mut self, members: &mut [f64], truth: f64) {
        let m = members.len() as f64;
        if members.is_empty() {
            return;
        }
        members.sort_by(f64::total_cmp);
        self.error += members.iter().map(|v| (v - truth).abs()).sum::<f64>() / m;
        // Sum of |a − b| over pairs of members: member i of the sorted ones is larger than i others.
        let pairs: f64 =
            members.iter().enumerate().map(|(i, v)| (2.0 * i as f64 - m + 1.0) * v).sum();
        self.spread += pairs / (m * m);
        self.fair_spread += if m > 1.0 { pairs / (m * (m - 1.0)) } else { f64::NAN };
        self.cells += 1;
    }

    /// Mean score, members taken as the whole distribution.
    #[must_use]
    pub fn ensemble(&self) -> Option<f64> {
        ratio(self.error - self.spread, self.cells as f64)
    }

    /// Mean score, members taken as a sample; `None` where a single member was scored.
    #[must_use]
    pub fn fair(&self) -> Option<f64> {
        ratio(self.error - self.fair_spread, self.cells as f64).filter(|v| !v.is_nan())
    }
}

impl AddAssign<&Self> for Crps {
    fn add_assign(&mut self, other: &Self) {
        self.error += other.error;
        self.spread += other.spread;
        self.fair_spread += other.fair_spread;
        self.cells += other.cells;
    }
}
