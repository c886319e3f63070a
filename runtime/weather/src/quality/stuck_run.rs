//! A run of the very same value: a sensor that is stuck, once it lasts too long.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::limits::Limit;

/// A run of fewer equal readings is never stuck.
const STUCK_READINGS: usize = 6;
/// A hole of more than this ends a run: nobody knows what was measured in it.
const HOLE: SignedDuration = SignedDuration::from_hours(12);

/// A run of the very same value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StuckRun {
    value: f64,
    first: Timestamp,
    last: Timestamp,
    readings: usize,
}

impl StuckRun {
    /// A run of one.
    pub(crate) fn new(time: Timestamp, value: f64) -> Self {
        Self { value, first: time, last: time, readings: 1 }
    }

    /// Whether the next value belongs to it; it is then counted.
    pub(crate) fn takes(&mut self, time: Timestamp, value: f64) -> bool {
        let goes_on = value == self.value && time.duration_since(self.last) <= HOLE;
        if goes_on {
            self.last = time;
            self.readings += 1;
        }
        goes_on
    }

    /// Whether it may go on for any time.
    pub(crate) fn may_stay(&self, limit: &Limit) -> bool {
        let stays = |(low, high): (f64, f64)| (low..=high).contains(&self.value);
        limit.stuck_h.is_none() || limit.may_stay.is_some_and(stays)
    }

    /// Whether it has lasted too long: its values are no measurements.
    pub(crate) fn is_stuck(&self, limit: &Limit) -> bool {
        let hours = self.last.duration_since(self.first).as_secs_f64() / 3600.0;
        let long = limit.stuck_h.is_some_and(|stuck_h| hours > stuck_h);
        long && self.readings >= STUCK_READINGS && !self.may_stay(limit)
    }
}
