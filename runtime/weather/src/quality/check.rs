//! The check: goes over readings by each rule, and leaves out what fails.

use super::left_out::LeftOut;
use super::limits::{Limit, Limits};
use super::note::QualityNote;
use super::rule::Rule;
use super::step_memory::StepMemory;
use super::stuck_run::StuckRun;
use crate::reading::{Quantity, Reading};

/// Whole numbers of hPa stay so many times longer than tenths before they are stuck.
const WHOLE_STAYS: f64 = 4.0;

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
pub fn check(readings: Vec<Reading>, limits: &Limits) -> Checked {
    let missing = |r: &Reading| Quantity::ALL.map(|q| r.get(q).is_none().then_some(Rule::Missing));
    let rules = readings.iter().map(missing).collect();
    let mut out = Checked { readings, rules, left_out: Vec::new() };
    for q in Quantity::ALL {
        let mut limit = limits.0[q.index()];
        if q == Quantity::Pressure && is_whole(&out.readings, q) {
            limit.stuck_h = limit.stuck_h.map(|h| h * WHOLE_STAYS);
        }
        for i in 0..out.readings.len() {
            let outside = |v: f64| !(limit.low..=limit.high).contains(&v);
            if out.readings[i].get(q).is_some_and(outside) {
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

/// Whether all values of `q` are whole numbers: as airports write their pressure.
fn is_whole(readings: &[Reading], q: Quantity) -> bool {
    readings.iter().filter_map(|r| r.get(q)).all(|v| (v - v.round()).abs() < 1e-9)
}

/// A value too far from the last good one is left out; the next that agrees with it is taken again,
/// so that a real front costs one value.
fn steps(out: &mut Checked, q: Quantity, most: Option<f64>) {
    let mut memory = StepMemory::default();
    for i in 0..out.readings.len() {
        let r = &out.readings[i];
        if r.get(q).is_some_and(|v| !memory.believes(r.time, v, most)) {
            out.leave_out(i, q, Rule::Step);
        }
    }
}

/// Runs of the very same value that last too long are left out whole.
fn stuck(out: &mut Checked, q: Quantity, limit: &Limit) {
    if limit.stuck_h.is_none() {
        return;
    }
    let mut run: Option<(usize, StuckRun)> = None;
    for i in 0..out.readings.len() {
        let r = &out.readings[i];
        let (time, Some(value)) = (r.time, r.get(q)) else { continue };
        if run.as_mut().is_some_and(|(_, run)| run.takes(time, value)) {
            continue;
        }
        leave_out_run(out, q, limit, run.replace((i, StuckRun::new(time, value))), i);
    }
    let end = out.readings.len();
    leave_out_run(out, q, limit, run, end);
}

/// Leaves a run out that is stuck; it begins with a reading and ends before another.
fn leave_out_run(
    out: &mut Checked,
    q: Quantity,
    limit: &Limit,
    run: Option<(usize, StuckRun)>,
    end: usize,
) {
    if let Some((first, _)) = run.filter(|(_, run)| run.is_stuck(limit)) {
        (first..end).for_each(|i| out.leave_out(i, q, Rule::Stuck));
    }
}
