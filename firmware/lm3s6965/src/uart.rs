//! UARTs (PL011), 115,200 baud, 8N1: UART0 to the gateway, received by interrupt into a ring; UART1 for
//! the tunnel, received by asking.

use core::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed};

use crate::{
    raw::{Block, CORE, UART0},
    time::CLOCK_HZ,
};

/// Number of UART0's interrupt.
pub(crate) const INTERRUPT: u32 = 5;

const BAUD: u32 = 115_200;
const DATA: usize = 0x00;
const FLAGS: usize = 0x18;
const RECEIVE_EMPTY: u32 = 1 << 4;
const TRANSMIT_FULL: u32 = 1 << 5;
const OVERRUN: u32 = 1 << 11;
const RECEIVED: u32 = 1 << 4;
const RECEIVE_TIMEOUT: u32 = 1 << 6;

/// Bytes that wait for the loop: 22 ms of line at full speed would be 256, and a round over the
/// sensors takes longer, but a gateway never has more under way than a few acks.
const RING: usize = 512;
static BYTES: [AtomicU8; RING] = [const { AtomicU8::new(0) }; RING];
/// Where the interrupt writes next; only the interrupt changes it.
static HEAD: AtomicUsize = AtomicUsize::new(0);
/// Where the loop reads next; only the loop changes it.
static TAIL: AtomicUsize = AtomicUsize::new(0);
/// Bytes that were lost because nobody took those before: in the chip, or in the ring. The gateway sees the
/// frames that they spoil; this number is for a debugger, and for the tests.
static OVERRUNS: AtomicU32 = AtomicU32::new(0);

/// Starts a UART.
pub(crate) fn start(uart: Block) {
    const CONTROL: usize = 0x30;
    uart.write(CONTROL, 0);
    let divisor_64ths = (CLOCK_HZ * 4 + BAUD / 2) / BAUD; // clock / (16 × baud), in 64ths
    uart.write(0x24, divisor_64ths / 64);
    uart.write(0x28, divisor_64ths % 64);
    uart.write(0x2c, 0b11 << 5 | 1 << 4); // 8N1, FIFOs on
    uart.write(CONTROL, 1 | 1 << 8 | 1 << 9);
}

/// Lets UART0 interrupt when bytes have come.
pub(crate) fn listen() {
    const MASK: usize = 0x38;
    const ISER: usize = 0x100;
    UART0.write(MASK, RECEIVED | RECEIVE_TIMEOUT);
    CORE.write(ISER, 1 << INTERRUPT);
}

/// Interrupt: bytes have come on UART0.
pub(crate) fn receive() {
    const CLEAR: usize = 0x44;
    UART0.write(CLEAR, RECEIVED | RECEIVE_TIMEOUT);
    while let Some(data) = take(UART0) {
        let head = HEAD.load(Relaxed);
        let full = head.wrapping_sub(TAIL.load(Relaxed)) >= RING;
        if data & OVERRUN != 0 || full {
            OVERRUNS.store(OVERRUNS.load(Relaxed).saturating_add(1), Relaxed);
        }
        if !full {
            BYTES[head % RING].store(data as u8, Relaxed);
            HEAD.store(head.wrapping_add(1), Relaxed);
        }
    }
}

/// The next byte of the gateway, if one is there.
pub(crate) fn received() -> Option<u8> {
    let tail = TAIL.load(Relaxed);
    if tail == HEAD.load(Relaxed) {
        return None;
    }
    let byte = BYTES[tail % RING].load(Relaxed);
    TAIL.store(tail.wrapping_add(1), Relaxed);
    Some(byte)
}

/// What the UART has received, with its error bits, if anything.
pub(crate) fn take(uart: Block) -> Option<u32> {
    (uart.read(FLAGS) & RECEIVE_EMPTY == 0).then(|| uart.read(DATA))
}

/// Sends bytes; waits while the line is busy.
pub(crate) fn send(uart: Block, bytes: &[u8]) {
    for byte in bytes {
        while uart.read(FLAGS) & TRANSMIT_FULL != 0 {}
        uart.write(DATA, u32::from(*byte));
    }
}
