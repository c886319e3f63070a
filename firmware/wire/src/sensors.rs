//! Sensors: a set of them in sixteen bits, for "present" and for "failed".

use serde::{Deserialize, Serialize};

/// One measurement that a node may have. The number is its bit in [`Sensors`]; it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sensor {
    /// Air temperature.
    Temp = 0,
    /// Relative humidity.
    Humidity = 1,
    /// Air pressure.
    Pressure = 2,
    /// Wind speed and direction.
    Wind = 3,
    /// Tipping bucket.
    Rain = 4,
    /// Battery voltage.
    Battery = 5,
    /// Thermal array.
    Thermal = 6,
    /// Clock chip.
    Clock = 7,
}

/// A set of sensors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensors(u16);

impl Sensors {
    /// No sensor.
    pub const NONE: Self = Self(0);

    /// This set and `sensor`.
    #[must_use]
    pub const fn with(self, sensor: Sensor) -> Self {
        Self(self.0 | 1 << sensor as u16)
    }

    /// This set without `sensor`.
    #[must_use]
    pub const fn without(self, sensor: Sensor) -> Self {
        Self(self.0 & !(1 << sensor as u16))
    }

    /// Whether `sensor` is in the set.
    pub const fn has(self, sensor: Sensor) -> bool {
        self.0 & 1 << sensor as u16 != 0
    }

    /// The set as bits. Bits that this version does not know are kept.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set with these bits.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensor_goes_in_and_out() {
        let set = Sensors::NONE.with(Sensor::Wind).with(Sensor::Clock);
        assert_eq!(set.bits(), 0b1000_1000);
        assert!(set.has(Sensor::Wind) && !set.has(Sensor::Rain));
        assert_eq!(set.without(Sensor::Wind), Sensors::from_bits(0b1000_0000));
        assert_eq!(set.without(Sensor::Rain), set);
    }
}
