//! The sensor node on a Stellaris LM3S6965, the board that QEMU emulates.
//!
//! ```text
//! UART0  the gateway         GPIO   rain contact, anemometer, vane
//! I2C0   TMP105, DS1338, AT24C memory (in QEMU)
//! UART1  tunnel to SHT4x, BME280, AMG8833 (played by whoever started QEMU)
//! ```
//!
//! The loop is the one in the documentation of `emberline-node`. Nothing here waits without an end: a
//! chip that hangs is given up, and a loop that hangs is restarted by the watchdog.
#![no_std]
#![no_main]

mod bus;
mod gpio;
mod i2c;
mod inputs;
mod note;
mod origin;
mod raw;
mod serve;
mod settings;
mod station;
mod time;
mod tunnel;
mod uart;
mod vectors;
mod watchdog;

use emberline_node::{
    Log, LogError, Start,
    driver::{At24c, DriverError},
};
use emberline_wire::{Chip, Fault, Firmware, Message, ResetCause};

use crate::{
    bus::{Bus, Share},
    settings::Settings,
    station::Station,
    time::{Delay, now_ms},
};

/// Time between two tries to open the memory, ms.
const MEMORY_RETRY_MS: u64 = 3_000;

#[cortex_m_rt::entry]
fn main() -> ! {
    gpio::start();
    time::start();
    watchdog::start();
    let reset_cause = note::begin();
    uart::start(raw::UART0);
    uart::start(raw::UART1);
    uart::listen();
    i2c::start();
    uart::send(raw::UART0, &[0]); // ends whatever frame an earlier start had begun

    let settings = Settings::of(raw::settings());
    let bus = Bus::new(settings.tunnelled);
    let mut station = Station::new(&bus, settings);
    let log = open_log(&bus, &settings, &mut station);
    let start = start(&mut station, reset_cause);
    serve::serve(log, station, start, settings.reading_ms)
}

/// What the node says of itself.
fn start(station: &mut Station<'_>, reset_cause: ResetCause) -> Start {
    let version = |part: &str| part.parse().unwrap_or(0);
    let (round, _) = station.measure(0);
    Start {
        node_id: origin::node_id(),
        firmware: Firmware {
            major: version(env!("CARGO_PKG_VERSION_MAJOR")),
            minor: version(env!("CARGO_PKG_VERSION_MINOR")),
            patch: version(env!("CARGO_PKG_VERSION_PATCH")),
        },
        reset_cause,
        sensors: station.answered(&round),
    }
}

type Memory<'a> = At24c<Share<'a>, Delay>;

/// Opens the log; as long as the memory does not answer its fault is reported, and it is tried again.
fn open_log<'a>(bus: &'a Bus, settings: &Settings, station: &mut Station<'_>) -> Log<Memory<'a>> {
    const ADDRESS: u8 = Memory::<'static>::ADDRESS;
    loop {
        watchdog::feed();
        let memory = At24c::new(Share(bus), Delay, ADDRESS, settings.memory);
        // The number of a new log: the node's own, the time, and where in the millisecond it is.
        let time_s = station.unix_s().unwrap_or(0);
        let fresh = origin::node_id().rotate_left(16) ^ time_s ^ time::noise().rotate_left(20);
        let error: DriverError = match Log::open(memory, fresh) {
            Ok(log) => return log,
            Err(LogError::Memory(error)) => error,
            Err(_) => DriverError { chip: Chip::Memory, address: ADDRESS, fault: Fault::BeyondEnd },
        };
        serve::send(&Message::Fault(error));
        let again_ms = now_ms() + MEMORY_RETRY_MS;
        while now_ms() < again_ms {
            while uart::received().is_some() {} // nothing can be answered without a log
            raw::sleep();
        }
    }
}
