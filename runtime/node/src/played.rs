//! A node without a board: the code that runs on one, with memory that outlives it.

use std::sync::{Arc, Mutex};

use emberline_node::{Kind, Log, Measurement, Memory, Node, Start, Wish};
use emberline_wire::{Decoder, Firmware, Frame, ResetCause, Sensor, Sensors};

/// Bytes that outlive a node's start.
#[derive(Clone)]
pub(crate) struct Ram(Arc<Mutex<Vec<u8>>>);

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
pub(crate) struct Played {
    memory: Ram,
    log: u32,
    id: u32,
    pub(crate) node: Node<Ram>,
    decoder: Decoder,
    /// What it was told to set its clock to, ms since 1970.
    pub(crate) clock_set_ms: Option<u64>,
}

impl Played {
    /// A node with room for `slots` readings, just started.
    pub(crate) fn new(id: u32, log: u32, slots: usize) -> Self {
        let memory = Ram(Arc::new(Mutex::new(vec![0xff; (8 + slots) * 64])));
        let node = start(&memory, log, id, ResetCause::PowerOn);
        Self { memory, log, id, node, decoder: Decoder::new(), clock_set_ms: None }
    }

    /// The power fails and comes back.
    pub(crate) fn power_cut(&mut self) {
        self.node = start(&self.memory, self.log, self.id, ResetCause::PowerOn);
        self.decoder = Decoder::new();
    }

    /// Keeps a measurement whose temperature tells its number: number / 100 °C.
    pub(crate) fn measure(&mut self, now_ms: u64, rtc_unix_s: Option<u32>) -> u32 {
        let seq = self.node.log().next_seq();
        let mut round = Measurement::new(now_ms);
        round.reading.temp_c_e2 = Some((seq % 5000) as i16);
        round.reading.rain_tips = Some(seq / 10);
        round.reading.rtc_unix_s = rtc_unix_s;
        self.node.record(&round).expect("a memory that never fails")
    }

    /// The bytes that it has to send.
    pub(crate) fn poll(&mut self, now_ms: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(message) = self.node.poll(now_ms).expect("a memory that never fails") {
            bytes.extend_from_slice(Frame::new(&message).bytes());
        }
        bytes
    }

    /// Takes bytes of the gateway.
    pub(crate) fn hear(&mut self, now_ms: u64, bytes: &[u8]) {
        for byte in bytes {
            let Some(Ok(message)) = self.decoder.push(*byte) else { continue };
            let bad = self.decoder.counters().bad();
            if let Ok(Wish::SetClock { unix_ms }) = self.node.hear(now_ms, &message, bad) {
                self.clock_set_ms = Some(unix_ms);
            }
        }
    }

    /// The last reading that a gateway acknowledged.
    pub(crate) fn acked(&self) -> u32 {
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

/// Numbers that look random and are the same each time (Marsaglia's xorshift).
pub(crate) struct Random(pub(crate) u32);

impl Random {
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % n
    }

    /// `bytes` on a line that drops 1 byte in `one_in`, and flips a bit of another.
    pub(crate) fn spoil(&mut self, bytes: &[u8], one_in: u32) -> Vec<u8> {
        let mut out: Vec<u8> = bytes.iter().copied().filter(|_| self.below(one_in) > 0).collect();
        for byte in &mut out {
            if self.below(one_in) == 0 {
                *byte ^= 1 << self.below(8);
            }
        }
        out
    }
}
