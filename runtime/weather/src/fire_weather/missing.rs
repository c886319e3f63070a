//! Why a day has no noon that can be counted.

use std::fmt;

use emberline_fwi as fwi;
use serde::{Serialize, Serializer};

/// Why a day has no noon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Missing {
    /// No reading of temperature, humidity and wind within an hour of noon.
    Reading,
    /// Rain was measured for less than 20 of the 24 hours.
    Rain {
        /// Hours for which it was.
        measured_h: f64,
    },
    /// A value that the fire weather index does not take.
    Refused(fwi::Refused),
}

impl Missing {
    /// Whether both are for one reason, whatever the figures of each.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reading => f.write_str(
                "no reading of temperature, humidity and wind within 1 h of noon of standard time",
            ),
            Self::Rain { measured_h } => {
                write!(f, "rain measured for {measured_h:.1} h of the 24 to noon, 20 are needed")
            }
            Self::Refused(why) => why.fmt(f),
        }
    }
}

impl Serialize for Missing {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
