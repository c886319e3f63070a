//! Clock: whether a table's clear days are warm when the sun says that they should be.
//!
//! Of the last 30 days, those with a plain wave of temperature count. Two things are looked at: the hour
//! at which that wave is highest, and how long after sunrise it is coldest. In 2,100 months of 60 stations
//! from Hawaii to Vermont the first is 12.5 to 17.1 h by the sun and the second at most 0.8 h.

use std::f64::consts::TAU;
use std::fmt;

use jiff::tz::TimeZone;

use super::hours::{Element, Hours};
use crate::reading::Reading;

/// Days that are looked at, and how many must be clear.
const DAYS: usize = 30;
const CLEAR_LEAST: usize = 6;
/// A clear day's wave is at least so high, °C, and explains so much of the day.
const WAVE_LEAST_C: f64 = 2.5;
const EXPLAINED_LEAST: f64 = 0.8;
/// How much days must agree: length of the mean of their directions on the clock.
const AGREE_LEAST: f64 = 0.9;
/// Usual hour of the highest, by the sun, and of the lowest, from sunrise on.
const USUAL_PEAK_H: f64 = 14.8;
const USUAL_LOW_H: f64 = -0.45;
/// What no station does: by the highest alone, or by a little less of it with the lowest.
const LATE_ALONE_H: f64 = 2.1;
const EARLY_ALONE_H: f64 = -2.5;
const LATE_BOTH_H: [f64; 2] = [0.5, 1.2];
const EARLY_BOTH_H: [f64; 2] = [-1.8, -1.8];
/// Nearer to the poles there may be no sunrise to go by.
const SUNRISE_MOST_DEG: f64 = 55.0;

/// Days that are warm at the wrong time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockDoubt {
    /// When clear days are warmest, hours of mean solar time.
    pub peak_h: f64,
    /// About how much later than the sun has it, whole hours.
    pub late_h: f64,
    /// East of Greenwich, degrees, as given.
    pub longitude_deg: f64,
}

impl ClockDoubt {
    /// Of readings in order of time at a place (latitude and longitude, degrees), where there is one.
    #[must_use]
    pub fn of(readings: &[Reading], [latitude_deg, longitude_deg]: [f64; 2]) -> Option<Self> {
        let end = readings.last()?.time;
        let hours = Hours::new(readings, end, longitude_deg, 24 * DAYS + 1);
        let solar_h: Vec<f64> = (0..24).map(|j| hours.solar_h(24 - j)).collect();
        let days: Vec<Day> = (0..DAYS).filter_map(|k| Day::of(&hours, k, &solar_h)).collect();
        if days.len() < CLEAR_LEAST {
            return None;
        }
        let count = days.len() as f64;
        let east = days.iter().map(|d| d.towards[0]).sum::<f64>() / count;
        let north = days.iter().map(|d| d.towards[1]).sum::<f64>() / count;
        if east.hypot(north) < AGREE_LEAST {
            return None;
        }
        let peak_h = (north.atan2(east) * 24.0 / TAU).rem_euclid(24.0);
        let peak_late_h = round_the_clock(peak_h - USUAL_PEAK_H);
        let course: Vec<f64> =
            (0..24).map(|j| days.iter().map(|d| d.course[j]).sum::<f64>() / count).collect();
        let low_late_h = sunrise_h(readings, latitude_deg)
            .map(|rise_h| round_the_clock(lowest_h(&course, &solar_h) - rise_h));
        let both = |[peak_h, low_h]: [f64; 2], beyond: fn(f64, f64) -> bool| {
            beyond(peak_late_h, peak_h) && low_late_h.is_some_and(|l| beyond(l, low_h))
        };
        let late = peak_late_h > LATE_ALONE_H || both(LATE_BOTH_H, |v, most| v > most);
        let early = peak_late_h < EARLY_ALONE_H || both(EARLY_BOTH_H, |v, least| v < least);
        let by_low_h = low_late_h.map_or(peak_late_h, |l| l - USUAL_LOW_H);
        // Across midnight the two may differ by a whole day.
        let late_h = peak_late_h + round_the_clock(by_low_h - peak_late_h) / 2.0;
        (late || early).then_some(Self { peak_h, late_h: late_h.round(), longitude_deg })
    }
}

impl fmt::Display for ClockDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = (self.peak_h * 60.0).round() as u32 % (24 * 60);
        let (hour, minute) = (minutes / 60, minutes % 60);
        let word = if self.late_h < 0.0 { "early" } else { "late" };
        write!(
            f,
            "clear days are warmest at {hour:02}:{minute:02} by the sun at longitude {}, about {:.0} h too \
             {word}; the times' zone or ‹at› (east is positive) is wrong",
            self.longitude_deg,
            self.late_h.abs()
        )
    }
}

/// A clear day.
struct Day {
    /// The warmest hour as a direction on a clock of 24 h.
    towards: [f64; 2],
    /// Temperature less its trend and mean, over the height of its wave, by hour.
    course: Vec<f64>,
}

