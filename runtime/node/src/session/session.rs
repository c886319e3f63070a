//! One session: what one end of one line has heard since it was opened, and what it answers.

use std::sync::MutexGuard;
use std::time::Duration;

use emberline_wire::{self as wire, Ack, Decoder, Frame, Message, SetClock};
use jiff::{SignedDuration, Timestamp};

use super::note::{Event, SessionNote};
use super::now::Now;
use super::output::SessionOutput;
use super::peer::Peer;
use super::text;
use crate::clock::{self, believed};
use crate::contents::{Faults, apply};
use crate::counters::LineCounters;
use crate::folder::{FolderError, NodeFolder};
use crate::id::{LogId, NodeId};
use crate::image::Image;
use crate::line::{self, Line, Why};
use crate::store::Store;

/// A line that brings nothing for this long is reported. A node that saves its battery sends something
/// once a minute.
pub const SILENT: Duration = Duration::from_secs(200);
/// Bad frames without one good frame that are reported, and bytes: text has no end of a frame.
const NOISE: u32 = 4;
const NOISE_BYTES: u64 = 1000;
/// Time between two questions who is there.
const WHO_ASK: Duration = Duration::from_secs(1);
/// No question is asked later than this after a node has sent something: to save its battery it listens
/// for a moment only.
const LISTENS: Duration = Duration::from_secs(2);
/// A clock chip that is set is not set again for this long.
const CHIP_AGAIN: Duration = Duration::from_secs(600);
/// A chip that was wrong by more, s, is reported.
const CHIP_REPORTED_S: u64 = 60;
/// A gateway's clock that moved by more, s, is reported.
const CLOCK_MOVED_S: i64 = 5;
/// How many readings a node may have under way.
const WINDOW: u8 = 16;

/// One end of one line.
#[derive(Debug)]
pub struct Session<'a> {
    store: &'a Store,
    port: String,
    decoder: Decoder,
    peer: Option<Peer>,
    counters: LineCounters,
    last_good: Option<Now>,
    last_bytes: Option<Now>,
    /// The first bytes, as long as no good frame has come.
    begin: Vec<u8>,
    opened: Option<Duration>,
    asked_who: Option<Duration>,
    /// Lines that are not stored yet.
    pending: Vec<Line>,
    owes_ack: bool,
    reported: Reported,
}

