//! A session: what one end of one serial line has heard since it was opened, and what it answers.
//!
//! It knows nothing of ports and asks no clock: bytes and times go in; bytes, lines for people and what
//! was stored come out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use emberline_wire::{self as wire, Ack, ClockRequest, Decoder, Frame, Message, SetClock};

use super::clock::{self, believed};
use super::folder::{FolderError, NodeFolder};
use super::heard::Heard;
use super::id::{LogId, NodeId};
use super::image::Image;
use super::line::{self, Line, Why};
use super::store::Store;
use super::thermal::Thermal;

/// How many readings a node may have under way.
const WINDOW: u8 = 16;
/// Time between two questions who is there.
const WHO_ASK: Duration = Duration::from_secs(1);
/// How long readings wait for the first answer about the node's clock.
const CLOCK_WAIT: Duration = Duration::from_secs(5);
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
/// A line that brings nothing for this long is told. A node that saves its battery speaks once a minute.
pub const SILENT: Duration = Duration::from_secs(200);
/// Bytes without one good frame that are told.
const NOISE: u32 = 4;

/// One moment by both clocks of the gateway.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Since some moment, and never set back.
    pub since: Duration,
    /// What time it is, right or wrong.
    pub utc: Timestamp,
}

/// What a session says after it was given something.
#[derive(Debug, Default)]
pub struct Turn {
    /// Bytes for the line.
    pub send: Vec<u8>,
    /// Lines for people.
    pub said: Vec<String>,
    /// What was stored, and is on the disk.
    pub stored: Vec<Line>,
}

/// The node at the other end.
#[derive(Debug)]
pub struct Peer {
    /// Its number.
    pub node: NodeId,
    /// What it last said of itself.
    pub hello: wire::Hello,
    /// How it fares, if it said.
    pub status: Option<wire::Status>,
    folder: Arc<Mutex<NodeFolder>>,
    clock: Asking,
    chip_set: Option<Duration>,
    thermal: Thermal,
}

/// Questions for the node's clock.
#[derive(Clone, Copy, Debug)]
struct Asking {
    /// When this start was first heard of.
    since: Duration,
    /// Whether this start was answered.
    answered: bool,
    next: Duration,
    open: Option<(u16, Duration)>,
    token: u16,
}

/// One end of one line.
#[derive(Debug)]
pub struct Session<'a> {
    store: &'a Store,
    port: String,
    decoder: Decoder,
    peer: Option<Peer>,
    /// What came over the line.
    pub heard: Heard,
    /// When something good last came.
    pub last_good: Option<Now>,
    opened: Option<Duration>,
    asked_who: Option<Duration>,
    pending: Vec<Line>,
    owes_ack: bool,
    said: Said,
}

/// What was said already, so that it is not said again and again.
#[derive(Debug, Default)]
struct Said {
    trouble: Option<String>,
    fault: Option<wire::ChipFault>,
    silent: bool,
    noise: bool,
    clock: bool,
    version: bool,
}

impl<'a> Session<'a> {
    /// A line that was just opened; `port` is what people call it.
    #[must_use]
    pub fn new(store: &'a Store, port: &str) -> Self {
        Self {
            store,
            port: port.to_owned(),
            decoder: Decoder::new(),
            peer: None,
            heard: Heard::default(),
            last_good: None,
            opened: None,
            asked_who: None,
            pending: Vec::new(),
            owes_ack: false,
            said: Said::default(),
        }
    }

    /// The node at the other end, once it has introduced itself.
    #[must_use]
    pub fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    /// Takes what the line brought, maybe nothing, and gives what is to be done.
    pub fn take(&mut self, bytes: &[u8], now: Now) -> Turn {
        let mut turn = Turn::default();
        let opened = *self.opened.get_or_insert(now.since);
        for byte in bytes {
            match self.decoder.push(*byte) {
                None => {}
                Some(Ok(message)) => {
                    self.heard.good_frames += 1;
                    if std::mem::take(&mut self.said.silent) {
                        turn.said.push(format!("{}: the line is alive again", self.name()));
                    }
                    self.last_good = Some(now);
                    if let Err(e) = self.hear(&message, now, &mut turn) {
                        self.trouble(&e, &mut turn);
                    }
                }
                Some(Err(bad)) => self.bad(bad, &mut turn),
            }
        }
        self.commit(&mut turn);
        self.ask_clock(now, &mut turn);
        self.ask_who(now, &mut turn);
        let quiet = now.since.saturating_sub(self.last_good.map_or(opened, |n| n.since));
        if quiet > SILENT && !self.said.silent {
            self.said.silent = true;
            turn.said.push(format!(
                "{}: nothing came for {} s: check the node's power and the cable (its TX to our RX)",
                self.name(),
                quiet.as_secs()
            ));
        }
        turn
    }

