//! Litter: how dry needles and leaves are this hour, followed through the day beside the daily codes.
//!
//! The hourly Fine Fuel Moisture Code (Van Wagner 1977). It is given once its start no longer matters:
//! one course starts soaked and one bone-dry, and both must have come to the same.

use emberline_fwi::{FfScale, Hour, hourly_ffmc};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::reading::Reading;

/// How far back the two courses start at most.
const LONG: SignedDuration = SignedDuration::from_hours(10 * 24);
/// A step is made once this much has passed: the method is one of hours.
const STEP_LEAST: SignedDuration = SignedDuration::from_mins(55);
/// Without a whole reading for longer, both courses start again.
const STEP_MOST: SignedDuration = SignedDuration::from_hours(2);
/// The courses are at one when they differ by no more, in codes.
const AT_ONE: f64 = 1.0;

/// The hourly code at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Litter {
    /// Hourly FFMC, 0 to 101: the middle of the two courses.
    #[serde(rename = "value")]
    pub ffmc: f64,
    /// Half of what the courses differ by, 0.5 at most.
    pub within: f64,
    /// Time of the last step, UTC.
    pub time: Timestamp,
}

/// The hourly code at the last of `readings` (in order of time, after quality control); `None` before
/// the courses are at one, or when the last two hours have no reading with temperature, humidity,
/// wind and rain.
#[must_use]
pub fn litter(readings: &[Reading], scale: FfScale) -> Option<Litter> {
    let now = readings.last()?.time;
    let from = readings.partition_point(|r| now.duration_since(r.time) > LONG);
    let mut course: Option<Course> = None;
    for r in &readings[from..] {
        course = match course {
            Some(course) if r.time.duration_since(course.time) <= STEP_MOST => {
                course.step(r, scale)
            }
            _ => Some(Course { time: r.time, codes: [0.0, 101.0], rain_mm: 0.0 }),
        };
    }
    let Course { time, codes: [wet, dry], .. } = course?;
    let apart = (dry - wet).abs();
    (apart <= AT_ONE && now.duration_since(time) <= STEP_MOST).then_some(Litter {
        time,
        ffmc: (wet + dry) / 2.0,
        within: apart / 2.0,
    })
}

/// Two courses, and the rain since their last step.
#[derive(Clone, Copy)]
struct Course {
    time: Timestamp,
    codes: [f64; 2],
    rain_mm: f64,
}

impl Course {
    /// The next step, where the reading is whole and an hour has passed; `None` when rain is not known.
    fn step(mut self, r: &Reading, scale: FfScale) -> Option<Self> {
        self.rain_mm += r.rain_mm?;
        let passed = r.time.duration_since(self.time);
        let (Some(temp_c), Some(rh_percent), Some(wind_m_s)) = (r.temp_c, r.rh_percent, r.wind_m_s)
        else {
            return Some(self);
        };
        if passed < STEP_LEAST {
            return Some(self);
        }
        let step_hours = passed.as_secs_f64() / 3600.0;
        let (wind_km_h, rain_mm) = (wind_m_s * 3.6, self.rain_mm);
        let hour = Hour { temp_c, rh_percent, wind_km_h, rain_mm, step_hours };
        let [wet, dry] = self.codes.map(|code| hourly_ffmc(code, &hour, scale).ok());
        Some(Self { time: r.time, codes: [wet?, dry?], rain_mm: 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(n: i64, step_min: i64, rain_mm: Option<f64>) -> Vec<Reading> {
        let at = |min| Timestamp::from_second(min * 60).unwrap();
        let fair = |min| Reading {
            temp_c: Some(24.0),
            rh_percent: Some(35.0),
            wind_m_s: Some(4.0),
            rain_mm,
            ..Reading::new(at(min))
        };
        (0..n * 60 / step_min).map(|k| fair(k * step_min)).collect()
    }

    #[test]
    fn the_code_is_given_when_its_start_no_longer_matters() {
        let of = |r: &[Reading]| litter(r, FfScale::Printed1987);
        // Oracle: `hourly_ffmc` itself, from the two ends, where both have met.
        let long = of(&hours(200, 60, Some(0.0))).unwrap();
        assert!(long.within < 0.01 && (85.0..95.0).contains(&long.ffmc), "{long:?}");
        assert_eq!(of(&hours(24, 60, Some(0.0))), None, "a day is too short");
        assert_eq!(of(&hours(200, 60, None)), None, "rain is not known");
        assert_eq!(of(&[]), None);
        // Six readings an hour give what one does.
        let often = of(&hours(200, 10, Some(0.0))).unwrap();
        assert!((often.ffmc - long.ffmc).abs() < 0.01, "{often:?}");
        // A hole of three hours, and the last hours without humidity.
        let mut holed = hours(200, 60, Some(0.0));
        holed.drain(190..193);
        assert_eq!(of(&holed), None);
        let mut blind = hours(200, 60, Some(0.0));
        blind.iter_mut().rev().take(4).for_each(|r| r.rh_percent = None);
        assert_eq!(of(&blind), None);
    }
}
