//! Noons: of each day the reading nearest to noon of standard time, and the rain since the noon before.
//!
//! A day whose noon was not measured, or whose rain is not known, is missing. A day is told once no later
//! reading could be nearer to its noon; it is settled once no later reading can change it, for a sensor
//! may turn out to have been stuck. What is told depends on the readings alone, and not on how they
//! were cut into tables: a run goes on from the last days of the run before.

use emberline_fwi as fwi;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::missing::Missing;
use super::rain_sum::RainSum;
use super::rows::Rows;
use super::scan::{Candidate, Candidates};
use super::window::{NOON_WITHIN, day_of};
use crate::quality::Limits;
use crate::standard_time::StandardTime;

/// Share of the time from noon to noon over which rain must have been measured: 20 hours of 24.
pub const RAIN_LEAST: f64 = 20.0 / 24.0;
/// Rain that was not measured for less than this, hours, is not worth a note.
const RAIN_LACKS_H: f64 = 0.5;
/// A lone reading is one of a day's.
const LONE: SignedDuration = SignedDuration::from_hours(24);
const HOUR_S: f64 = 3600.0;

/// A day, or several in a row without any reading near noon.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Day {
    /// The first of them, in standard time.
    pub(super) first: Date,
    /// The last of them.
    pub(super) last: Date,
    /// Its noon, or why there is none.
    pub(super) noon: Result<Noon, Missing>,
    /// Whether no later reading can change it.
    pub(super) is_settled: bool,
    /// Where its rain ends and the next day's begins.
    pub(super) end: Timestamp,
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

/// What is known from earlier tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before<'a> {
    /// The first day to look at.
    pub(super) next: Date,
    /// Rain since the noon before it.
    pub(super) rain: &'a RainSum,
    /// The last reading.
    pub(super) until: Option<Timestamp>,
    /// The last times between readings.
    pub(super) steps: &'a [SignedDuration],
}

/// The days of `rows` whose noons can be told, in order.
pub(super) fn days(
    rows: &Rows<'_>,
    candidates: &Candidates,
    time: &StandardTime,
    before: Before<'_>,
    limits: &Limits,
) -> Vec<Day> {
    let mut out = Vec::new();
    let (mut rain, mut added) = (before.rain.clone(), 0);
    let (mut date, mut is_settled) = (before.next, true);
    let Some(last) = rows.last() else { return out };
    while let Some(noon) = time.noon(date) {
        let begin = noon.saturating_sub(NOON_WITHIN).unwrap_or(noon);
        let over = noon.saturating_add(NOON_WITHIN).unwrap_or(noon);
        let Some(near) = rows.get(rows.partition_point(|t| t < begin)) else { break };
        // Over days without any reading near noon in one go.
        if near.time > over {
            let Some(next) = day_of(near.time, time) else { break };
            let Ok(before_it) = next.yesterday() else { break };
            let end = time.noon(before_it).unwrap_or(noon);
            let noon = Err(Missing::Reading);
            out.push(Day { first: date, last: before_it, noon, is_settled, end });
            (rain, added) = (RainSum::from(end), rows.partition_point(|t| t <= end));
            date = next;
            continue;
        }
        let near = candidates.between(begin, over);
        let away = |c: &Candidate| c.time.duration_since(noon).abs();
        let best = near.iter().filter(|c| candidates.stuck(c).is_none()).min_by_key(|c| away(c));
        // Until then a later reading could still be nearer.
        let nearest = best.map_or(NOON_WITHIN, away);
        if last.time.duration_since(noon) < nearest {
            break;
        }
        // By which reading it was known: those that are nearer are stuck, and the best is not.
        let nearer = near.iter().filter_map(|c| candidates.stuck(c));
        let passed = rows.partition_point(|t| t.duration_since(noon) < nearest);
        let well = best.map_or(Some(0), |c| candidates.well(c));
        let known = well.map(|well| nearer.chain([passed, well]).max().unwrap_or(passed));
        is_settled &= known.is_some();
        let end = best.map_or(noon, |c| c.time);
        let to = rows.partition_point(|t| t <= end);
        rows.range(added, to).for_each(|r| rain.add(r, limits));
        let step = || {
            let by = known.unwrap_or(rows.len() - 1);
            rows.step(by, before.until, before.steps).unwrap_or(LONE)
        };
        let measured_s = rain.measured_s(if rain.has_holes() { step() } else { LONE });
        let noon = noon_of(best, &rain, measured_s, end);
        out.push(Day { first: date, last: date, noon, is_settled, end });
        (rain, added) = (RainSum::from(end), to);
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    out
}

fn noon_of(
    best: Option<&Candidate>,
    rain: &RainSum,
    measured_s: f64,
    end: Timestamp,
) -> Result<Noon, Missing> {
    let Candidate { time, air: [temp_c, rh_percent, wind_m_s], .. } =
        *best.ok_or(Missing::Reading)?;
    let all_s = end.duration_since(rain.since).as_secs_f64();
    if measured_s < RAIN_LEAST * all_s {
        return Err(Missing::Rain { measured_h: measured_s / HOUR_S });
    }
    let wind_km_h = wind_m_s * 3.6;
    let weather = fwi::Noon { temp_c, rh_percent, wind_km_h, rain_24h_mm: rain.mm };
    weather.check().map_err(Missing::Refused)?;
    let lacks_h = (all_s - measured_s) / HOUR_S;
    let rain_lacks_h = Some(lacks_h).filter(|h| *h >= RAIN_LACKS_H);
    Ok(Noon { time, weather, rain_lacks_h })
}

#[cfg(test)]
mod tests;
