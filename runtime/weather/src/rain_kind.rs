//! What the numbers of a column of rain are: rain since the last row, a sum that climbs, or a rate.
//!
//! A reader of tables says which it is as far as names and formats tell; whoever makes the rain since the
//! last row of it starts from there.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the numbers of a column of rain are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RainKind {
    /// Rain since the last row, mm: what a [`Reading`](crate::reading::Reading) holds.
    #[default]
    Increment,
    /// Rain since the day began, mm: it climbs and falls back to 0 once a day, at midnight or at another
    /// hour (09:00 in Australia).
    SinceMidnight,
    /// Rain of the 24 hours before the row, mm.
    Rolling24h,
    /// Rain since the last hourly report or of the hour so far, mm: `p01i` of ASOS, `P` of METAR. In a table
    /// of hourly rows it is an increment.
    SinceHour,
    /// Rain since something that is not known or lies long ago, mm: of the year, of the event, of the
    /// gauge's life. It climbs, and falls back to 0 now and then.
    Total,
    /// A rate, mm/h, at the row or as the mean since the last.
    Rate,
    /// Neither name nor format tell.
    Unknown,
}

impl fmt::Display for RainKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Increment => "rain since the last row",
            Self::SinceMidnight => "rain since the day began",
            Self::Rolling24h => "rain of the 24 h before",
            Self::SinceHour => "rain since the last hourly report",
            Self::Total => "a total of rain",
            Self::Rate => "a rate of rain",
            Self::Unknown => "rain of an unknown kind",
        })
    }
}
