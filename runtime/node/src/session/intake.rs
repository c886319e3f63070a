//! Intake: takes readings and gaps in the order of their numbers, stores them, then acknowledges them.

use std::time::Duration;

use emberline_wire::{self as wire, Ack, Frame, Message};

use super::{Now, Session, Turn};
use crate::id::LogId;
use crate::line::{self, Line, Why};

/// How many readings a node may have under way.
const WINDOW: u8 = 16;
/// How long readings wait for the first answer about the node's clock.
const CLOCK_WAIT: Duration = Duration::from_secs(5);

impl Session<'_> {
    /// Takes a reading if it is the next one; what is stored already, or comes too early, is answered too.
    pub(super) fn reading(&mut self, reading: &wire::Reading, now: Now, turn: &mut Turn) {
        let Some(peer) = &self.peer else { return };
        let (node, log) = (peer.node, LogId::new(reading.log));
        let waits = !peer.clock.answered
            && reading.boot == peer.hello.boot
            && now.since < peer.clock.since + CLOCK_WAIT;
        if reading.log != peer.hello.log || waits {
            self.heard.not_yet += 1;
            return;
        }
        self.owes_ack = true;
        let end = self.end(log);
        if reading.seq <= end {
            self.heard.again += 1;
        } else if reading.seq > end + 1 {
            self.heard.too_early += 1;
        } else {
            let Some(folder) = self.folder() else { return };
            let starts = &folder.contents().starts;
            let dated = starts.date(reading);
            let started = starts.get(log, reading.boot);
            drop(folder);
            if reading.boot == self.peer.as_ref().map_or(0, |p| p.hello.boot) {
                self.chip(reading, started, now, turn);
            }
            let line = line::Reading::new(node, reading, dated, now.utc);
            self.pending.push(Line::Reading(line));
        }
    }

    /// Takes a gap that begins at or before the next reading.
    pub(super) fn gap(&mut self, gap: &wire::Gap, now: Now) {
        let Some(peer) = &self.peer else { return };
        let (node, log) = (peer.node, LogId::new(gap.log));
        if gap.log != peer.hello.log {
            self.heard.not_yet += 1;
            return;
        }
        self.owes_ack = true;
        let end = self.end(log);
        if gap.last_seq <= end {
            self.heard.again += 1;
        } else if gap.first_seq > end + 1 {
            self.heard.too_early += 1;
        } else {
            self.pending.push(Line::Gap(line::Gap {
                node,
                log,
                first_seq: end + 1,
                last_seq: gap.last_seq,
                why: Why::LostByNode,
                received: now.utc,
            }));
        }
    }

    /// The last reading or gap of `log`, stored or about to be.
    pub(super) fn end(&self, log: LogId) -> u32 {
        let pending = self.pending.iter().rev().find_map(|line| match line {
            Line::Reading(r) if r.log == log => Some(r.seq),
            Line::Gap(g) if g.log == log => Some(g.last_seq),
            _ => None,
        });
        pending.or_else(|| self.folder().map(|f| f.end(log))).unwrap_or(0)
    }

    /// Stores what is pending, then acknowledges it.
    pub(super) fn commit(&mut self, turn: &mut Turn) {
        let lines = std::mem::take(&mut self.pending);
        let owes_ack = std::mem::take(&mut self.owes_ack);
        let Some(peer) = &self.peer else { return };
        let log = LogId::new(peer.hello.log);
        let Some(mut folder) = self.folder() else { return };
        let result = if lines.is_empty() { Ok(()) } else { folder.append(&lines) };
        let seq = folder.end(log);
        drop(folder);
        if let Err(error) = result {
            self.trouble(&error, turn);
            // Everything begins anew with the node's next Hello; until then nothing is taken.
            self.peer = None;
            return;
        }
        let gave = lines.iter().filter(|l| matches!(l, Line::Reading(_) | Line::Gap(_))).count();
        self.heard.stored += gave as u64;
        if gave > 0 && self.said.trouble.take().is_some() {
            turn.said.push(format!("{}: readings are stored again", self.name()));
        }
        turn.stored.extend(lines);
        if owes_ack || gave > 0 {
            let ack = Ack { log: log.0, seq, window: WINDOW };
            turn.send.extend(Frame::new(&Message::Ack(ack)).bytes());
        }
    }
}
