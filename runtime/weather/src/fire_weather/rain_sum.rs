//! The rain since a noon, reading by reading, and for how much of that time it was measured.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::quality::Limits;
use crate::reading::{Quantity, Reading};

/// No reading is missing within this, however short the usual step.
const REACH: SignedDuration = SignedDuration::from_mins(90);

/// Rain since a noon, carried from one table to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RainSum {
    /// The noon, as it was read.
    pub since: Timestamp,
    /// The last reading.
    pub until: Timestamp,
    /// What fell, mm.
    pub mm: f64,
    /// Seconds for which it was measured without a doubt.
    pub measured_s: f64,
    /// Seconds before a reading of rain that may have been measured or not, by the usual step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes_s: Vec<f64>,
}

impl RainSum {
    /// No rain since a noon.
    pub(super) fn from(since: Timestamp) -> Self {
        Self { since, until: since, mm: 0.0, measured_s: 0.0, holes_s: Vec::new() }
    }

    /// Adds a reading; one that came before is not counted again.
    pub(super) fn add(&mut self, r: &Reading, limits: &Limits) {
        if r.time <= self.until {
            return;
        }
        let limit = limits.0[Quantity::Rain.index()];
        if let Some(mm) = r.rain_mm.filter(|mm| (limit.low..=limit.high).contains(mm)) {
            self.mm += mm;
            let since_last = r.time.duration_since(self.until);
            match since_last <= REACH {
                true => self.measured_s += since_last.as_secs_f64(),
                false => self.holes_s.push(since_last.as_secs_f64()),
            }
        }
        self.until = r.time;
    }

    /// Whether it matters how far apart readings usually are.
    pub(super) fn has_holes(&self) -> bool {
        !self.holes_s.is_empty()
    }

    /// Seconds for which it was measured, where readings are usually `step` apart: a reading stands for
    /// all the time since the last, unless one or more are missing in between, then for one step.
    pub(super) fn measured_s(&self, step: SignedDuration) -> f64 {
        let (step_s, most_s) = (step.as_secs_f64(), (step * 3 / 2).max(REACH).as_secs_f64());
        let covers = |hole_s: &f64| if *hole_s <= most_s { *hole_s } else { step_s };
        self.measured_s + self.holes_s.iter().map(covers).sum::<f64>()
    }
}
