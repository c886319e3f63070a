//! The station: what happens each second and at each reading, whether the line is on or off.

use embassy_nrf::wdt::WatchdogHandle;
use embedded_hal_bus::i2c::RefCellDevice;
use emberline_node::{
    Every, Measurement, Node, Task, Watchdog, Wish,
    driver::{Bme280, Ds1338, Sht4x},
};
use emberline_wire::{BadFrame, Decoder, Message, Sensor, Sensors};

use crate::{
    bus::Bus,
    imager::{Imager, NoImage},
    mast::Mast,
    rain,
    settings::{CLOCK, READING_MS, THERMAL, Thermal},
    sleep::Sleep,
    store::Store,
};

type Shared<'a> = RefCellDevice<'a, Bus>;

/// Time between two samples of the wind, ms.
pub(crate) const SAMPLE_MS: u64 = 1_000;

/// The chips on the bus.
pub(crate) struct Chips<'a> {
    pub(crate) air: Sht4x<Shared<'a>>,
    pub(crate) pressure: Bme280<Shared<'a>>,
    pub(crate) clock: Ds1338<Shared<'a>>,
    pub(crate) imager: Imager<'a>,
}

impl Chips<'_> {
    /// The sensors that answer, and those that need no answer.
    pub(crate) fn present(&mut self) -> Sensors {
        let mut present = Sensors::NONE.with(Sensor::Wind).with(Sensor::Rain).with(Sensor::Battery);
        if self.air.serial(&mut Sleep).is_ok() {
            present = present.with(Sensor::Temp).with(Sensor::Humidity);
        }
        if self.pressure.start().is_ok() {
            present = present.with(Sensor::Pressure);
        }
        if CLOCK {
            present = present.with(Sensor::Clock); // also one that stands still: the gateway sets it
        }
        if THERMAL != Thermal::None {
            present = present.with(Sensor::Thermal);
        }
        present
    }
}

/// The node with everything that is connected to it.
pub(crate) struct Station<'a> {
    pub(crate) node: Node<&'a mut Store<'a>>,
    pub(crate) chips: Chips<'a>,
    pub(crate) mast: Mast,
    decoder: Decoder,
    second: Every,
    reading: Every,
    policy: Watchdog,
    dog: Option<WatchdogHandle>,
    /// What the imager reported last.
    no_image: Option<NoImage>,
}

impl<'a> Station<'a> {
    pub(crate) fn new(
        node: Node<&'a mut Store<'a>>,
        chips: Chips<'a>,
        mast: Mast,
        dog: Option<WatchdogHandle>,
        now_ms: u64,
    ) -> Self {
        let mut policy = Watchdog::new(READING_MS);
        for task in [Task::Sample, Task::Keep, Task::Serve] {
            policy.alive(task, now_ms);
        }
        Self {
            node,
            chips,
            mast,
            decoder: Decoder::new(),
            second: Every::new(now_ms + SAMPLE_MS, SAMPLE_MS),
            reading: Every::new(now_ms + 2 * SAMPLE_MS, READING_MS),
            policy,
            dog,
            no_image: None,
        }
    }

    /// When [`Self::tick`] has something to do again, ms of uptime.
    pub(crate) fn next_ms(&self) -> u64 {
        self.second.next_ms()
    }

    /// Does what is due; gives whether a reading was taken.
    pub(crate) async fn tick(&mut self, now_ms: u64) -> bool {
        if !self.second.due(now_ms) {
            return false;
        }
        self.mast.sample(now_ms).await;
        let (tips, stuck) = rain::tips();
        self.node.rain(tips).ok(); // counted inside, and kept with the next reading
        let taken = self.reading.due(now_ms);
        if taken {
            let round = self.measured(now_ms, stuck);
            self.policy.alive(Task::Sample, now_ms);
            if self.node.record(&round).is_ok() {
                self.policy.alive(Task::Keep, now_ms);
            }
        }
        self.policy.alive(Task::Serve, now_ms);
        if self.policy.late(now_ms).is_none()
            && let Some(dog) = &mut self.dog
        {
            dog.pet();
        }
        taken
    }

    fn measured(&mut self, now_ms: u64, rain_stuck: bool) -> Measurement {
        let mut round = Measurement::new(now_ms);
        let air = self.chips.air.measure(&mut Sleep);
        round.reading.temp_c_e2 = round.of(Sensor::Temp, air.map(|air| air.temp_c_e2));
        round.reading.rh_percent_e2 = round.of(Sensor::Humidity, air.map(|air| air.rh_percent_e2));
        let pressure = self.chips.pressure.measure(&mut Sleep).map(|air| air.pressure_pa);
        round.reading.pressure_pa = round.of(Sensor::Pressure, pressure);
        if CLOCK {
            round.reading.rtc_unix_s = round.of(Sensor::Clock, self.chips.clock.unix_s());
        }
        round.reading.wind = self.mast.wind.take();
        if round.reading.wind.is_none() {
            round.failed(Sensor::Wind);
        }
        round.reading.battery_mv = self.mast.battery_mv();
        if round.reading.battery_mv.is_none() {
            round.failed(Sensor::Battery);
        }
        match rain_stuck {
            false => round.reading.rain_tips = Some(self.node.rain_tips()),
            true => round.failed(Sensor::Rain),
        }
        let wanted = self.chips.imager.want().err();
        match self.no_image.take().or(wanted) {
            Some(NoImage::Chip(fault)) => {
                round.of::<()>(Sensor::Thermal, Err(fault));
            }
            Some(NoImage::Bad) => round.failed(Sensor::Thermal),
            None => {}
        }
        round
    }

    /// The next message for the line, if there is one.
    pub(crate) fn poll(&mut self, now_ms: u64) -> Option<Message> {
        // A memory that fails is counted inside; the loop goes on, and the watchdog's policy ends it.
        if let Ok(Some(message)) = self.node.poll(now_ms) {
            return Some(message);
        }
        match self.chips.imager.poll(now_ms) {
            Ok(part) => part.map(Message::Thermal),
            Err(why) => {
                self.no_image = Some(why);
                None
            }
        }
    }

    /// Whether parts of an image are still to come.
    pub(crate) fn imaging(&self) -> bool {
        self.chips.imager.busy()
    }

    /// Takes what the gateway sent.
    pub(crate) fn hear(&mut self, now_ms: u64, bytes: &[u8]) {
        for byte in bytes {
            let Some(frame) = self.decoder.push(*byte) else { continue };
            let message: Result<Message, BadFrame> = frame;
            let Ok(message) = message else { continue }; // counted by the decoder
            let bad = self.decoder.counters().bad();
            match self.node.hear(now_ms, &message, bad) {
                Ok(Wish::SetClock { unix_ms }) if CLOCK => {
                    // What fails here is reported at the next reading.
                    self.chips.clock.set((unix_ms / 1_000).min(u32::MAX.into()) as u32).ok();
                }
                Ok(_) | Err(_) => {} // an error of the memory is counted inside
            }
        }
    }
}