/// What was reported already, so that it is not reported again and again.
#[derive(Debug, Default)]
struct Reported {
    /// Why nothing is stored.
    cause: Option<String>,
    fault: Option<wire::ChipFault>,
    silent: bool,
    noise: bool,
    /// The start of a node that was told: it is heard again where the disk refuses.
    start: Option<(NodeId, LogId, u32)>,
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
            counters: LineCounters::default(),
            last_good: None,
            last_bytes: None,
            begin: Vec::new(),
            opened: None,
            asked_who: None,
            pending: Vec::new(),
            owes_ack: false,
            reported: Reported::default(),
        }
    }

    /// The node at the other end, once it has introduced itself.
    #[must_use]
    pub fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    /// What came over the line.
    #[must_use]
    pub fn counters(&self) -> &LineCounters {
        &self.counters
    }

    /// When a good frame last came.
    #[must_use]
    pub fn last_good(&self) -> Option<Now> {
        self.last_good
    }

    /// When bytes last came, whatever they were.
    #[must_use]
    pub fn last_bytes(&self) -> Option<Now> {
        self.last_bytes
    }

    /// Takes what the line brought, maybe nothing, and returns what is to be done.
    pub fn take(&mut self, bytes: &[u8], now: Now) -> SessionOutput {
        let mut out = SessionOutput::default();
        let opened = *self.opened.get_or_insert(now.since);
        if !bytes.is_empty() {
            self.last_bytes = Some(now);
            self.counters.bytes += bytes.len() as u64;
            let room = text::LOOKED_AT.saturating_sub(self.begin.len());
            self.begin.extend(bytes.iter().take(room));
        }
        for byte in bytes {
            match self.decoder.push(*byte) {
                None => {}
                Some(Ok(message)) => {
                    self.counters.good_frames += 1;
                    if std::mem::take(&mut self.reported.silent) {
                        self.note(Event::AliveAgain, &mut out);
                    }
                    self.last_good = Some(now);
                    if let Err(e) = self.message(&message, now, &mut out) {
                        self.not_stored(&e, &mut out);
                    }
                }
                Some(Err(bad)) => self.bad_frame(bad, &mut out),
            }
        }
        self.tell_noise(&mut out);
        self.commit(&mut out);
        self.ask_clock(now, &mut out);
        self.ask_who(now, &mut out);
        let quiet = now.since.saturating_sub(self.last_good.map_or(opened, |n| n.since));
        if quiet > SILENT && !self.reported.silent {
            self.reported.silent = true;
            let bytes_came = |n: Now| now.since.saturating_sub(n.since) <= SILENT;
            match self.last_bytes.is_some_and(bytes_came) {
                true if self.reported.noise => {}
                true => self.note(Event::OnlyNoise, &mut out),
                false => self.note(Event::Silent { quiet_s: quiet.as_secs() }, &mut out),
            }
        }
        out
    }

    /// What people call this end: the node and its port, or the port.
    fn name(&self) -> String {
        match &self.peer {
            Some(peer) => format!("{} on {}", self.store.settings().call(peer.node), self.port),
            None => self.port.clone(),
        }
    }

    fn note(&self, event: Event, out: &mut SessionOutput) {
        out.notes.push(SessionNote { about: Some(self.name()), event });
    }

    fn folder(&self) -> Option<MutexGuard<'_, NodeFolder>> {
        self.peer.as_ref().map(Peer::folder)
    }

    fn bad_frame(&mut self, bad: wire::BadFrame, out: &mut SessionOutput) {
        self.counters.count_bad(bad);
        if let wire::BadFrame::Version { .. } = bad
            && !self.reported.version
        {
            self.reported.version = true;
            self.note(Event::OtherProtocol(bad), out);
        }
    }

    /// Reports bytes that are no frames, once.
    fn tell_noise(&mut self, out: &mut SessionOutput) {
        if self.counters.good_frames > 0 || self.reported.noise || self.reported.version {
            return;
        }
        if self.decoder.counters().bad() >= NOISE || self.counters.bytes >= NOISE_BYTES {
            self.reported.noise = true;
            let event = match text::sample(&self.begin) {
                Some(sample) => Event::Text { sample },
                None => Event::OnlyNoise,
            };
            self.note(event, out);
        }
    }

    /// Reports that the disk refuses, once for each cause and node.
    fn not_stored(&mut self, error: &FolderError, out: &mut SessionOutput) {
        let note = SessionNote {
            about: Some(self.name()),
            event: Event::NothingStored { cause: error.to_string() },
        };
        let text = note.to_string();
        if self.reported.cause.as_ref() != Some(&text) {
            out.notes.push(note);
            self.reported.cause = Some(text);
        }
    }

    fn message(
        &mut self,
        message: &Message,
        now: Now,
        out: &mut SessionOutput,
    ) -> Result<(), FolderError> {
        if let Message::Hello(hello) = message {
            return self.hello(hello, now, out);
        }
        let Some(peer) = &mut self.peer else {
            match message {
                Message::Reading(_) | Message::Gap(_) => self.counters.not_yet += 1,
                // A node whose memory does not answer has no log, and sends nothing but that.
                Message::Fault(fault) if self.reported.fault != Some(*fault) => {
                    self.reported.fault = Some(*fault);
                    self.note(Event::ChipFault(*fault), out);
                }
                _ => {}
            }
            return Ok(());
        };
        match message {
            Message::Reading(reading) => self.reading(reading, now, out),
            Message::Gap(gap) => self.gap(gap, now),
            Message::Clock(answer) => self.clock(answer, now, out),
            Message::Status(status) => {
                let before = peer.status.replace(*status).map_or(0, |s| s.memory_errors);
                let well = status.failed == wire::Sensors::NONE && status.memory_errors <= before;
                self.status(well, now, out);
            }
            Message::Fault(fault) => self.fault(fault, now, out),
            Message::Thermal(part) => return self.thermal(part, now, out),
            _ => {} // an echo of our own, or a message of a later version
        }
        Ok(())
    }
}

