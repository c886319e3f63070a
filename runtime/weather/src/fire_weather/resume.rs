//! What a later run needs to go on as if there had been one long table.
//!
//! The codes as they were a day or two ago, and the readings since: what a later reading may still
//! change is reckoned anew. Readings before those are held in sums.

use emberline_fwi::State;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::last::Last;
use super::rain_sum::RainSum;
use super::row::Row;
use super::scan::Scan;
use super::start::Start;

/// What a later run needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The state that was told when this was written; another was written by hand.
    pub told: Option<State>,
    /// The state that no later reading can change.
    pub state: Option<State>,
    /// Its start.
    pub start: Option<Start>,
    /// Its last noon.
    pub last: Option<Last>,
    /// The first day that is not in it.
    pub next: Date,
    /// Rain since the noon before that day, without that of the rows below.
    pub rain: RainSum,
    /// The last reading before the rows.
    pub until: Option<Timestamp>,
    /// The last times between readings before the rows, s.
    pub steps_s: Vec<f64>,
    /// What the rules of quality control remember.
    pub quality: Scan,
    /// Readings since: time, °C, %, m/s and mm.
    pub rows: Vec<Row>,
}

impl Resume {
    /// The last times between readings before the rows.
    pub(super) fn steps(&self) -> Vec<SignedDuration> {
        self.steps_s.iter().filter_map(|s| SignedDuration::try_from_secs_f64(*s).ok()).collect()
    }
}
