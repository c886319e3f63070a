//! Refusals: what the fire weather system does not take, and why, as a value.

use core::fmt;

use crate::date::{Date, NoSuchDate};

/// Why nothing was computed. The state that was carried stays as it was.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refused {
    /// A reading or a code is NaN.
    NotANumber {
        /// Which one.
        what: Quantity,
    },
    /// A reading or a code is outside the range in which it means something.
    OutOfRange {
        /// Which one.
        what: Quantity,
        /// What was given.
        value: f64,
        /// The smallest value taken.
        min: f64,
        /// The largest value taken.
        max: f64,
    },
    /// The calendar has no such day (or it lies outside the years 1583 to 9999).
    NoSuchDate(NoSuchDate),
    /// This day was already counted: a second time would dry (or wet) the fuel twice.
    SameDay {
        /// The day in question.
        date: Date,
    },
    /// The day lies before the last one that was counted.
    BeforeLast {
        /// The last day that was counted.
        last: Date,
        /// The day that was given.
        given: Date,
    },
    /// Too many days without weather: the codes can no longer be carried.
    GapTooLong {
        /// Days without weather.
        days: u32,
        /// The most that are carried, [`crate::MAX_GAP_DAYS`].
        limit: u32,
    },
}

/// What a refused number was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quantity {
    /// Air temperature, °C.
    TempC,
    /// Relative humidity, %.
    RhPercent,
    /// Wind at 10 m, km/h.
    WindKmH,
    /// Rain of the last 24 hours, mm.
    Rain24hMm,
    /// Rain within one step of the hourly code, mm.
    RainStepMm,
    /// Length of one step of the hourly code, hours.
    StepHours,
    /// Rain and melted snow of a winter, mm.
    WinterMm,
    /// Latitude, degrees, north positive.
    LatitudeDeg,
    /// Fine Fuel Moisture Code.
    Ffmc,
    /// Duff Moisture Code.
    Dmc,
    /// Drought Code.
    Dc,
    /// Initial Spread Index.
    Isi,
    /// Buildup Index.
    Bui,
    /// Fire Weather Index.
    Fwi,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TempC => "temperature (°C)",
            Self::RhPercent => "relative humidity (%)",
            Self::WindKmH => "wind (km/h)",
            Self::Rain24hMm => "rain in 24 h (mm)",
            Self::RainStepMm => "rain in the step (mm)",
            Self::StepHours => "length of the step (h)",
            Self::WinterMm => "precipitation of the winter (mm)",
            Self::LatitudeDeg => "latitude (°)",
            Self::Ffmc => "FFMC",
            Self::Dmc => "DMC",
            Self::Dc => "DC",
            Self::Isi => "ISI",
            Self::Bui => "BUI",
            Self::Fwi => "FWI",
        })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber { what } => write!(f, "{what} is not a number"),
            Self::OutOfRange { what, value, min, max } => {
                write!(f, "{what} is {value}, taken are {min} to {max}")
            }
            Self::NoSuchDate(date) => date.fmt(f),
            Self::SameDay { date } => write!(f, "{date} was already counted"),
            Self::BeforeLast { last, given } => {
                write!(f, "{given} lies before {last}, the last day counted")
            }
            Self::GapTooLong { days, limit } => write!(
                f,
                "{days} days without weather, at most {limit} are carried: start again with known codes"
            ),
        }
    }
}

impl core::error::Error for Refused {}

impl From<NoSuchDate> for Refused {
    fn from(date: NoSuchDate) -> Self {
        Self::NoSuchDate(date)
    }
}

/// `value`, if it is a number from `min` to `max`, both included.
pub(crate) fn within(what: Quantity, value: f64, min: f64, max: f64) -> Result<f64, Refused> {
    if value.is_nan() {
        Err(Refused::NotANumber { what })
    } else if value < min || value > max {
        Err(Refused::OutOfRange { what, value, min, max })
    } else {
        Ok(value)
    }
}
