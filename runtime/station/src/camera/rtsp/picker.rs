//! The picker: which decoded pictures are kept, one each so many seconds, the newest where several wait.

use std::time::{Duration, Instant};

/// A picture may come so much early, or by a tenth of the step: lines are never quite even.
const EARLY_MAX: Duration = Duration::from_millis(50);
/// A picture that is due so long is kept though newer ones wait.
const OVERDUE: Duration = Duration::from_secs(1);

/// Picks pictures by when they came.
#[derive(Debug)]
pub(super) struct Picker {
    every: Duration,
    due: Option<Instant>,
}

impl Picker {
    /// One each `every`, from the first on.
    pub(super) fn new(every: Duration) -> Self {
        Self { every, due: None }
    }

    /// Whether the picture that came at `came` is kept; `newer` where another waits to be decoded.
    pub(super) fn picks(&mut self, came: Instant, newer: bool) -> bool {
        let due = *self.due.get_or_insert(came);
        if came + EARLY_MAX.min(self.every / 10) < due {
            return false;
        }
        if newer && came < due + OVERDUE.min(self.every) {
            return false;
        }
        // Kept to the beat; after a pause, from here on.
        let next = due + self.every;
        self.due = Some(if next <= came { came + self.every } else { next });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_picture_each_step_is_kept_and_the_newest_of_several() {
        let began = Instant::now();
        let mut picker = Picker::new(Duration::from_secs(5));
        for (came_s, newer, want) in [
            (0.0, false, true), // the first
            (0.2, false, false),
            (4.9, false, false),
            (4.96, false, true), // a little early
            (9.9, false, false),
            (10.0, true, false), // a newer one waits
            (10.2, true, false),
            (10.4, false, true),
            (15.0, true, false),
            (16.1, true, true),  // newer ones wait for ever
            (20.0, false, true), // the beat is kept
            (60.0, false, true), // after a pause, once
            (60.2, false, false),
            (64.0, false, false),
            (65.0, false, true),
        ] {
            let came = began + Duration::from_secs_f64(came_s);
            assert_eq!(picker.picks(came, newer), want, "second {came_s}");
        }
    }
}
