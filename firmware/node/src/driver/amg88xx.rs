//! AMG8833 (Grid-EYE): a thermal image of 8×8 pixels.
//!
//! Source: Panasonic, *Infrared array sensor Grid-EYE, AMG88 series*: registers 0x00 to 0x02 and 0x80 to
//! 0xff (12 bits, two's complement, a quarter of a degree).

use embedded_hal::i2c::I2c;
use emberline_wire::{Chip, Fault};

use super::error::{self, DriverError, from_bus};

const POWER: u8 = 0x00;
const RESET: u8 = 0x01;
const FRAME_RATE: u8 = 0x02;
const PIXELS: u8 = 0x80;
const INITIAL_RESET: u8 = 0x3f;
/// Normal mode.
const AWAKE: u8 = 0x00;
/// One image a second; the other setting is ten.
const ONE_A_SECOND: u8 = 0x01;

/// The chip on its bus.
#[derive(Debug)]
pub struct Amg88xx<B> {
    bus: B,
    address: u8,
}

impl<B: I2c> Amg88xx<B> {
    /// Address with the pin AD_SELECT high; low, it is 0x68 and collides with a DS1338.
    pub const ADDRESS: u8 = 0x69;

    /// A chip at `address`: 0x68 or 0x69.
    pub fn new(bus: B, address: u8) -> Self {
        Self { bus, address }
    }

    /// Wakes the chip and sets it to one image a second. It has no ID; that it keeps the setting shows
    /// that it is such a chip. The first image comes after a second, and is good after 15 more.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::WrongId`] when the setting
    /// does not stay.
    pub fn start(&mut self) -> Result<(), DriverError> {
        for setting in [[POWER, AWAKE], [RESET, INITIAL_RESET], [FRAME_RATE, ONE_A_SECOND]] {
            self.bus.write(self.address, &setting).map_err(|e| self.failed(from_bus(&e)))?;
        }
        let mut got = [0];
        self.registers(FRAME_RATE, &mut got)?;
        if got[0] & ONE_A_SECOND == 0 {
            return Err(self.failed(Fault::WrongId { want: ONE_A_SECOND, got: got[0] }));
        }
        Ok(())
    }

    /// The last image, 0.01 °C, row by row; [`crate::ThermalCheck`] says what of it can be used.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`].
    pub fn image_c_e2(&mut self) -> Result<[i16; 64], DriverError> {
        let mut bytes = [0; 128];
        self.registers(PIXELS, &mut bytes)?;
        let mut image = [0; 64];
        for (pixel, word) in image.iter_mut().zip(bytes.as_chunks::<2>().0) {
            // Twelve bits, moved up for their sign and down again.
            let quarters = (u16::from_le_bytes(*word) << 4) as i16 >> 4;
            *pixel = quarters.saturating_mul(25);
        }
        Ok(image)
    }

    fn registers(&mut self, first: u8, out: &mut [u8]) -> Result<(), DriverError> {
        self.bus.write_read(self.address, &[first], out).map_err(|e| self.failed(from_bus(&e)))
    }

    fn failed(&self, fault: Fault) -> DriverError {
        error::fault(Chip::Amg88xx, self.address, fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::fake::{FakeBus, Played, Registers, Trouble};

    fn driver(chip: Registers, trouble: Trouble) -> Amg88xx<FakeBus<Registers>> {
        Amg88xx::new(FakeBus { address: 0x69, chip, trouble }, 0x69)
    }

    /// Expected: the datasheet's table of pixel codes; beyond 327 °C the value stays at its highest.
    #[test]
    fn codes_become_hundredths() {
        for (code, want) in [
            (0x1f4_u16, 12_500),
            (0x064, 2_500),
            (0x001, 25),
            (0x000, 0),
            (0xfff, -25),
            (0xf9c, -2_500),
            (0xf24, -5_500),
            (0x7ff, i16::MAX),
            (0x800, i16::MIN),
        ] {
            let mut chip = Registers::new();
            chip.bytes[0x80 + 2 * 9..][..2].copy_from_slice(&code.to_le_bytes());
            let image = driver(chip, Trouble::None).image_c_e2().unwrap();
            assert_eq!((image[9], image[10]), (want, 0), "{code:#x}");
        }
    }

    #[test]
    fn each_trouble_has_its_fault() {
        for (trouble, fault) in
            [(Trouble::Dead, Fault::NoAnswer), (Trouble::Stuck, Fault::StuckBus)]
        {
            let want = error::fault(Chip::Amg88xx, 0x69, fault);
            assert_eq!(driver(Registers::new(), trouble).start(), Err(want));
            assert_eq!(driver(Registers::new(), trouble).image_c_e2(), Err(want));
        }
        assert_eq!(driver(Registers::new(), Trouble::None).start(), Ok(()));
    }

    #[test]
    fn a_chip_that_keeps_no_setting_is_another() {
        struct ReadOnly;
        impl Played for ReadOnly {
            fn write(&mut self, _: &[u8]) -> bool {
                true
            }
            fn read(&mut self, out: &mut [u8]) -> bool {
                out.fill(0x80);
                true
            }
        }
        let bus = FakeBus { address: 0x69, chip: ReadOnly, trouble: Trouble::None };
        let want = error::fault(Chip::Amg88xx, 0x69, Fault::WrongId { want: 1, got: 0x80 });
        assert_eq!(Amg88xx::new(bus, 0x69).start(), Err(want));
    }
}
