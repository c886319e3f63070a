//! The start of the codes: when, from which values, and why there.

use std::fmt;

use emberline_fwi::{Codes, Date, State};
use serde::{Deserialize, Serialize};

/// Where the codes began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The day whose evening the start codes stand for.
    pub date: Date,
    /// The start codes.
    pub codes: Codes,
    /// Why there.
    pub origin: Origin,
    /// Noons counted since.
    pub noons: u32,
    /// Days since over which the codes were carried, for they had no noon.
    pub carried: u32,
}

/// Where start codes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The standard values, for nothing was known before.
    Standard,
    /// The standard values again, after more days without a noon than codes are carried over.
    AfterGap {
        /// How many.
        days: u32,
    },
    /// Whoever wrote the file.
    Given,
}

impl Start {
    /// From codes that whoever runs the station gave.
    #[must_use]
    pub fn given(State { date, codes, .. }: State) -> Self {
        Self { date, codes, origin: Origin::Given, noons: 0, carried: 0 }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Codes { ffmc, dmc, dc } = self.codes;
        // Codes after a winter have many digits; others stay as they were given.
        let [ffmc, dmc, dc] = [ffmc, dmc, dc].map(|code| (code * 10.0).round() / 10.0);
        let codes = format!("FFMC {ffmc}, DMC {dmc}, DC {dc} on the evening of {}", self.date);
        match self.origin {
            Origin::Standard => write!(f, "started from the standard values ({codes})"),
            Origin::Given => write!(f, "started from given codes ({codes})"),
            Origin::AfterGap { days } => write!(
                f,
                "started again from the standard values ({codes}) after {days} days without a noon, \
                 more than are carried"
            ),
        }
    }
}