    fn name(&self) -> String {
        match &self.peer {
            Some(peer) => format!("{} on {}", self.store.names().call(peer.node), self.port),
            None => self.port.clone(),
        }
    }

    fn bad(&mut self, bad: wire::BadFrame, turn: &mut Turn) {
        self.heard.count_bad(bad);
        if let wire::BadFrame::Version { .. } = bad
            && !self.said.version
        {
            self.said.version = true;
            turn.said.push(format!("{}: {bad}", self.name()));
        }
        let only_noise = self.heard.good_frames == 0 && self.decoder.counters().bad() >= NOISE;
        if only_noise && !self.said.noise && !self.said.version {
            self.said.noise = true;
            turn.said.push(format!(
                "{}: bytes come, but no frame: check --baud, the cable's ground, and that this is a node",
                self.port
            ));
        }
    }

    fn trouble(&mut self, error: &FolderError, turn: &mut Turn) {
        let text = format!("{}: nothing is stored nor acknowledged: {error}", self.name());
        if self.said.trouble.as_ref() != Some(&text) {
            turn.said.push(text.clone());
            self.said.trouble = Some(text);
        }
    }

    fn hear(&mut self, message: &Message, now: Now, turn: &mut Turn) -> Result<(), FolderError> {
        if let Message::Hello(hello) = message {
            return self.hello(hello, now, turn);
        }
        let Some(peer) = &mut self.peer else {
            match message {
                Message::Reading(_) | Message::Gap(_) => self.heard.not_yet += 1,
                // A node whose memory does not answer has no log, and says nothing but that.
                Message::Fault(fault) if self.said.fault != Some(*fault) => {
                    self.said.fault = Some(*fault);
                    turn.said.push(format!("{}: {fault}", self.port));
                }
                _ => {}
            }
            return Ok(());
        };
        match message {
            Message::Reading(reading) => self.reading(reading, now, turn),
            Message::Gap(gap) => self.gap(gap, now),
            Message::Clock(answer) => self.clock(answer, now, turn),
            Message::Status(status) => {
                let before = peer.status.replace(*status).map_or(0, |s| s.memory_errors);
                let well = status.failed == wire::Sensors::NONE && status.memory_errors <= before;
                if well {
                    self.fault(None, now, turn);
                }
            }
            Message::Fault(fault) => self.fault(Some(fault.to_string()), now, turn),
            Message::Thermal(part) => return self.thermal(part, now, turn),
            _ => {} // an echo of our own, or a message of a later version
        }
        Ok(())
    }

    fn hello(&mut self, hello: &wire::Hello, now: Now, turn: &mut Turn) -> Result<(), FolderError> {
        let (node, log) = (NodeId::new(hello.node_id), LogId::new(hello.log));
        let known = self.peer.as_ref().map(|p| (p.node, p.hello.log, p.hello.boot));
        let same_start = known == Some((node, hello.log, hello.boot));
        if let Some(other) = self.store.claim(node, &self.port, now.since) {
            turn.said.push(format!(
                "{}: a node of this number also answers on {other}: give one of them another number",
                self.store.names().call(node)
            ));
        }
        if same_start && let Some(peer) = &mut self.peer {
            peer.hello = *hello;
        } else {
            self.commit(turn);
            let (folder, notes) = self.store.node(node)?;
            turn.said.extend(notes);
            let thermal =
                Thermal::open(folder.lock().unwrap_or_else(PoisonError::into_inner).path());
            let clock = Asking {
                since: now.since,
                answered: false,
                next: now.since,
                open: None,
                token: self.peer.as_ref().map_or(0, |p| p.clock.token),
            };
            self.peer = Some(Peer {
                node,
                hello: *hello,
                status: None,
                folder,
                clock,
                chip_set: None,
                thermal,
            });
            self.first_hello(hello, now, turn);
        }
        let end = self.end(log);
        if hello.acked_seq > end {
            let gap = line::Gap {
                node,
                log,
                first_seq: end + 1,
                last_seq: hello.acked_seq,
                why: Why::AcknowledgedElsewhere,
                received: now.utc,
            };
            turn.said.push(format!(
                "{}: {} readings ({} to {}) were acknowledged before and are not in this store",
                self.name(),
                gap.last_seq - end,
                gap.first_seq,
                gap.last_seq
            ));
            self.pending.push(Line::Gap(gap));
        }
        Ok(())
    }

