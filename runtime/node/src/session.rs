//! A session: what one end of one serial line has heard since it was opened, and what it answers.
//!
//! It knows nothing of ports and asks no clock: bytes and times go in; bytes, lines for people and what
//! was stored come out.

mod asking;
mod faults;
mod hello;
mod intake;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use emberline_wire::{self as wire, Decoder, Message};

use super::folder::{FolderError, NodeFolder};
use super::heard::Heard;
use super::id::NodeId;
use super::image::Image;
use super::line::Line;
use super::store::Store;
use super::thermal::Thermal;

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
    /// How often it said how it fares.
    statuses: u32,
    /// At which of these each chip was last complained of.
    complained: BTreeMap<String, u32>,
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
                self.fares(well, now, turn);
            }
            Message::Fault(fault) => self.fault(fault, now, turn),
            Message::Thermal(part) => return self.thermal(part, now, turn),
            _ => {} // an echo of our own, or a message of a later version
        }
        Ok(())
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
}

#[cfg(test)]
mod tests;
