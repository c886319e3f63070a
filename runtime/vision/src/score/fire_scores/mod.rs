//! Fire scores: all scores of one lead of a forecast of fire, and of its arrival times.

use std::ops::AddAssign;

use ndarray::{Array2, Array3, ArrayRef2, Axis};
use serde::Serialize;

use super::arrival_error::{ArrivalError, observed_arrival_s};
use super::contingency::ContingencyTable;
use super::front_distance::FrontDistance;
use super::reliability::ReliabilityTable;
use crate::forecast::{Burn, Forecast};

/// Scores of one lead, that add up over starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FireScores {
    /// New burn at the forecast's threshold, forecast and observed.
    pub new_burn: ContingencyTable,
    /// Distance of the forecast front from the observed one, pixels.
    pub front_px: FrontDistance,
    /// The same in metres, of starts whose cell size is known.
    pub front_m: FrontDistance,
    /// Probabilities on cells not burnt at the last frame seen.
    #[serde(rename = "probability")]
    pub reliability: ReliabilityTable,
}

impl FireScores {
    /// Scores of lead `l` (0-based) of a fire whose cells have sides of `cell_m`, where known:
    /// `observed` is burnt by then, `now` burnt at the last frame seen (`[H, W]` as the forecast's).
    #[must_use]
    fn of(
        burn: &Burn,
        cell_m: Option<f64>,
        l: usize,
        observed: &ArrayRef2<bool>,
        now: &ArrayRef2<bool>,
    ) -> Self {
        let predicted = burn.by(l);
        let front_px = FrontDistance::of(&predicted, observed);
        Self {
            new_burn: ContingencyTable::of_new_burn(&predicted, observed, now),
            front_px,
            front_m: cell_m.map_or_else(Default::default, |m| front_px.times(m)),
            reliability: ReliabilityTable::of_new_burn(
                &burn.probability.index_axis(Axis(0), l),
                observed,
                now,
            ),
        }
    }
}

impl AddAssign<&Self> for FireScores {
    fn add_assign(&mut self, other: &Self) {
        self.new_burn += &other.new_burn;
        self.front_px += &other.front_px;
        self.front_m += &other.front_m;
        self.reliability += &other.reliability;
    }
}

/// Scores of one start, of a `forecast` with `burn`: a row for each lead that was seen (`observed`
/// `[L, H, W]`, as many leads as frames followed, at most the forecast's), and the error of its arrival
/// times within them.
///
/// `step_s` is the time between frames; `now` is burnt at the last frame seen.
#[must_use]
pub fn score_start(
    forecast: &Forecast,
    burn: &Burn,
    observed: &Array3<bool>,
    now: &Array2<bool>,
    step_s: f64,
) -> (Vec<FireScores>, ArrivalError) {
    let leads = observed.dim().0.min(forecast.lead_s.len());
    let rows = (0..leads)
        .map(|l| {
            FireScores::of(burn, forecast.grid.cell_m, l, &observed.index_axis(Axis(0), l), now)
        })
        .collect();
    let seen = observed_arrival_s(observed, &forecast.lead_s, now);
    (rows, ArrivalError::of(&burn.arrival_s, &seen, leads, step_s))
}

#[cfg(test)]
mod tests;
