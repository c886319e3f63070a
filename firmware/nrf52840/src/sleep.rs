//! Sleep: waits in which the processor sleeps, for drivers that are no tasks.

use core::{
    pin::pin,
    task::{Context, Waker},
};

use embassy_time::{Duration, Instant, Timer};
use embedded_hal::delay::DelayNs;

/// Cycles of the processor in a microsecond.
const CYCLES_PER_US: u32 = 64;
/// From here on sleeping pays, µs: the clock ticks each 31 µs.
const SLEEP_US: u32 = 500;

/// Milliseconds since the start.
pub(crate) fn now_ms() -> u64 {
    Instant::now().as_millis()
}

/// A wait of at least the time that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sleep;

impl DelayNs for Sleep {
    fn delay_ns(&mut self, ns: u32) {
        self.delay_us(ns.div_ceil(1_000));
    }

    fn delay_us(&mut self, us: u32) {
        if us < SLEEP_US {
            return cortex_m::asm::delay(us * CYCLES_PER_US);
        }
        // One tick more: the present one has begun already.
        let mut timer =
            pin!(Timer::after(Duration::from_micros(us.into()) + Duration::from_ticks(1)));
        let mut nobody = Context::from_waker(Waker::noop());
        while timer.as_mut().poll(&mut nobody).is_pending() {
            cortex_m::asm::wfe();
        }
        // An event that was meant for the executor may have woken this loop.
        cortex_m::asm::sev();
    }

    fn delay_ms(&mut self, ms: u32) {
        self.delay_us(ms.saturating_mul(1_000));
    }
}
