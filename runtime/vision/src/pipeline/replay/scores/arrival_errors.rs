//! Errors of arrival times of a fire, pooled: a row of a table, and a part of `scores.json`.

use serde::Serialize;

use super::cell::Cell;
use super::table::ScoreRow;
use crate::score::{ArrivalError, Interval};

/// Headings of a table of [`row`]s.
pub(in super::super) const HEADINGS: [&str; 5] = [
    "method",
    "arrival MAE, frames",
    "never = horizon",
    "given a time only",
    "burnt, given no time",
];

/// The errors of `method` as a row of a table.
pub(in super::super) fn row(method: &str, arrival: &ArrivalError) -> ScoreRow {
    ScoreRow {
        method: method.to_owned(),
        lead: None,
        cells: vec![
            Cell::new(arrival.mae_frames(), 2),
            Cell::new(arrival.mae_frames_with_never_at(1.0), 2),
            Cell::new(arrival.predicted.value(), 2),
            Cell::percent(arrival.never_share(), 1),
        ],
    }
}

/// The errors as in `scores.json`.
#[derive(Debug, Serialize)]
pub(in super::super) struct ArrivalErrors {
    mae_frames: Option<f64>,
    mae_frames_interval: Option<Interval>,
    mae_frames_never_at_horizon: Option<f64>,
    mae_frames_of_said: Option<f64>,
    never_share: Option<f64>,
}

impl ArrivalErrors {
    /// With the interval of the first.
    pub(in super::super) fn new(arrival: &ArrivalError, interval: Option<Interval>) -> Self {
        Self {
            mae_frames: arrival.mae_frames(),
            mae_frames_interval: interval,
            mae_frames_never_at_horizon: arrival.mae_frames_with_never_at(1.0),
            mae_frames_of_said: arrival.predicted.value(),
            never_share: arrival.never_share(),
        }
    }
}
