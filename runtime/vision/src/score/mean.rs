//! A mean, still to be divided: sums add up, means of means do not.

use std::ops::AddAssign;

use serde::Serialize;

/// A mean over starts, frames or cells, still to be divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Mean {
    /// Sum of the values.
    pub sum: f64,
    /// How many.
    pub count: u64,
}

impl Mean {
    /// One more value.
    pub(super) fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    /// The mean, or `None` of nothing.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        ratio(self.sum, self.count as f64)
    }
}

impl AddAssign<&Self> for Mean {
    fn add_assign(&mut self, other: &Self) {
        self.sum += other.sum;
        self.count += other.count;
    }
}

/// `a / b`, or `None` when there is nothing to divide by.
pub(super) fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}
