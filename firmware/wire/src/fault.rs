//! Faults: why a chip gave nothing, in words for whoever stands beside the node.

use core::fmt;

use serde::{Deserialize, Serialize};

/// What is wrong with one chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChipFault {
    /// Which chip.
    pub chip: Chip,
    /// Its address on the bus, seven bits.
    pub address: u8,
    /// What is wrong.
    pub fault: Fault,
}

/// A chip that a node may have. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Chip {
    /// Sensirion SHT40, SHT41, SHT45: temperature and humidity.
    Sht4x,
    /// Bosch BME280: pressure, humidity and temperature.
    Bme280,
    /// Texas Instruments TMP105: temperature.
    Tmp105,
    /// The memory of the log: EEPROM or FRAM.
    Memory,
    /// Maxim DS1338, DS1307: clock.
    Ds1338,
    /// Panasonic AMG8833: thermal array.
    Amg88xx,
    /// Melexis MLX90640: thermal array.
    Mlx90640,
    /// The memory of the log: NOR flash on an SPI bus, where no chip has an address.
    NorFlash,
}

/// What can be wrong. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing acknowledges the address.
    NoAnswer,
    /// A line of the bus stays low, or something else drives it.
    StuckBus,
    /// The bus failed in another way.
    Bus,
    /// Something answers, but it is another chip.
    WrongId {
        /// The chip's own ID.
        want: u8,
        /// What came.
        got: u8,
    },
    /// The chip's checksum does not match its data.
    Crc,
    /// The chip did not finish in the time of its datasheet.
    NotReady,
    /// A value that cannot be: the chip or its calibration is damaged.
    OutOfRange,
    /// An address beyond the end of the memory.
    BeyondEnd,
    /// The clock stood still or was never set: its battery is empty or missing.
    ClockStopped,
    /// The clock runs but tells a time that cannot be.
    ClockImplausible {
        /// Seconds since 1970-01-01T00:00:00Z.
        unix_s: u32,
    },
    /// What was written is not what is read.
    NotKept,
}

impl fmt::Display for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sht4x => "SHT4x",
            Self::Bme280 => "BME280",
            Self::Tmp105 => "TMP105",
            Self::Memory => "memory chip",
            Self::Ds1338 => "DS1338",
            Self::Amg88xx => "AMG88xx",
            Self::Mlx90640 => "MLX90640",
            Self::NorFlash => "flash chip",
        })
    }
}

impl fmt::Display for ChipFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spi = self.chip == Chip::NorFlash;
        match spi {
            true => write!(f, "{} ", self.chip)?,
            false => write!(f, "{} at 0x{:02x} ", self.chip, self.address)?,
        }
        match self.fault {
            Fault::NoAnswer if spi => f.write_str("does not answer: check its wires and supply"),
            Fault::NoAnswer => f.write_str("does not answer: check its plug, supply and address"),
            Fault::StuckBus => f.write_str(
                "cannot be reached, the I2C bus is held low: unplug the chips one by one to find which",
            ),
            Fault::Bus if spi => f.write_str("cannot be reached, the SPI bus fails: check the wires"),
            Fault::Bus => f.write_str("cannot be reached, the I2C bus fails: check the cable"),
            Fault::WrongId { want, got } => write!(
                f,
                "is another chip: its ID is 0x{got:02x}, not 0x{want:02x}; check the part number"
            ),
            Fault::Crc => {
                f.write_str("sends spoiled data: check cable length, pull-ups and nearby radio")
            }
            Fault::NotReady => f.write_str("does not finish: check its supply, then replace it"),
            Fault::OutOfRange => f.write_str("gives values that cannot be: replace it"),
            Fault::BeyondEnd => f.write_str("is smaller than the node was told: check the part number"),
            Fault::ClockStopped => {
                f.write_str("stood still: replace its battery; the gateway sets it again")
            }
            Fault::ClockImplausible { unix_s } => {
                write!(f, "tells a time that cannot be ({unix_s} s since 1970): the gateway sets it again")
            }
            Fault::NotKept => {
                f.write_str("does not keep what is written: it is write-protected or worn out")
            }
        }
    }
}

impl core::error::Error for ChipFault {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_technician_reads_what_to_do() {
        for (fault, want) in [
            (Fault::NoAnswer, "BME280 at 0x76 does not answer: check its plug, supply and address"),
            (
                Fault::WrongId { want: 0x60, got: 0x58 },
                "BME280 at 0x76 is another chip: its ID is 0x58, not 0x60; check the part number",
            ),
            (
                Fault::StuckBus,
                "BME280 at 0x76 cannot be reached, the I2C bus is held low: unplug the chips one by \
                 one to find which",
            ),
            (
                Fault::Crc,
                "BME280 at 0x76 sends spoiled data: check cable length, pull-ups and nearby radio",
            ),
        ] {
            assert_eq!(ChipFault { chip: Chip::Bme280, address: 0x76, fault }.to_string(), want);
        }
    }

    #[test]
    fn a_chip_without_an_address_is_named_without_one() {
        for (fault, want) in [
            (Fault::NoAnswer, "flash chip does not answer: check its wires and supply"),
            (Fault::Bus, "flash chip cannot be reached, the SPI bus fails: check the wires"),
            (
                Fault::NotKept,
                "flash chip does not keep what is written: it is write-protected or worn out",
            ),
        ] {
            assert_eq!(ChipFault { chip: Chip::NorFlash, address: 0, fault }.to_string(), want);
        }
    }
}
