//! Contacts: rain, anemometer and vane, closed and opened at the pins of the emulated chip.

use crate::{emulated::Emulated, failed::Failed};

/// A contact of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Contacts {
    /// The tipping bucket's.
    Rain,
    /// The anemometer's.
    Wind,
    /// One of the vane's eight: 0 north, then clockwise.
    Vane(u8),
}

impl Contacts {
    /// Port (0 is A) and pin; see `firmware/lm3s6965/src/gpio.rs`.
    fn pin(self) -> (usize, u8) {
        match self {
            Self::Rain => (0, 2),
            Self::Wind => (0, 3),
            Self::Vane(point @ 0..=3) => (0, 4 + point),
            Self::Vane(point) => (2, point & 7),
        }
    }
}

impl Emulated {
    /// Closes or opens a contact. QEMU forgets all of them when the node restarts by itself.
    ///
    /// # Errors
    /// When QEMU does not run or refuses.
    pub fn contact(&mut self, contact: Contacts, closed: bool) -> Result<(), Failed> {
        let (port, pin) = contact.pin();
        let path = self.gpio_path(port)?;
        let level = u8::from(closed);
        self.qtest()?.execute(&format!("set_irq_in {path} unnamed-gpio-in {pin} {level}"))
    }
}
