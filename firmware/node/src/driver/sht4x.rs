//! SHT40, SHT41, SHT45: temperature and humidity.
//!
//! Source: Sensirion, *Datasheet SHT4x*: commands, conversion and checksum.

use embedded_hal::{delay::DelayNs, i2c::I2c};
use emberline_wire::{Chip, Fault};

use super::error::{self, DriverError, from_bus};

const MEASURE_HIGH_PRECISION: u8 = 0xfd;
const READ_SERIAL: u8 = 0x89;
/// Longest measurement with high precision is 8.3 ms.
const MEASURE_MS: u32 = 10;

/// The chip on its bus.
#[derive(Debug)]
pub struct Sht4x<B> {
    bus: B,
    address: u8,
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sht4xReading {
    /// 0.01 °C, rounded to the nearest.
    pub temp_c_e2: i16,
    /// 0.01 %, rounded to the nearest and cut to 0 to 100 % as the datasheet asks.
    pub rh_percent_e2: u16,
}

impl<B: I2c> Sht4x<B> {
    /// Address of the usual part, the one whose name ends in A.
    pub const ADDRESS: u8 = 0x44;

    /// A chip at `address`: 0x44, 0x45 or 0x46.
    pub fn new(bus: B, address: u8) -> Self {
        Self { bus, address }
    }

    /// The chip's serial number: shows that it is there and that its checksums are right. The chip has
    /// no other ID.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`], [`Fault::Crc`] (also of another chip).
    pub fn serial(&mut self, delay: &mut impl DelayNs) -> Result<u32, DriverError> {
        let [high, low] = self.command(READ_SERIAL, 1, delay)?;
        Ok(u32::from(high) << 16 | u32::from(low))
    }

    /// Measures; takes 10 ms.
    ///
    /// # Errors
    /// As [`Self::serial`].
    pub fn measure(&mut self, delay: &mut impl DelayNs) -> Result<Sht4xReading, DriverError> {
        let [temp, rh] = self.command(MEASURE_HIGH_PRECISION, MEASURE_MS, delay)?.map(i32::from);
        Ok(Sht4xReading {
            temp_c_e2: (-4_500 + scaled(temp, 17_500)) as i16,
            rh_percent_e2: (-600 + scaled(rh, 12_500)).clamp(0, 10_000) as u16,
        })
    }

    /// Two words, each with its checksum.
    fn command(
        &mut self,
        command: u8,
        wait_ms: u32,
        delay: &mut impl DelayNs,
    ) -> Result<[u16; 2], DriverError> {
        let failed = |fault: Fault| error::fault(Chip::Sht4x, self.address, fault);
        let mut bytes = [0; 6];
        self.bus.write(self.address, &[command]).map_err(|e| failed(from_bus(&e)))?;
        delay.delay_ms(wait_ms);
        self.bus.read(self.address, &mut bytes).map_err(|e| failed(from_bus(&e)))?;
        let [a, b, crc_ab, c, d, crc_cd] = bytes;
        if crc8([a, b]) != crc_ab || crc8([c, d]) != crc_cd {
            return Err(failed(Fault::Crc));
        }
        Ok([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])])
    }
}

/// `word` of 65,535 parts of `span`, rounded to the nearest.
fn scaled(word: i32, span: i32) -> i32 {
    (word * span + 32_767) / 65_535
}

/// Checksum of a word: polynomial 0x31, begun with 0xff.
fn crc8(word: [u8; 2]) -> u8 {
    word.into_iter().fold(0xff, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| crc << 1 ^ if crc & 0x80 != 0 { 0x31 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::fake::{FakeBus, NoDelay, Played, Trouble};

    struct Script {
        words: [u16; 2],
        flip: u8,
    }

    impl Played for Script {
        fn write(&mut self, bytes: &[u8]) -> bool {
            bytes == [MEASURE_HIGH_PRECISION] || bytes == [READ_SERIAL]
        }

        fn read(&mut self, out: &mut [u8]) -> bool {
            for (bytes, word) in out.chunks_mut(3).zip(self.words) {
                let [a, b] = word.to_be_bytes();
                bytes.copy_from_slice(&[a, b, crc8([a, b]) ^ self.flip]);
            }
            true
        }
    }

    fn bus(words: [u16; 2], flip: u8, trouble: Trouble) -> FakeBus<Script> {
        FakeBus { address: 0x44, chip: Script { words, flip }, trouble }
    }

    /// The datasheet's own example: 0xbeef has the checksum 0x92.
    #[test]
    fn the_checksum_is_the_datasheets() {
        assert_eq!(crc8([0xbe, 0xef]), 0x92);
    }

    /// Expected: the datasheet's formulas, -45 + 175·t/65535 and -6 + 125·h/65535, to two decimals.
    #[test]
    fn words_become_hundredths() {
        for (words, temp_c_e2, rh_percent_e2) in [
            ([0, 0], -4_500, 0),                // -6 % is cut
            ([0xffff, 0xffff], 13_000, 10_000), // 119 % is cut
            ([28_554, 12_844], 3_125, 1_850),   // 31.2491, 18.4985
            ([16_852, 34_603], 0, 6_000),       // 0.0003, 60.0009
            ([16_000, 3_146], -227, 0),         // -2.2747, 0.0006
        ] {
            let mut chip = Sht4x::new(bus(words, 0, Trouble::None), 0x44);
            let got = chip.measure(&mut NoDelay);
            assert_eq!(got, Ok(Sht4xReading { temp_c_e2, rh_percent_e2 }), "{words:?}");
        }
    }

    #[test]
    fn each_trouble_has_its_fault() {
        for (flip, trouble, address, fault) in [
            (0, Trouble::Dead, 0x44, Fault::NoAnswer),
            (0, Trouble::None, 0x45, Fault::NoAnswer), // the other variant of the part
            (0, Trouble::Stuck, 0x44, Fault::StuckBus),
            (0x10, Trouble::None, 0x44, Fault::Crc),
        ] {
            let mut chip = Sht4x::new(bus([1, 2], flip, trouble), address);
            let want = Err(error::fault(Chip::Sht4x, address, fault));
            assert_eq!(chip.measure(&mut NoDelay), want.map(|()| unreachable!()));
            assert_eq!(chip.serial(&mut NoDelay), want.map(|()| unreachable!()));
        }
    }

    #[test]
    fn the_serial_number_is_both_words() {
        let mut chip = Sht4x::new(bus([0x0bad, 0xcafe], 0, Trouble::None), 0x44);
        assert_eq!(chip.serial(&mut NoDelay), Ok(0x0bad_cafe));
    }
}
