//! Front distance: how far the said front lies from the true one.
//!
//! A front is the edge of a burnt mask (its cells with an unburnt 4-neighbour). From each cell of
//! either front the distance to the nearest cell of the other is taken, both ways.

use std::ops::AddAssign;

use ndarray::ArrayRef2;
use serde::Serialize;

use super::Mean;
use crate::front::edge_of;
use crate::front::nearest::Nearest;

/// Distances between fronts in pixels (metres after [`FrontDistance::times`]), that add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FrontDistance {
    /// From cells of the said front to the true one.
    pub said: Mean,
    /// From cells of the true front to the said one.
    pub truth: Mean,
    /// Mean distance of each start: half of each way.
    pub starts: Mean,
    /// 95 % of cells are nearer, of each start: the larger of both ways ("HD95").
    pub hd95: Mean,
    /// Starts that cannot be compared: one of the masks has no front.
    pub without_front: u64,
}

impl FrontDistance {
    /// Distances, in pixels, between the fronts of two burnt masks `[H, W]` of one shape.
    #[must_use]
    pub fn of(said: &ArrayRef2<bool>, truth: &ArrayRef2<bool>) -> Self {
        let (said, truth) = (edge_of(said), edge_of(truth));
        let mut out = Self::default();
        let (Some(mut from_said), Some(mut from_truth)) =
            (one_way(&said, &truth), one_way(&truth, &said))
        else {
            out.without_front = 1;
            return out;
        };
        out.said = Mean { sum: from_said.iter().sum(), count: from_said.len() as u64 };
        out.truth = Mean { sum: from_truth.iter().sum(), count: from_truth.len() as u64 };
        if let Some(mean) = out.mean() {
            out.starts.add(mean);
        }
        out.hd95.add(quantile(&mut from_said, 0.95).max(quantile(&mut from_truth, 0.95)));
        out
    }

    /// The same in metres: times the side of a cell.
    #[must_use]
    pub fn times(mut self, cell_m: f64) -> Self {
        for mean in [&mut self.said, &mut self.truth, &mut self.starts, &mut self.hd95] {
            mean.sum *= cell_m;
        }
        self
    }

    /// Mean distance over all cells of both fronts, half of each way.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        Some(0.5 * (self.said.value()? + self.truth.value()?))
    }

    /// Mean of the starts' mean distances.
    #[must_use]
    pub fn mean_per_start(&self) -> Option<f64> {
        self.starts.value()
    }

    /// Mean of the starts' 95 % distances.
    #[must_use]
    pub fn hd95_per_start(&self) -> Option<f64> {
        self.hd95.value()
    }
}

impl AddAssign<&Self> for FrontDistance {
    fn add_assign(&mut self, other: &Self) {
        self.said += &other.said;
        self.truth += &other.truth;
        self.starts += &other.starts;
        self.hd95 += &other.hd95;
        self.without_front += other.without_front;
    }
}

/// Distance in pixels from each set cell of `from` to the nearest set cell of `to`; `None` when
/// either has none.
fn one_way(from: &ArrayRef2<bool>, to: &ArrayRef2<bool>) -> Option<Vec<f64>> {
    let mut nearest = Nearest::to(to)?;
    let (mut out, mut cells) = (Vec::new(), Vec::new());
    for (y, row) in from.outer_iter().enumerate().filter(|(_, row)| row.iter().any(|&b| b)) {
        nearest.row(y, &mut cells);
        let set = row.iter().zip(&cells).enumerate().filter(|&(_, (&b, _))| b);
        out.extend(set.map(|(x, (_, cell))| cell.distance_px(y, x)));
    }
    (!out.is_empty()).then_some(out)
}

/// Quantile `q` of values (at least one), linear between neighbours; sorts them.
fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = q * (values.len() - 1) as f64;
    let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
    low + (at - at.floor()) * (high - low)
}
