//! A value that was left out.

use jiff::Timestamp;

use super::rule::Rule;
use crate::reading::Quantity;

/// One value that failed a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeftOut {
    /// Time of the reading.
    pub time: Timestamp,
    /// What it was of.
    pub quantity: Quantity,
    /// The value as it came.
    pub value: f64,
    /// The rule that it failed.
    pub rule: Rule,
}
