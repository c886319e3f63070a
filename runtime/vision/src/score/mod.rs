//! Scores: how good a forecast was, given what followed.
//!
//! Everything here is pooled: a score of many starts comes from sums of counts and errors, added up
//! with `+=` and divided once at the end, so that a large fire counts for more than a small one and
//! nothing is a mean of means unless its name says so. A score that has nothing to divide by is
//! `None`. How much is chance is told by [`bootstrap`], which draws whole events. Fields that are
//! compared have one shape; anything else is a mistake in the calling code, and panics.
//!
//! | file | holds |
//! |---|---|
//! | [`fire`] | all scores of one lead of a fire: new burn, front distance, probability |
//! | [`counts`] | yes or no: F1, IoU (CSI), precision, recall (POD), false alarms, bias |
//! | [`arrival`] | error of arrival times |
//! | [`distance`] | distance between two fronts |
//! | [`probability`] | Brier score, reliability table |
//! | [`image`], [`spectrum`] | MSE, MAE, PSNR, SSIM; power by wavelength |
//! | [`rain`], [`exceedance`] | counts at rain rates, FSS, CRPS; probability of a rate |
//! | [`physics`] | drift of mass and energy, burnt area that shrinks |

use std::ops::AddAssign;

use serde::Serialize;

pub mod arrival;
pub mod bootstrap;
pub mod counts;
pub mod distance;
pub mod exceedance;
pub mod fire;
pub mod image;
pub mod physics;
pub mod probability;
pub mod rain;
pub mod spectrum;

pub use arrival::ArrivalError;
pub use bootstrap::{Interval, interval};
pub use counts::Counts;
pub use distance::FrontDistance;
pub use fire::LeadScore;
pub use probability::Probability;
pub use rain::RainCounts;

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
    pub fn add(&mut self, value: f64) {
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
fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

#[cfg(test)]
mod drone;
#[cfg(test)]
mod tests;
