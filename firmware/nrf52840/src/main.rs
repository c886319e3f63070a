//! The weather node on Nordic's nRF52840-DK: its pins, and the loop over station and line.
//!
//! What is connected where is drawn in `docs/node-wiring.md`; what it takes from a battery is worked out in
//! `docs/node-power.md`. This program has run on an emulated processor (`emulated/check.py`) and on no board.
#![no_std]
#![no_main]

mod bus;
mod imager;
mod irqs;
mod line;
mod mast;
mod origin;
mod rain;
mod settings;
mod sleep;
mod station;
mod store;

use core::cell::RefCell;

use embassy_executor::Spawner;
use embassy_futures::select::{Either, select};
use embassy_nrf::{
    Peripherals,
    config::{self, LfclkSource},
    gpio::{Input, Level, Output, OutputDrive, Pull},
    gpiote::{InputChannel, InputChannelPolarity},
    ppi::Ppi,
    rng::Rng,
    saadc::{self, ChannelConfig, Gain, Reference, Saadc, Time},
    spim::{self, Spim},
    timer, wdt,
};
use embassy_time::{Instant, Timer};
use embedded_hal_bus::{i2c::RefCellDevice, spi::ExclusiveDevice};
use emberline_node::{
    Log, LogError, Node, Start,
    driver::{At24c, Bme280, DriverError, Ds1338, NorFlash, Sht4x},
};
use emberline_wire::{Chip, Fault, Firmware, Message};

use crate::{
    bus::Bus,
    imager::Imager,
    irqs::Irqs,
    line::{Buffers, Line},
    mast::{Cups, Mast},
    settings::{KEEP, Keep, LISTEN, Listen, THERMAL},
    sleep::{Sleep, now_ms},
    station::{Chips, Station},
    store::Store,
};

