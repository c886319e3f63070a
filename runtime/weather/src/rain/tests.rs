//! The same rain, told in each way in which stations tell it, comes out the same.

use jiff::{SignedDuration, Timestamp};

use super::convert::increments;
use super::shape::{doubt, shape};
use super::*;
use crate::rain_kind::RainKind;
use crate::reading::Reading;

/// Rain since the last row, mm, each `step_min` for `days`: showers, drizzle and dry days.
fn fell(step_min: i64, days: i64) -> Vec<(Timestamp, f64)> {
    let begin: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let row = |k: i64| {
        let time = begin.checked_add(SignedDuration::from_mins(k * step_min)).unwrap();
        let hour = k * step_min / 60;
        let wet = hour.rem_euclid(37) < 3 || (100..112).contains(&hour);
        let tips = (k * 7919).rem_euclid(4);
        (time, if wet { 0.2 * tips as f64 } else { 0.0 })
    };
    (0..days * 24 * 60 / step_min).map(row).collect()
}

/// What a station tells of it, by its way of counting.
fn told(fell: &[(Timestamp, f64)], kind: RainKind, reset_h: i64) -> Vec<(Timestamp, f64)> {
    let day = |t: Timestamp| (t.as_second() - reset_h * 3600 - 1).div_euclid(86_400);
    let hour = |t: Timestamp| (t.as_second() - 1).div_euclid(3600);
    let sum = |i: usize, of: &dyn Fn(Timestamp) -> bool| -> f64 {
        let mm: f64 = fell[..=i].iter().filter(|n| of(n.0)).map(|n| n.1).sum();
        (mm * 1000.0).round() / 1000.0
    };
    let step_h = fell[1].0.duration_since(fell[0].0).as_secs_f64() / 3600.0;
    let number = |i: usize| {
        let time = fell[i].0;
        match kind {
            RainKind::SinceMidnight => sum(i, &|t| day(t) == day(time)),
            RainKind::SinceHour => sum(i, &|t| hour(t) == hour(time)),
            RainKind::Total => 212.4 + sum(i, &|_| true),
            RainKind::Rolling24h => {
                sum(i, &|t| time.duration_since(t) < SignedDuration::from_hours(24))
            }
            RainKind::Rate => fell[i].1 / step_h,
            RainKind::Increment | RainKind::Unknown => fell[i].1,
        }
    };
    (0..fell.len()).map(|i| (fell[i].0, number(i))).collect()
}

#[test]
fn each_way_of_counting_is_seen_and_gives_the_same_rain() {
    use RainKind::{Increment, Rate, Rolling24h, SinceHour, SinceMidnight, Total};
    for (kind, step_min, reset_h, is_seen) in [
        (SinceMidnight, 60, 5, true),
        (SinceMidnight, 10, 23, true),
        (SinceMidnight, 5, 0, true),
        (Total, 60, 0, true),
        (Total, 5, 0, true),
        (Rolling24h, 60, 0, true),
        (Rolling24h, 15, 0, true),
        (SinceHour, 10, 0, true),
        (SinceHour, 60, 0, false), // an hour's sum told once an hour is rain since the last row
        (Rate, 60, 0, false),
        (Rate, 10, 0, false),
        (Increment, 60, 0, false),
        (Increment, 10, 0, false),
        (Increment, 1, 0, false),
        (Increment, 360, 0, false),
    ] {
        let fell = fell(step_min, 20);
        let told = told(&fell, kind, reset_h);
        let seen = shape(&told).map(|(kind, _)| kind);
        assert_eq!(seen, Some(kind).filter(|_| is_seen), "{kind} {step_min}");
        let got = increments(kind, &told, None, None, &[]);
        for (i, (got, (time, want))) in got.iter().zip(&fell).enumerate().skip(1) {
            let got = got.unwrap_or(f64::NAN);
            assert!(
                (got - want).abs() < 1e-3,
                "{kind} {step_min} row {i} {time}: {got} for {want}"
            );
        }
    }
}

#[test]
fn a_sum_goes_on_from_the_run_before() {
    for kind in [RainKind::SinceMidnight, RainKind::Total, RainKind::Rolling24h, RainKind::Rate] {
        let fell = fell(60, 12);
        let told = told(&fell, kind, 4);
        let (mut gauge, mut got) = (Gauge::default(), Vec::new());
        for day in told.chunks(24) {
            let mut readings: Vec<Reading> = day
                .iter()
                .map(|&(t, mm)| Reading { rain_mm: Some(mm), ..Reading::new(t) })
                .collect();
            let lately: Vec<_> = got.iter().rev().take(48).rev().copied().collect();
            gauge = take(&mut readings, kind, None, gauge, &lately).unwrap().gauge;
            got.extend(readings.iter().map(|r| (r.time, r.rain_mm.unwrap_or(0.0))));
        }
        for ((time, got), (_, want)) in got.iter().zip(&fell).skip(1) {
            assert!((got - want).abs() < 1e-3, "{kind} {time}: {got} for {want}");
        }
    }
}

