//! Reliability: whether what is forecast with 70 % happens 7 times of 10; and the Brier score.

use std::ops::AddAssign;

use ndarray::ArrayRef2;
use serde::Serialize;

use super::mean::ratio;

/// Bins of the reliability table.
const BINS: usize = 10;

/// One bin of the reliability table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Cells whose probability fell into the bin.
    pub cells: u64,
    /// Of these, cells where it was observed.
    #[serde(rename = "came")]
    pub observed: u64,
    /// Sum of their probabilities.
    #[serde(rename = "said")]
    pub probability_sum: f64,
}

/// Squared errors and reliability of probabilities, that add up over starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ReliabilityTable {
    /// Sum of squared differences of probability and outcome (0 or 1).
    pub squared: f64,
    /// Tenths of probability: bin `k` holds `k/10 ≤ p < (k+1)/10`, the last one 1 as well.
    pub bins: [ReliabilityBin; BINS],
}

impl ReliabilityTable {
    /// One more cell: probability `p` in 0..1, and whether it was observed.
    pub fn add(&mut self, p: f32, observed: bool) {
        // In single precision, where ten times the nearest number to 0.7 is 7.
        let bin = ((p * BINS as f32) as usize).min(BINS - 1);
        let p = f64::from(p);
        let outcome = f64::from(u8::from(observed));
        self.squared += (p - outcome) * (p - outcome);
        let bin = &mut self.bins[bin];
        bin.cells += 1;
        bin.observed += u64::from(observed);
        bin.probability_sum += p;
    }

    /// Probabilities `[H, W]` at one lead against what burnt, on cells not burnt at the last frame
    /// seen (`now`).
    #[must_use]
    pub fn of_new_burn(
        predicted: &ArrayRef2<f32>,
        observed: &ArrayRef2<bool>,
        now: &ArrayRef2<bool>,
    ) -> Self {
        let mut out = Self::default();
        ndarray::Zip::from(predicted).and(observed).and(now).for_each(|&p, &observed, &now| {
            if !now {
                out.add(p, observed);
            }
        });
        out
    }

    /// Brier score: mean squared difference, 0 is perfect.
    #[must_use]
    pub fn brier(&self) -> Option<f64> {
        ratio(self.squared, cells(&self.bins))
    }

    /// Expected calibration error: mean difference of forecast and observed frequency over the bins,
    /// weighted by their cells.
    #[must_use]
    pub fn calibration_error(&self) -> Option<f64> {
        calibration_error(&self.bins)
    }

    /// The same without the lowest bin, which holds the many cells far from any fire.
    #[must_use]
    pub fn calibration_error_above_lowest(&self) -> Option<f64> {
        calibration_error(&self.bins[1..])
    }
}

fn cells(bins: &[ReliabilityBin]) -> f64 {
    bins.iter().map(|b| b.cells).sum::<u64>() as f64
}

fn calibration_error(bins: &[ReliabilityBin]) -> Option<f64> {
    ratio(bins.iter().map(|b| (b.probability_sum - b.observed as f64).abs()).sum(), cells(bins))
}

impl AddAssign<&Self> for ReliabilityTable {
    fn add_assign(&mut self, other: &Self) {
        self.squared += other.squared;
        for (bin, other) in self.bins.iter_mut().zip(&other.bins) {
            bin.cells += other.cells;
            bin.observed += other.observed;
            bin.probability_sum += other.probability_sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_lies_in_its_own_bin() {
        for k in 0..=10u8 {
            let mut p = ReliabilityTable::default();
            p.add(f32::from(k) / 10.0, true);
            let bin = usize::from(k).min(9);
            assert_eq!((p.bins[bin].cells, p.bins[bin].observed), (1, 1), "{k}");
        }
    }
}
