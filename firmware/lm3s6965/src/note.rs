//! The note: why the node restarts, kept in RAM over the reset that follows.
//!
//! The words are `[magic, why, what, where, why before]`. Without the magic the RAM was without
//! power. A node that runs keeps [`Why::Running`] there, so that a reset that nobody announced is known as
//! such; what ended the run before stays readable in the last three words.

use core::{panic::PanicInfo, sync::atomic::Ordering::Relaxed};

use emberline_wire::ResetCause;

use crate::raw::{self, NOTE, SYSTEM};

const MAGIC: u32 = 0x656d_6265;
/// Register: cause of the last reset. QEMU keeps it at zero.
const RESC: usize = 0x05c;

/// Why a node restarts, as its number in the note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Why {
    /// Nobody wrote why.
    Running = 1,
    /// A task was late: `what` is its number.
    Late = 2,
    /// The loop stood still until the watchdog asked.
    Hung = 3,
    /// A panic: an undefined instruction, which is all that a panic is in this image; `where` is its place.
    Panic = 4,
    /// A fault of the processor: `what` is its cause (register CFSR), `where` its place. A stack that grew
    /// over its end has no place.
    Fault = 5,
}

/// Why the node started, and begins the note of this run.
pub(crate) fn begin() -> ResetCause {
    let [magic, why] = [0, 1].map(|i: usize| NOTE[i].load(Relaxed));
    let hardware = SYSTEM.read(RESC);
    SYSTEM.write(RESC, 0);
    let has = |bit: u32| hardware & 1 << bit != 0;
    let cause = if magic == MAGIC && (why == Why::Late as u32 || why == Why::Hung as u32) {
        ResetCause::Watchdog
    } else if magic == MAGIC && (why == Why::Panic as u32 || why == Why::Fault as u32) {
        ResetCause::Panic
    } else if has(3) {
        ResetCause::Watchdog
    } else if has(2) {
        ResetCause::BrownOut
    } else if has(1) || magic != MAGIC {
        ResetCause::PowerOn
    } else if has(4) {
        ResetCause::Software
    } else if has(0) {
        ResetCause::Pin
    } else {
        ResetCause::Unknown
    };
    NOTE[4].store(if magic == MAGIC { why } else { 0 }, Relaxed);
    NOTE[0].store(MAGIC, Relaxed);
    NOTE[1].store(Why::Running as u32, Relaxed);
    cause
}

/// Notes why the node will restart. The first word counts.
pub(crate) fn write(why: Why, rest: [u32; 2]) {
    let begun = NOTE[0].load(Relaxed) == MAGIC;
    if begun && NOTE[1].load(Relaxed) != Why::Running as u32 {
        return;
    }
    for (word, value) in NOTE[2..4].iter().zip(rest) {
        word.store(value, Relaxed);
    }
    NOTE[1].store(why as u32, Relaxed);
    NOTE[0].store(MAGIC, Relaxed); // a fault may come before the note of this run was begun
}

/// A fault of the processor: `status` is its register CFSR.
pub(crate) fn faulted(status: u32, place: u32) -> ! {
    const UNDEFINED_INSTRUCTION: u32 = 1 << 16;
    let why = if status & UNDEFINED_INSTRUCTION != 0 { Why::Panic } else { Why::Fault };
    restart(why, [status, place])
}

/// Notes why, and restarts.
pub(crate) fn restart(why: Why, rest: [u32; 2]) -> ! {
    write(why, rest);
    raw::reset()
}

/// Reached only by a build without `panic=immediate-abort` (see `.cargo/config.toml`).
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    restart(Why::Panic, [0; 2])
}