impl Day {
    /// The 24 hours that end `24 k` hours before the end, where they are whole and clear.
    fn of(hours: &Hours, k: usize, solar_h: &[f64]) -> Option<Self> {
        let temp = |j: usize| hours.get(Element::Temp, 24 * (k + 1) - j);
        let trend = (temp(24) - temp(0)) / 24.0;
        let mut course: Vec<f64> = (0..24).map(|j| temp(j) - temp(0) - trend * j as f64).collect();
        let mean = course.iter().sum::<f64>() / 24.0;
        course.iter_mut().for_each(|v| *v -= mean);
        let wave = |part: fn(f64) -> f64| {
            let terms = course.iter().zip(solar_h).map(|(v, h)| v * part(TAU * h / 24.0));
            terms.sum::<f64>() / 12.0
        };
        let (cos, sin) = (wave(f64::cos), wave(f64::sin));
        let height = cos.hypot(sin);
        let variance = course.iter().map(|v| v * v).sum::<f64>() / 24.0;
        let explained = height * height / 2.0 / variance;
        // Written so that a missing hour, NaN, is no clear day.
        let clear = height >= WAVE_LEAST_C && explained >= EXPLAINED_LEAST;
        course.iter_mut().for_each(|v| *v /= height);
        clear.then_some(Self { towards: [cos / height, sin / height], course })
    }
}

/// The hour of the lowest, by a parabola through the three around it.
fn lowest_h(course: &[f64], solar_h: &[f64]) -> f64 {
    let Some(at) = (0..course.len()).min_by(|&a, &b| course[a].total_cmp(&course[b])) else {
        return f64::NAN;
    };
    let beside = |by: usize| course[(at + by) % course.len()];
    let (before, low, after) = (beside(course.len() - 1), course[at], beside(1));
    let bend = before - 2.0 * low + after;
    let off = if bend > 0.0 { 0.5 * (before - after) / bend } else { 0.0 };
    solar_h[at] + off
}

/// Sunrise in the middle of the days looked at, hours of solar time; `None` near the poles.
fn sunrise_h(readings: &[Reading], latitude_deg: f64) -> Option<f64> {
    if latitude_deg.abs() > SUNRISE_MOST_DEG {
        return None;
    }
    let day = TimeZone::UTC.to_datetime(readings.last()?.time).day_of_year();
    let declination_deg = -23.44 * (TAU * (f64::from(day) - 15.0 + 10.0) / 365.24).cos();
    let half_day = -latitude_deg.to_radians().tan() * declination_deg.to_radians().tan();
    Some(12.0 - half_day.acos() * 24.0 / TAU)
}

/// Hours as −12 to 12.
fn round_the_clock(h: f64) -> f64 {
    (h + 12.0).rem_euclid(24.0) - 12.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};

    /// Days that are warmest at about 14 h and coldest at 5 h by the sun at `longitude_deg`, whose clock is
    /// `late_h` behind the sun.
    fn readings(days: i64, longitude_deg: f64, late_h: f64, wave_c: f64) -> Vec<Reading> {
        let start: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
        let at = |k: i64| {
            let solar_h = (k as f64 + longitude_deg / 15.0 - late_h).rem_euclid(24.0);
            let wave = |around_h: f64, hours: f64| (TAU * (solar_h - around_h) / hours).cos();
            let wave = wave(14.8, 24.0) + 0.4 * wave(12.8, 12.0);
            let weather = ((k / 24) as f64 * 1.7).sin();
            let mut r = Reading::new(start + SignedDuration::from_hours(k));
            r.temp_c = Some(15.0 + wave_c * wave + weather);
            r
        };
        (0..24 * days).map(at).collect()
    }

    #[test]
    fn days_that_are_warm_at_the_wrong_time_are_noticed() {
        for (longitude_deg, late_h, wave_c, days, want) in [
            (-73.87, 0.0, 6.0, 20, None),
            (-73.87, 5.0, 6.0, 20, Some(5.0)),
            (-73.87, -5.0, 6.0, 20, Some(-5.0)),
            (151.0, 10.0, 6.0, 20, Some(10.0)),
            (151.0, -10.0, 6.0, 20, Some(-10.0)),
            (23.7, 3.0, 6.0, 20, Some(3.0)),
            (23.7, 2.0, 6.0, 20, Some(2.0)),
            (23.7, -3.0, 6.0, 20, Some(-3.0)),
            // Summer time, or a zone's edge, is no fault.
            (23.7, 1.0, 6.0, 20, None),
            (23.7, -1.0, 6.0, 20, None),
            // Too flat, or too few days, to say.
            (23.7, 5.0, 1.5, 20, None),
            (23.7, 5.0, 6.0, 5, None),
        ] {
            let readings = readings(days, longitude_deg, late_h, wave_c);
            let said = ClockDoubt::of(&readings, [38.0, longitude_deg]).map(|d| d.late_h);
            assert_eq!(said, want, "{longitude_deg} {late_h} {wave_c} {days}");
        }
        assert_eq!(ClockDoubt::of(&[], [38.0, 23.7]), None);
    }

    #[test]
    fn a_sign_lost_from_the_longitude_is_told() {
        let readings = readings(20, -73.87, 0.0, 6.0);
        let doubt = ClockDoubt::of(&readings, [40.78, 73.87]).unwrap();
        let want = "by the sun at longitude 73.87, about 10 h too late; the times' zone or ‹at›";
        assert!(doubt.to_string().contains(want), "{doubt}");
    }
}
