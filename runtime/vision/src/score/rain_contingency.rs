//! Contingency tables of rain: cells with at least a rate, forecast and observed.
//!
//! Rates are mm/h with NaN for no data; a cell without data on either side is left out. "At least"
//! a rate is `>=`.

use std::ops::AddAssign;

use ndarray::{ArrayRef2, Zip};
use serde::Serialize;

use super::contingency::ContingencyTable;

/// Rain rates of the contract, mm/h.
pub const RATES_MM_H: [f32; 4] = [0.1, 0.5, 1.0, 5.0];

impl ContingencyTable {
    /// Cells with at least `rate_mm_h` in two frames `[H, W]`, mm/h.
    #[must_use]
    pub fn of_rate(predicted: &ArrayRef2<f32>, observed: &ArrayRef2<f32>, rate_mm_h: f32) -> Self {
        let mut table = Self::default();
        Zip::from(predicted).and(observed).for_each(|&predicted, &observed| {
            if !predicted.is_nan() && !observed.is_nan() {
                table.add(predicted >= rate_mm_h, observed >= rate_mm_h);
            }
        });
        table
    }
}

/// The table at each of [`RATES_MM_H`], that adds up over frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct RainContingency(pub [ContingencyTable; RATES_MM_H.len()]);

impl RainContingency {
    /// Tables of two frames `[H, W]`, mm/h.
    #[must_use]
    pub fn of(predicted: &ArrayRef2<f32>, observed: &ArrayRef2<f32>) -> Self {
        Self(RATES_MM_H.map(|rate| ContingencyTable::of_rate(predicted, observed, rate)))
    }

    /// Forecast wet area over observed wet area, at the lowest rate: above 1 is too much.
    #[must_use]
    pub fn wet_area_bias(&self) -> Option<f64> {
        self.0[0].bias()
    }
}

impl AddAssign<&Self> for RainContingency {
    fn add_assign(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a += b);
    }
}
