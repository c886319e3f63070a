//! The backlog: coded pictures that came and wait to be decoded; where decoding falls behind, they go.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A picture that waits so long to be decoded is of no use any more.
const BEHIND: Duration = Duration::from_secs(2);
/// A key picture that waits so long is none to begin with: those after it would be behind at once.
const KEY_BEHIND: Duration = Duration::from_secs(1);
/// Most bytes that wait.
const BYTES_MAX: usize = 64 << 20;

/// A coded picture as it came.
#[derive(Clone, Debug)]
pub(super) struct Coded {
    /// Units, each behind four bytes of length.
    pub(super) bytes: Vec<u8>,
    /// When it is shown, ticks of the stream.
    pub(super) ticks: i64,
    /// The same in seconds since the stream began.
    pub(super) stream_s: f64,
    /// Whether a decoder can begin at it.
    pub(super) key: bool,
    /// Whether packets before it were lost.
    pub(super) loss: bool,
    /// When it came, by both clocks of this machine.
    pub(super) came: Instant,
    /// See above.
    pub(super) came_utc: Timestamp,
}

/// Coded pictures, oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: VecDeque<Coded>,
    bytes: usize,
}

impl Backlog {
    /// Takes one in.
    pub(super) fn push(&mut self, coded: Coded) {
        self.bytes += coded.bytes.len();
        self.waiting.push_back(coded);
    }

    /// The oldest.
    pub(super) fn pop(&mut self) -> Option<Coded> {
        let coded = self.waiting.pop_front()?;
        self.bytes -= coded.bytes.len();
        Some(coded)
    }

    /// Puts the oldest back.
    pub(super) fn put_back(&mut self, coded: Coded) {
        self.bytes += coded.bytes.len();
        self.waiting.push_front(coded);
    }

    /// Whether none waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Drops pictures where decoding has fallen behind: those before the newest key picture, or all where
    /// it is too old. How many; what comes next does not follow what was decoded before.
    pub(super) fn catch_up(&mut self, now: Instant) -> u64 {
        let Some(oldest) = self.waiting.front() else { return 0 };
        let behind = now.saturating_duration_since(oldest.came) >= BEHIND;
        if !behind && self.bytes <= BYTES_MAX {
            return 0;
        }
        let young = |coded: &Coded| now.saturating_duration_since(coded.came) < KEY_BEHIND;
        let newest_key = self.waiting.iter().rposition(|coded| coded.key && young(coded));
        let dropped = match newest_key {
            // Those after it are too many.
            Some(0) | None => self.waiting.len(),
            Some(key) => key,
        };
        self.waiting.drain(..dropped);
        self.bytes = self.waiting.iter().map(|coded| coded.bytes.len()).sum();
        dropped as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_behind_goes_up_to_the_newest_key_picture() {
        let began = Instant::now();
        let at = |s: f64| began + Duration::from_secs_f64(s);
        let coded = |k: usize, key: bool, kib: usize| Coded {
            bytes: vec![0; kib << 10],
            ticks: k as i64,
            stream_s: 0.0,
            key,
            loss: false,
            came: at(k as f64 * 0.2),
            came_utc: Timestamp::UNIX_EPOCH,
        };
        // Twenty pictures, five a second, of so many KiB, with key pictures among them; when it is looked
        // at, how many go, and which is the next.
        for (kib, keys, now_s, dropped, next) in [
            (1, &[0, 10][..], 1.9, 0, Some(0)),
            (1, &[0, 10], 2.0, 10, Some(10)),
            (1, &[0, 5, 15], 2.0, 15, Some(15)),
            (1, &[0, 5], 2.0, 20, None), // it has waited for a second
            (1, &[0], 2.0, 20, None),
            (1, &[], 2.0, 20, None),
            (4096, &[0, 10], 0.0, 10, Some(10)),
        ] {
            let mut backlog = Backlog::default();
            (0..20).for_each(|k| backlog.push(coded(k, keys.contains(&k), kib)));
            assert_eq!(backlog.catch_up(at(now_s)), dropped, "{keys:?} {now_s}");
            assert_eq!(backlog.is_empty(), next.is_none());
            assert_eq!(backlog.pop().map(|c| c.ticks), next, "{keys:?} {now_s}");
            while backlog.pop().is_some() {}
            assert_eq!((backlog.bytes, backlog.catch_up(at(99.0))), (0, 0));
        }
    }
}