/// Who is at the other end, and what its memory holds against the store.
impl Session<'_> {
    /// Asks who is there, as long as no node has introduced itself.
    fn ask_who(&mut self, now: Now, out: &mut SessionOutput) {
        let due = self.asked_who.is_none_or(|asked| now.since >= asked + WHO_ASK);
        if self.peer.is_none() && due {
            self.asked_who = Some(now.since);
            out.send.extend(Frame::new(&Message::HelloRequest).bytes());
        }
    }

    /// A node introduces itself: at its start, when it is asked, and every few seconds.
    fn hello(
        &mut self,
        hello: &wire::Hello,
        now: Now,
        out: &mut SessionOutput,
    ) -> Result<(), FolderError> {
        let (node, log) = (NodeId::new(hello.node_id), LogId::new(hello.log));
        let known = self.peer.as_ref().map(|p| (p.node, p.hello.log, p.hello.boot));
        let same_start = known == Some((node, hello.log, hello.boot));
        if let Some(other_port) = self.store.claim(node, &self.port, now.since) {
            let about = Some(self.store.settings().call(node));
            out.notes.push(SessionNote { about, event: Event::SameNumber { other_port } });
        }
        if same_start && let Some(peer) = &mut self.peer {
            peer.hello = *hello;
        } else {
            self.commit(out);
            let (folder, torn) = self.store.node(node)?;
            let torn = torn.into_iter().map(Event::Torn);
            out.notes.extend(torn.map(|event| SessionNote { about: None, event }));
            let token = self.peer.as_ref().map_or(0, |p| p.clock.token());
            self.peer = Some(Peer::new(hello, folder, token, now));
            self.first_hello(hello, now, out);
        }
        let end = self.end(log);
        if hello.acked_seq > end {
            let (first_seq, last_seq) = (end + 1, hello.acked_seq);
            let (why, received) = (Why::AcknowledgedElsewhere, now.utc);
            self.note(Event::AcknowledgedBefore { first_seq, last_seq }, out);
            let gap = line::Gap { node, log, first_seq, last_seq, why, received };
            self.pending.push(Line::Gap(gap));
        }
        Ok(())
    }

    /// The first Hello of a start.
    fn first_hello(&mut self, hello: &wire::Hello, now: Now, out: &mut SessionOutput) {
        let Some(folder) = self.folder() else { return };
        let (node, log) = (folder.node(), LogId::new(hello.log));
        let contents = folder.contents();
        let is_new_start = contents.boot != Some((log, hello.boot));
        let old_log = contents.log.filter(|old| *old != log).map(|old| (old, contents.end(old)));
        let gone_back = hello.next_seq <= contents.end(log);
        drop(folder);
        let wire::Firmware { major, minor, patch } = hello.firmware;
        let firmware = format!("{major}.{minor}.{patch}");
        let reset_cause = line::reset_cause(hello.reset_cause);
        let sensors = line::sensor_names(hello.sensors);
        let started = Event::NodeStarted {
            firmware: firmware.clone(),
            boot: hello.boot,
            reset_cause,
            sensors: sensors.clone(),
            waiting: hello.next_seq.saturating_sub(hello.oldest_seq),
        };
        let is_news =
            self.reported.start.replace((node, log, hello.boot)) != Some((node, log, hello.boot));
        if is_news {
            self.note(started, out);
        }
        if let Some((old_log, last_seq)) = old_log.filter(|_| is_news) {
            self.note(Event::NewMemory { log, old_log, last_seq }, out);
        }
        if gone_back && is_news {
            let (next_seq, stored_seq) = (hello.next_seq, self.end(log));
            self.note(Event::MemoryWentBack { next_seq, stored_seq }, out);
        }
        if is_new_start {
            self.pending.push(Line::Start(line::Start {
                node,
                log,
                boot: hello.boot,
                reset_cause: reset_cause.to_owned(),
                firmware,
                sensors,
                received: now.utc,
            }));
        }
    }
}

