//! The store: the memory that this node's log is kept in.

use embassy_nrf::{gpio::Output, spim::Spim};
use embedded_hal_bus::{i2c::RefCellDevice, spi::ExclusiveDevice};
use emberline_node::{
    Kind, Memory,
    driver::{At24c, DriverError, NorFlash},
};

use crate::{bus::Bus, sleep::Sleep};

/// The flash chip's bus: it is alone on it.
pub(crate) type FlashBus = ExclusiveDevice<Spim<'static>, Output<'static>, Sleep>;

/// One of the memories that a node may have.
pub(crate) enum Store<'a> {
    /// NOR flash.
    Flash(NorFlash<FlashBus, Sleep>),
    /// FRAM or EEPROM.
    Bytes(At24c<RefCellDevice<'a, Bus>, Sleep>),
}

impl Store<'_> {
    /// Checks that the memory is there.
    pub(crate) fn start(&mut self) -> Result<(), DriverError> {
        match self {
            Self::Flash(flash) => flash.start(),
            Self::Bytes(bytes) => bytes.read(0, &mut [0]),
        }
    }
}

impl Memory for Store<'_> {
    type Error = DriverError;

    fn kind(&self) -> Kind {
        match self {
            Self::Flash(flash) => flash.kind(),
            Self::Bytes(bytes) => bytes.kind(),
        }
    }

    fn capacity(&self) -> u32 {
        match self {
            Self::Flash(flash) => flash.capacity(),
            Self::Bytes(bytes) => bytes.capacity(),
        }
    }

    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), DriverError> {
        match self {
            Self::Flash(flash) => flash.read(at, out),
            Self::Bytes(bytes) => bytes.read(at, out),
        }
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), DriverError> {
        match self {
            Self::Flash(flash) => flash.write(at, bytes),
            Self::Bytes(chip) => chip.write(at, bytes),
        }
    }

    fn erase(&mut self, at: u32) -> Result<(), DriverError> {
        match self {
            Self::Flash(flash) => flash.erase(at),
            Self::Bytes(bytes) => bytes.erase(at),
        }
    }
}
