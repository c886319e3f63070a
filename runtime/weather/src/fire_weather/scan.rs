//! The scan: goes over readings by the rules of quality control, and finds those that may be a noon's.
//!
//! A value is stuck or not by what comes after it, so each candidate says when that was known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rows::Rows;
use super::window::window_of;
use crate::quality::{Limits, StepMemory, StuckRun};
use crate::reading::{Quantity, Reading};
use crate::standard_time::StandardTime;

/// What a noon needs, besides rain.
const AIR: [Quantity; 3] = [Quantity::Temp, Quantity::Humidity, Quantity::Wind];

/// What the rules remember from reading to reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    steps: [StepMemory; 3],
    runs: [Option<StuckRun>; 3],
}

/// A reading near noon whose values are believed, unless a sensor was stuck.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// When.
    pub(super) time: Timestamp,
    /// Temperature °C, humidity % and wind m/s.
    pub(super) air: [f64; 3],
    /// Which runs of the very same value they belong to.
    runs: [usize; 3],
}

/// When it was known of a run whether it is stuck: by which reading.
#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    stuck: Option<usize>,
    well: Option<usize>,
}

/// Candidates in order of time.
pub(super) struct Candidates {
    all: Vec<Candidate>,
    fates: Vec<Fate>,
}

impl Scan {
    /// Goes over readings number `from` to before `to`.
    pub(super) fn over(
        &mut self,
        rows: &Rows<'_>,
        to: usize,
        time: &StandardTime,
        limits: &Limits,
    ) -> Candidates {
        let mut out = Candidates { all: Vec::new(), fates: Vec::new() };
        let mut known: [Option<usize>; 3] = [None; 3];
        let mut window: Option<[Timestamp; 2]> = None;
        for (i, r) in rows.range(0, to).enumerate() {
            let mut air = [None; 3];
            for (k, q) in AIR.into_iter().enumerate() {
                air[k] = self.value(k, r, limits);
                let (Some(v), limit) = (air[k], &limits.0[q.index()]) else { continue };
                if self.runs[k].as_mut().is_some_and(|run| run.takes(r.time, v)) {
                    let is_stuck = self.runs[k].is_some_and(|run| run.is_stuck(limit));
                    if let Some(id) = known[k].filter(|_| is_stuck) {
                        out.fates[id].stuck.get_or_insert(i);
                    }
                    continue;
                }
                self.runs[k] = Some(StuckRun::new(r.time, v));
                if let Some(id) = known[k].take() {
                    out.fates[id].well.get_or_insert(i);
                }
            }
            if window.is_none_or(|[_, end]| r.time > end) {
                window = window_of(r.time, time);
            }
            let ([Some(temp), Some(rh), Some(wind)], true) =
                (air, window.is_some_and(|[begin, end]| (begin..=end).contains(&r.time)))
            else {
                continue;
            };
            let runs = [0, 1, 2].map(|k| {
                let id = *known[k].get_or_insert_with(|| {
                    out.fates.push(Fate::default());
                    out.fates.len() - 1
                });
                let limit = &limits.0[AIR[k].index()];
                if let Some(run) = &self.runs[k] {
                    match (run.is_stuck(limit), run.may_stay(limit)) {
                        (true, _) => _ = out.fates[id].stuck.get_or_insert(i),
                        (_, true) => _ = out.fates[id].well.get_or_insert(i),
                        _ => {}
                    }
                }
                id
            });
            out.all.push(Candidate { time: r.time, air: [temp, rh, wind], runs });
        }
        out
    }

    /// The value of a quantity, if range and step allow it.
    fn value(&mut self, k: usize, r: &Reading, limits: &Limits) -> Option<f64> {
        let limit = &limits.0[AIR[k].index()];
        let v = r.get(AIR[k]).filter(|v| (limit.low..=limit.high).contains(v))?;
        self.steps[k].believes(r.time, v, limit.step).then_some(v)
    }
}

impl Candidates {
    /// Those from one time to another.
    pub(super) fn between(&self, begin: Timestamp, end: Timestamp) -> &[Candidate] {
        let from = self.all.partition_point(|c| c.time < begin);
        let to = self.all.partition_point(|c| c.time <= end);
        &self.all[from..to.max(from)]
    }

    /// By which reading it was known that a candidate is stuck.
    pub(super) fn stuck(&self, c: &Candidate) -> Option<usize> {
        c.runs.iter().filter_map(|id| self.fates[*id].stuck).min()
    }

    /// By which reading it was known that it is not.
    pub(super) fn well(&self, c: &Candidate) -> Option<usize> {
        let known = c.runs.map(|id| self.fates[id].well);
        known.into_iter().try_fold(0, |latest, known| Some(latest.max(known?)))
    }
}
