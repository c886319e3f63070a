//! Pins: which do what, and the contacts that are read.
//!
//! | Pins | What |
//! | --- | --- |
//! | PA0, PA1 | UART0, the gateway |
//! | PA2 | rain contact |
//! | PA3 | anemometer contact |
//! | PA4 to PA7 | vane: north, north-east, east, south-east |
//! | PB2, PB3 | I2C0 |
//! | PC4 to PC7 | vane: south, south-west, west, north-west |
//! | PD2, PD3 | UART1, the tunnel |
//!
//! A contact lies between its pin and the supply; a resistor in the chip pulls the pin down.

use crate::raw::{Block, GPIO_A, GPIO_B, GPIO_C, GPIO_D, SYSTEM};

const ALTERNATE: usize = 0x420;
const OPEN_DRAIN: usize = 0x50c;
const PULL_DOWN: usize = 0x514;
const DIGITAL: usize = 0x51c;

/// The contacts that are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contacts {
    /// The bucket's.
    pub(crate) rain: bool,
    /// The anemometer's.
    pub(crate) wind: bool,
    /// The vane's eight, bit 0 north, then clockwise.
    pub(crate) vane: u8,
}

/// Gives the parts of the chip their clocks and the pins their work.
pub(crate) fn start() {
    const RCGC1: usize = 0x104;
    const RCGC2: usize = 0x108;
    SYSTEM.set(RCGC1, 0b11 | 1 << 12); // UART0, UART1, I2C0
    SYSTEM.set(RCGC2, 0b1111); // ports A to D
    let all = [
        // port, alternate function, open drain, pulled down
        (GPIO_A, 0b0000_0011, 0, 0b1111_1100),
        (GPIO_B, 0b0000_1100, 0b0000_1100, 0),
        (GPIO_C, 0, 0, 0b1111_0000),
        (GPIO_D, 0b0000_1100, 0, 0),
    ];
    for (port, alternate, open_drain, pulled_down) in all {
        port.set(ALTERNATE, alternate);
        port.set(OPEN_DRAIN, open_drain);
        port.set(PULL_DOWN, pulled_down);
        port.set(DIGITAL, alternate | pulled_down);
    }
}

/// The contacts as they are now.
pub(crate) fn contacts() -> Contacts {
    let (a, c) = (pins(GPIO_A), pins(GPIO_C));
    Contacts { rain: a & 1 << 2 != 0, wind: a & 1 << 3 != 0, vane: a >> 4 | (c & 0xf0) }
}

/// All eight pins of a port.
fn pins(port: Block) -> u8 {
    port.read(0x3fc) as u8 // bits 2 to 9 of the address choose the pins
}
