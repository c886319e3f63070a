//! TMP105: temperature; the chip that QEMU emulates.
//!
//! Source: Texas Instruments, *TMP105 digital temperature sensor*, registers and the table of 12-bit codes.

use embedded_hal::i2c::I2c;
use emberline_wire::{Chip, Fault};

use super::error::{self, DriverError, from_bus};

const TEMPERATURE: u8 = 0;
const CONFIGURATION: u8 = 1;
/// Bits R1 and R0: 12 bits, one sixteenth of a degree.
const TWELVE_BITS: u8 = 0x60;

/// The chip on its bus.
#[derive(Debug)]
pub struct Tmp105<B> {
    bus: B,
    address: u8,
}

impl<B: I2c> Tmp105<B> {
    /// Address with all address pins low.
    pub const ADDRESS: u8 = 0x48;

    /// A chip at `address`: 0x48 to 0x4f.
    pub fn new(bus: B, address: u8) -> Self {
        Self { bus, address }
    }

    /// Sets the chip to 12 bits. It has no ID; that it keeps the setting shows that it is such a chip.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::WrongId`] when the setting
    /// does not stay.
    pub fn start(&mut self) -> Result<(), DriverError> {
        self.bus
            .write(self.address, &[CONFIGURATION, TWELVE_BITS])
            .map_err(|e| self.failed(from_bus(&e)))?;
        let [got] = self.register(CONFIGURATION)?;
        if got & TWELVE_BITS != TWELVE_BITS {
            return Err(self.failed(Fault::WrongId { want: TWELVE_BITS, got }));
        }
        Ok(())
    }

    /// The last measurement, 0.01 °C, rounded towards zero; the chip makes one each 220 ms.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::OutOfRange`] below -55 and
    /// above 128 °C.
    pub fn temp_c_e2(&mut self) -> Result<i16, DriverError> {
        let sixteenths = i32::from(i16::from_be_bytes(self.register(TEMPERATURE)?) >> 4);
        let temp_c_e2 = sixteenths * 100 / 16;
        if !(-5_500..=12_800).contains(&temp_c_e2) {
            return Err(self.failed(Fault::OutOfRange));
        }
        Ok(temp_c_e2 as i16)
    }

    fn register<const N: usize>(&mut self, register: u8) -> Result<[u8; N], DriverError> {
        let mut out = [0; N];
        self.bus
            .write_read(self.address, &[register], &mut out)
            .map_err(|e| self.failed(from_bus(&e)))?;
        Ok(out)
    }

    fn failed(&self, fault: Fault) -> DriverError {
        error::fault(Chip::Tmp105, self.address, fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::fake::{FakeBus, Registers, Trouble};

    /// A register is two bytes for the temperature and one for the rest, so register 1 is apart.
    fn bus(temperature: [u8; 2], trouble: Trouble) -> FakeBus<Registers> {
        let mut chip = Registers::new();
        chip.bytes[..2].copy_from_slice(&temperature);
        FakeBus { address: 0x48, chip, trouble }
    }

    /// Expected: the datasheet's table of temperatures and their codes.
    #[test]
    fn codes_become_hundredths() {
        for (code, want) in [
            (0x7ff0_u16, Ok(12_793)), // 127.9375
            (0x6400, Ok(10_000)),
            (0x1900, Ok(2_500)),
            (0x0040, Ok(25)),
            (0x0000, Ok(0)),
            (0xffc0, Ok(-25)),
            (0xe700, Ok(-2_500)),
            (0xc900, Ok(-5_500)),
            (0x8000, Err(error::fault(Chip::Tmp105, 0x48, Fault::OutOfRange))), // -128: no chip gives it
        ] {
            let mut chip = Tmp105::new(bus(code.to_be_bytes(), Trouble::None), 0x48);
            assert_eq!(chip.temp_c_e2(), want, "{code:#06x}");
        }
    }

    #[test]
    fn each_trouble_has_its_fault() {
        for (trouble, fault) in
            [(Trouble::Dead, Fault::NoAnswer), (Trouble::Stuck, Fault::StuckBus)]
        {
            let mut chip = Tmp105::new(bus([0; 2], trouble), 0x48);
            assert_eq!(chip.start(), Err(error::fault(Chip::Tmp105, 0x48, fault)));
            assert_eq!(chip.temp_c_e2(), Err(error::fault(Chip::Tmp105, 0x48, fault)));
        }
        assert_eq!(Tmp105::new(bus([0; 2], Trouble::None), 0x48).start(), Ok(()));
    }

    #[test]
    fn a_chip_that_keeps_no_setting_is_another() {
        struct ReadOnly;
        impl crate::driver::fake::Played for ReadOnly {
            fn write(&mut self, _: &[u8]) -> bool {
                true
            }
            fn read(&mut self, out: &mut [u8]) -> bool {
                out.fill(0x12);
                true
            }
        }
        let bus = FakeBus { address: 0x48, chip: ReadOnly, trouble: Trouble::None };
        let want = error::fault(Chip::Tmp105, 0x48, Fault::WrongId { want: 0x60, got: 0x12 });
        assert_eq!(Tmp105::new(bus, 0x48).start(), Err(want));
    }
}