#[test]
fn what_may_be_rain_since_the_last_row_stays() {
    let begin: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let rows = |step_min: i64, values: &[f64]| -> Vec<(Timestamp, f64)> {
        let time = |k: usize| begin + SignedDuration::from_mins(step_min * k as i64);
        values.iter().enumerate().map(|(k, v)| (time(k), *v)).collect()
    };
    let drizzle = [&[0.0; 3][..], &[0.1; 14], &[0.0; 5]].concat();
    let steady = [&[0.0; 30][..], &[0.2; 40], &[0.4, 0.2], &[0.2; 60], &[0.0; 30]].concat();
    for (numbers, why) in [
        (rows(60, &drizzle), "drizzle"),
        (rows(1, &steady), "steady rain"),
        (rows(60, &[0.0; 48]), "dry"),
        (rows(60, &[5.0]), "one row"),
        (rows(1440, &[5.0, 0.0, 5.0, 5.0, 12.0, 0.2, 0.2]), "days"),
    ] {
        assert_eq!((shape(&numbers), doubt(&numbers)), (None, None), "{why}");
    }
    // Doubtful: a rate, and a total that is too short to show itself.
    let rate = [2.4, 4.8, 14.4, 2.4, 2.4, 14.4, 4.8, 2.4, 2.4, 4.8, 0.0, 2.4];
    let text = doubt(&rows(5, &rate)).unwrap().to_string();
    assert!(text.contains("steps of 2.40 each 5 min") && text.contains("‹rain› rate"), "{text}");
    let text = doubt(&rows(60, &[212.4; 11])).unwrap().to_string();
    assert!(text.contains("more than ever falls"), "{text}");
}

#[test]
fn blank_is_dry_where_a_gauge_never_says_0() {
    let rows = |values: &[Option<f64>]| -> Vec<Reading> {
        let time = |k: usize| Timestamp::from_second(3600 * k as i64).unwrap();
        let row = |(k, mm): (usize, &Option<f64>)| Reading {
            temp_c: Some(20.0),
            rain_mm: *mm,
            ..Reading::new(time(k))
        };
        values.iter().enumerate().map(row).collect()
    };
    for (values, want) in [
        (&[None, None, Some(0.4), None][..], [Some(0.0), Some(0.0), Some(0.4), Some(0.0)]),
        (&[None, Some(0.0), Some(0.4), None], [None, Some(0.0), Some(0.4), None]),
        (&[None, None, None, None], [None; 4]),
    ] {
        let mut readings = rows(values);
        let taken = take(&mut readings, RainKind::Increment, None, Gauge::default(), &[]).unwrap();
        let got: Vec<_> = readings.iter().map(|r| r.rain_mm).collect();
        assert_eq!(got, want);
        assert_eq!(taken.notes.len(), usize::from(want[0].is_some()), "it is told");
    }
    let mut again = rows(&[None, None]);
    let gauge = Gauge { blank_is_dry: true, ..Gauge::default() };
    take(&mut again, RainKind::Increment, None, gauge, &[]).unwrap();
    assert_eq!(again[0].rain_mm, Some(0.0), "as the run before found");
}

#[test]
fn tables_of_a_day_show_what_they_are_together() {
    let fell = fell(60, 6);
    let told = told(&fell, RainKind::SinceMidnight, 5);
    let (mut gauge, mut kept) = (Gauge::default(), Vec::<(Timestamp, Option<f64>)>::new());
    for hours in told.chunks(6) {
        let mut readings: Vec<Reading> =
            hours.iter().map(|&(t, mm)| Reading { rain_mm: Some(mm), ..Reading::new(t) }).collect();
        let from = kept.len().saturating_sub(48);
        let lately: Vec<_> = kept[from..].iter().filter_map(|(t, mm)| Some((*t, (*mm)?))).collect();
        let taken = take(&mut readings, RainKind::Increment, None, gauge, &lately).unwrap();
        gauge = taken.gauge;
        for (time, mm) in taken.lately.into_iter().flatten() {
            kept.iter_mut().filter(|k| k.0 == time).for_each(|k| k.1 = mm);
        }
        kept.extend(readings.iter().map(|r| (r.time, r.rain_mm)));
    }
    assert_eq!(gauge.kind, Some(RainKind::SinceMidnight));
    // Once it is seen, the days before are right, too.
    let wrong = |(got, want): &(&(Timestamp, Option<f64>), &(Timestamp, f64))| {
        got.1.is_some_and(|mm| (mm - want.1).abs() > 1e-6)
    };
    let first = kept.iter().zip(&fell).filter(wrong).map(|(k, _)| k.0).max();
    assert_eq!(first, None, "{kept:?}");
}