/// Readings and gaps: taken in the order of their numbers, stored, then acknowledged.
impl Session<'_> {
    /// Takes a reading if it is the next one; what is stored already, or comes too early, is answered too.
    fn reading(&mut self, reading: &wire::Reading, now: Now, out: &mut SessionOutput) {
        let Some(peer) = &self.peer else { return };
        let (node, log) = (peer.node, LogId::new(reading.log));
        let waits = reading.boot == peer.hello.boot && peer.clock.holds_readings(now.since);
        if reading.log != peer.hello.log || waits {
            self.counters.not_yet += 1;
            return;
        }
        self.owes_ack = true;
        let end = self.end(log);
        if reading.seq <= end {
            self.counters.again += 1;
        } else if reading.seq > end + 1 {
            self.counters.too_early += 1;
        } else {
            let Some(folder) = self.folder() else { return };
            let starts = &folder.contents().starts;
            let dated = starts.date(reading);
            let started = starts.get(log, reading.boot);
            drop(folder);
            if reading.boot == self.peer.as_ref().map_or(0, |p| p.hello.boot) {
                self.set_chip(reading, started, now, out);
            }
            let line = line::Reading::new(node, reading, dated, now.utc);
            self.pending.push(Line::Reading(line));
        }
    }

    /// Takes a gap that begins at or before the next reading.
    fn gap(&mut self, gap: &wire::Gap, now: Now) {
        let Some(peer) = &self.peer else { return };
        let (node, log) = (peer.node, LogId::new(gap.log));
        if gap.log != peer.hello.log {
            self.counters.not_yet += 1;
            return;
        }
        self.owes_ack = true;
        let end = self.end(log);
        if gap.last_seq <= end {
            self.counters.again += 1;
        } else if gap.first_seq > end + 1 {
            self.counters.too_early += 1;
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
    fn end(&self, log: LogId) -> u32 {
        let pending = self.pending.iter().rev().find_map(|line| match line {
            Line::Reading(r) if r.log == log => Some(r.seq),
            Line::Gap(g) if g.log == log => Some(g.last_seq),
            _ => None,
        });
        pending.or_else(|| self.folder().map(|f| f.end(log))).unwrap_or(0)
    }

    /// Stores what is pending, then acknowledges it.
    fn commit(&mut self, out: &mut SessionOutput) {
        let lines = std::mem::take(&mut self.pending);
        let owes_ack = std::mem::take(&mut self.owes_ack);
        let Some(peer) = &self.peer else { return };
        let log = peer.log();
        let mut folder = peer.folder();
        let result = if lines.is_empty() { Ok(()) } else { folder.append(&lines) };
        let seq = folder.end(log);
        drop(folder);
        if let Err(error) = result {
            self.not_stored(&error, out);
            // Everything begins anew with the node's next Hello; until then nothing is taken.
            self.peer = None;
            return;
        }
        let new = lines.iter().filter(|l| matches!(l, Line::Reading(_) | Line::Gap(_))).count();
        self.counters.stored += new as u64;
        if new > 0 && self.reported.cause.take().is_some() {
            self.note(Event::StoredAgain, out);
        }
        out.stored.extend(lines);
        if owes_ack || new > 0 {
            let ack = Ack { log: log.0, seq, window: WINDOW };
            out.send.extend(Frame::new(&Message::Ack(ack)).bytes());
        }
    }
}

/// Clocks: the question for the node's uptime, and its clock chip.
impl Session<'_> {
    /// Asks for the node's clock, if that is due.
    fn ask_clock(&mut self, now: Now, out: &mut SessionOutput) {
        let Some(peer) = &mut self.peer else { return };
        let listens = self.last_good.is_some_and(|good| now.since <= good.since + LISTENS);
        if listens && let Some(question) = peer.clock.ask(now.since) {
            out.send.extend(Frame::new(&Message::ClockRequest(question)).bytes());
        }
    }

    /// The node answered the question for its clock.
    fn clock(&mut self, answer: &wire::Clock, now: Now, out: &mut SessionOutput) {
        let Some(peer) = &mut self.peer else { return };
        if answer.boot != peer.hello.boot {
            return;
        }
        let Some(answered) = peer.clock.answer(answer.token, now.since) else { return };
        let (node, log) = (peer.node, peer.log());
        // What came while this was open was not taken: the ack makes the node send it again.
        self.owes_ack |= answered.is_first;
        if believed(now.utc).is_none() && !self.reported.clock {
            self.reported.clock = true;
            let event = Event::ImpossibleTime { utc: now.utc };
            out.notes.push(SessionNote { about: None, event });
        }
        let took = SignedDuration::try_from(answered.took).unwrap_or_default();
        let Some(folder) = self.folder() else { return };
        let starts = &folder.contents().starts;
        let before = starts.get(log, answer.boot);
        let learnt = starts.learn(log, answer, now.utc, took);
        drop(folder);
        let Some(started) = learnt else { return };
        if let Some(before) = before {
            let moved = started.at.duration_since(before.at);
            if moved.abs() > SignedDuration::from_secs(CLOCK_MOVED_S) {
                self.note(Event::ClockMoved { by_s: moved.as_secs() }, out);
            }
        }
        let round_trip_ms = started.round_trip_ms;
        let line = line::Clock { node, log, boot: answer.boot, started: started.at, round_trip_ms };
        self.pending.push(Line::Clock(line));
        // Readings that follow in the same bytes are dated by it.
        self.commit(out);
    }

    /// Sets the node's clock chip if it is wrong.
    fn set_chip(
        &mut self,
        reading: &wire::Reading,
        started: Option<clock::Started>,
        now: Now,
        out: &mut SessionOutput,
    ) {
        let Some(ahead_s) = clock::chip_ahead_s(reading, started) else { return };
        let (Some(peer), Some(utc)) = (&mut self.peer, believed(now.utc)) else { return };
        if peer.chip_set.is_some_and(|set| now.since < set + CHIP_AGAIN) {
            return;
        }
        peer.chip_set = Some(now.since);
        let unix_ms = u64::try_from(utc.as_millisecond()).unwrap_or(0);
        out.send.extend(Frame::new(&Message::SetClock(SetClock { unix_ms })).bytes());
        if ahead_s.unsigned_abs() > CHIP_REPORTED_S {
            let showed = reading.rtc_unix_s.and_then(|s| Timestamp::from_second(s.into()).ok());
            self.note(Event::ChipClockSet { showed, ahead_s }, out);
        }
    }
}

