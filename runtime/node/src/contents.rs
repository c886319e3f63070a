//! Contents: what the day files of one node hold, in short.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::{Started, Starts};
use crate::id::LogId;
use crate::line::{Fault, Line};

/// What is wrong, by chip and address: `BME280 at 0x76`.
pub type Faults = BTreeMap<String, String>;

/// Brings `faults` up to one line of a day file.
pub(crate) fn apply(faults: &mut Faults, line: &Fault) {
    match (&line.chip, &line.what) {
        (Some(chip), Some(what)) => drop(faults.insert(chip.clone(), what.clone())),
        (Some(chip), None) => drop(faults.remove(chip)),
        (None, _) => faults.clear(),
    }
}

/// What the day files of one node hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    /// The last reading or gap that is stored, by log.
    pub ends: BTreeMap<LogId, u32>,
    /// The log that was last written to.
    pub log: Option<LogId>,
    /// Moments of the node's starts.
    pub starts: Starts,
    /// Readings stored.
    pub readings: u64,
    /// Gaps stored.
    pub gaps: u64,
    /// Readings in those gaps.
    pub missing: u64,
    /// Starts of the node that it introduced itself in.
    pub boots: u64,
    /// The last of them, with its log.
    pub boot: Option<(LogId, u32)>,
    /// When the last reading was taken, or came if nobody knows.
    pub last: Option<Timestamp>,
    /// What is wrong with each chip, by the node's last word.
    pub faults: Faults,
}

impl Contents {
    /// The last reading or gap of `log` that is stored; 0 if there is none.
    #[must_use]
    pub fn end(&self, log: LogId) -> u32 {
        self.ends.get(&log).copied().unwrap_or(0)
    }

    /// Counts one line.
    pub fn take(&mut self, line: &Line) {
        match line {
            Line::Reading(r) => {
                self.readings += 1;
                self.reach(r.log, r.seq);
                self.last = self.last.max(Some(r.time.unwrap_or(r.received)));
            }
            Line::Gap(g) => {
                self.gaps += 1;
                self.missing += u64::from(g.last_seq.saturating_sub(g.first_seq)) + 1;
                self.reach(g.log, g.last_seq);
            }
            Line::Start(s) => {
                self.boots += 1;
                self.boot = Some((s.log, s.boot));
                self.log = Some(s.log);
            }
            Line::Clock(c) => {
                let started = Started { at: c.started, round_trip_ms: c.round_trip_ms };
                self.starts.set(c.log, c.boot, started);
            }
            Line::Fault(f) => apply(&mut self.faults, f),
            Line::Unknown => {}
        }
    }

    fn reach(&mut self, log: LogId, seq: u32) {
        let end = self.ends.entry(log).or_default();
        *end = seq.max(*end);
        self.log = Some(log);
    }
}
