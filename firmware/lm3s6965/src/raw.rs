//! Registers and memory outside of Rust's rules: with `vectors.rs` the only code of the board with `unsafe`.
#![allow(unsafe_code)]

use core::{arch::asm, cell::UnsafeCell, ptr, sync::atomic::AtomicU32};

/// The registers of one part of the chip, 4 KiB from its base on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block(usize);

pub(crate) const WATCHDOG: Block = Block(0x4000_0000);
pub(crate) const GPIO_A: Block = Block(0x4000_4000);
pub(crate) const GPIO_B: Block = Block(0x4000_5000);
pub(crate) const GPIO_C: Block = Block(0x4000_6000);
pub(crate) const GPIO_D: Block = Block(0x4000_7000);
pub(crate) const UART0: Block = Block(0x4000_c000);
pub(crate) const UART1: Block = Block(0x4000_d000);
pub(crate) const I2C0: Block = Block(0x4002_0000);
/// Clocks, causes of a reset, and the two words that a maker writes once.
pub(crate) const SYSTEM: Block = Block(0x400f_e000);
/// The processor's own: SysTick, interrupts, reset.
pub(crate) const CORE: Block = Block(0xe000_e000);

impl Block {
    /// The register at `offset`, a multiple of 4 below 0x1000.
    pub(crate) fn read(self, offset: usize) -> u32 {
        // SAFETY: aligned, and within a block of registers (`Block`s are made above only), where no
        // Rust object lies.
        unsafe { ptr::read_volatile((self.0 + (offset & 0xffc)) as *const u32) }
    }

    /// Sets the register at `offset`, a multiple of 4 below 0x1000.
    pub(crate) fn write(self, offset: usize, value: u32) {
        // SAFETY: as in `read`; no register used here makes the chip write into memory by itself.
        unsafe { ptr::write_volatile((self.0 + (offset & 0xffc)) as *mut u32, value) }
    }

    /// Sets the bits of `mask`.
    pub(crate) fn set(self, offset: usize, mask: u32) {
        self.write(offset, self.read(offset) | mask);
    }
}

/// A value that interrupts use too.
#[derive(Debug)]
pub(crate) struct Shared<T>(UnsafeCell<T>);

// SAFETY: there is one core, and each access runs with interrupts off.
unsafe impl<T: Copy + Send> Sync for Shared<T> {}

impl<T: Copy> Shared<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    pub(crate) fn get(&self) -> T {
        // SAFETY: interrupts are off and `T` is copied, so no reference lives on.
        without_interrupts(|| unsafe { *self.0.get() })
    }

    pub(crate) fn set(&self, value: T) {
        // SAFETY: as in `get`.
        without_interrupts(|| unsafe { *self.0.get() = value })
    }
}

fn without_interrupts<T>(work: impl FnOnce() -> T) -> T {
    let mask: u32;
    // SAFETY: reads the mask of interrupts and sets it; memory is not reordered over it.
    unsafe { asm!("mrs {}, PRIMASK", "cpsid i", out(reg) mask) };
    let result = work();
    if mask & 1 == 0 {
        // SAFETY: interrupts were on before.
        unsafe { asm!("cpsie i") };
    }
    result
}

/// Sleeps until the next interrupt: at most a millisecond, for SysTick comes that often.
#[inline(never)]
pub(crate) fn sleep() {
    // SAFETY: waits and changes nothing.
    unsafe { asm!("wfi") };
}

/// Restarts the chip.
pub(crate) fn reset() -> ! {
    const AIRCR: usize = 0xd0c;
    CORE.write(AIRCR, 0x05fa_0004);
    loop {
        sleep();
    }
}

/// Words that keep their value over a reset, but not without power; see `note.rs`.
// SAFETY: the section is not cleared at the start; whatever it holds is a number.
#[unsafe(link_section = ".uninit.note")]
pub(crate) static NOTE: [AtomicU32; 5] = [const { AtomicU32::new(0) }; 5];

/// The settings as they were built; an installer may have changed them in flash, see `settings.rs`.
// SAFETY: the section lies in flash, apart from all else, and is only read.
#[unsafe(link_section = ".settings")]
#[used]
static SETTINGS: [u32; 5] = crate::settings::DEFAULT;

/// The settings as they are in flash.
pub(crate) fn settings() -> [u32; 5] {
    // SAFETY: valid and aligned; volatile, because what is there may differ from what was built.
    unsafe { ptr::read_volatile(&raw const SETTINGS) }
}
