//! The shape of a station's rain: what its numbers look like, whatever they are called.

use jiff::{SignedDuration, Timestamp};

use super::convert::{minute_of_report, rolling_misfit};
use super::numbers::{Numbers, usual_step};
use crate::rain_kind::RainKind;

/// Numbers further apart say nothing of each other, unless they usually are.
const NEAR: SignedDuration = SignedDuration::from_mins(95);
/// Pairs of numbers of which the first is above 0 that a sum must show.
const PAIRS: usize = 12;
/// No shower brings the very same amount for so long, in as many readings.
const FLAT: SignedDuration = SignedDuration::from_hours(5);
const FLAT_READINGS: usize = 6;
/// Nor for so long, whatever else the numbers do.
const FLAT_ALONE: SignedDuration = SignedDuration::from_hours(20);
/// Less shows it where it is more than drizzle: at least this, mm, after so many pairs.
const FLAT_MM: f64 = 1.0;
const FLAT_PAIRS: usize = 8;
/// A day's sum stays no longer, …
const DAY_AND_MORE: SignedDuration = SignedDuration::from_hours(25);
/// … and falls back within so many seconds of one time of day; clocks may be put forward.
const FALLS_WITHIN_S: i64 = 2 * 3600;
/// Hours with several wet readings that an hour's sum must show.
const HOURS: usize = 5;
/// Of stations that report hourly two are enough.
const HOURLY: SignedDuration = SignedDuration::from_mins(45);
/// More than ever falls in so many hours, mm.
const MOST_MM: [(i64, f64); 2] = [(1, 300.0), (24, 1900.0)];
/// What one tip of a gauge is, mm.
const TIPS_MM: [f64; 6] = [0.1, 0.2, 0.25, 0.254, 0.3, 0.5];
/// Numbers that show how large the steps between them are.
const WET: usize = 10;

/// Rain that looks like something else than it is called, but not surely.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RainDoubt {
    /// Its steps are too coarse for a gauge.
    #[error(
        "rain_mm comes in steps of {quantum:.2} each {step_min:.0} min, as a rate in mm/h would; say ‹rain› \
         rate, or ‹rain› increment if it is rain since the last row"
    )]
    LikeARate {
        /// The smallest step.
        quantum: f64,
        /// Usual time between readings, min.
        step_min: f64,
    },
    /// It is more than ever falls.
    #[error(
        "rain_mm sums to {mm:.0} mm in the {hours} h to {time}, more than ever falls; if it is a total or a rate, \
         say ‹rain› total or ‹rain› rate, or ‹rain› increment to leave it"
    )]
    TooMuch {
        /// Sum, mm.
        mm: f64,
        /// In so many hours.
        hours: i64,
        /// To when.
        time: Timestamp,
    },
}

/// What the numbers surely are, and what shows it; `None` where they may well be rain since the last row.
pub(super) fn shape(numbers: Numbers<'_>) -> Option<(RainKind, &'static str)> {
    let steps = Steps::of(numbers);
    if steps.falls >= 3 && steps.pairs >= 2 * PAIRS && rolling_misfit(numbers) < 0.02 {
        return Some((RainKind::Rolling24h, "it falls 24 h after it rose"));
    }
    if is_hour_so_far(numbers) {
        return Some((RainKind::SinceHour, "it grows within the hour and begins anew in the next"));
    }
    let flat = steps.flat >= FLAT && steps.flat_readings >= FLAT_READINGS;
    let alone = steps.flat >= FLAT_ALONE && steps.flat_readings >= 2 * FLAT_READINGS;
    let climbs = steps.rises >= 3 && steps.falls <= steps.rises;
    let high = steps.flat_mm >= FLAT_MM && steps.rises >= 2 && steps.falls < steps.rises;
    let high = high && steps.pairs >= FLAT_PAIRS && steps.falls * 8 <= steps.pairs;
    if !(steps.is_sum_like() && (climbs && flat || alone) || high && flat) {
        return None;
    }
    Some(match steps.falls {
        0 => (RainKind::Total, "it only climbs"),
        _ if steps.flat <= DAY_AND_MORE && falls_at_one_hour(numbers) => {
            (RainKind::SinceMidnight, "it climbs and falls back at one hour of the day")
        }
        _ => (RainKind::Total, "it climbs and falls back now and then"),
    })
}

/// Whether all falls come at about the same time of day.
fn falls_at_one_hour(numbers: Numbers<'_>) -> bool {
    let falls = || numbers.windows(2).filter(|p| p[1].1 < p[0].1).map(|p| p[1].0.as_second());
    let Some(first) = falls().next() else { return false };
    let off_s = |s: i64| (s - first + 43_200).rem_euclid(86_400) - 43_200;
    falls().all(|s| off_s(s).abs() <= FALLS_WITHIN_S)
}

