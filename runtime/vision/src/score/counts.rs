//! Counts: what was said against what was so, cell by cell, yes or no.

use std::ops::AddAssign;

use ndarray::ArrayRef2;
use serde::Serialize;

use super::ratio;

/// A two-by-two table of cells, that adds up over starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Said and so.
    pub hit: u64,
    /// Said, not so.
    pub false_alarm: u64,
    /// So, not said.
    pub miss: u64,
    /// Neither said nor so.
    pub correct_no: u64,
}

impl Counts {
    /// One more cell.
    pub fn add(&mut self, said: bool, so: bool) {
        match (said, so) {
            (true, true) => self.hit += 1,
            (true, false) => self.false_alarm += 1,
            (false, true) => self.miss += 1,
            (false, false) => self.correct_no += 1,
        }
    }

    /// New burn: masks `[H, W]` said and true at one lead, on cells not burnt at the last frame
    /// seen (`now`). Persistence scores 0.
    #[must_use]
    pub fn of_new_burn(
        said: &ArrayRef2<bool>,
        truth: &ArrayRef2<bool>,
        now: &ArrayRef2<bool>,
    ) -> Self {
        let mut counts = Self::default();
        ndarray::Zip::from(said).and(truth).and(now).for_each(|&said, &truth, &now| {
            if !now {
                counts.add(said, truth);
            }
        });
        counts
    }

    /// Harmonic mean of precision and recall, 0..1.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        let hits = 2.0 * self.hit as f64;
        ratio(hits, hits + (self.false_alarm + self.miss) as f64)
    }

    /// Intersection over union, 0..1; weather services call it the critical success index.
    #[must_use]
    pub fn iou(&self) -> Option<f64> {
        ratio(self.hit as f64, (self.hit + self.false_alarm + self.miss) as f64)
    }

    /// Critical success index, 0..1: the same as [`Counts::iou`].
    #[must_use]
    pub fn csi(&self) -> Option<f64> {
        self.iou()
    }

    /// Share of what was said that was so.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        ratio(self.hit as f64, (self.hit + self.false_alarm) as f64)
    }

    /// Share of what was so that was said; weather services call it the probability of detection.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        ratio(self.hit as f64, (self.hit + self.miss) as f64)
    }

    /// Probability of detection: the same as [`Counts::recall`].
    #[must_use]
    pub fn pod(&self) -> Option<f64> {
        self.recall()
    }

    /// False alarm ratio: share of what was said that was not so.
    #[must_use]
    pub fn far(&self) -> Option<f64> {
        ratio(self.false_alarm as f64, (self.hit + self.false_alarm) as f64)
    }

    /// Area said over area so: above 1 is too much.
    #[must_use]
    pub fn bias(&self) -> Option<f64> {
        ratio((self.hit + self.false_alarm) as f64, (self.hit + self.miss) as f64)
    }
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        self.hit += other.hit;
        self.false_alarm += other.false_alarm;
        self.miss += other.miss;
        self.correct_no += other.correct_no;
    }
}
