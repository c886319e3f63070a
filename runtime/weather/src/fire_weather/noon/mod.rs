//! Noons: of each day the reading nearest to noon of standard time, and the rain since the noon before.
//!
//! A day whose noon was not measured, or whose rain is not known, is listed as missing. A day is listed
//! once no later reading could be nearer to its noon, so that a restart finds what one run would have.

use std::fmt;

use emberline_fwi as fwi;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, Serializer};

use crate::reading::Reading;
use crate::standard_time::StandardTime;

/// How far from noon its reading may lie.
pub const NOON_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Share of the time from noon to noon over which rain must have been measured: 20 hours of 24.
pub const RAIN_LEAST: f64 = 20.0 / 24.0;
/// Rain that was not measured for less than this, hours, is not worth a note.
const RAIN_LACKS_H: f64 = 0.5;
/// No reading is missing within this, however short the usual step.
const RAIN_REACH: SignedDuration = SignedDuration::from_mins(90);
const HOUR_S: f64 = 3600.0;

/// One day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Day {
    /// In standard time.
    pub(super) date: Date,
    /// Its noon, or why there is none.
    pub(super) noon: Result<Noon, Missing>,
}

/// The weather of one noon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Noon {
    /// Time of the reading, UTC.
    pub(super) time: Timestamp,
    /// The reading in the units of the fire weather index, and the rain since the noon before.
    pub(super) weather: fwi::Noon,
    /// Hours of that time without a reading of rain; what fell in them is not in the sum.
    pub(super) rain_lacks_h: Option<f64>,
}

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

/// Rain since the last noon, carried from one table to the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rain {
    /// The noon, as it was read.
    pub since: Timestamp,
    /// The last reading.
    pub until: Timestamp,
    /// What fell, mm.
    pub mm: f64,
    /// Seconds for which it was measured.
    pub measured_s: f64,
}

impl Rain {
    fn from(since: Timestamp) -> Self {
        Self { since, until: since, mm: 0.0, measured_s: 0.0 }
    }

    /// Adds a reading; one that came before is not counted again.
    fn add(&mut self, r: &Reading, gauge: Gauge) {
        if r.time <= self.until {
            return;
        }
        if let Some(mm) = r.rain_mm {
            self.mm += mm;
            self.measured_s += gauge.covers(r.time.duration_since(self.until)).as_secs_f64();
        }
        self.until = r.time;
    }
}

/// How much time before it a reading of rain stands for.
#[derive(Clone, Copy)]
struct Gauge {
    step: SignedDuration,
}

impl Gauge {
    /// All since the last reading, unless one or more are missing in between: then the usual step.
    fn covers(self, since_last: SignedDuration) -> SignedDuration {
        let whole = since_last <= (self.step * 3 / 2).max(RAIN_REACH);
        if whole { since_last } else { self.step }
    }
}

/// What is known from an earlier table.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Before {
    /// The last day that counted; only later ones are listed.
    pub(super) date: Option<Date>,
    /// The reading of its noon.
    pub(super) noon: Option<Timestamp>,
    /// Rain since the last noon.
    pub(super) rain: Option<Rain>,
}

/// The days of `readings`, which are in order of time, `step` apart and after quality control, and
/// the rain since the last of them.
#[must_use]
pub(super) fn days(
    readings: &[Reading],
    step: Option<SignedDuration>,
    time: &StandardTime,
    before: Before,
) -> (Vec<Day>, Option<Rain>) {
    let mut out = Vec::new();
    let (Some(first), Some(last)) = (readings.first(), readings.last()) else {
        return (out, before.rain);
    };
    // A lone reading is one of a day's.
    let gauge = Gauge { step: step.unwrap_or(SignedDuration::from_hours(24)) };
    let next = before.date.and_then(|d| d.tomorrow().ok());
    let mut date = time.day(first.time).max(next.unwrap_or(Date::MIN));
    let Some(mut rain) = rain_before(date, time, before) else { return (out, before.rain) };
    let mut later = readings.iter().peekable();
    while let Some(noon) = time.noon(date).filter(|noon| *noon <= last.time) {
        let reading = at_noon(readings, noon);
        // Until then a later reading could still be nearer.
        let away = reading.map_or(NOON_WITHIN, |(r, _)| r.time.duration_since(noon).abs());
        if last.time.duration_since(noon) < away {
            break;
        }
        let end = reading.map_or(noon, |(r, _)| r.time);
        while let Some(r) = later.next_if(|r| r.time <= end) {
            rain.add(r, gauge);
        }
        out.push(Day { date, noon: noon_of(reading, &rain, end) });
        rain = Rain::from(end);
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    later.for_each(|r| rain.add(r, gauge));
    (out, Some(rain))
}

/// Rain since the noon before `date`, as far as it is known.
fn rain_before(date: Date, time: &StandardTime, before: Before) -> Option<Rain> {
    let yesterday = date.yesterday().ok()?;
    let noon = time.noon(yesterday)?;
    let of_that_noon = |r: &Rain| r.since.duration_since(noon).abs() <= NOON_WITHIN;
    let read = before.noon.filter(|_| before.date == Some(yesterday)).unwrap_or(noon);
    Some(before.rain.filter(of_that_noon).unwrap_or(Rain::from(read)))
}

/// Temperature °C, humidity % and wind m/s.
type Air = (f64, f64, f64);

/// The reading nearest to `noon` that has all three.
fn at_noon(readings: &[Reading], noon: Timestamp) -> Option<(&Reading, Air)> {
    let away = |r: &Reading| r.time.duration_since(noon).abs();
    let from = readings.partition_point(|r| r.time < noon && away(r) > NOON_WITHIN);
    readings[from..]
        .iter()
        .take_while(|r| r.time <= noon || away(r) <= NOON_WITHIN)
        .filter_map(|r| Some((r, (r.temp_c?, r.rh_percent?, r.wind_m_s?))))
        .min_by_key(|(r, _)| away(r))
}

fn noon_of(reading: Option<(&Reading, Air)>, rain: &Rain, end: Timestamp) -> Result<Noon, Missing> {
    let (reading, (temp_c, rh_percent, wind_m_s)) = reading.ok_or(Missing::Reading)?;
    let all_s = end.duration_since(rain.since).as_secs_f64();
    if rain.measured_s < RAIN_LEAST * all_s {
        return Err(Missing::Rain { measured_h: rain.measured_s / HOUR_S });
    }
    let wind_km_h = wind_m_s * 3.6;
    let weather = fwi::Noon { temp_c, rh_percent, wind_km_h, rain_24h_mm: rain.mm };
    weather.check().map_err(Missing::Refused)?;
    let lacks_h = (all_s - rain.measured_s) / HOUR_S;
    let rain_lacks_h = Some(lacks_h).filter(|h| *h >= RAIN_LACKS_H);
    Ok(Noon { time: reading.time, weather, rain_lacks_h })
}

#[cfg(test)]
mod tests;
