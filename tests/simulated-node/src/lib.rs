//! A sensor node without a board, for tests: the firmware's own code, with a memory that outlives it.

use std::sync::{Arc, Mutex};

use emberline_node::{Kind, Log, Measurement, Memory, Node, Start, Wish};
use emberline_wire::{Decoder, Firmware, Frame, ResetCause, Sensor, Sensors};

/// Bytes that outlive a start of the node.
#[derive(Clone, Debug)]
pub struct Ram(Arc<Mutex<Vec<u8>>>);

impl Memory for Ram {
    type Error = std::convert::Infallible;

    fn kind(&self) -> Kind {
        Kind::Bytes
    }

    fn capacity(&self) -> u32 {
        self.0.lock().expect("the memory").len() as u32
    }

    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), Self::Error> {
        out.copy_from_slice(&self.0.lock().expect("the memory")[at as usize..][..out.len()]);
        Ok(())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.lock().expect("the memory")[at as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn erase(&mut self, _: u32) -> Result<(), Self::Error> {
        unreachable!("bytes are not erased")
    }
}

/// One node, from start to start.
#[derive(Debug)]
pub struct SimulatedNode {
    memory: Ram,
    log: u32,
    id: u32,
    /// The firmware's own node.
    pub node: Node<Ram>,
    decoder: Decoder,
    /// The last time that a gateway set its clock to, ms since 1970.
    pub clock_set_ms: Option<u64>,
}

impl SimulatedNode {
    /// Node number `id` with the log number `log` and room for `slots` readings, just started.
    #[must_use]
    pub fn new(id: u32, log: u32, slots: usize) -> Self {
        let memory = Ram(Arc::new(Mutex::new(vec![0xff; (8 + slots) * 64])));
        let node = start(&memory, log, id, ResetCause::PowerOn);
        Self { memory, log, id, node, decoder: Decoder::new(), clock_set_ms: None }
    }

    /// The power fails and comes back.
    pub fn power_cut(&mut self) {
        self.node = start(&self.memory, self.log, self.id, ResetCause::PowerOn);
        self.decoder = Decoder::new();
    }

    /// Stores a measurement whose temperature is its own number / 100 °C, and returns that number.
    pub fn measure(&mut self, now_ms: u64, rtc_unix_s: Option<u32>) -> u32 {
        let seq = self.node.log().next_seq();
        let mut round = Measurement::new(now_ms);
        round.reading.temp_c_e2 = Some((seq % 5000) as i16);
        round.reading.rain_tips = Some(seq / 10);
        round.reading.rtc_unix_s = rtc_unix_s;
        self.node.record(&round).expect("a memory that never fails")
    }

    /// The bytes that it has to send at `now_ms`, ms since its start.
    pub fn poll(&mut self, now_ms: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(message) = self.node.poll(now_ms).expect("a memory that never fails") {
            bytes.extend_from_slice(Frame::new(&message).bytes());
        }
        bytes
    }

    /// Receives bytes of the gateway at `now_ms`, ms since its start.
    pub fn hear(&mut self, now_ms: u64, bytes: &[u8]) {
        for byte in bytes {
            let Some(Ok(message)) = self.decoder.push(*byte) else { continue };
            let bad = self.decoder.counters().bad();
            if let Ok(Wish::SetClock { unix_ms }) = self.node.hear(now_ms, &message, bad) {
                self.clock_set_ms = Some(unix_ms);
            }
        }
    }

    /// Number of the last reading that a gateway acknowledged.
    #[must_use]
    pub fn acked(&self) -> u32 {
        self.node.log().acked()
    }
}

fn start(memory: &Ram, log: u32, id: u32, reset_cause: ResetCause) -> Node<Ram> {
    let start = Start {
        node_id: id,
        firmware: Firmware { major: 0, minor: 1, patch: 0 },
        reset_cause,
        sensors: Sensors::NONE.with(Sensor::Temp).with(Sensor::Rain),
    };
    Node::new(Log::open(memory.clone(), log).expect("a log"), start)
}

/// Numbers that look random and are the same each time (Marsaglia's xorshift). Its seeds make the trials
/// that were checked, so no other generator takes its place.
#[derive(Debug)]
pub struct Random(pub u32);

impl Random {
    /// A number from 0 to `n` - 1.
    pub fn below(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % n
    }

    /// `bytes` after a line that drops 1 byte in `one_in`, and flips a bit of another.
    pub fn spoil(&mut self, bytes: &[u8], one_in: u32) -> Vec<u8> {
        let mut out: Vec<u8> = bytes.iter().copied().filter(|_| self.below(one_in) > 0).collect();
        for byte in &mut out {
            if self.below(one_in) == 0 {
                *byte ^= 1 << self.below(8);
            }
        }
        out
    }
}
