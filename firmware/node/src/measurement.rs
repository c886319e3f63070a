//! Measurements: what the drivers gave, as a reading and the set of sensors that gave nothing.

use emberline_wire::{Reading, Sensor, Sensors};

use crate::{driver::DriverError, faults::Faults};

/// One round over the sensors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measurement {
    /// The values so far; `None` where a sensor is absent or failed.
    pub reading: Reading,
    failed: Sensors,
    faults: Faults,
}

impl Measurement {
    /// A round that ends at `uptime_ms`.
    pub fn new(uptime_ms: u64) -> Self {
        Self { reading: Reading { uptime_ms, ..Reading::default() }, ..Self::default() }
    }

    /// The value of `sensor`, or `None` and a note that it failed. There is no value but a new one.
    pub fn of<T>(&mut self, sensor: Sensor, result: Result<T, DriverError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.failed = self.failed.with(sensor);
                self.faults.add(fault);
                None
            }
        }
    }

    /// `sensor` gave nothing, for a reason that no driver names.
    pub fn failed(&mut self, sensor: Sensor) {
        self.failed = self.failed.with(sensor);
    }

    /// The sensors that failed.
    pub fn failures(&self) -> Sensors {
        self.failed
    }

    /// What the drivers reported of them, one a chip.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use emberline_wire::{Chip, Fault};

    #[test]
    fn a_failed_sensor_is_none_and_named() {
        let dead = DriverError { chip: Chip::Bme280, address: 0x76, fault: Fault::NoAnswer };
        let mut round = Measurement::new(5_000);
        round.reading.temp_c_e2 = round.of(Sensor::Temp, Ok(2_150));
        round.reading.pressure_pa = round.of(Sensor::Pressure, Err(dead));
        round.failed(Sensor::Rain);
        assert_eq!((round.reading.temp_c_e2, round.reading.pressure_pa), (Some(2_150), None));
        assert_eq!(round.failures(), Sensors::NONE.with(Sensor::Pressure).with(Sensor::Rain));
        let other = DriverError { chip: Chip::Sht4x, address: 0x44, fault: Fault::Crc };
        round.of::<u16>(Sensor::Humidity, Err(other));
        round.of::<u16>(Sensor::Temp, Err(other));
        assert_eq!(round.faults().iter().collect::<std::vec::Vec<_>>(), [&dead, &other]);
    }
}
