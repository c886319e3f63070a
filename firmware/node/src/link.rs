//! The link: which reading goes over the line next, and when one goes again.
//!
//! A window of readings beyond the last acknowledged one is under way. It is sent again from its start
//! (go-back-N) when an ack shows that its first was lost, and when no ack came for the retry time. Readings that are gone take part as gaps, so that they too arrive.

use emberline_wire::{Ack, Gap, Message};

use crate::{log::Log, memory::Memory, round_trip::RoundTrip};

/// Readings under way before the gateway has named its window.
const WINDOW: u8 = 8;

/// What is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// The next number to send; readings from `acked + 1` to here are under way.
    cursor: u32,
    /// The highest number that was ever sent in this start, plus one.
    sent_to: u32,
    window: u8,
    /// When the window was last sent from its start, or moved on, ms of uptime.
    progress_ms: u64,
    /// Whether the window went back because of an ack since it last moved on.
    went_back: bool,
    /// A reading that was sent once, and when.
    timed: Option<(u32, u64)>,
    round_trip: RoundTrip,
}

impl Link {
    /// Nothing is under way.
    pub(crate) fn new(acked: u32) -> Self {
        Self {
            cursor: acked + 1,
            sent_to: acked + 1,
            window: WINDOW,
            progress_ms: 0,
            went_back: false,
            timed: None,
            round_trip: RoundTrip::default(),
        }
    }

    pub(crate) fn retry_ms(&self) -> u32 {
        self.round_trip.retry_ms()
    }

    /// The next reading or gap, if one is due at `now_ms` of uptime.
    pub(crate) fn poll<M: Memory>(
        &mut self,
        now_ms: u64,
        log: &mut Log<M>,
    ) -> Result<Option<Message>, M::Error> {
        let base = log.acked() + 1;
        self.cursor = self.cursor.max(base);
        if self.cursor > base && now_ms >= self.progress_ms + u64::from(self.retry_ms()) {
            self.round_trip.silence();
            self.went_back = false;
            self.cursor = base;
            self.timed = None;
        }
        if self.cursor >= log.next_seq() || self.cursor - base >= u32::from(self.window) {
            return Ok(None);
        }
        let message = self.at_cursor(log)?;
        if self.cursor == base {
            self.progress_ms = now_ms;
        }
        let last = match &message {
            Message::Gap(gap) => gap.last_seq,
            _ => self.cursor,
        };
        if self.timed.is_none() && self.cursor >= self.sent_to {
            self.timed = Some((last, now_ms));
        }
        self.cursor = last + 1;
        self.sent_to = self.sent_to.max(self.cursor);
        Ok(Some(message))
    }

    /// What the gateway sent.
    pub(crate) fn acknowledged<M: Memory>(
        &mut self,
        now_ms: u64,
        ack: &Ack,
        log: &mut Log<M>,
    ) -> Result<(), M::Error> {
        if ack.log != log.id() {
            return Ok(());
        }
        self.window = ack.window.max(1);
        let before = log.acked();
        let result = log.ack(ack.seq);
        if log.acked() > before {
            self.progress_ms = now_ms;
            self.went_back = false;
            self.round_trip.progress();
            if let Some((seq, sent_ms)) = self.timed
                && log.acked() >= seq
            {
                self.round_trip.measure(now_ms.saturating_sub(sent_ms));
                self.timed = None;
            }
        } else if self.cursor > before + 1 && !self.went_back {
            // Something came, but not the reading after the last: it was lost. Once, for the acks of
            // what is still under way say the same.
            self.went_back = true;
            self.cursor = before + 1;
            self.timed = None;
        }
        result.map(drop)
    }

    /// The reading at the cursor, or the gap that begins there.
    fn at_cursor<M: Memory>(&self, log: &mut Log<M>) -> Result<Message, M::Error> {
        let first_seq = self.cursor;
        let mut after = first_seq.max(log.oldest_seq());
        while after < log.next_seq() {
            if let Some(reading) = log.get(after)? {
                if after == first_seq {
                    return Ok(Message::Reading(reading));
                }
                break;
            }
            after += 1;
        }
        Ok(Message::Gap(Gap { log: log.id(), first_seq, last_seq: after - 1 }))
    }
}

#[cfg(test)]
mod tests {
    use emberline_wire::Reading;

    use super::*;
    use crate::memory::{Kind, fake::Fake};

    fn ack(seq: u32) -> Ack {
        Ack { log: 7, seq, window: 4 }
    }

    fn seqs(link: &mut Link, now_ms: u64, log: &mut Log<&mut Fake>) -> std::vec::Vec<(u32, u32)> {
        let next = || link.poll(now_ms, log).unwrap();
        core::iter::from_fn(next)
            .map(|message| match message {
                Message::Reading(reading) => (reading.seq, reading.seq),
                Message::Gap(gap) => (gap.first_seq, gap.last_seq),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_window_goes_out_moves_on_and_goes_again() {
        let mut memory = Fake::new(Kind::Bytes, 4_096);
        let mut log = Log::open(&mut memory, 7).unwrap();
        let mut link = Link::new(0);
        for _ in 0..12 {
            log.append(Reading::default()).unwrap();
        }
        let row = |a: u32, b: u32| (a..=b).map(|s| (s, s)).collect::<std::vec::Vec<_>>();
        assert_eq!(seqs(&mut link, 0, &mut log), row(1, 8)); // before the gateway names its window
        assert_eq!(seqs(&mut link, 500, &mut log), []);
        link.acknowledged(500, &ack(6), &mut log).unwrap();
        assert_eq!(seqs(&mut link, 500, &mut log), row(9, 10)); // 7 to 10 are under way
        assert_eq!(seqs(&mut link, 1_999, &mut log), []); // measured: 500 + 4 × 250
        assert_eq!(seqs(&mut link, 2_000, &mut log), row(7, 10)); // again
        link.acknowledged(2_010, &Ack { log: 8, seq: 12, window: 1 }, &mut log).unwrap(); // not ours
        link.acknowledged(2_010, &ack(6), &mut log).unwrap(); // 8 came, 7 did not
        assert_eq!(seqs(&mut link, 2_010, &mut log), row(7, 10));
        link.acknowledged(2_010, &ack(6), &mut log).unwrap(); // nor did it when 9 came
        assert_eq!(seqs(&mut link, 2_010, &mut log), []);
        link.acknowledged(2_010, &ack(10), &mut log).unwrap();
        assert_eq!(seqs(&mut link, 2_010, &mut log), row(11, 12));
        link.acknowledged(2_100, &ack(12), &mut log).unwrap();
        assert_eq!(seqs(&mut link, 99_000, &mut log), []);
    }

    #[test]
    fn what_was_overwritten_or_damaged_goes_out_as_a_gap() {
        let mut memory = Fake::new(Kind::Bytes, (8 + 8) * 64);
        let mut log = Log::open(&mut memory, 7).unwrap();
        for _ in 0..13 {
            log.append(Reading::default()).unwrap();
        }
        for place in [0, 1] {
            memory.bytes[(8 + place) * 64 + 9] ^= 1; // readings 9 and 10
        }
        let mut log = Log::open(&mut memory, 7).unwrap();
        let mut link = Link::new(log.acked());
        let want = [(1, 5), (6, 6), (7, 7), (8, 8)];
        assert_eq!(seqs(&mut link, 0, &mut log), want);
        link.acknowledged(10, &Ack { log: 7, seq: 8, window: 8 }, &mut log).unwrap();
        assert_eq!(seqs(&mut link, 10, &mut log), [(9, 10), (11, 11), (12, 12), (13, 13)]);
    }
}
