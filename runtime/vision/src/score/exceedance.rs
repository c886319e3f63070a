//! Exceedance: how likely at least a rain rate is, by an ensemble, against what was observed.

use ndarray::{Array2, ArrayRef2, ArrayRef3, Axis, Zip};

use super::reliability::ReliabilityTable;

/// Share of members `[M, H, W]` (mm/h) with at least `rate_mm_h`; NaN where any has no data, and
/// everywhere without members.
#[must_use]
pub fn exceedance(members: &ArrayRef3<f32>, rate_mm_h: f32) -> Array2<f32> {
    let count = members.dim().0 as f32;
    members.map_axis(Axis(0), |values| {
        if values.iter().any(|v| v.is_nan()) {
            return f32::NAN;
        }
        values.iter().filter(|v| **v >= rate_mm_h).count() as f32 / count
    })
}

impl ReliabilityTable {
    /// Probabilities `[H, W]` of at least `rate_mm_h` against observed rates (mm/h); a cell
    /// without data on either side is left out.
    #[must_use]
    pub fn of_rate(predicted: &ArrayRef2<f32>, observed: &ArrayRef2<f32>, rate_mm_h: f32) -> Self {
        let mut out = Self::default();
        Zip::from(predicted).and(observed).for_each(|&p, &observed| {
            if !p.is_nan() && !observed.is_nan() {
                out.add(p, observed >= rate_mm_h);
            }
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array3, array};

    #[test]
    fn members_are_counted_and_no_data_is_left_out() {
        let members =
            array![[[0.0, 1.0, f32::NAN, 2.0]], [[0.4, 1.0, 1.0, 0.0]], [[5.0, 0.5, 1.0, 0.0]]];
        let p = exceedance(&members, 0.5);
        assert_eq!((p[[0, 0]], p[[0, 1]], p[[0, 3]]), (1.0 / 3.0, 1.0, 1.0 / 3.0));
        assert!(p[[0, 2]].is_nan());
        let score = ReliabilityTable::of_rate(&p, &array![[0.5, 0.7, 9.0, f32::NAN]], 0.5);
        assert_eq!((score.bins[3].cells, score.bins[3].observed), (1, 1));
        assert_eq!((score.bins[9].cells, score.bins[9].observed), (1, 1));
        assert_eq!(score.bins.iter().map(|b| b.cells).sum::<u64>(), 2);
        assert!((score.brier().unwrap() - 2.0 / 9.0).abs() < 1e-6);
        assert!(exceedance(&Array3::zeros((0, 2, 2)), 0.5).iter().all(|v| v.is_nan()));
    }
}
