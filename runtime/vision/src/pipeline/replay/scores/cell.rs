//! A cell of a table of scores: a number to so many digits, with its interval.

use std::fmt;

use crate::score::Interval;

/// What stands where there is nothing to score.
pub(in super::super) const NOTHING: &str = "–";

/// A score in a table; its text is a dash where there is nothing to score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The score.
    pub value: Option<f64>,
    /// Digits after the point.
    pub digits: usize,
    /// What stands behind a number, such as a unit.
    pub unit: &'static str,
    /// How far it could be off.
    pub interval: Option<Interval>,
}

impl Cell {
    /// A score without a unit.
    pub(super) fn new(value: Option<f64>, digits: usize) -> Self {
        Self { value, digits, unit: "", interval: None }
    }

    /// A share 0..1, in percent.
    pub(super) fn percent(share: Option<f64>, digits: usize) -> Self {
        Self { unit: " %", ..Self::new(share.map(|s| s * 100.0), digits) }
    }

    /// The same with an interval.
    pub(super) fn within(self, interval: Option<Interval>) -> Self {
        Self { interval, ..self }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits;
        match self.value {
            Some(value) => write!(f, "{value:.digits$}{}", self.unit)?,
            None => f.write_str(NOTHING)?,
        }
        match self.interval {
            Some(i) => write!(f, " [{:.digits$}, {:.digits$}]", i.low, i.high),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_stands_with_its_digits_its_unit_and_its_interval() {
        let interval =
            Interval { value: 0.4, low: 0.25, high: 0.5, level: 0.95, events: 3, draws: 1000 };
        for (cell, want) in [
            (Cell::new(Some(0.4142), 3), "0.414"),
            (Cell::new(Some(0.4), 1).within(Some(interval)), "0.4 [0.2, 0.5]"),
            (Cell::new(Some(f64::INFINITY), 1), "inf"),
            (Cell::percent(Some(0.125), 1), "12.5 %"),
            (Cell::percent(None, 1), "–"),
            (Cell::new(None, 2), "–"),
        ] {
            assert_eq!(cell.to_string(), want);
        }
    }
}
