//! Asking: who is there, what its clock says, and setting its clock chip where that is wrong.

use std::time::Duration;

use emberline_wire::{self as wire, ClockRequest, Frame, Message, SetClock};
use jiff::{SignedDuration, Timestamp};

use super::{Now, Peer, Session, Turn};
use crate::clock::{self, believed};
use crate::id::LogId;
use crate::line::{self, Line};

/// Time between two questions who is there.
const WHO_ASK: Duration = Duration::from_secs(1);
/// No question is asked later than this after a node has spoken.
const LISTENS: Duration = Duration::from_secs(2);
/// Time between two questions while none was answered.
const CLOCK_ASK: Duration = Duration::from_millis(300);
/// Time between two questions after that.
const CLOCK_AGAIN: Duration = Duration::from_secs(600);
/// A clock chip that is set is not set again for this long.
const CHIP_AGAIN: Duration = Duration::from_secs(600);
/// A chip that was wrong by more is worth a line.
const CHIP_SAID_S: u64 = 60;

impl Session<'_> {
    /// The node answered what its clock says.
    pub(super) fn clock(&mut self, answer: &wire::Clock, now: Now, turn: &mut Turn) {
        let Some(peer) = &mut self.peer else { return };
        let Some((token, asked)) = peer.clock.open else { return };
        if token != answer.token || answer.boot != peer.hello.boot {
            return;
        }
        peer.clock.open = None;
        // What came while this was open was not taken: the ack tells the node to send it again.
        self.owes_ack |= !std::mem::replace(&mut peer.clock.answered, true);
        peer.clock.next = now.since + CLOCK_AGAIN;
        if believed(now.utc).is_none() && !self.said.clock {
            self.said.clock = true;
            turn.said.push(format!(
                "this gateway's clock says {}, which cannot be: set it (timedatectl); until then \
                 readings have the time of the node's own clock, or none",
                now.utc
            ));
        }
        let (node, log) = (peer.node, LogId::new(peer.hello.log));
        let took = SignedDuration::try_from(now.since.saturating_sub(asked)).unwrap_or_default();
        let Some(folder) = self.folder() else { return };
        let starts = &folder.contents().starts;
        let before = starts.get(log, answer.boot);
        let learnt = starts.learn(log, answer, now.utc, took);
        drop(folder);
        let Some(started) = learnt else { return };
        if let Some(before) = before {
            let moved = started.at.duration_since(before.at);
            if moved.abs() > SignedDuration::from_secs(5) {
                turn.said.push(format!(
                    "{}: this gateway's clock moved by {} s against the node's; readings from here on \
                     have the new time",
                    self.name(),
                    moved.as_secs()
                ));
            }
        }
        let round_trip_ms = started.round_trip_ms;
        let line = line::Clock { node, log, boot: answer.boot, started: started.at, round_trip_ms };
        self.pending.push(Line::Clock(line));
        // Readings that follow in this very turn are dated by it.
        self.commit(turn);
    }

    /// Sets the node's clock chip if it is wrong.
    pub(super) fn chip(
        &mut self,
        reading: &wire::Reading,
        started: Option<clock::Started>,
        now: Now,
        turn: &mut Turn,
    ) {
        let Some(ahead_s) = clock::chip_ahead_s(reading, started) else { return };
        let (Some(peer), Some(utc)) = (&mut self.peer, believed(now.utc)) else { return };
        if peer.chip_set.is_some_and(|set| now.since < set + CHIP_AGAIN) {
            return;
        }
        peer.chip_set = Some(now.since);
        let unix_ms = u64::try_from(utc.as_millisecond()).unwrap_or(0);
        turn.send.extend(Frame::new(&Message::SetClock(SetClock { unix_ms })).bytes());
        if ahead_s.unsigned_abs() > CHIP_SAID_S {
            let chip = reading.rtc_unix_s.and_then(|s| Timestamp::from_second(s.into()).ok());
            turn.said.push(format!(
                "{}: its clock chip said {}, {} s {} this gateway; it is set; if it says so again, \
                 replace the chip's battery",
                self.name(),
                chip.map_or_else(String::new, |t| t.to_string()),
                ahead_s.abs(),
                if ahead_s > 0 { "ahead of" } else { "behind" }
            ));
        }
    }

    /// Asks for the node's clock, if that is due.
    pub(super) fn ask_clock(&mut self, now: Now, turn: &mut Turn) {
        let Some(Peer { clock, .. }) = &mut self.peer else { return };
        // A node that saves its battery listens for a moment after it has spoken.
        let listens = self.last_good.is_some_and(|good| now.since <= good.since + LISTENS);
        if now.since < clock.next || !listens {
            return;
        }
        clock.token = clock.token.wrapping_add(1);
        clock.open = Some((clock.token, now.since));
        clock.next = now.since + CLOCK_ASK;
        let question = Message::ClockRequest(ClockRequest { token: clock.token });
        turn.send.extend(Frame::new(&question).bytes());
    }

    /// Asks who is there, as long as nobody said.
    pub(super) fn ask_who(&mut self, now: Now, turn: &mut Turn) {
        let due = self.asked_who.is_none_or(|asked| now.since >= asked + WHO_ASK);
        if self.peer.is_none() && due {
            self.asked_who = Some(now.since);
            turn.send.extend(Frame::new(&Message::HelloRequest).bytes());
        }
    }
}
