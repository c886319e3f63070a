//! Events: what an alarm is about, in figures and in words.

use std::fmt;

use jiff::Timestamp;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::derived::turn_deg;

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The wind turned; clockwise is positive.
    WindShift {
        /// Direction before, degrees.
        from_deg: f64,
        /// Direction now, degrees.
        to_deg: f64,
        /// Speed now, m/s.
        wind_m_s: f64,
    },
    /// Strong wind came at once.
    GustFront {
        /// Highest wind before, m/s.
        before_m_s: f64,
        /// Highest wind now, m/s.
        now_m_s: f64,
        /// Change of temperature meanwhile, °C; a front of cool air makes it negative.
        temp_change_c: Option<f64>,
    },
    /// The air became dry.
    DryAir {
        /// Highest humidity of the last three hours, %.
        before_percent: f64,
        /// Humidity now, %.
        now_percent: f64,
    },
}

/// One event, raised once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm {
    /// Time of the reading that raised it.
    pub time: Timestamp,
    /// What it is about.
    pub kind: Kind,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WindShift { from_deg, to_deg, wind_m_s } => write!(
                f,
                "wind shift from {from_deg:.0}° to {to_deg:.0}° ({:+.0}°) at {wind_m_s:.1} m/s",
                turn_deg(from_deg, to_deg)
            ),
            Self::GustFront { before_m_s, now_m_s, temp_change_c } => {
                write!(f, "gust front: {now_m_s:.1} m/s after {before_m_s:.1} m/s")?;
                temp_change_c.map_or(Ok(()), |c| write!(f, ", temperature {c:+.1} °C"))
            }
            Self::DryAir { before_percent, now_percent } => {
                write!(f, "dry air: humidity {now_percent:.0} % after {before_percent:.0} %")
            }
        }
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.time, self.kind)
    }
}

impl Serialize for Alarm {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut alarm = to.serialize_struct("Alarm", 2)?;
        alarm.serialize_field("time", &self.time)?;
        alarm.serialize_field("words", &self.to_string())?;
        alarm.end()
    }
}
