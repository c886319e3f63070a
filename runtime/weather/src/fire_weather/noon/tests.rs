//! Which reading is a day's noon, and what its rain is.

use super::*;
use crate::fire_weather::scan::Scan;
use crate::reading::Reading;

/// New York by rule: noon of standard time is 17:00 UTC all year.
fn new_york() -> StandardTime {
    StandardTime::new(Some("EST5EDT,M3.2.0,M11.1.0"), -74.0).unwrap()
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// A reading of everything, its number `n`; no value stays as if a sensor were stuck.
fn reading(time: Timestamp, n: i64) -> Reading {
    Reading {
        temp_c: Some(10.0 + 0.1 * n.rem_euclid(40) as f64),
        rh_percent: Some(40.0 + n.rem_euclid(3) as f64),
        wind_m_s: Some(5.0 - 0.1 * n.rem_euclid(2) as f64),
        rain_mm: Some(0.1),
        ..Reading::new(time)
    }
}

/// Readings each `step_min` from noon on 1 July for `n` steps.
fn steps(n: i64, step_min: i64) -> Vec<Reading> {
    let start = at("2013-07-01T17:00:00Z");
    let time = |k: i64| start.checked_add(SignedDuration::from_mins(k * step_min)).unwrap();
    (0..=n).map(|k| reading(time(k), k)).collect()
}

fn of(readings: &[Reading]) -> Vec<Day> {
    let (rows, time, limits) = (Rows::new(&[], None, readings), new_york(), Limits::default());
    let candidates = Scan::default().over(&rows, rows.len(), &time, &limits);
    let next = day_of(readings[0].time, &time).unwrap();
    let rain = &RainSum::from(time.noon(next.yesterday().unwrap()).unwrap());
    days(&rows, &candidates, &time, Before { next, rain, until: None, steps: &[] }, &limits)
}

#[test]
fn the_noon_is_the_nearest_whole_reading_within_an_hour() {
    struct Case {
        /// Minutes from noon on 2 July, and whether humidity is there.
        rows: &'static [(i64, bool)],
        want: Option<Result<i64, Missing>>,
    }
    let none = Some(Err(Missing::Reading));
    for Case { rows, want } in [
        Case { rows: &[(-60, true), (0, true), (60, true)], want: Some(Ok(0)) },
        Case { rows: &[(-9, true), (51, true)], want: Some(Ok(-9)) },
        Case { rows: &[(-60, true), (0, false), (60, true)], want: Some(Ok(-60)) }, // the earlier
        Case { rows: &[(-61, true), (45, true), (120, true)], want: Some(Ok(45)) },
        Case { rows: &[(-61, true), (61, true)], want: none },
        Case { rows: &[(-10, false), (0, false), (120, true)], want: none },
        // Not yet: noon has not come, or a nearer reading still may.
        Case { rows: &[(-20, true), (-1, true)], want: None },
        Case { rows: &[(-30, true), (10, false)], want: None },
        Case { rows: &[(-30, true), (29, false)], want: None },
        Case { rows: &[(-30, true), (30, false)], want: Some(Ok(-30)) },
        Case { rows: &[(0, true)], want: Some(Ok(0)) },
    ] {
        let noon = at("2013-07-02T17:00:00Z");
        let time = |min: i64| noon.checked_add(SignedDuration::from_mins(min)).unwrap();
        let mut readings = steps(22, 60);
        readings.extend(rows.iter().map(|&(min, whole)| {
            let r = reading(time(min), min);
            Reading { rh_percent: r.rh_percent.filter(|_| whole), ..r }
        }));
        let days = of(&readings);
        let got = days.iter().find(|d| d.first.day() == 2).map(|d| d.noon);
        let got = got.map(|noon| noon.map(|n| n.time.duration_since(time(0)).as_mins()));
        assert_eq!(got, want, "{rows:?}");
    }
}

#[test]
fn rain_is_that_since_the_noon_before() {
    let days = of(&steps(48, 60));
    assert_eq!(days.len(), 3);
    assert_eq!(days[0].noon, Err(Missing::Rain { measured_h: 1.0 }), "1 July has no morning");
    for day in &days[1..] {
        let noon = day.noon.unwrap();
        assert!((noon.weather.rain_24h_mm - 2.4).abs() < 1e-9 && noon.rain_lacks_h.is_none());
        assert!((noon.weather.wind_km_h - 18.0).abs() < 1e-9);
    }
    // A noon that is read late takes its own rain with it, and the next day does not.
    let mut late: Vec<Reading> = steps(72, 60);
    late.iter_mut()
        .for_each(|r| r.time = r.time.checked_add(SignedDuration::from_mins(20)).unwrap());
    late[24].rain_mm = Some(30.0);
    let rain: Vec<f64> =
        of(&late)[2..].iter().map(|d| d.noon.unwrap().weather.rain_24h_mm).collect();
    assert!((rain[0] - 2.4).abs() < 1e-9, "{rain:?}");
    assert!((of(&late)[1].noon.unwrap().weather.rain_24h_mm - 32.3).abs() < 1e-9);
}

#[test]
fn rain_that_was_not_measured_is_listed_or_the_day_is_missing() {
    let without = |hours: std::ops::Range<usize>, rows: bool| {
        let mut readings = steps(26, 60);
        match rows {
            true => drop(readings.drain(hours)),
            false => readings[hours].iter_mut().for_each(|r| r.rain_mm = None),
        }
        of(&readings)[1].noon.map(|n| (n.weather.rain_24h_mm, n.rain_lacks_h))
    };
    for rows in [true, false] {
        let (mm, lacks_h) = without(4..8, rows).unwrap();
        assert!((mm - 2.0).abs() < 1e-9);
        assert_eq!(lacks_h, Some(4.0), "rows: {rows}");
        assert_eq!(without(4..9, rows), Err(Missing::Rain { measured_h: 19.0 }), "rows: {rows}");
    }
    // A gauge that only ever says the wrong thing.
    let mut flood = steps(26, 60);
    flood.iter_mut().for_each(|r| r.rain_mm = Some(100.0));
    assert!(matches!(of(&flood)[1].noon, Err(Missing::Refused(_))));
}

#[test]
fn other_steps_than_an_hour_do_as_well() {
    for (n, step_min) in [(6 * 26, 10), (26 * 4, 15), (9, 180), (3, 24 * 60)] {
        let days = of(&steps(n, step_min));
        let noon = days.iter().find(|d| d.first.day() == 2).unwrap().noon.unwrap();
        assert_eq!(noon.rain_lacks_h, None, "{step_min}");
        let readings = 24.0 * 60.0 / step_min as f64;
        assert!((noon.weather.rain_24h_mm - 0.1 * readings).abs() < 1e-9, "{step_min}");
    }
}
