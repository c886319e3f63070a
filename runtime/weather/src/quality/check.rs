//! The check: goes over readings by each rule, and leaves out what fails.

use jiff::Timestamp;

use super::left_out::LeftOut;
use super::limits::{Limit, Limits, STEP_MEMORY};
use super::note::QualityNote;
use super::rule::Rule;
use crate::reading::{Quantity, Reading};

/// A run of fewer equal readings is never stuck.
const STUCK_READINGS: usize = 6;

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

impl Checked {
    /// How many values of `quantity` are not there by `rule`.
    #[must_use]
    pub fn count(&self, quantity: Quantity, rule: Rule) -> usize {
        self.rules.iter().filter(|r| r[quantity.index()] == Some(rule)).count()
    }

    /// What was left out, and what was never measured: a note for each quantity and rule that came up.
    #[must_use]
    pub fn notes(&self) -> Vec<QualityNote> {
        let mut out = Vec::new();
        for quantity in Quantity::ALL {
            let missing = self.count(quantity, Rule::Missing);
            if missing > 0 {
                let readings = self.readings.len();
                out.push(QualityNote::Missing { quantity, missing, readings });
            }
            for rule in [Rule::Range, Rule::Step, Rule::Stuck, Rule::BelowWind] {
                let of = |l: &&LeftOut| l.quantity == quantity && l.rule == rule;
                if let Some(first) = self.left_out.iter().find(of) {
                    let count = self.count(quantity, rule);
                    out.push(QualityNote::LeftOut { count, first: *first });
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
