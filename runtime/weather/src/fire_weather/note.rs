//! Notes of fire weather: what a person must know to trust its numbers or not.

use std::fmt;

use emberline_fwi as fwi;
use jiff::civil::Date;

use super::missing::Missing;
use super::start::Start;
use crate::reading::Quantity;

/// One thing that a person must know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FireNote {
    /// There is no fire weather without the place, for its day lengths.
    NeedsPlace,
    /// There is none from readings that have no value of some quantities.
    NoValueOf(Vec<Quantity>),
    /// Days without a noon.
    NoNoon {
        /// How many.
        days: usize,
        /// The first of them.
        first: Date,
        /// Why it has none.
        why: Missing,
    },
    /// Rain that was not measured all the time.
    RainNotMeasured {
        /// On how many days.
        days: usize,
        /// The first of them.
        first: Date,
        /// For how many hours of that day.
        hours: f64,
    },
    /// After a long gap the codes began anew.
    StartedAgain(Start),
    /// Zone and longitude are not of one place.
    OffTheSun {
        /// Standard time, as it is called.
        standard_time: String,
        /// How far it is off the sun, h.
        hours: f64,
    },
    /// No noon is later than the day of the state: its numbers are reported.
    NoLaterNoon {
        /// The day of the state.
        date: fwi::Date,
        /// Whether there are any; codes that were given have none yet.
        told: bool,
    },
    /// Noons are below freezing.
    Frozen {
        /// Since which day.
        since: Date,
    },
    /// Codes to start from were given, and there is a state already.
    StartNotUsed {
        /// The day of the state.
        date: fwi::Date,
    },
    /// The only reading was taken to hold the rain of a day.
    LoneReading,
    /// There was no noon with the rain before it so far.
    NoNoonYet,
}

impl fmt::Display for FireNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsPlace => {
                f.write_str("no fire weather: its day lengths need the place; give ‹at› LAT,LON")
            }
            Self::NoValueOf(quantities) => {
                let names: Vec<&str> = quantities.iter().map(|q| q.name()).collect();
                let names = names.join(" and ");
                write!(f, "no fire weather from this table: it has no value of {names}")
            }
            Self::NoNoon { days, first, why } => {
                let days = counted(*days);
                write!(f, "fire weather: {days} without a noon (first: {first}, {why})")
            }
            Self::RainNotMeasured { days, first, hours } => write!(
                f,
                "fire weather: rain of {} was not measured all the time and may be too little (first: \
                 {first}, {hours:.1} h)",
                counted(*days)
            ),
            Self::StartedAgain(start) => write!(f, "fire weather: {start}"),
            Self::OffTheSun { standard_time, hours } => write!(
                f,
                "fire weather: {standard_time} is {:.0} h off the sun there; check ‹zone› and ‹at›",
                hours.abs()
            ),
            Self::NoLaterNoon { date, told: true } => write!(
                f,
                "fire weather: no noon later than {date}, the day of the state; its numbers are told"
            ),
            Self::NoLaterNoon { date, told: false } => {
                write!(f, "no fire weather yet: no noon later than {date}, the day of the state")
            }
            Self::Frozen { since } => write!(
                f,
                "fire weather: noons are below 0 °C since {since}; on snow or frozen ground the index means \
                 nothing"
            ),
            Self::StartNotUsed { date } => write!(
                f,
                "fire weather: ‹fwi-start› is not used, for there is a state of {date} already; move it away \
                 to start anew"
            ),
            Self::LoneReading => f.write_str(
                "fire weather: one reading alone; its rain is taken for that of the 24 h before it",
            ),
            Self::NoNoonYet => f.write_str(
                "no fire weather yet: it needs a noon and the rain of the 24 h before it",
            ),
        }
    }
}

/// `1 day`, `2 days`.
fn counted(days: usize) -> String {
    format!("{days} day{}", if days == 1 { "" } else { "s" })
}
