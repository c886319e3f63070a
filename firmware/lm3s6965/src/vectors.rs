//! Vectors: what the processor calls by itself at an interrupt or a fault, in a table that the linker places.
//!
//! The table and the names that `cortex-m-rt` asks for take `unsafe` attributes, and a fault that a stack
//! overflow has caused takes a fresh stack; hence the second file with `unsafe`, beside `raw.rs`.
#![allow(unsafe_code)]

use core::{arch::naked_asm, ptr};

use crate::{
    note::{self, Why},
    raw::CORE,
    time, uart, watchdog,
};

type Handler = unsafe extern "C" fn();

/// Handlers of the LM3S6965's 44 interrupts.
// SAFETY: the name and the section that cortex-m-rt asks for; each entry is a handler.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".vector_table.interrupts")]
#[used]
static __INTERRUPTS: [Handler; 44] = {
    let mut handlers: [Handler; 44] = [unexpected; 44];
    handlers[uart::INTERRUPT as usize] = uart0;
    handlers[watchdog::INTERRUPT as usize] = watchdog;
    handlers
};

extern "C" fn uart0() {
    uart::receive();
}

extern "C" fn watchdog() {
    watchdog::bites();
}

extern "C" fn unexpected() {
    note::restart(Why::Fault, [0; 2]);
}

// SAFETY: the name that cortex-m-rt asks for.
#[unsafe(no_mangle)]
extern "C" fn SysTick() {
    time::tick();
}

// SAFETY: the name that cortex-m-rt asks for.
#[unsafe(no_mangle)]
extern "C" fn DefaultHandler() {
    note::restart(Why::Fault, [0; 2]);
}

/// A fault of the processor: among others a stack that has grown over its end. Hence a fresh stack first.
// SAFETY: the name that cortex-m-rt asks for. Nothing returns to what faulted.
#[unsafe(no_mangle)]
#[unsafe(naked)]
extern "C" fn HardFault() {
    naked_asm!("mrs r0, MSP", "ldr r1, =_stack_start", "mov sp, r1", "bl {}", sym faulted)
}

/// `frame` is where the processor tried to put its registers.
extern "C" fn faulted(frame: usize) -> ! {
    const CFSR: usize = 0xd28;
    unsafe extern "C" {
        static _stack_end: u32;
        static _stack_start: u32;
    }
    let stack = (&raw const _stack_end).addr()..(&raw const _stack_start).addr();
    let whole = stack.contains(&frame) && stack.contains(&(frame + 28));
    // SAFETY: within the stack, where the processor has just put eight words, the seventh its place.
    let place = if whole { unsafe { ptr::read_volatile((frame + 24) as *const u32) } } else { 0 };
    note::faulted(CORE.read(CFSR), place)
}
