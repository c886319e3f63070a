//! Meanings: what a column of a table may be.

use super::unit::{Dimension, Unit};
use crate::rain_kind::RainKind;
use crate::reading::Quantity;

/// What a column of weather holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    Temp,
    Humidity,
    /// Gives the humidity where no column has it.
    DewPoint,
    Wind,
    WindFrom,
    Gust,
    Pressure,
    Rain(RainKind),
}

impl Weather {
    /// Whether two columns hold the same thing, whatever kind of rain they are.
    pub(super) fn is_also(self, other: Self) -> bool {
        self == other || matches!((self, other), (Self::Rain(_), Self::Rain(_)))
    }

    /// What its units measure.
    pub(super) fn dimension(self) -> Dimension {
        match self {
            Self::Temp | Self::DewPoint => Dimension::Temperature,
            Self::Humidity => Dimension::Share,
            Self::Wind | Self::Gust => Dimension::Speed,
            Self::WindFrom => Dimension::Angle,
            Self::Pressure => Dimension::Pressure,
            Self::Rain(RainKind::Rate) => Dimension::DepthRate,
            Self::Rain(_) => Dimension::Depth,
        }
    }

    /// Where its values go, unless they only help others.
    pub(super) fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Temp => Some(Quantity::Temp),
            Self::Humidity => Some(Quantity::Humidity),
            Self::DewPoint => None,
            Self::Wind => Some(Quantity::Wind),
            Self::WindFrom => Some(Quantity::WindFrom),
            Self::Gust => Some(Quantity::Gust),
            Self::Pressure => Some(Quantity::Pressure),
            Self::Rain(_) => Some(Quantity::Rain),
        }
    }

    /// Its name with our unit.
    pub(super) fn name(self) -> &'static str {
        self.quantity().map_or("dew_point_c", Quantity::name)
    }

    /// Names that say it with a unit, the first in ours.
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Temp => &["temp_c", "temp_f", "temp_k"],
            Self::Humidity => &["rh_percent", "rh_fraction"],
            Self::DewPoint => &["dew_point_c", "dew_point_f"],
            Self::Wind => &["wind_m_s", "wind_km_h", "wind_kt", "wind_mph"],
            Self::WindFrom => &["wind_from_deg"],
            Self::Gust => &["gust_m_s", "gust_km_h", "gust_kt", "gust_mph"],
            Self::Pressure => &["pressure_hpa", "pressure_pa", "pressure_kpa", "pressure_inhg"],
            Self::Rain(kind) => match kind {
                RainKind::Increment | RainKind::Unknown => &["rain_mm", "rain_in", "rain_total_mm"],
                RainKind::SinceMidnight => &["rain_day_mm", "rain_day_in"],
                RainKind::Rolling24h => &["rain_24h_mm", "rain_24h_in"],
                RainKind::SinceHour => &["rain_hour_mm", "rain_hour_in"],
                RainKind::Total => &["rain_total_mm", "rain_total_in"],
                RainKind::Rate => &["rain_rate_mm_h", "rain_rate_in_h"],
            },
        }
    }
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    /// Weather in a unit, where that is known; of several columns for one thing the lowest rank is read.
    Weather {
        what: Weather,
        unit: Option<Unit>,
        rank: u8,
    },
    /// Part of the time.
    Time {
        part: TimePart,
        is_utc: bool,
    },
    /// The name of the station.
    Station,
    /// How far its clock is off UTC, or the name of its zone.
    Zone,
    Latitude,
    Longitude,
    /// Known, and not read here: a soil temperature, a battery, a flag.
    Other,
    /// Nothing that is known.
    Unknown,
}

/// Which part of the time a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimePart {
    /// A date, a time of day or both: its cells tell.
    Any,
    Year,
    Month,
    Day,
    /// Day of the year, 1 is 1 January.
    DayOfYear,
    Hour,
    Minute,
}

impl Meaning {
    /// Weather in a unit.
    pub(super) const fn of(what: Weather, unit: Unit) -> Self {
        Self::Weather { what, unit: Some(unit), rank: 0 }
    }

    /// As [`Meaning::of`], read only where there is no better column.
    pub(super) const fn second(what: Weather, unit: Unit) -> Self {
        Self::Weather { what, unit: Some(unit), rank: 1 }
    }

    /// Part of the time.
    pub(super) const fn time(part: TimePart) -> Self {
        Self::Time { part, is_utc: false }
    }

    /// Part of the time, in UTC.
    pub(super) const fn utc(part: TimePart) -> Self {
        Self::Time { part, is_utc: true }
    }
}