/// Which chips the node complains of: each once, and again when they answer.
impl Session<'_> {
    /// The node complains of a chip.
    fn fault(&mut self, fault: &wire::ChipFault, now: Now, out: &mut SessionOutput) {
        let chip = format!("{} at 0x{:02x}", fault.chip, fault.address);
        let what = fault.to_string();
        let Some(peer) = &mut self.peer else { return };
        peer.complaints.add(&chip);
        if self.faults().get(&chip) != Some(&what) {
            self.note(Event::ChipFault(*fault), out);
            self.store_fault(Some(chip), Some(what), now);
        }
    }

    /// The node reports its health; `well` is that no sensor failed, and its memory not again.
    fn status(&mut self, well: bool, now: Now, out: &mut SessionOutput) {
        let faults = self.faults();
        let Some(peer) = &mut self.peer else { return };
        peer.complaints.count_report();
        let is_over = |chip: &&String| peer.complaints.is_over(chip);
        let again: Vec<String> = faults.keys().filter(is_over).cloned().collect();
        if well && !faults.is_empty() {
            self.note(Event::AllChipsWell, out);
            self.store_fault(None, None, now);
            return;
        }
        for chip in again {
            self.note(Event::ChipWell { chip: chip.clone() }, out);
            self.store_fault(Some(chip), None, now);
        }
    }

    fn store_fault(&mut self, chip: Option<String>, what: Option<String>, now: Now) {
        let Some(node) = self.peer.as_ref().map(|p| p.node) else { return };
        self.pending.push(Line::Fault(line::Fault { node, chip, what, received: now.utc }));
    }

    /// What is wrong, stored or about to be.
    fn faults(&self) -> Faults {
        let mut faults = self.folder().map_or_else(Faults::new, |f| f.contents().faults.clone());
        for line in &self.pending {
            if let Line::Fault(fault) = line {
                apply(&mut faults, fault);
            }
        }
        faults
    }
}

/// Thermal images.
impl Session<'_> {
    fn thermal(
        &mut self,
        part: &wire::ThermalPart,
        now: Now,
        out: &mut SessionOutput,
    ) -> Result<(), FolderError> {
        let Some(peer) = &mut self.peer else { return Ok(()) };
        let node = peer.node;
        let thermal = peer.thermal.take(part, now.since)?;
        for why in thermal.notes {
            self.note(Event::NoImage(why), out);
        }
        let Some((rows, columns, temp_c)) = thermal.image else { return Ok(()) };
        self.counters.images += 1;
        let image = Image { node, received: now.utc, rows, columns, temp_c };
        self.folder().map_or(Ok(()), |folder| folder.append_image(&image))
    }
}
