//! The peer: the simplest gateway, which takes readings in order and acknowledges them.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use emberline_wire::{Ack, ChipFault, Decoder, Frame, Hello, Message, Reading};

use crate::line::Line;

/// How long anything may take before a test gives up: not how long it takes.
const LIMIT: Duration = Duration::from_secs(120);

/// A gateway for tests.
#[derive(Debug)]
pub struct Peer {
    line: Line,
    decoder: Decoder,
    /// Whether it acknowledges what it gets.
    pub acks: bool,
    /// Every reading that came, once, in order.
    pub readings: Vec<Reading>,
    /// Numbers of readings that the node says are gone.
    pub gaps: Vec<u32>,
    log: u32,
    taken: u32,
    fault: Option<ChipFault>,
    /// What came after the last message that was asked for.
    waiting: VecDeque<u8>,
}

impl Peer {
    /// A gateway at the end of `line`.
    pub fn new(line: Line) -> Self {
        Self {
            line,
            decoder: Decoder::new(),
            acks: true,
            readings: vec![],
            gaps: vec![],
            log: 0,
            taken: 0,
            fault: None,
            waiting: VecDeque::new(),
        }
    }

    /// Everything up to here has come: readings and gaps.
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Message) {
        self.line.write(Frame::new(message).bytes());
    }

    /// Serves until `want` is given by a message; `what` is it in words.
    ///
    /// # Panics
    /// When it does not come for [`LIMIT`].
    pub fn until<T>(&mut self, what: &str, mut want: impl FnMut(&Message) -> Option<T>) -> T {
        let end = Instant::now() + LIMIT;
        let mut buffer = [0; 256];
        while Instant::now() < end {
            while let Some(byte) = self.waiting.pop_front() {
                let Some(Ok(message)) = self.decoder.push(byte) else { continue };
                self.take(&message);
                self.fault = match message {
                    Message::Fault(fault) => Some(fault),
                    _ => self.fault,
                };
                if let Some(got) = want(&message) {
                    return got;
                }
            }
            let count = self.line.read(&mut buffer);
            self.waiting.extend(&buffer[..count]);
        }
        let fault = self.fault.map_or("none".into(), |fault| fault.to_string());
        let counters = self.decoder.counters();
        panic!(
            "{what} did not come for {LIMIT:?}; {} readings, {counters:?}, last fault: {fault}",
            self.taken
        );
    }

    /// The next Hello.
    pub fn hello(&mut self) -> Hello {
        self.until("a Hello", |message| match message {
            Message::Hello(hello) => Some(*hello),
            _ => None,
        })
    }

    /// The next reading that is as wanted.
    pub fn reading(&mut self, what: &str, want: impl Fn(&Reading) -> bool) -> Reading {
        self.until(what, |message| match message {
            Message::Reading(reading) if want(reading) => Some(*reading),
            _ => None,
        })
    }

    /// The next fault that reads as wanted.
    pub fn fault(&mut self, line: &str) -> ChipFault {
        self.until(line, |message| match message {
            Message::Fault(fault) if fault.to_string() == line => Some(*fault),
            _ => None,
        })
    }

    fn take(&mut self, message: &Message) {
        let log = match message {
            Message::Reading(reading) => reading.log,
            Message::Gap(gap) => gap.log,
            _ => return,
        };
        if log != self.log {
            (self.log, self.taken) = (log, 0);
        }
        match message {
            Message::Reading(reading) if reading.seq == self.taken + 1 => {
                self.readings.push(*reading);
                self.taken = reading.seq;
            }
            Message::Gap(gap) if (gap.first_seq..=gap.last_seq).contains(&(self.taken + 1)) => {
                self.gaps.extend(self.taken + 1..=gap.last_seq);
                self.taken = gap.last_seq;
            }
            _ => {} // again, or out of order
        }
        if self.acks {
            self.send(&Message::Ack(Ack { log, seq: self.taken, window: 8 }));
        }
    }
}
