//! Time: the chip's clock, milliseconds of uptime and waiting.

use embedded_hal::delay::DelayNs;

use crate::{
    inputs,
    raw::{self, CORE, SYSTEM, Shared},
};

/// The PLL's 200 MHz by 16.
pub(crate) const CLOCK_HZ: u32 = 12_500_000;

const RIS: usize = 0x050;
const RCC: usize = 0x060;
const PLL_LOCKED: u32 = 1 << 6;
const BYPASS: u32 = 1 << 11;
const POWER_DOWN: u32 = 1 << 13;
const USE_DIVISOR: u32 = 1 << 22;
/// Divisor 16, a crystal of 8 MHz as on the evaluation board, main oscillator.
const SETTING: u32 = 15 << 23 | 0xe << 6;

const SYST_CSR: usize = 0x010;
const SYST_RVR: usize = 0x014;
const SYST_CVR: usize = 0x018;

static NOW_MS: Shared<u64> = Shared::new(0);

/// Starts the chip's clock and SysTick, one tick a millisecond.
pub(crate) fn start() {
    // In the order of the datasheet: off the PLL, set it up, wait until it is locked, onto it.
    SYSTEM.set(RCC, BYPASS);
    SYSTEM.write(RCC, SETTING | BYPASS | POWER_DOWN);
    SYSTEM.write(RCC, SETTING | BYPASS);
    SYSTEM.write(RCC, SETTING | BYPASS | USE_DIVISOR);
    // Locked after half a millisecond; a chip without a crystal runs on, slower, without it.
    let locked = (0..100_000).any(|_| SYSTEM.read(RIS) & PLL_LOCKED != 0);
    if locked {
        SYSTEM.write(RCC, SETTING | USE_DIVISOR);
    }
    CORE.write(SYST_RVR, CLOCK_HZ / 1_000 - 1);
    CORE.write(SYST_CVR, 0);
    CORE.write(SYST_CSR, 0b111); // on, with interrupt, from the processor's clock
}

/// Milliseconds since the start.
pub(crate) fn now_ms() -> u64 {
    NOW_MS.get()
}

/// SysTick: a millisecond has passed.
pub(crate) fn tick() {
    let now_ms = NOW_MS.get() + 1;
    NOW_MS.set(now_ms);
    inputs::look(now_ms);
}

/// Where within the millisecond it is: a little noise for the number of a new log.
pub(crate) fn noise() -> u32 {
    CORE.read(SYST_CVR)
}

/// Waiting asleep, in whole milliseconds, rounded up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delay;

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        let end_ms = now_ms() + 1 + u64::from(ns.div_ceil(1_000_000));
        while now_ms() < end_ms {
            raw::sleep();
        }
    }

    fn delay_ms(&mut self, ms: u32) {
        let end_ms = now_ms() + 1 + u64::from(ms);
        while now_ms() < end_ms {
            raw::sleep();
        }
    }
}
