//! The node: what it keeps, what it says next, and what it does with what it hears.

use emberline_wire::{
    Clock, Firmware, Hello, Message, PROTOCOL, ResetCause, Sensors, SetClock, Status,
};

use crate::{faults::Faults, link::Link, log::Log, measurement::Measurement, memory::Memory};

/// Time between two Hellos, ms.
pub const HELLO_MS: u64 = 5_000;
/// Time between two reports of the node's state, ms.
pub const STATUS_MS: u64 = 60_000;

/// What a board knows when it starts.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The node's own number, unique among the nodes of a gateway.
    pub node_id: u32,
    /// What it runs.
    pub firmware: Firmware,
    /// Why it started.
    pub reset_cause: ResetCause,
    /// The sensors that answered.
    pub sensors: Sensors,
}

/// What a board should do after something was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    None,
    /// Set the clock chip to this time, if there is one.
    SetClock {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        unix_ms: u64,
    },
}

/// A node with its log. Times are milliseconds of uptime.
#[derive(Debug)]
pub struct Node<M> {
    log: Log<M>,
    link: Link,
    start: Start,
    hello_ms: u64,
    status_ms: u64,
    clock_asked: Option<(u16, u64)>,
    rtc_unix_s: Option<u32>,
    failed: Sensors,
    faults: Faults,
    /// Place of the next fault to tell.
    next_fault: usize,
    sensor_errors: u32,
    memory_errors: u32,
    bad_frames: u32,
}

impl<M: Memory> Node<M> {
    /// A node that has just started.
    pub fn new(log: Log<M>, start: Start) -> Self {
        let link = Link::new(log.acked());
        Self {
            log,
            link,
            start,
            hello_ms: 0,
            status_ms: STATUS_MS,
            clock_asked: None,
            rtc_unix_s: None,
            failed: Sensors::NONE,
            faults: Faults::default(),
            next_fault: 0,
            sensor_errors: 0,
            memory_errors: 0,
            bad_frames: 0,
        }
    }

    /// The log.
    pub fn log(&self) -> &Log<M> {
        &self.log
    }

    /// Tips of the bucket since the log began.
    pub fn rain_tips(&self) -> u32 {
        self.log.rain_tips()
    }

    /// The bucket tipped `tips` times more.
    ///
    /// # Errors
    /// When the memory fails. The tips count; they are lost only if the power fails before the next
    /// reading is kept.
    pub fn rain(&mut self, tips: u32) -> Result<(), M::Error> {
        if tips == 0 {
            return Ok(());
        }
        let result = self.log.set_rain_tips(self.log.rain_tips().saturating_add(tips));
        self.count_memory(result)
    }

    /// Keeps a reading. The faults of the round are reported to the gateway when there is a new one.
    ///
    /// # Errors
    /// When the memory fails; the reading is then lost.
    pub fn record(&mut self, round: &Measurement) -> Result<u32, M::Error> {
        let (reading, failed) = (round.reading, round.failures());
        if round.faults().has_news(&self.faults) {
            self.next_fault = 0;
        }
        self.faults = *round.faults();
        self.failed = failed;
        self.sensor_errors = self.sensor_errors.saturating_add(failed.bits().count_ones());
        self.rtc_unix_s = reading.rtc_unix_s;
        let result = self.log.append(reading);
        self.count_memory(result)
    }

    /// The next message to put on the line, if one is due. Call it until there is none.
    ///
    /// # Errors
    /// When the memory fails.
    pub fn poll(&mut self, now_ms: u64) -> Result<Option<Message>, M::Error> {
        if let Some((token, uptime_ms)) = self.clock_asked.take() {
            let (boot, rtc_unix_s) = (self.log.boot(), self.rtc_unix_s);
            return Ok(Some(Message::Clock(Clock { token, boot, uptime_ms, rtc_unix_s })));
        }
        if now_ms >= self.hello_ms {
            self.hello_ms = now_ms + HELLO_MS;
            return Ok(Some(self.hello(now_ms)));
        }
        if now_ms >= self.status_ms {
            self.status_ms = now_ms + STATUS_MS;
            self.next_fault = 0;
            return Ok(Some(self.status(now_ms)));
        }
        if let Some(fault) = self.faults.get(self.next_fault) {
            self.next_fault += 1;
            return Ok(Some(Message::Fault(fault)));
        }
        let result = self.link.poll(now_ms, &mut self.log);
        self.count_memory(result)
    }