/// What makes numbers that are called rain since the last row doubtful.
pub(super) fn doubt(numbers: Numbers<'_>) -> Option<RainDoubt> {
    for (hours, most_mm) in MOST_MM {
        let (mut first, mut sum_mm) = (0, 0.0);
        for (i, (time, mm)) in numbers.iter().enumerate() {
            sum_mm += mm;
            while time.duration_since(numbers[first].0) >= SignedDuration::from_hours(hours) {
                sum_mm -= numbers[first].1;
                first += 1;
            }
            if sum_mm > most_mm && i > first {
                return Some(RainDoubt::TooMuch { mm: sum_mm, hours, time: *time });
            }
        }
    }
    let step = usual_step(numbers)?;
    let (hours, step_min) = (step.as_secs_f64() / 3600.0, step.as_secs_f64() / 60.0);
    if step_min > 20.0 || step_min <= 0.0 {
        return None;
    }
    let quantum = quantum(numbers)?;
    let tip_mm = quantum * hours;
    let is_tip = TIPS_MM.iter().any(|t| (tip_mm / t - 1.0).abs() < 0.02);
    (quantum > 1.0 && is_tip).then_some(RainDoubt::LikeARate { quantum, step_min })
}

/// How the numbers go up and down.
struct Steps {
    /// Pairs that begin above 0.
    pairs: usize,
    /// Numbers that are larger than the last, and smaller.
    rises: usize,
    falls: usize,
    /// The longest time for which the very same number above 0 stayed, and its readings.
    flat: SignedDuration,
    flat_readings: usize,
    flat_mm: f64,
}

impl Steps {
    fn of(numbers: Numbers<'_>) -> Self {
        let zero = SignedDuration::ZERO;
        let mut out =
            Self { pairs: 0, rises: 0, falls: 0, flat: zero, flat_readings: 0, flat_mm: 0.0 };
        let mut since = 0;
        let usual = usual_step(numbers).unwrap_or(zero);
        let near = (usual * 3 / 2).min(3 * NEAR).max(NEAR);
        for (i, pair) in numbers.windows(2).enumerate() {
            let [(was_at, was), (at, is)] = [pair[0], pair[1]];
            let near = at.duration_since(was_at) <= near;
            if !near || is != was {
                since = i + 1;
            }
            if !near {
                continue;
            }
            out.pairs += usize::from(was > 0.0);
            out.rises += usize::from(is > was);
            out.falls += usize::from(is < was);
            let flat = at.duration_since(numbers[since].0);
            if is > 0.0 && flat > out.flat {
                (out.flat, out.flat_readings, out.flat_mm) = (flat, i + 2 - since, is);
            }
        }
        out
    }

    /// Whether numbers stay where they are nearly always, once above 0.
    fn is_sum_like(&self) -> bool {
        self.pairs >= PAIRS && self.falls * 8 <= self.pairs
    }
}

/// Whether the numbers grow within the hour, from one report to the next: as airports tell them.
fn is_hour_so_far(numbers: Numbers<'_>) -> bool {
    let Some(minute) = minute_of_report(numbers) else { return false };
    let hour = |t: Timestamp| (t.as_second() - 60 * minute - 1).div_euclid(3600);
    // Reports between those of the hours are told when something happens: two wet hours of them will do.
    let is_hourly = usual_step(numbers).is_some_and(|step| step >= HOURLY);
    let least = if is_hourly { 2 } else { HOURS };
    let (mut wet, mut growing, mut ends_high, mut pairs) = (0, 0, 0, 0);
    for of_hour in numbers.chunk_by(|a, b| hour(a.0) == hour(b.0)) {
        let readings: Vec<f64> = of_hour.iter().map(|n| n.1).collect();
        let (Some(first), Some(last)) = (readings.first(), readings.last()) else { continue };
        if readings.len() < 2 || *last <= 0.0 && *first <= 0.0 {
            continue;
        }
        wet += 1;
        pairs += readings.len() - 1;
        growing += usize::from(readings.windows(2).all(|p| p[1] >= p[0]));
        ends_high += usize::from(last > first);
    }
    let begins_anew = numbers.windows(2).filter(|p| p[1].1 < p[0].1).count();
    let at_the_hour =
        numbers.windows(2).filter(|p| p[1].1 < p[0].1 && hour(p[1].0) != hour(p[0].0)).count();
    wet >= least
        && pairs >= HOURS
        && growing * 20 >= wet * 19
        && ends_high * 2 >= wet
        && begins_anew * 2 >= wet
        && at_the_hour * 20 >= begins_anew * 19
}

/// The largest number of which all numbers above 0 are multiples, to 1 %.
fn quantum(numbers: Numbers<'_>) -> Option<f64> {
    let wet = || numbers.iter().map(|n| n.1).filter(|v| *v > 0.0);
    let least = wet().reduce(f64::min).filter(|_| wet().count() >= WET)?;
    let is_multiple = |v: f64| (v / least - (v / least).round()).abs() < 0.01;
    wet().all(is_multiple).then_some(least)
}
