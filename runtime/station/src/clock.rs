//! The station's clock: the wall time held against a clock that never steps.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A difference from which the wall clock has stepped, seconds.
const STEP_S: f64 = 2.0;
/// For so long after a step nothing is done because of what hour it is.
const DOUBT: Duration = Duration::from_secs(3600);
/// No clock that is right shows an earlier time.
const EARLIEST: &str = "2026-01-01T00:00:00Z";

/// Finds steps of the wall clock.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Both clocks at one moment.
    anchor: (Duration, Timestamp),
    stepped: Option<Duration>,
}

impl Clock {
    /// A clock that is `utc` at `now` since the station began.
    pub(crate) fn new(now: Duration, utc: Timestamp) -> Self {
        Self { anchor: (now, utc), stepped: None }
    }

    /// Holds `utc` against `now`; seconds by which the wall clock has stepped since it was last asked.
    pub(crate) fn look(&mut self, now: Duration, utc: Timestamp) -> Option<f64> {
        let (then, told) = self.anchor;
        let passed = SignedDuration::try_from(now.saturating_sub(then)).unwrap_or_default();
        let step_s = (utc.duration_since(told) - passed).as_secs_f64();
        // Slow drift is no step: the anchor goes along.
        self.anchor = (now, utc);
        if step_s.abs() < STEP_S {
            return None;
        }
        self.stepped = Some(now);
        Some(step_s)
    }

    /// `utc`, where what hour it is can be believed at `now`.
    pub(crate) fn believed(&self, now: Duration, utc: Timestamp) -> Option<Timestamp> {
        let rests = self.stepped.is_none_or(|at| now.saturating_sub(at) >= DOUBT);
        let earliest: Timestamp = EARLIEST.parse().ok()?;
        (rests && utc >= earliest).then_some(utc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_and_doubted_for_an_hour() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let wall = |s: i64| start.saturating_add(SignedDuration::from_secs(s)).unwrap();
        let mut clock = Clock::new(Duration::ZERO, start);
        for (now_s, wall_s, step_s, believed) in [
            (1, 1, None, true),
            (60, 61, None, true),
            (120, 122, None, true), // drift
            (180, 3782, Some(3600.0), false),
            (240, 3842, None, false),
            (3779, 7381, None, false),
            (3780, 7382, None, true),
            (3800, 3802, Some(-3600.0), false),
            (9000, -1_785_500_000, Some(-1_785_509_002.0), false), // 1970
            (99_000, -1_785_410_000, None, false),
        ] {
            let now = Duration::from_secs(now_s);
            assert_eq!(clock.look(now, wall(wall_s)), step_s, "second {now_s}");
            assert_eq!(clock.believed(now, wall(wall_s)).is_some(), believed, "second {now_s}");
        }
    }
}
