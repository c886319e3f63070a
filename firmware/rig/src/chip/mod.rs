//! Chips that the bench plays, and what can be wrong with each.

mod amg8833;
mod bme280;
mod eeprom;
mod sht4x;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use amg8833::Amg8833;
pub use bme280::Bme280;
pub use eeprom::Eeprom;
pub use sht4x::Sht4x;

/// A chip on an I2C bus.
pub trait Chip {
    /// Takes bytes; gives whether it acknowledges them.
    fn write(&mut self, bytes: &[u8]) -> bool;
    /// Fills `out`; gives whether it acknowledges its address.
    fn read(&mut self, out: &mut [u8]) -> bool;
}

/// What is wrong with a chip, as its bus sees it. Wrong IDs and checksums are the chip's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// It does not answer: dead, or not plugged in.
    Dead,
    /// It holds the bus, and the node's bus says so.
    StuckBus,
    /// It holds the clock for ever: the node gets no answer at all.
    Hangs,
}

/// A chip that is played, shared by the test and the bus.
#[derive(Debug, Default)]
pub struct Played<C>(Arc<Mutex<(C, Trouble)>>);

impl<C> Clone for Played<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Chip> Played<C> {
    /// Changes what the chip measures, or how it fails.
    pub fn with<T>(&self, change: impl FnOnce(&mut C) -> T) -> T {
        change(&mut self.lock().0)
    }

    /// Sets what is wrong with it.
    pub fn trouble(&self, trouble: Trouble) {
        self.lock().1 = trouble;
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, (C, Trouble)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
