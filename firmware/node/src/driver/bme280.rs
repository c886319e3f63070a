//! BME280: pressure, humidity and temperature.
//!
//! Source: Bosch Sensortec, *BME280 data sheet*, BST-BME280-DS002, sections 5 (registers) and 9.1 (longest
//! measurement: 9.3 ms with each quantity once).

use embedded_hal::{delay::DelayNs, i2c::I2c};
use emberline_wire::{Chip, Fault};

use super::{
    bme280_compensation::{Bme280Reading, Calibration, Counts},
    error::{self, DriverError, from_bus},
};

const ID: u8 = 0x60;
const CALIBRATION_LOW: u8 = 0x88;
const ID_REGISTER: u8 = 0xd0;
const CALIBRATION_HIGH: u8 = 0xe1;
const CONTROL_HUMIDITY: u8 = 0xf2;
const STATUS: u8 = 0xf3;
const CONTROL: u8 = 0xf4;
const DATA: u8 = 0xf7;
/// Humidity once.
const HUMIDITY_ONCE: u8 = 0x01;
/// Temperature once, pressure once, then sleep ("forced mode").
const MEASURE_ONCE: u8 = 0b0010_0101;
/// Bit of [`STATUS`] while the chip measures.
const MEASURING: u8 = 0x08;
/// What the data registers hold before the first measurement.
const NO_COUNT: u32 = 0x8_0000;

/// The chip on its bus.
#[derive(Debug)]
pub struct Bme280<B> {
    bus: B,
    address: u8,
    calibration: Option<Calibration>,
}

impl<B: I2c> Bme280<B> {
    /// Address with the pin SDO low.
    pub const ADDRESS: u8 = 0x76;

    /// A chip at `address`: 0x76 or 0x77.
    pub fn new(bus: B, address: u8) -> Self {
        Self { bus, address, calibration: None }
    }

    /// Checks the ID and reads the calibration. [`Self::measure`] does it when it was not done.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::WrongId`] of a BMP280 (0x58,
    /// no humidity), a BME680 (0x61) or anything else.
    pub fn start(&mut self) -> Result<(), DriverError> {
        self.calibrated().map(drop)
    }

    /// Measures; takes 10 ms.
    ///
    /// # Errors
    /// As [`Self::start`]; [`Fault::NotReady`] when the chip does not finish, [`Fault::OutOfRange`] when
    /// what comes out is not in its range. After an error the calibration is read anew, for the chip may
    /// have been replaced.
    pub fn measure(&mut self, delay: &mut impl DelayNs) -> Result<Bme280Reading, DriverError> {
        let result = self.try_measure(delay);
        if result.is_err() {
            self.calibration = None;
        }
        result
    }

    fn try_measure(&mut self, delay: &mut impl DelayNs) -> Result<Bme280Reading, DriverError> {
        let calibration = self.calibrated()?;
        self.write([CONTROL_HUMIDITY, HUMIDITY_ONCE])?;
        self.write([CONTROL, MEASURE_ONCE])?;
        delay.delay_ms(10);
        let [status] = self.registers(STATUS)?;
        if status & MEASURING != 0 {
            return Err(self.failed(Fault::NotReady));
        }
        let [p0, p1, p2, t0, t1, t2, h0, h1] = self.registers(DATA)?;
        let twenty = |a, b, c| u32::from_be_bytes([0, a, b, c]) >> 4;
        let counts = Counts {
            temp: twenty(t0, t1, t2),
            pressure: twenty(p0, p1, p2),
            humidity: u16::from_be_bytes([h0, h1]),
        };
        if counts.temp == NO_COUNT || counts.pressure == NO_COUNT {
            return Err(self.failed(Fault::NotReady));
        }
        calibration.compensate(&counts).ok_or(self.failed(Fault::OutOfRange))
    }

    fn calibrated(&mut self) -> Result<Calibration, DriverError> {
        if let Some(calibration) = self.calibration {
            return Ok(calibration);
        }
        let [got] = self.registers(ID_REGISTER)?;
        if got != ID {
            return Err(self.failed(Fault::WrongId { want: ID, got }));
        }
        let low = self.registers(CALIBRATION_LOW)?;
        let high = self.registers(CALIBRATION_HIGH)?;
        Ok(*self.calibration.insert(Calibration::from_registers(&low, &high)))
    }

    fn registers<const N: usize>(&mut self, first: u8) -> Result<[u8; N], DriverError> {
        let mut out = [0; N];
        self.bus
            .write_read(self.address, &[first], &mut out)
            .map_err(|e| self.failed(from_bus(&e)))?;
        Ok(out)
    }

