//! Clocks: what a node's uptime means in UTC, and which clocks cannot be believed.
//!
//! A node counts milliseconds from its start. The gateway asks for that count, and takes the middle of
//! question and answer as the moment it was read; so each start of a node gets one moment in UTC, and
//! readings that were taken before the gateway ever asked are dated too. A node may have a clock chip,
//! which dates what was taken in starts that the gateway never saw.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use emberline_wire as wire;

use crate::id::LogId;
use crate::line::TimeFrom;

/// A clock that shows an earlier time is wrong: this program is younger. 2026-01-01T00:00:00Z.
const EARLIEST_S: i64 = 1_767_225_600;
/// A clock that shows a later time is wrong: chips with a two-digit year end in 2099, counters of 32
/// bits in 2106. 2090-01-01T00:00:00Z.
const LATEST_S: i64 = 3_786_912_000;
/// Answers that took longer date nothing, ms.
const SLOW_MS: u32 = 2_000;
/// A start that moved by less is the same, ms: half a second of a clock that runs 60 ppm wrong is 2.3 h.
const SAME_MS: i64 = 500;
/// A chip is right if it agrees with the gateway within this: it counts whole seconds, and is set to one.
const CHIP_AGREES_S: i64 = 2;
/// Starts that are remembered.
const MOST_STARTS: usize = 512;

/// Whether a clock that shows this time may be right.
#[must_use]
pub fn plausible(time: Timestamp) -> bool {
    (EARLIEST_S..LATEST_S).contains(&time.as_second())
}

/// The time, if it may be right.
#[must_use]
pub fn believed(time: Timestamp) -> Option<Timestamp> {
    plausible(time).then_some(time)
}

/// The moment of one start of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// When, UTC.
    pub at: Timestamp,
    /// How long the question took, ms.
    pub round_trip_ms: u32,
}

/// The starts of one node whose moments are known, by log and number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Row>", into = "Vec<Row>")]
pub struct Starts(BTreeMap<(LogId, u32), Started>);

impl Starts {
    /// The moment of start `boot`, if it is known.
    #[must_use]
    pub fn get(&self, log: LogId, boot: u32) -> Option<Started> {
        self.0.get(&(log, boot)).copied()
    }

    /// Takes a moment over an older one.
    pub fn set(&mut self, log: LogId, boot: u32, started: Started) {
        self.0.insert((log, boot), started);
        while self.0.len() > MOST_STARTS {
            // The oldest by its time, for the numbers of logs are in no order.
            let oldest = self.0.iter().min_by_key(|(_, s)| s.at).map(|(key, _)| *key);
            oldest.map(|key| self.0.remove(&key));
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (LogId, u32, Started)> + '_ {
        self.0.iter().map(|((log, boot), started)| (*log, *boot, *started))
    }

    /// The moment of the node's start by one answer of its clock, if that is news: a first moment, one that is
    /// known better, or one that differs since a clock was set.
    #[must_use]
    pub fn learn(
        &self,
        log: LogId,
        answer: &wire::Clock,
        answered: Timestamp,
        took: SignedDuration,
    ) -> Option<Started> {
        let round_trip_ms = u32::try_from(took.as_millis()).ok().filter(|ms| *ms <= SLOW_MS)?;
        let read_at = believed(answered)?.checked_sub(took / 2).ok()?;
        let at = read_at.checked_sub(millis(answer.uptime_ms)?).ok().and_then(believed)?;
        let new = Started { at, round_trip_ms };
        let news = self.get(log, answer.boot).is_none_or(|old| {
            let moved_ms = at.duration_since(old.at).as_millis().unsigned_abs();
            // Both may be wrong by half of their round trips.
            let noise_ms = u128::from(old.round_trip_ms.max(round_trip_ms) / 2);
            moved_ms > SAME_MS.unsigned_abs().into() && moved_ms > noise_ms
                || round_trip_ms * 2 < old.round_trip_ms
        });
        news.then_some(new)
    }

    /// When a reading was taken, and by whose clock.
    #[must_use]
    pub fn date(&self, reading: &wire::Reading) -> (Option<Timestamp>, TimeFrom) {
        let started = self.get(LogId::new(reading.log), reading.boot);
        let by_start = started.and_then(|s| taken_at(s.at, reading.uptime_ms));
        if let Some(time) = by_start {
            return (Some(time), TimeFrom::Gateway);
        }
        let chip = reading.rtc_unix_s.and_then(|s| Timestamp::from_second(s.into()).ok());
        match chip.and_then(believed) {
            Some(time) => (Some(time), TimeFrom::Node),
            None => (None, TimeFrom::None),
        }
    }
}

/// A start as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    log: LogId,
    boot: u32,
    started: Timestamp,
    round_trip_ms: u32,
}

impl From<Vec<Row>> for Starts {
    fn from(rows: Vec<Row>) -> Self {
        let mut starts = Self::default();
        for Row { log, boot, started: at, round_trip_ms } in rows {
            starts.set(log, boot, Started { at, round_trip_ms });
        }
        starts
    }
}

impl From<Starts> for Vec<Row> {
    fn from(starts: Starts) -> Self {
        let row = |(log, boot, s): (LogId, u32, Started)| Row {
            log,
            boot,
            started: s.at,
            round_trip_ms: s.round_trip_ms,
        };
        starts.iter().map(row).collect()
    }
}

/// The moment `uptime_ms` after `started`.
#[must_use]
pub fn taken_at(started: Timestamp, uptime_ms: u64) -> Option<Timestamp> {
    started.checked_add(millis(uptime_ms)?).ok().and_then(believed)
}

