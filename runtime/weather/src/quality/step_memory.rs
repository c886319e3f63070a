//! What the rule of steps remembers of one quantity: the last good value, and one that was left out since.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::limits::STEP_MEMORY;

/// A value, and when it was measured.
type Value = (Timestamp, f64);

/// What the rule of steps remembers of one quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepMemory {
    good: Option<Value>,
    doubt: Option<Value>,
}

impl StepMemory {
    /// Whether the next value is believed: it agrees with the last good one within `most` an hour, or
    /// with the one that was left out since, so that a real front costs one value.
    pub(crate) fn believes(&mut self, time: Timestamp, value: f64, most: Option<f64>) -> bool {
        let Some(most) = most else { return true };
        let recent = |&(t, _): &Value| time.duration_since(t) <= STEP_MEMORY;
        let agrees = |(t, p): Value| {
            let hours = time.duration_since(t).as_secs_f64() / 3600.0;
            (value - p).abs() <= most * hours.max(1.0)
        };
        let confirmed = self.doubt.filter(recent).is_some_and(agrees);
        let believed = self.good.filter(recent).is_none_or(agrees) || confirmed;
        match believed {
            true => *self = Self { good: Some((time, value)), doubt: None },
            false => self.doubt = Some((time, value)),
        }
        believed
    }
}
