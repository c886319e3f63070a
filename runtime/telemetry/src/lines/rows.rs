//! Rows of one file or stream: good ones kept, bad ones counted and the first of them told.

use emberline_georeference::pose::Sample;

use crate::clock::Clock;
use crate::counts::Counts;
use crate::note::Note;

/// Bad rows that are told with their line.
const MOST_TOLD: usize = 3;

/// What was made of rows so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    clock: Option<Clock>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) counts: Counts,
    bad: Vec<(u64, String)>,
}

impl Rows {
    /// A row of this line. All must count time from the same moment.
    pub(crate) fn push(&mut self, line: u64, row: Result<(Clock, Sample), String>) {
        let row = row.and_then(|(clock, sample)| {
            if *self.clock.get_or_insert(clock) == clock {
                Ok(sample)
            } else {
                Err("t and time_s in one file: write one of them in all lines".to_owned())
            }
        });
        match row {
            Ok(sample) => {
                self.counts.read += 1;
                self.samples.push(sample);
            }
            Err(why) => {
                self.counts.bad += 1;
                if self.bad.len() < MOST_TOLD {
                    self.bad.push((line, why));
                }
            }
        }
    }

    /// From when times count; UTC where there are none.
    pub(crate) fn clock(&self) -> Clock {
        self.clock.unwrap_or(Clock::Utc)
    }

    /// The first bad row where all are bad.
    pub(crate) fn all_bad(&self) -> Option<&(u64, String)> {
        self.bad.first().filter(|_| self.counts.read == 0)
    }

    /// What there is to say of bad rows.
    pub(crate) fn note(&self) -> Option<Note> {
        (self.counts.bad > 0)
            .then(|| Note::BadRows { count: self.counts.bad, first: self.bad.clone() })
    }
}
