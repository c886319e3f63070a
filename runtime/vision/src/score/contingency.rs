//! Contingency table: forecast against observed, cell by cell, yes or no.

use std::ops::AddAssign;

use ndarray::ArrayRef2;
use serde::Serialize;

use super::mean::ratio;

/// Cells by forecast and observed, yes or no; adds up over starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContingencyTable {
    /// Forecast and observed.
    #[serde(rename = "hit")]
    pub hits: u64,
    /// Forecast, not observed.
    #[serde(rename = "false_alarm")]
    pub false_alarms: u64,
    /// Observed, not forecast.
    #[serde(rename = "miss")]
    pub misses: u64,
    /// Neither forecast nor observed.
    #[serde(rename = "correct_no")]
    pub correct_negatives: u64,
}

impl ContingencyTable {
    /// One more cell.
    pub(super) fn add(&mut self, predicted: bool, observed: bool) {
        match (predicted, observed) {
            (true, true) => self.hits += 1,
            (true, false) => self.false_alarms += 1,
            (false, true) => self.misses += 1,
            (false, false) => self.correct_negatives += 1,
        }
    }

    /// New burn: burnt masks `[H, W]` at one lead, on cells not burnt at the last frame seen (`now`).
    /// Persistence scores 0.
    #[must_use]
    pub fn of_new_burn(
        predicted: &ArrayRef2<bool>,
        observed: &ArrayRef2<bool>,
        now: &ArrayRef2<bool>,
    ) -> Self {
        let mut table = Self::default();
        ndarray::Zip::from(predicted).and(observed).and(now).for_each(
            |&predicted, &observed, &now| {
                if !now {
                    table.add(predicted, observed);
                }
            },
        );
        table
    }

    /// Harmonic mean of precision and recall, 0..1.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        let hits = 2.0 * self.hits as f64;
        ratio(hits, hits + (self.false_alarms + self.misses) as f64)
    }

    /// Intersection over union, 0..1; weather services call it the critical success index.
    #[must_use]
    pub fn iou(&self) -> Option<f64> {
        ratio(self.hits as f64, (self.hits + self.false_alarms + self.misses) as f64)
    }

    /// Critical success index, 0..1: the same as [`ContingencyTable::iou`].
    #[must_use]
    pub fn csi(&self) -> Option<f64> {
        self.iou()
    }

    /// Share of the forecast cells that were observed (success ratio).
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        ratio(self.hits as f64, (self.hits + self.false_alarms) as f64)
    }

    /// Share of the observed cells that were forecast; weather services call it the probability of
    /// detection.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        ratio(self.hits as f64, (self.hits + self.misses) as f64)
    }

    /// Probability of detection: the same as [`ContingencyTable::recall`].
    #[must_use]
    pub fn pod(&self) -> Option<f64> {
        self.recall()
    }

    /// False alarm ratio: share of the forecast cells that were not observed.
    #[must_use]
    pub fn far(&self) -> Option<f64> {
        ratio(self.false_alarms as f64, (self.hits + self.false_alarms) as f64)
    }

    /// Forecast area over observed area: above 1 is too much.
    #[must_use]
    pub fn bias(&self) -> Option<f64> {
        ratio((self.hits + self.false_alarms) as f64, (self.hits + self.misses) as f64)
    }
}

impl AddAssign<&Self> for ContingencyTable {
    fn add_assign(&mut self, other: &Self) {
        self.hits += other.hits;
        self.false_alarms += other.false_alarms;
        self.misses += other.misses;
        self.correct_negatives += other.correct_negatives;
    }
}
