//! One alarm an event: tables of readings, a minute or an hour apart.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::reading::Reading;

fn at(s: i64) -> Reading {
    Reading::new(Timestamp::from_second(s).unwrap())
}

/// Indexes of the readings at which something was raised, and what.
fn raised(step_s: i64, rows: &[Reading]) -> Vec<(usize, Kind)> {
    let mut watch = Watch::new(Thresholds::for_step(SignedDuration::from_secs(step_s)));
    let mut out = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let row = Reading { time: at(step_s * i as i64).time, ..*row };
        out.extend(watch.take(&row).into_iter().map(|a| (i, a.kind)));
    }
    out
}

#[test]
fn a_wind_shift_is_raised_once() {
    struct Case {
        step_s: i64,
        winds: Vec<(f64, Option<f64>)>,
        want: Vec<usize>,
    }
    let stay = |n, wind, from| vec![(wind, Some(from)); n];
    let minutes = |parts: &[(usize, f64, f64)]| -> Vec<_> {
        parts.iter().flat_map(|&(n, wind, from)| stay(n, wind, from)).collect()
    };
    for Case { step_s, winds, want } in [
        // South-west to north-west: the 5-minute mean has turned by 45° after three minutes.
        Case { step_s: 60, winds: minutes(&[(30, 6.0, 225.0), (60, 6.0, 315.0)]), want: vec![32] },
        // Two shifts, each raised once.
        Case {
            step_s: 60,
            winds: minutes(&[(30, 6.0, 225.0), (40, 6.0, 315.0), (40, 6.0, 225.0)]),
            want: vec![32, 72],
        },
        // Too light, too small, over north too small, or turning with the day.
        Case { step_s: 60, winds: minutes(&[(30, 2.0, 225.0), (60, 2.0, 315.0)]), want: vec![] },
        Case { step_s: 60, winds: minutes(&[(30, 6.0, 225.0), (60, 6.0, 260.0)]), want: vec![] },
        Case { step_s: 60, winds: minutes(&[(30, 6.0, 345.0), (60, 6.0, 20.0)]), want: vec![] },
        Case {
            step_s: 60,
            winds: (0..180).map(|i| (6.0, Some(f64::from(i)))).collect(),
            want: vec![],
        },
        // A reading a second: many in a window.
        Case {
            step_s: 1,
            winds: minutes(&[(1800, 6.0, 225.0), (3600, 6.0, 317.0)]),
            want: vec![1947], // 148 of 300 readings from the new direction turn the mean by 45°
        },
        // Hourly, over an hour; the direction that is missing begins nothing.
        Case { step_s: 3600, winds: minutes(&[(3, 6.0, 180.0), (3, 6.0, 270.0)]), want: vec![3] },
        Case {
            step_s: 3600,
            winds: vec![(6.0, Some(180.0)), (6.0, None), (6.0, Some(270.0)), (6.0, Some(270.0))],
            want: vec![],
        },
    ] {
        let rows: Vec<_> = winds
            .iter()
            .map(|&(wind, from)| Reading { wind_m_s: Some(wind), wind_from_deg: from, ..at(0) })
            .collect();
        let got: Vec<usize> = raised(step_s, &rows).into_iter().map(|(i, _)| i).collect();
        assert_eq!(got, want, "{step_s} s {:?} …", &winds[..4.min(winds.len())]);
    }
}

#[test]
fn a_gust_front_is_raised_once() {
    struct Case {
        gusts: &'static [Option<f64>],
        want: &'static [usize],
    }
    for Case { gusts, want } in [
        Case { gusts: &[Some(5.0), Some(6.0), Some(15.0), Some(16.0), Some(18.0)], want: &[2] },
        // It goes on while gusts stay above 7.5 m/s, even when they rise again.
        Case { gusts: &[Some(5.0), Some(15.0), Some(8.0), Some(17.0), Some(9.0)], want: &[1] },
        Case { gusts: &[Some(5.0), Some(15.0), Some(7.0), Some(17.0), Some(9.0)], want: &[1, 3] },
        // A rise to less than 11 m/s, a slow rise, and no gust before but 4 m/s of wind.
        Case { gusts: &[Some(2.0), Some(10.5)], want: &[] },
        Case { gusts: &[Some(5.0), Some(9.0), Some(13.0), Some(17.0)], want: &[] },
        Case { gusts: &[None, Some(12.5)], want: &[1] },
    ] {
        let rows: Vec<_> = gusts
            .iter()
            .map(|&gust_m_s| Reading { wind_m_s: Some(4.0), gust_m_s, ..at(0) })
            .collect();
        let got: Vec<usize> = raised(3600, &rows).into_iter().map(|(i, _)| i).collect();
        assert_eq!(got, want, "{gusts:?}");
    }
}

#[test]
fn dry_air_is_raised_once() {
    struct Case {
        humidity: &'static [Option<f64>],
        want: &'static [usize],
    }
    for Case { humidity, want } in [
        Case {
            humidity: &[Some(40.0), Some(34.0), Some(25.0), Some(20.0), Some(18.0)],
            want: &[2],
        },
        // Around the threshold, and up to 45 %: one event.
        Case {
            humidity: &[Some(26.0), Some(24.0), Some(26.0), Some(24.0), Some(45.0), Some(24.0)],
            want: &[1],
        },
        Case {
            humidity: &[Some(26.0), Some(24.0), Some(46.0), Some(40.0), Some(25.0)],
            want: &[1, 4],
        },
        // A fast fall is raised earlier; a slow one to the same humidity is not.
        Case { humidity: &[Some(70.0), Some(50.0), Some(34.0)], want: &[2] },
        Case { humidity: &[Some(55.0), Some(49.0), Some(43.0), Some(37.0), Some(33.0)], want: &[] },
        // A sensor that comes back dry is raised: the event is new to who listens.
        Case { humidity: &[Some(60.0), None, None, Some(24.0), None, Some(22.0)], want: &[3] },
    ] {
        let rows: Vec<_> =
            humidity.iter().map(|&rh_percent| Reading { rh_percent, ..at(0) }).collect();
        let got: Vec<usize> = raised(3600, &rows).into_iter().map(|(i, _)| i).collect();
        assert_eq!(got, want, "{humidity:?}");
    }
}

#[test]
fn alarms_speak_and_late_readings_are_counted() {
    let mut watch = Watch::new(Thresholds::for_step(SignedDuration::from_hours(1)));
    let calm = Reading { temp_c: Some(31.0), wind_m_s: Some(4.0), ..at(0) };
    let front =
        Reading { temp_c: Some(24.5), gust_m_s: Some(19.0), wind_m_s: Some(11.0), ..at(3600) };
    assert_eq!(watch.take(&calm), []);
    let alarms = watch.take(&front);
    assert_eq!(
        alarms.iter().map(Alarm::to_string).collect::<Vec<_>>(),
        ["1970-01-01T01:00:00Z: gust front: 19.0 m/s after 4.0 m/s, temperature -6.5 °C"]
    );
    assert_eq!(watch.take(&calm), []);
    assert_eq!(watch.late(), 1);
}
