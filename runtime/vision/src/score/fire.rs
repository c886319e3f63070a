//! Fire: all scores of one lead of a forecast, and of its arrival times.

use std::ops::AddAssign;

use ndarray::{Array2, Array3, ArrayRef2, Axis};
use serde::Serialize;

use super::{ArrivalError, Counts, FrontDistance, Probability, arrival};
use crate::forecast::{Burn, Forecast};

/// Scores of one lead, that add up over starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LeadScore {
    /// Predicted and true new burn, at the forecast's threshold.
    pub new_burn: Counts,
    /// Distance of the said front from the true one, pixels.
    pub front_px: FrontDistance,
    /// The same in metres, of starts whose cell size is known.
    pub front_m: FrontDistance,
    /// Probabilities on cells not burnt at the last frame seen.
    pub probability: Probability,
}

impl LeadScore {
    /// Scores of lead `l` (0-based) of a fire whose cells have sides of `cell_m`, where known:
    /// `truth` is burnt by then, `now` burnt at the last frame seen (`[H, W]` as the forecast's).
    #[must_use]
    pub fn of(
        burn: &Burn,
        cell_m: Option<f64>,
        l: usize,
        truth: &ArrayRef2<bool>,
        now: &ArrayRef2<bool>,
    ) -> Self {
        let said = burn.by(l);
        let front_px = FrontDistance::of(&said, truth);
        Self {
            new_burn: Counts::of_new_burn(&said, truth, now),
            front_px,
            front_m: cell_m.map_or_else(Default::default, |m| front_px.times(m)),
            probability: Probability::of_new_burn(
                &burn.probability.index_axis(Axis(0), l),
                truth,
                now,
            ),
        }
    }
}

impl AddAssign<&Self> for LeadScore {
    fn add_assign(&mut self, other: &Self) {
        self.new_burn += &other.new_burn;
        self.front_px += &other.front_px;
        self.front_m += &other.front_m;
        self.probability += &other.probability;
    }
}

/// Scores of one start, of a `forecast` that says `burn`: a row for each lead that was seen (`truth` `[L, H, W]`, as many leads as
/// frames followed, at most the forecast's), and the error of its arrival times within them.
///
/// `step_s` is the time between frames; `now` is burnt at the last frame seen.
#[must_use]
pub fn score_start(
    forecast: &Forecast,
    burn: &Burn,
    truth: &Array3<bool>,
    now: &Array2<bool>,
    step_s: f64,
) -> (Vec<LeadScore>, ArrivalError) {
    let leads = truth.dim().0.min(forecast.lead_s.len());
    let rows = (0..leads)
        .map(|l| LeadScore::of(burn, forecast.grid.cell_m, l, &truth.index_axis(Axis(0), l), now))
        .collect();
    let seen = arrival::seen_arrival_s(truth, &forecast.lead_s, now);
    (rows, ArrivalError::of(&burn.arrival_s, &seen, leads, step_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Predicted;
    use crate::grid::Grid;
    use crate::score::physics::shrunk_cells;

    /// Columns left of `first + speed · lead` burn, surely.
    fn columns(leads: usize, first: usize, speed: usize) -> Array3<bool> {
        Array3::from_shape_fn((leads, 8, 40), |(l, _, x)| x < first + speed * (l + 1))
    }

    fn burn(burnt: &Array3<bool>, arrival_s: Array2<f32>) -> Burn {
        let probability = burnt.mapv(|b| f32::from(u8::from(b)));
        Burn { probability, arrival_s, threshold: 0.5 }
    }

    fn forecast(burn: &Burn, cell_m: Option<f64>) -> Forecast {
        let leads = burn.probability.dim().0;
        Forecast {
            lead_s: (1..=leads).map(|l| 20.0 * l as f64).collect(),
            frames: Array3::zeros(burn.probability.dim()).insert_axis(ndarray::Axis(0)),
            predicted: Predicted::Fire(burn.clone()),
            rollout_from_lead: None,
            codes: Vec::new(),
            drift: None,
            grid: Grid { cell_m, ..Grid::new(8, 40) },
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_front_twice_too_fast_has_these_scores() {
        let now = Array2::from_shape_fn((8, 40), |(_, x)| x < 10);
        let truth = columns(5, 10, 1);
        // One column a frame in truth, two as said: column 10 + k burns after (k + 1) / 2 frames.
        let arrival = Array2::from_shape_fn((8, 40), |(_, x)| match x {
            0..10 => 0.0,
            10..24 => 20.0 * (x - 9) as f32 / 2.0,
            _ => f32::NAN,
        });
        let burn = burn(&columns(7, 10, 2), arrival);
        let forecast = forecast(&burn, Some(30.0));
        let (rows, arrival) = score_start(&forecast, &burn, &truth, &now, 20.0);
        assert_eq!(rows.len(), 5, "as many leads as were seen");
        let lead = &rows[3];
        assert_eq!(lead.new_burn.iou(), Some(0.5));
        assert_eq!(lead.new_burn.recall(), Some(1.0));
        assert_eq!(lead.front_px.mean(), Some(4.0));
        assert_eq!(lead.front_m.mean(), Some(120.0));
        assert_eq!(lead.probability.brier(), Some(4.0 / 30.0));
        // Truth k + 1/2 against (k + 1) / 2, for k in 0..5.
        assert_eq!(arrival.said.count, 40);
        assert_eq!(arrival.mae_frames(), Some((0.0 + 0.5 + 1.0 + 1.5 + 2.0) / 5.0));
        let mut twice = *lead;
        twice += lead;
        assert_eq!(twice.new_burn.hit, 2 * lead.new_burn.hit);
        assert_eq!(twice.front_m.mean(), lead.front_m.mean());
    }

    #[test]
    fn what_is_taken_back_is_counted() {
        let now = Array2::from_shape_fn((8, 40), |(_, x)| x < 10);
        let mut burnt = columns(3, 10, 1);
        let sound = burn(&burnt, Array2::zeros((8, 40)));
        assert_eq!(shrunk_cells(&sound, &now), 0);
        burnt[[0, 0, 0]] = false; // burnt before
        burnt[[2, 3, 11]] = false; // said at lead 2
        assert_eq!(shrunk_cells(&burn(&burnt, Array2::zeros((8, 40))), &now), 2);
    }
}
