//! CRPS: the continuous ranked probability score of ensembles.

use std::ops::AddAssign;

use ndarray::{ArrayRef2, ArrayRef3, Axis, Zip};
use serde::Serialize;

use super::mean::ratio;

/// Error of an ensemble as a distribution, that adds up over cells and frames.
///
/// Two estimators, named because they differ (6 % with 15 members): `ensemble` takes the members as
/// the whole distribution (`1/2m²` before the spread, as properscoring and scoringRules do), `fair`
/// as a sample of it (`1/2m(m−1)`). Both are in the unit of the values; 0 is perfect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Crps {
    /// Sum of the mean distance between members and observation.
    pub error: f64,
    /// Sum of half the mean distance between members, the same member included.
    pub spread: f64,
    /// Sum of half the mean distance between two different members.
    pub fair_spread: f64,
    /// Cells.
    pub cells: u64,
}

impl Crps {
    /// Score of members `[M, H, W]` against what was observed `[H, W]`; a cell that is NaN in either
    /// is left out.
    #[must_use]
    pub fn of(members: &ArrayRef3<f32>, observed: &ArrayRef2<f32>) -> Self {
        let mut out = Self::default();
        let mut sorted = Vec::with_capacity(members.dim().0);
        Zip::from(members.lanes(Axis(0))).and(observed).for_each(|values, &observed| {
            sorted.clear();
            sorted.extend(values.iter().map(|&v| f64::from(v)));
            if !observed.is_nan() && !sorted.iter().any(|v| v.is_nan()) {
                out.add(&mut sorted, f64::from(observed));
            }
        });
        out
    }

    /// One more cell; sorts the members.
    fn add(&mut self, members: &mut [f64], observed: f64) {
        let m = members.len() as f64;
        if members.is_empty() {
            return;
        }
        members.sort_by(f64::total_cmp);
        self.error += members.iter().map(|v| (v - observed).abs()).sum::<f64>() / m;
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
