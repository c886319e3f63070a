//! The mast: cups, vane and battery on the processor's own counter and converter.
//!
//! The cups' contact counts in hardware, so that no closing wakes the processor.

use embassy_nrf::{gpio::Output, gpiote::InputChannel, ppi::Ppi, saadc::Saadc, timer::Timer};
use emberline_node::WindAccumulator;

use crate::settings::{BATTERY, CUPS, VANE, VANE_NORTH_DEG};

/// Steps of the converter.
const STEPS: i32 = 4_096;
/// What its highest step is on the battery's channel, mV.
const BATTERY_FULL_MV: i32 = 3_600;

/// The cups' contact: the pin's event goes to the counter without the processor.
pub(crate) struct Cups<'a> {
    pub(crate) counter: Timer<'a>,
    /// Keep these two alive: dropped, they stop counting.
    pub(crate) _pin: InputChannel<'a>,
    pub(crate) _wire: Ppi<'a, embassy_nrf::ppi::AnyConfigurableChannel, 1, 1>,
}

/// Everything on the mast.
pub(crate) struct Mast {
    pub(crate) cups: Cups<'static>,
    /// Vane first, then battery.
    pub(crate) converter: Saadc<'static, 2>,
    /// Feeds the vane while it is read.
    pub(crate) vane_on: Output<'static>,
    pub(crate) wind: WindAccumulator,
    /// The counter and the time when it was read last.
    last: (u32, u64),
    battery_mv: Option<u16>,
}

impl Mast {
    pub(crate) fn new(
        cups: Cups<'static>,
        converter: Saadc<'static, 2>,
        vane_on: Output<'static>,
    ) -> Self {
        let wind = WindAccumulator::new();
        Self { cups, converter, vane_on, wind, last: (0, 0), battery_mv: None }
    }

    /// Takes one sample of everything; call it once a second.
    pub(crate) async fn sample(&mut self, now_ms: u64) {
        let closings = self.cups.counter.cc(0).capture();
        let (before, since_ms) = self.last;
        self.last = (closings, now_ms);
        let over_ms = now_ms.saturating_sub(since_ms).min(u32::MAX.into()) as u32;
        let speed_m_s = CUPS.m_s(closings.wrapping_sub(before), over_ms);

        let mut steps = [0; 2];
        self.vane_on.set_high();
        self.converter.sample(&mut steps).await;
        self.vane_on.set_low();
        let [vane, battery] = steps.map(|steps| i32::from(steps).max(0)); // noise below 0 is 0
        let share_e4 = (vane * 10_000 / STEPS) as u16;
        self.battery_mv = BATTERY.battery_mv((battery * BATTERY_FULL_MV / STEPS) as u32);
        match (speed_m_s, VANE.from_deg(share_e4)) {
            (Some(speed_m_s), Ok(deg)) => self.wind.sample(speed_m_s, deg + VANE_NORTH_DEG),
            _ => self.wind.missed(),
        }
    }

    /// The battery at the last sample, mV, if there is one.
    pub(crate) fn battery_mv(&self) -> Option<u16> {
        self.battery_mv
    }
}
