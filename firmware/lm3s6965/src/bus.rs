//! The bus: one I2C for all drivers; each chip on it is in QEMU, or played at the end of the tunnel.

use core::cell::RefCell;

use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};

use crate::{
    i2c,
    settings::{self, Chips},
    tunnel::Tunnel,
};

/// The bus itself.
#[derive(Debug)]
pub(crate) struct Bus {
    tunnel: RefCell<Tunnel>,
    /// Chips that are behind the tunnel.
    tunnelled: Chips,
}

impl Bus {
    pub(crate) fn new(tunnelled: Chips) -> Self {
        Self { tunnel: RefCell::new(Tunnel::new()), tunnelled }
    }
}

/// A driver's share of the bus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share<'a>(pub(crate) &'a Bus);

impl ErrorType for Share<'_> {
    type Error = ErrorKind;
}

impl I2c for Share<'_> {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        if self.0.tunnelled & chip_at(address) == 0 {
            return i2c::transfer(address, operations);
        }
        // One loop uses the bus, and no transfer begins within another.
        self.0.tunnel.try_borrow_mut().map_err(|_| ErrorKind::Other)?.transfer(address, operations)
    }
}

/// The chip with an address, as the settings know it.
fn chip_at(address: u8) -> Chips {
    match address {
        0x44 => settings::SHT4X,
        0x48 => settings::TMP105,
        0x50 => settings::MEMORY,
        0x68 => settings::DS1338,
        0x69 => settings::AMG8833,
        0x76 => settings::BME280,
        _ => 0,
    }
}
