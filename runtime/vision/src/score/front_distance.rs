//! Front distance: how far the forecast front lies from the observed one.
//!
//! A front is the edge of a burnt mask (its cells with an unburnt 4-neighbour). From each cell of
//! either front the distance to the nearest cell of the other is taken, both ways.

use std::ops::AddAssign;

use ndarray::ArrayRef2;
use serde::Serialize;

use super::mean::Mean;
use crate::front::{Nearest, edge_of};
use crate::quantile::quantile_of_sorted;

/// Distances between fronts in pixels (metres after [`FrontDistance::times`]), that add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FrontDistance {
    /// From cells of the forecast front to the observed one.
    #[serde(rename = "said")]
    pub from_predicted: Mean,
    /// From cells of the observed front to the forecast one.
    #[serde(rename = "truth")]
    pub from_observed: Mean,
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
    pub fn of(predicted: &ArrayRef2<bool>, observed: &ArrayRef2<bool>) -> Self {
        let (predicted, observed) = (edge_of(predicted), edge_of(observed));
        let mut out = Self::default();
        let (Some(mut there), Some(mut back)) =
            (one_way(&predicted, &observed), one_way(&observed, &predicted))
        else {
            out.without_front = 1;
            return out;
        };
        out.from_predicted = Mean { sum: there.iter().sum(), count: there.len() as u64 };
        out.from_observed = Mean { sum: back.iter().sum(), count: back.len() as u64 };
        if let Some(mean) = out.mean() {
            out.starts.add(mean);
        }
        there.sort_by(f64::total_cmp);
        back.sort_by(f64::total_cmp);
        out.hd95.add(quantile_of_sorted(&there, 0.95).max(quantile_of_sorted(&back, 0.95)));
        out
    }

    /// The same in metres: times the side of a cell.
    #[must_use]
    pub fn times(mut self, cell_m: f64) -> Self {
        let means =
            [&mut self.from_predicted, &mut self.from_observed, &mut self.starts, &mut self.hd95];
        for mean in means {
            mean.sum *= cell_m;
        }
        self
    }

    /// Mean distance over all cells of both fronts, half of each way.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        Some(0.5 * (self.from_predicted.value()? + self.from_observed.value()?))
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
        self.from_predicted += &other.from_predicted;
        self.from_observed += &other.from_observed;
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