    /// Takes a message of the gateway. `bad_frames` is [`emberline_wire::Counters::bad`] of the
    /// decoder that it came from.
    ///
    /// # Errors
    /// When the memory fails; an ack counts all the same.
    pub fn hear(
        &mut self,
        now_ms: u64,
        message: &Message,
        bad_frames: u32,
    ) -> Result<Wish, M::Error> {
        self.bad_frames = bad_frames;
        match message {
            Message::Ack(ack) => {
                let result = self.link.acknowledged(now_ms, ack, &mut self.log);
                self.count_memory(result)?;
            }
            Message::SetClock(SetClock { unix_ms }) => {
                return Ok(Wish::SetClock { unix_ms: *unix_ms });
            }
            Message::HelloRequest => self.hello_ms = now_ms,
            Message::ClockRequest(request) => self.clock_asked = Some((request.token, now_ms)),
            _ => {} // an echo of our own, or a message of a later version
        }
        Ok(Wish::None)
    }

    fn hello(&self, now_ms: u64) -> Message {
        Message::Hello(Hello {
            protocol: PROTOCOL,
            node_id: self.start.node_id,
            log: self.log.id(),
            boot: self.log.boot(),
            uptime_ms: now_ms,
            firmware: self.start.firmware,
            reset_cause: self.start.reset_cause,
            sensors: self.start.sensors,
            acked_seq: self.log.acked(),
            oldest_seq: self.log.oldest_seq(),
            next_seq: self.log.next_seq(),
        })
    }

    fn status(&self, now_ms: u64) -> Message {
        Message::Status(Status {
            uptime_ms: now_ms,
            stored: self.log.next_seq() - self.log.oldest_seq(),
            overwritten: self.log.overwritten(),
            bad_frames: self.bad_frames,
            sensor_errors: self.sensor_errors,
            memory_errors: self.memory_errors,
            failed: self.failed,
            retry_ms: self.link.retry_ms() as u16, // at most 5 s
        })
    }

