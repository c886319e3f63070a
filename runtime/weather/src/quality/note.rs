//! Notes of quality control: how many values are not there, and by which rule.

use std::fmt;

use super::left_out::LeftOut;
use crate::reading::Quantity;

/// Values of one quantity that are not there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QualityNote {
    /// They were not measured.
    Missing {
        /// What they are of.
        quantity: Quantity,
        /// How many.
        missing: usize,
        /// Of how many readings.
        readings: usize,
    },
    /// They failed a rule.
    LeftOut {
        /// How many.
        count: usize,
        /// The first of them, with its rule.
        first: LeftOut,
    },
}

impl fmt::Display for QualityNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { quantity, missing, readings } => {
                write!(f, "{quantity}: {missing} of {readings} missing")
            }
            Self::LeftOut { count, first: LeftOut { time, quantity, value, rule } } => {
                // A value just beyond a limit is not to look like the limit.
                let is_near = (value - value.round()).abs() < 0.05 && *value != value.round();
                let value = if is_near { format!("{value}") } else { format!("{value:.1}") };
                write!(f, "{quantity}: {count} left out by {rule} (first: {value} at {time})")
            }
        }
    }
}