fn millis(ms: u64) -> Option<SignedDuration> {
    i64::try_from(ms).ok().map(SignedDuration::from_millis)
}

/// How many seconds the node's clock chip was ahead of the gateway when `reading` was taken, if that is
/// too much; `None` if it has no chip, agrees, or nobody knows.
#[must_use]
pub fn chip_ahead_s(reading: &wire::Reading, started: Option<Started>) -> Option<i64> {
    let taken = taken_at(started?.at, reading.uptime_ms)?;
    let ahead_s = i64::from(reading.rtc_unix_s?) - taken.as_second();
    (ahead_s.abs() > CHIP_AGREES_S).then_some(ahead_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: u32 = 7;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(s).unwrap()
    }

    fn answer(boot: u32, uptime_ms: u64) -> wire::Clock {
        wire::Clock { token: 1, boot, uptime_ms, rtc_unix_s: None }
    }

    #[test]
    fn clocks_of_1970_and_2099_are_not_believed() {
        for (text, want) in [
            ("1970-01-01T00:00:07Z", false),
            ("2025-12-31T23:59:59Z", false),
            ("2026-01-01T00:00:00Z", true),
            ("2089-12-31T23:59:59Z", true),
            ("2090-01-01T00:00:00Z", false),
            ("2099-12-31T23:59:59Z", false),
        ] {
            assert_eq!(plausible(text.parse().unwrap()), want, "{text}");
        }
    }

    #[test]
    fn a_start_is_learnt_from_an_answer_and_dates_what_came_before_it() {
        let mut starts = Starts::default();
        let now = at(1_800_000_100);
        let took = SignedDuration::from_millis(200);
        let learnt = starts.learn(LogId::new(LOG), &answer(3, 60_000), now, took).unwrap();
        assert_eq!(learnt.at, at(1_800_000_040) - SignedDuration::from_millis(100));
        starts.set(LogId::new(LOG), 3, learnt);
        let mut reading =
            wire::Reading { log: LOG, boot: 3, uptime_ms: 10_100, ..Default::default() };
        assert_eq!(starts.date(&reading), (Some(at(1_800_000_050)), TimeFrom::Gateway));
        // Another start: its own clock chip, if that can be right.
        reading.boot = 2;
        assert_eq!(starts.date(&reading), (None, TimeFrom::None));
        for (chip, want) in [(1_799_999_000, true), (77, false), (4_102_444_799, false)] {
            reading.rtc_unix_s = Some(chip);
            assert_eq!(starts.date(&reading).1 == TimeFrom::Node, want, "{chip}");
        }
    }

    #[test]
    fn only_news_is_learnt() {
        struct Case {
            now_s: i64,
            uptime_ms: u64,
            took_ms: i64,
            news: bool,
            why: &'static str,
        }
        let mut starts = Starts::default();
        let first = Started { at: at(1_800_000_000), round_trip_ms: 100 };
        starts.set(LogId::new(LOG), 1, first);
        for Case { now_s, uptime_ms, took_ms, news, why } in [
            Case {
                now_s: 1_800_000_060,
                uptime_ms: 60_000,
                took_ms: 100,
                news: false,
                why: "same",
            },
            Case {
                now_s: 1_800_000_060,
                uptime_ms: 59_400,
                took_ms: 100,
                news: true,
                why: "moved",
            },
            Case {
                now_s: 1_800_000_060,
                uptime_ms: 60_000,
                took_ms: 40,
                news: true,
                why: "better",
            },
            Case {
                now_s: 1_800_000_061,
                uptime_ms: 60_000,
                took_ms: 2_001,
                news: false,
                why: "slow",
            },
            Case {
                now_s: 1_800_000_061,
                uptime_ms: 60_000,
                took_ms: 1_999,
                news: false,
                why: "noise",
            },
            Case {
                now_s: 90,
                uptime_ms: 60_000,
                took_ms: 20,
                news: false,
                why: "our clock in 1970",
            },
            Case {
                now_s: 1_800_000_060,
                uptime_ms: u64::MAX,
                took_ms: 20,
                news: false,
                why: "absurd",
            },
        ] {
            let took = SignedDuration::from_millis(took_ms);
            let got = starts.learn(LogId::new(LOG), &answer(1, uptime_ms), at(now_s), took);
            assert_eq!(got.is_some(), news, "{why}");
        }
    }

    #[test]
    fn the_oldest_starts_are_forgotten() {
        let mut starts = Starts::default();
        for boot in 0..MOST_STARTS as u32 + 5 {
            let s = Started { at: at(1_800_000_000 + i64::from(boot)), round_trip_ms: 1 };
            starts.set(LogId::new(LOG), boot, s);
        }
        assert_eq!(starts.iter().count(), MOST_STARTS);
        assert!(
            starts.get(LogId::new(LOG), 4).is_none() && starts.get(LogId::new(LOG), 5).is_some()
        );
    }

    #[test]
    fn a_chip_is_right_absent_or_wrong() {
        let started = Some(Started { at: at(1_800_000_000), round_trip_ms: 1 });
        for (chip, want) in [
            (None, None),
            (Some(1_800_000_012), None),
            (Some(1_800_000_013), Some(3)),
            (Some(0), Some(-1_800_000_010)),
        ] {
            let reading =
                wire::Reading { uptime_ms: 10_000, rtc_unix_s: chip, ..Default::default() };
            assert_eq!(chip_ahead_s(&reading, started), want);
            assert_eq!(chip_ahead_s(&reading, None), None);
        }
    }
}
