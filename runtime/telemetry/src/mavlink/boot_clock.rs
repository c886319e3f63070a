//! The boot clock: turns milliseconds since a vehicle started into UTC, once it has told how.

use std::collections::VecDeque;

use emberline_georeference::pose::Sample;

use crate::note::{Note, Notes};
use crate::utc;

/// Samples that wait for the vehicle to tell the time of day.
const MOST_WAITING: usize = 4096;
/// Seconds by which two tellings may differ before the clock is said to have been set.
const MOST_DRIFT_S: f64 = 0.5;
/// Seconds that time since boot may step back before the vehicle is said to have started again.
const MOST_BACK_S: f64 = 10.0;

/// Who says the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// The vehicle, by `SYSTEM_TIME`.
    Vehicle,
    /// Whoever recorded it, for each message.
    Recorder,
}

/// Turns seconds since boot into seconds since 1970.
#[derive(Debug)]
pub(crate) struct BootClock {
    says: Says,
    /// Seconds since 1970 at boot.
    boot_utc_s: Option<f64>,
    /// The same, told once and far from the one in use.
    doubtful_s: Option<f64>,
    /// The newest time since boot.
    newest_s: f64,
    waiting: VecDeque<Sample>,
    lost: u64,
}

impl BootClock {
    pub(crate) fn new(says: Says) -> Self {
        Self {
            says,
            boot_utc_s: None,
            doubtful_s: None,
            newest_s: f64::NEG_INFINITY,
            waiting: VecDeque::new(),
            lost: 0,
        }
    }

    /// The newest time since boot, if any.
    pub(crate) fn newest_s(&self) -> Option<f64> {
        self.newest_s.is_finite().then_some(self.newest_s)
    }

    /// A message of the autopilot has this time since boot; what it came at, if that is known. Says whether the
    /// vehicle has started again.
    pub(crate) fn hear(&mut self, boot_s: f64, came_utc_s: Option<f64>, notes: &mut Notes) -> bool {
        let restarted = boot_s < self.newest_s - MOST_BACK_S;
        if restarted {
            notes.add(Note::Restarted);
            self.lost += self.waiting.len() as u64;
            self.waiting.clear();
            (self.boot_utc_s, self.doubtful_s) = (None, None);
            self.newest_s = boot_s;
        }
        self.newest_s = self.newest_s.max(boot_s);
        if let (Says::Recorder, Some(came)) = (self.says, came_utc_s) {
            // The message that was quickest on its way tells best.
            let boot = came - boot_s;
            self.boot_utc_s = Some(self.boot_utc_s.map_or(boot, |known| known.min(boot)));
        }
        restarted
    }

    /// The vehicle tells the time of day, as `SYSTEM_TIME` does.
    pub(crate) fn tell(&mut self, unix_s: f64, boot_s: f64, notes: &mut Notes) {
        let Some(unix_s) = utc::plausible(unix_s).filter(|_| self.says == Says::Vehicle) else {
            return;
        };
        let told = unix_s - boot_s;
        let near = |a: f64| (a - told).abs() <= MOST_DRIFT_S;
        match (self.boot_utc_s, self.doubtful_s) {
            (Some(known), _) if !near(known) => {
                // A receiver that learns of leap seconds steps by them: believed when it is told twice.
                if self.doubtful_s.is_some_and(near) {
                    notes.add(Note::ClockJumped { by_s: told - known });
                    self.boot_utc_s = Some(told);
                    self.doubtful_s = None;
                } else {
                    self.doubtful_s = Some(told);
                }
            }
            _ => {
                self.boot_utc_s = Some(told);
                self.doubtful_s = None;
            }
        }
    }

    /// Dates a sample whose time counts from boot, or keeps it until that can be done.
    pub(crate) fn date(&mut self, sample: Sample, out: &mut Vec<Sample>) {
        if self.waiting.len() == MOST_WAITING {
            self.waiting.pop_front();
            self.lost += 1;
        }
        self.waiting.push_back(sample);
        self.release(out);
    }

    /// Gives what has waited, once it can be dated.
    pub(crate) fn release(&mut self, out: &mut Vec<Sample>) {
        if let Some(boot) = self.boot_utc_s {
            out.extend(self.waiting.drain(..).map(|s| Sample { time_s: s.time_s + boot, ..s }));
        }
    }

    /// Samples that wait or were lost for want of a time.
    pub(crate) fn undated(&self) -> u64 {
        self.lost + self.waiting.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times of what comes out of samples at seconds since boot and of tellings.
    fn dated(says: Says, steps: &[(f64, Option<f64>)]) -> (Vec<f64>, Vec<Note>, u64) {
        let (mut clock, mut notes, mut out) = (BootClock::new(says), Notes::default(), Vec::new());
        for (boot_s, unix_s) in steps {
            clock.hear(*boot_s, *unix_s, &mut notes);
            match unix_s {
                Some(unix) if says == Says::Vehicle => clock.tell(*unix, *boot_s, &mut notes),
                _ => clock.date(Sample { time_s: *boot_s, ..Sample::default() }, &mut out),
            }
        }
        clock.release(&mut out);
        (out.iter().map(|s| s.time_s).collect(), notes.list(), clock.undated())
    }

    #[test]
    fn samples_wait_for_the_time_of_day_and_steps_are_believed_when_told_twice() {
        let utc = 1_785_681_000.0;
        for (what, steps, times, notes, undated) in [
            ("never told", vec![(1.0, None), (2.0, Some(0.0))], vec![], vec![], 1),
            (
                "told later",
                vec![(1.0, None), (2.0, Some(utc)), (3.0, None)],
                vec![utc - 1.0, utc + 1.0],
                vec![],
                0,
            ),
            (
                "one wrong telling",
                vec![
                    (0.0, Some(utc)),
                    (1.0, Some(utc + 19.0)),
                    (2.0, None),
                    (3.0, Some(utc + 3.0)),
                ],
                vec![utc + 2.0],
                vec![],
                0,
            ),
            (
                "leap seconds learnt",
                vec![
                    (0.0, Some(utc)),
                    (1.0, Some(utc - 17.0)),
                    (2.0, Some(utc - 16.0)),
                    (3.0, None),
                ],
                vec![utc - 15.0],
                vec![Note::ClockJumped { by_s: -18.0 }],
                0,
            ),
            (
                "started again",
                vec![(100.0, Some(utc)), (1.0, None), (2.0, Some(utc + 60.0))],
                vec![utc + 59.0],
                vec![Note::Restarted],
                0,
            ),
        ] {
            assert_eq!(dated(Says::Vehicle, &steps), (times, notes, undated), "{what}");
        }
        let (times, ..) = dated(Says::Recorder, &[(1.0, Some(utc + 1.3)), (2.0, Some(utc + 2.1))]);
        assert_eq!(times, [utc + 1.3, utc + 2.1]);
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let steps: Vec<_> = (0..MOST_WAITING + 10).map(|k| (k as f64, None)).collect();
        assert_eq!(dated(Says::Vehicle, &steps).2, MOST_WAITING as u64 + 10);
    }
}
