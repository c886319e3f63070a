//! Why a chip gave nothing: in words for whoever stands beside the node.

use core::fmt;

use embedded_hal::i2c::{Error, ErrorKind};

/// What is wrong with one chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriverError {
    /// The chip's name.
    pub chip: &'static str,
    /// Its address on the bus, seven bits.
    pub address: u8,
    /// What is wrong.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Fault {
    /// This fault of `chip` at `address`.
    pub(crate) fn of(self, chip: &'static str, address: u8) -> DriverError {
        DriverError { chip, address, fault: self }
    }

    /// What the bus says.
    pub(crate) fn from_bus<E: Error>(error: &E) -> Self {
        match error.kind() {
            ErrorKind::NoAcknowledge(_) => Self::NoAnswer,
            ErrorKind::ArbitrationLoss | ErrorKind::Bus => Self::StuckBus,
            _ => Self::Bus,
        }
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at 0x{:02x} ", self.chip, self.address)?;
        match self.fault {
            Fault::NoAnswer => f.write_str("does not answer: check its plug, supply and address"),
            Fault::StuckBus => f.write_str(
                "cannot be reached, the I2C bus is held low: unplug the chips one by one to find which",
            ),
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
        }
    }
}

impl core::error::Error for DriverError {}

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
            assert_eq!(fault.of("BME280", 0x76).to_string(), want);
        }
    }
}
