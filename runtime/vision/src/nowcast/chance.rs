//! Chances at a cell, as a statement about a place needs them.

use ndarray::{Axis, s};

use crate::forecast::Chance;

impl Chance {
    /// Chance in 0..1 of each of the leads that `rates_mm_h[k]` is reached at a cell; `None` where
    /// there is no data.
    #[must_use]
    pub fn by_lead(&self, k: usize, [y, x]: [usize; 2]) -> Option<Vec<f64>> {
        let percent = self.percent.slice(s![k, .., y, x]);
        let known = percent.iter().all(|p| *p != Self::NO_DATA);
        known.then(|| percent.iter().map(|p| f64::from(*p) / 100.0).collect())
    }

    /// Leads that there are.
    #[must_use]
    pub fn leads(&self) -> usize {
        self.percent.len_of(Axis(1))
    }
}