    fn write(&mut self, bytes: [u8; 2]) -> Result<(), DriverError> {
        self.bus.write(self.address, &bytes).map_err(|e| self.failed(from_bus(&e)))
    }

    fn failed(&self, fault: Fault) -> DriverError {
        error::fault(Chip::Bme280, self.address, fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::fake::{FakeBus, NoDelay, Registers, Trouble};

    /// A chip with the calibration and the counts of the datasheet's example, see the compensation.
    fn chip() -> Registers {
        let mut chip = Registers::new();
        chip.bytes[usize::from(ID_REGISTER)] = ID;
        let words = [
            27_504, 26_435, -1_000, 36_477, -10_685, 3_024, 2_855, 140, -7, 15_500, -14_600, 6_000,
        ];
        for (i, word) in words.into_iter().enumerate() {
            let at = usize::from(CALIBRATION_LOW) + 2 * i;
            chip.bytes[at..at + 2].copy_from_slice(&(word as i16).to_le_bytes());
        }
        chip.bytes[0xa1] = 75;
        // h2 355, h3 0, h4 340 = 0x154, h5 50 = 0x032, h6 30
        chip.bytes[0xe1..0xe8].copy_from_slice(&[0x63, 0x01, 0, 0x15, 0x24, 0x03, 30]);
        let (pressure, temp) = (415_148_u32 << 4, 519_888_u32 << 4);
        chip.bytes[0xf7..0xfa].copy_from_slice(&pressure.to_be_bytes()[1..]);
        chip.bytes[0xfa..0xfd].copy_from_slice(&temp.to_be_bytes()[1..]);
        chip.bytes[0xfd..0xff].copy_from_slice(&30_000_u16.to_be_bytes());
        chip
    }

    fn measure(chip: Registers, trouble: Trouble) -> Result<Bme280Reading, DriverError> {
        let bus = FakeBus { address: 0x76, chip, trouble };
        Bme280::new(bus, 0x76).measure(&mut NoDelay)
    }

    #[test]
    fn registers_become_a_measurement() {
        let got = measure(chip(), Trouble::None).unwrap();
        assert_eq!((got.temp_c_e2, got.pressure_pa), (2_508, 100_653));
        let bus = FakeBus { address: 0x76, chip: chip(), trouble: Trouble::None };
        let mut driver = Bme280::new(bus, 0x76);
        let want = crate::driver::bme280_compensation::tests::EXAMPLE;
        assert_eq!(driver.calibrated(), Ok(want));
    }

    #[test]
    fn each_trouble_has_its_fault() {
        let changed = |register: usize, value: u8| {
            let mut chip = chip();
            chip.bytes[register] = value;
            chip
        };
        let mut empty = chip();
        empty.bytes[0xf7..0xff].copy_from_slice(&[0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);
        for (chip, trouble, fault) in [
            (chip(), Trouble::Dead, Fault::NoAnswer),
            (chip(), Trouble::Stuck, Fault::StuckBus),
            (changed(0xd0, 0x58), Trouble::None, Fault::WrongId { want: 0x60, got: 0x58 }), // BMP280
            (changed(0xd0, 0xff), Trouble::None, Fault::WrongId { want: 0x60, got: 0xff }),
            (changed(0xf3, 0x08), Trouble::None, Fault::NotReady),
            (empty, Trouble::None, Fault::NotReady),
            (changed(0xf7, 0xff), Trouble::None, Fault::OutOfRange),
            (changed(0x8f, 0), Trouble::None, Fault::OutOfRange), // calibration damaged
        ] {
            assert_eq!(measure(chip, trouble), Err(error::fault(Chip::Bme280, 0x76, fault)));
        }
    }

    #[test]
    fn a_chip_that_was_replaced_is_read_anew() {
        let bus = FakeBus { address: 0x76, chip: chip(), trouble: Trouble::None };
        let mut driver = Bme280::new(bus, 0x76);
        driver.measure(&mut NoDelay).unwrap();
        driver.bus.trouble = Trouble::Dead;
        driver.measure(&mut NoDelay).unwrap_err();
        driver.bus.trouble = Trouble::None;
        driver.bus.chip.bytes[0xd0] = 0x58;
        let want = error::fault(Chip::Bme280, 0x76, Fault::WrongId { want: 0x60, got: 0x58 });
        assert_eq!(driver.measure(&mut NoDelay), Err(want));
    }
}