    /// The first Hello of a start.
    fn first_hello(&mut self, hello: &wire::Hello, now: Now, turn: &mut Turn) {
        let Some(folder) = self.folder() else { return };
        let (node, log) = (folder.node(), LogId::new(hello.log));
        let contents = folder.contents();
        let is_new_start = contents.boot != Some((log, hello.boot));
        let old_log = contents.log.filter(|old| *old != log).map(|old| (old, contents.end(old)));
        let gone_back = hello.next_seq <= contents.end(log);
        drop(folder);
        let wire::Firmware { major, minor, patch } = hello.firmware;
        let start = line::Start {
            node,
            log,
            boot: hello.boot,
            reset_cause: line::reset_cause(hello.reset_cause).to_owned(),
            firmware: format!("{major}.{minor}.{patch}"),
            sensors: line::sensor_names(hello.sensors),
            received: now.utc,
        };
        let waiting = hello.next_seq.saturating_sub(hello.oldest_seq);
        turn.said.push(format!(
            "{}: firmware {}, start {} ({}), sensors {}, {waiting} readings waiting",
            self.name(),
            start.firmware,
            start.boot,
            start.reset_cause,
            if start.sensors.is_empty() { "none".to_owned() } else { start.sensors.join(" ") },
        ));
        if let Some((old, end)) = old_log {
            turn.said.push(format!(
                "{}: its memory is new (log {log}, before {old}): what it took after reading {end} and \
                 did not send is lost",
                self.name()
            ));
        }
        if gone_back {
            turn.said.push(format!(
                "{}: its memory has gone back to reading {}, and {} are stored: what it takes until then \
                 has numbers that were used, and is not stored; empty its memory",
                self.name(),
                hello.next_seq,
                self.end(log)
            ));
        }
        if is_new_start {
            self.pending.push(Line::Start(start));
        }
    }

    fn reading(&mut self, reading: &wire::Reading, now: Now, turn: &mut Turn) {
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

    fn gap(&mut self, gap: &wire::Gap, now: Now) {
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

    fn clock(&mut self, answer: &wire::Clock, now: Now, turn: &mut Turn) {
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
    fn chip(
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

    fn fault(&mut self, what: Option<String>, now: Now, turn: &mut Turn) {
        let Some(folder) = self.folder() else { return };
        let node = folder.node();
        let before = folder.contents().fault.clone();
        drop(folder);
        let last = self.pending.iter().rev().find_map(|line| match line {
            Line::Fault(f) => Some(f.what.clone()),
            _ => None,
        });
        if last.unwrap_or(before) == what {
            return;
        }
        match &what {
            Some(what) => turn.said.push(format!("{}: {what}", self.name())),
            None => turn.said.push(format!("{}: every chip answers again", self.name())),
        }
        self.pending.push(Line::Fault(line::Fault { node, what, received: now.utc }));
    }

    fn thermal(
        &mut self,
        part: &wire::ThermalPart,
        now: Now,
        turn: &mut Turn,
    ) -> Result<(), FolderError> {
        let name = self.name();
        let Some(peer) = &mut self.peer else { return Ok(()) };
        let seen = peer.thermal.take(part, now.since)?;
        turn.said.extend(seen.said.iter().map(|line| format!("{name}: {line}")));
        let Some((rows, columns, temp_c)) = seen.image else { return Ok(()) };
        self.heard.images += 1;
        let image = Image { node: peer.node, received: now.utc, rows, columns, temp_c };
        self.folder().map_or(Ok(()), |folder| folder.append_image(&image))
    }

    fn folder(&self) -> Option<MutexGuard<'_, NodeFolder>> {
        let peer = self.peer.as_ref()?;
        Some(peer.folder.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last reading or gap of `log`, stored or about to be.
    fn end(&self, log: LogId) -> u32 {
        let pending = self.pending.iter().rev().find_map(|line| match line {
            Line::Reading(r) if r.log == log => Some(r.seq),
            Line::Gap(g) if g.log == log => Some(g.last_seq),
            _ => None,
        });
        pending.or_else(|| self.folder().map(|f| f.end(log))).unwrap_or(0)
    }

    /// Stores what is pending, then acknowledges it.
    fn commit(&mut self, turn: &mut Turn) {
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

    /// Asks who is there, as long as nobody said.
    fn ask_who(&mut self, now: Now, turn: &mut Turn) {
        let due = self.asked_who.is_none_or(|asked| now.since >= asked + WHO_ASK);
        if self.peer.is_none() && due {
            self.asked_who = Some(now.since);
            turn.send.extend(Frame::new(&Message::HelloRequest).bytes());
        }
    }

    fn ask_clock(&mut self, now: Now, turn: &mut Turn) {
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
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
