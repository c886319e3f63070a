//! The hardware watchdog: asks after 4 s without food, resets after 4 s more.

use crate::{
    note::{self, Why},
    raw::{CORE, SYSTEM, WATCHDOG},
    time::CLOCK_HZ,
};

/// Number of its interrupt.
pub(crate) const INTERRUPT: u32 = 18;

const LOAD: usize = 0x000;
const CONTROL: usize = 0x008;
const CLEAR: usize = 0x00c;
const FOOD: u32 = 4 * CLOCK_HZ;

/// Starts it; nothing but a reset ends it.
pub(crate) fn start() {
    const RCGC0: usize = 0x100;
    const ISER: usize = 0x100;
    SYSTEM.set(RCGC0, 1 << 3);
    WATCHDOG.write(LOAD, FOOD);
    WATCHDOG.write(CONTROL, 0b11); // interrupt first, then reset
    CORE.write(ISER, 1 << INTERRUPT);
}

/// Feeds it.
pub(crate) fn feed() {
    WATCHDOG.write(CLEAR, 1);
    WATCHDOG.write(LOAD, FOOD);
}

/// Interrupt: nobody fed it. Notes that, unless the loop did before, and waits for the reset.
pub(crate) fn bites() {
    note::write(Why::Hung, [0; 2]);
    loop {
        core::hint::spin_loop();
    }
}
