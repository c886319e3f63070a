//! The retry time: how long to wait for an ack, from how long acks took before.
//!
//! Mean and deviation as in RFC 6298 (V. Paxson et al., 2011, *Computing TCP's retransmission timer*),
//! in whole milliseconds. Readings that were sent twice are not measured (Karn's rule).

/// Before the first measurement, ms.
const FIRST_MS: u32 = 1_000;
/// Never less: a gateway may need this long to have a reading on its disk.
const LEAST_MS: u32 = 50;
/// Never more: a gateway that comes back is found within this time.
const MOST_MS: u32 = 5_000;

/// What is known of the line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RoundTrip {
    /// Mean × 8 and deviation × 4, ms; `None` before the first measurement.
    measured: Option<(u32, u32)>,
    /// How often in a row nothing came.
    silent: u32,
}

impl RoundTrip {
    /// An ack came `took_ms` after its reading was sent.
    pub(crate) fn measure(&mut self, took_ms: u64) {
        let took = took_ms.min(u64::from(MOST_MS)) as u32;
        self.measured = Some(match self.measured {
            None => (8 * took, 2 * took),
            Some((mean8, dev4)) => {
                let off = took.abs_diff(mean8 / 8);
                (mean8 - mean8 / 8 + took, dev4 - dev4 / 4 + off)
            }
        });
    }

    /// An ack brought progress.
    pub(crate) fn progress(&mut self) {
        self.silent = 0;
    }

    /// The retry time passed without progress.
    pub(crate) fn silence(&mut self) {
        self.silent = self.silent.saturating_add(1);
    }

    /// Time to wait for an ack, ms. It stays the same for three silent tries, because a bad line loses
    /// frames and waiting only costs throughput; then it doubles, because nobody is there.
    pub(crate) fn retry_ms(&self) -> u32 {
        let base = match self.measured {
            None => FIRST_MS,
            Some((mean8, dev4)) => (mean8 / 8 + dev4).clamp(LEAST_MS, MOST_MS),
        };
        (base << self.silent.saturating_sub(3).min(8)).min(MOST_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_retry_time_follows_the_line() {
        for (took_ms, want) in [
            (3, 50..=50),     // a socket
            (120, 120..=200), // 9600 baud
            (900, 900..=1_000),
            (60_000, 5_000..=5_000),
        ] {
            let mut line = RoundTrip::default();
            assert_eq!(line.retry_ms(), 1_000);
            for _ in 0..50 {
                line.measure(took_ms);
            }
            assert!(want.contains(&line.retry_ms()), "{took_ms}: {}", line.retry_ms());
        }
    }

    #[test]
    fn an_unsteady_line_gets_more_time_than_its_mean() {
        let mut line = RoundTrip::default();
        for k in 0..50 {
            line.measure(100 + 100 * (k % 2));
        }
        assert!((250..450).contains(&line.retry_ms()), "{}", line.retry_ms());
    }

    #[test]
    fn nobody_there_is_asked_less_and_less() {
        let mut line = RoundTrip::default();
        line.measure(100); // 100 + 4 × 50
        for want in [300, 300, 300, 300, 600, 1_200, 2_400, 4_800, 5_000, 5_000] {
            assert_eq!(line.retry_ms(), want);
            line.silence();
        }
        line.progress();
        assert_eq!(line.retry_ms(), 300);
    }
}