    fn count_memory<T>(&mut self, result: Result<T, M::Error>) -> Result<T, M::Error> {
        if result.is_err() {
            self.memory_errors = self.memory_errors.saturating_add(1);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, println, vec::Vec};

    use emberline_wire::{Ack, Chip, ChipFault, ClockRequest, Decoder, Fault, Frame, Sensor};
    use fastrand::Rng;

    use super::*;
    use crate::memory::{Kind, fake::Fake};

    const START: Start = Start {
        node_id: 0x51,
        firmware: Firmware { major: 0, minor: 1, patch: 0 },
        reset_cause: ResetCause::PowerOn,
        sensors: Sensors::NONE.with(Sensor::Temp),
    };

    /// `message` on a line that drops 1 byte in 100 and flips a bit in another.
    fn spoiled(message: &Message, random: &mut Rng) -> Vec<u8> {
        let mut bytes = Frame::new(message).bytes().to_vec();
        bytes.retain(|_| random.u32(..100) > 0);
        for byte in &mut bytes {
            if random.u32(..100) == 0 {
                *byte ^= 1 << random.u32(..8);
            }
        }
        bytes
    }

    /// A gateway that keeps what it gets in order, and acknowledges it.
    #[derive(Default)]
    struct Gateway {
        decoder: Decoder,
        stored: BTreeMap<u32, u64>,
        gaps: u32,
        expected: u32,
    }

    impl Gateway {
        fn byte(&mut self, byte: u8) -> Option<Message> {
            let Some(Ok(message)) = self.decoder.push(byte) else { return None };
            match message {
                Message::Reading(reading) if reading.seq == self.expected + 1 => {
                    assert_eq!(self.stored.insert(reading.seq, reading.uptime_ms), None);
                    self.expected = reading.seq;
                }
                Message::Gap(gap)
                    if (gap.first_seq..=gap.last_seq).contains(&(self.expected + 1)) =>
                {
                    self.gaps += gap.last_seq - self.expected;
                    self.expected = gap.last_seq;
                }
                Message::Reading(_) | Message::Gap(_) => {} // again, or out of order
                _ => return None,
            }
            Some(Message::Ack(Ack { log: 7, seq: self.expected, window: 8 }))
        }
    }

    /// Reading 10 Hz for `lives` of 60 s each on a bad line that is dead for `dead_ms` in each 30 s.
    fn run(slots: usize, lives: u32, dead_ms: u64) -> (Gateway, u32) {
        let mut memory = Fake::new(Kind::Bytes, (8 + slots) * 64);
        let (mut random, mut gateway) = (Rng::with_seed(1), Gateway::default());
        let (mut clock_ms, mut last) = (0_u64, 0);
        let mut taken = BTreeMap::new();
        for _ in 0..lives {
            let mut node = Node::new(Log::open(&mut memory, 7).unwrap(), START);
            let mut decoder = Decoder::new();
            for now_ms in (0..60_000).step_by(10) {
                clock_ms += 10;
                if now_ms % 100 == 0 {
                    last = node.record(&Measurement::new(clock_ms)).unwrap();
                    taken.insert(last, clock_ms);
                }
                let Some(message) = node.poll(now_ms).unwrap() else { continue };
                if clock_ms % 30_000 < dead_ms {
                    continue;
                }
                for byte in spoiled(&message, &mut random) {
                    let Some(answer) = gateway.byte(byte) else { continue };
                    for byte in spoiled(&answer, &mut random) {
                        if let Some(Ok(heard)) = decoder.push(byte) {
                            node.hear(now_ms + 20, &heard, decoder.counters().bad()).unwrap();
                        }
                    }
                }
            }
        }
        for (seq, uptime_ms) in &gateway.stored {
            assert_eq!(taken.get(seq), Some(uptime_ms), "reading {seq} has another's values");
        }
        println!("{last} readings, {} gaps, {:?}", gateway.gaps, gateway.decoder.counters());
        (gateway, last)
    }

    #[test]
    fn every_reading_arrives_once_within_the_capacity() {
        let (gateway, last) = run(504, 8, 10_000);
        assert!(last >= 4_800 && gateway.decoder.counters().bad() > 500);
        assert_eq!(gateway.gaps, 0);
        assert!(last - gateway.expected < 200, "{} of {last}", gateway.expected);
        assert_eq!(gateway.stored.len() as u32, gateway.expected);
    }

    #[test]
    fn beyond_the_capacity_what_is_missing_is_known() {
        let (gateway, _) = run(32, 8, 20_000);
        assert!(gateway.gaps > 1_000);
        assert_eq!(gateway.stored.len() as u32 + gateway.gaps, gateway.expected);
    }

    #[test]
    fn a_node_introduces_itself_and_tells_the_time() {
        let mut memory = Fake::new(Kind::Bytes, 4_096);
        let mut node = Node::new(Log::open(&mut memory, 7).unwrap(), START);
        let fault = ChipFault { chip: Chip::Tmp105, address: 0x48, fault: Fault::NoAnswer };
        let mut round = Measurement::new(1);
        round.reading.rtc_unix_s = Some(1_800_000_000);
        round.reading.temp_c_e2 = round.of(Sensor::Temp, Err(fault));
        node.record(&round).unwrap();
        let hello = node.poll(3).unwrap();
        assert!(matches!(
            hello,
            Some(Message::Hello(Hello { boot: 1, oldest_seq: 1, next_seq: 2, uptime_ms: 3, .. }))
        ));
        assert_eq!(node.hear(5, &Message::HelloRequest, 0), Ok(Wish::None));
        assert!(matches!(node.poll(6).unwrap(), Some(Message::Hello(Hello { uptime_ms: 6, .. }))));
        let ask = Message::ClockRequest(ClockRequest { token: 9 });
        assert_eq!(node.hear(50, &ask, 0), Ok(Wish::None));
        let (token, rtc_unix_s) = (9, Some(1_800_000_000));
        let clock = Clock { token, boot: 1, uptime_ms: 50, rtc_unix_s };
        assert_eq!(node.poll(60).unwrap(), Some(Message::Clock(clock)));
        let set = Message::SetClock(SetClock { unix_ms: 5 });
        assert_eq!(node.hear(70, &set, 3), Ok(Wish::SetClock { unix_ms: 5 }));
        assert_eq!(node.poll(80).unwrap(), Some(Message::Fault(fault)));
        node.poll(80).unwrap(); // the reading
        node.poll(STATUS_MS).unwrap(); // a Hello
        let Some(Message::Status(status)) = node.poll(STATUS_MS).unwrap() else { panic!() };
        assert_eq!((status.stored, status.bad_frames, status.sensor_errors), (1, 3, 1));
        assert_eq!(status.failed, Sensors::NONE.with(Sensor::Temp));
        assert_eq!(node.poll(STATUS_MS).unwrap(), Some(Message::Fault(fault))); // again
    }

    #[test]
    fn a_memory_that_fails_is_counted_and_tips_still_count() {
        let mut memory = Fake::new(Kind::Bytes, 4_096);
        memory.steps = 64; // for the journal at the start
        let mut node = Node::new(Log::open(&mut memory, 7).unwrap(), START);
        assert!(node.rain(2).is_err());
        assert!(node.record(&Measurement::default()).is_err());
        assert_eq!((node.rain_tips(), node.memory_errors), (2, 2));
    }
}
