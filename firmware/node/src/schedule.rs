//! The schedule: when a task is due, without drift and without a rush after a delay.

/// A task that is due each `period_ms` of uptime.
#[derive(Clone, Copy, Debug)]
pub struct Every {
    period_ms: u64,
    next_ms: u64,
    skipped: u32,
}

impl Every {
    /// Due at `first_ms` of uptime and each `period_ms` (at least 1) after that.
    pub const fn new(first_ms: u64, period_ms: u64) -> Self {
        let period_ms = if period_ms == 0 { 1 } else { period_ms };
        Self { period_ms, next_ms: first_ms, skipped: 0 }
    }

    /// Whether the task is due at `now_ms`; true once for each time. Times that passed while the node
    /// was busy are skipped and counted, not made up for.
    pub fn due(&mut self, now_ms: u64) -> bool {
        if now_ms < self.next_ms {
            return false;
        }
        let late = (now_ms - self.next_ms) / self.period_ms;
        self.skipped = self.skipped.saturating_add(late.min(u64::from(u32::MAX)) as u32);
        self.next_ms += (late + 1) * self.period_ms;
        true
    }

    /// When the task is due next, ms of uptime: the node may sleep until then.
    pub const fn next_ms(&self) -> u64 {
        self.next_ms
    }

    /// How many times were skipped.
    pub const fn skipped(&self) -> u32 {
        self.skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_shifts_nothing_and_is_counted() {
        let mut every = Every::new(1_000, 1_000);
        for (now_ms, due, next_ms, skipped) in [
            (0, false, 1_000, 0),
            (1_003, true, 2_000, 0),
            (1_004, false, 2_000, 0),
            (2_000, true, 3_000, 0),
            (6_500, true, 7_000, 3), // 4, 5 and 6 s
            (7_000, true, 8_000, 3),
        ] {
            assert_eq!(every.due(now_ms), due, "{now_ms}");
            assert_eq!((every.next_ms(), every.skipped()), (next_ms, skipped), "{now_ms}");
        }
    }

    #[test]
    fn no_period_is_no_endless_loop() {
        let mut every = Every::new(0, 0);
        assert!(every.due(0) && !every.due(0) && every.due(1));
    }
}