const FIRMWARE: Firmware = Firmware { major: 0, minor: 1, patch: 0 };
/// Time after which the hardware restarts a node that does not feed it, s.
const DOG_S: u32 = 30;
/// Time between two tries to find the memory, s.
const MEMORY_S: u64 = 10;

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let reset_cause = origin::reset_cause();
    let mut config = config::Config::default();
    config.lfclk_source = LfclkSource::ExternalXtal;
    config.dcdc.reg1 = true;
    let p = embassy_nrf::init(config);
    let Parts { bus, mut line, mast, mut dog, rain, flash, fresh } = parts(p);
    mast.converter.calibrate().await;

    if let Ok(task) = rain::watch(rain) {
        spawner.spawn(task); // there is one: it cannot fail
    }
    let bus = RefCell::new(bus);
    let shared = || RefCellDevice::new(&bus);
    let mut store = match KEEP {
        Keep::Flash(part) => Store::Flash(NorFlash::new(flash, Sleep, part)),
        Keep::Bytes { address, part } => Store::Bytes(At24c::new(shared(), Sleep, address, part)),
    };
    let mut buffers = Buffers::new();
    line.close();
    while let Err(fault) = store.start() {
        complain(&mut line, &mut buffers, fault).await;
        feed(&mut dog);
        Timer::after_secs(MEMORY_S).await;
    }
    let mut chips = Chips {
        air: Sht4x::new(shared(), Sht4x::<RefCellDevice<'_, Bus>>::ADDRESS),
        pressure: Bme280::new(shared(), Bme280::<RefCellDevice<'_, Bus>>::ADDRESS),
        clock: Ds1338::new(shared()),
        imager: Imager::new(THERMAL, shared()),
    };
    let start = Start {
        node_id: origin::node_id(),
        firmware: FIRMWARE,
        reset_cause,
        sensors: chips.present(),
    };
    let log = match Log::open(&mut store, fresh) {
        Ok(log) => log,
        Err(error) => {
            // The memory was lost again, or is smaller than the settings say.
            let small = DriverError { chip: Chip::Memory, address: 0, fault: Fault::BeyondEnd };
            let fault = if let LogError::Memory(fault) = error { fault } else { small };
            complain(&mut line, &mut buffers, fault).await;
            Timer::after_secs(MEMORY_S).await;
            cortex_m::peripheral::SCB::sys_reset();
        }
    };
    let mut station = Station::new(Node::new(log, start), chips, mast, dog, now_ms());
    loop {
        if LISTEN == Listen::Always || station.tick(now_ms()).await {
            talk(&mut station, &mut line, &mut buffers).await;
        }
        Timer::at(Instant::from_millis(station.next_ms())).await;
    }
}

/// Speaks and listens until the line has been quiet for as long as the settings say.
async fn talk(station: &mut Station<'_>, line: &mut Line, buffers: &mut Buffers) {
    let mut open = line.open(buffers).await;
    let mut last_ms = now_ms();
    loop {
        station.tick(now_ms()).await;
        while let Some(message) = station.poll(now_ms()) {
            open.send(&message).await;
            last_ms = now_ms();
        }
        let end_ms = match LISTEN {
            Listen::AfterReading { .. } if station.imaging() => u64::MAX,
            Listen::AfterReading { quiet_ms } => last_ms + quiet_ms,
            Listen::Always => u64::MAX,
        };
        if now_ms() >= end_ms {
            break;
        }
        // Retries and images that come late are looked for at least each tenth of a second.
        let wake_ms = station.next_ms().min(end_ms).min(now_ms() + 100);
        let mut bytes = [0; 64];
        let heard =
            select(open.receive(&mut bytes), Timer::at(Instant::from_millis(wake_ms))).await;
        if let Either::First(n) = heard {
            station.hear(now_ms(), &bytes[..n]);
            last_ms = now_ms();
        }
    }
    drop(open);
    line.close();
}

/// Says on the line that the memory does not work.
async fn complain(line: &mut Line, buffers: &mut Buffers, fault: DriverError) {
    let mut open = line.open(buffers).await;
    open.send(&Message::Fault(fault)).await;
    drop(open);
    line.close();
}

fn feed(dog: &mut Option<wdt::WatchdogHandle>) {
    if let Some(dog) = dog {
        dog.pet();
    }
}

/// The processor's peripherals, as what is connected to them.
struct Parts {
    bus: Bus,
    line: Line,
    mast: Mast,
    dog: Option<wdt::WatchdogHandle>,
    rain: Input<'static>,
    flash: store::FlashBus,
    /// A number for a log that begins.
    fresh: u32,
}

fn parts(p: Peripherals) -> Parts {
    let mut config = wdt::Config::default();
    config.timeout_ticks = DOG_S * 32_768;
    // One that runs already, with other settings, cannot be fed: it restarts the node, which then starts it.
    let dog = wdt::Watchdog::try_new(p.WDT, config).ok().map(|(_, [handle])| handle);

    let standard = OutputDrive::Standard;
    #[cfg(not(feature = "usb-line"))]
    let (receive, send) = (p.P1_01.into(), p.P1_02.into());
    #[cfg(feature = "usb-line")]
    let (receive, send) = (p.P0_08.into(), p.P0_06.into());
    let line = Line {
        uarte: p.UARTE0,
        counter: p.TIMER2,
        channels: (p.PPI_CH0, p.PPI_CH1),
        group: p.PPI_GROUP0,
        receive,
        send,
        driver_on: Output::new(p.P1_03, Level::Low, standard),
        receiver_off: Output::new(p.P1_04, Level::High, standard),
    };

    let counter = timer::Timer::new_counter(p.TIMER1);
    let pin = InputChannel::new(p.GPIOTE_CH0, p.P1_07, Pull::None, InputChannelPolarity::HiToLo);
    let mut wire = Ppi::new_one_to_one(p.PPI_CH2.into(), pin.event_in(), counter.task_count());
    wire.enable();
    counter.start();
    let mut vane = ChannelConfig::single_ended(p.P0_03);
    vane.reference = Reference::VDD1_4; // a share of the supply that also feeds the vane
    vane.gain = Gain::Gain1_4;
    vane.time = Time::_40US; // for sources of up to 800 kΩ
    let mut battery = ChannelConfig::single_ended(p.P0_04);
    battery.time = Time::_40US;
    let converter = Saadc::new(p.SAADC, Irqs, saadc::Config::default(), [vane, battery]);
    let vane_on = Output::new(p.P1_05, Level::Low, standard);
    let mast = Mast::new(Cups { counter, _pin: pin, _wire: wire }, converter, vane_on);

    // The flash chip's write protection and hold stay off: both are low to act.
    Output::new(p.P0_22, Level::High, standard).persist();
    Output::new(p.P0_23, Level::High, standard).persist();
    let mut config = spim::Config::default();
    config.frequency = spim::Frequency::M8;
    let spi = Spim::new(p.SPI2, Irqs, p.P0_19, p.P0_21, p.P0_20, config);
    let select = Output::new(p.P0_17, Level::High, standard);
    let Ok(flash) = ExclusiveDevice::new(spi, select, Sleep);

    Parts {
        bus: Bus { twi: p.TWISPI0, sda: p.P0_26.into(), scl: p.P0_27.into() },
        line,
        mast,
        dog,
        rain: Input::new(p.P1_06, Pull::None),
        flash,
        fresh: Rng::new_blocking(p.RNG).blocking_next_u32(),
    }
}
