//! BME280, played: the registers of a chip with the calibration of its datasheet's example.
//!
//! Source: Bosch Sensortec, *BME280 data sheet*: registers, and the compensation in double precision
//! (appendix), which the node does not use: it computes in integers.

use super::Chip;

const T: [f64; 3] = [27_504.0, 26_435.0, -1_000.0];
const P: [f64; 9] =
    [36_477.0, -10_685.0, 3_024.0, 2_855.0, 140.0, -7.0, 15_500.0, -14_600.0, 6_000.0];
/// Counts of the example: 25.08 °C.
const TEMP_COUNT: u32 = 519_888;

/// The chip.
#[derive(Clone, Debug)]
pub struct Bme280 {
    /// Its 256 registers.
    pub registers: [u8; 256],
    pointer: u8,
}

impl Default for Bme280 {
    fn default() -> Self {
        let mut chip = Self { registers: [0; 256], pointer: 0 };
        chip.set_id(0x60);
        for (i, word) in T.iter().chain(&P).enumerate() {
            let at = 0x88 + 2 * i;
            chip.registers[at..at + 2].copy_from_slice(&(*word as i32 as u16).to_le_bytes());
        }
        chip.registers[0xa1] = 75;
        chip.registers[0xe1..0xe8].copy_from_slice(&[0x63, 0x01, 0, 0x15, 0x24, 0x03, 30]);
        chip.registers[0xfa..0xfd].copy_from_slice(&(TEMP_COUNT << 4).to_be_bytes()[1..]);
        chip.registers[0xfd..0xff].copy_from_slice(&30_000_u16.to_be_bytes());
        chip.set_pressure_pa(101_325.0);
        chip
    }
}

impl Bme280 {
    /// Sets the register that says which chip it is: 0x60; 0x58 is a BMP280.
    pub fn set_id(&mut self, id: u8) {
        self.registers[0xd0] = id;
    }

    /// Sets the count that means this pressure, 30,000 to 110,000 Pa.
    pub fn set_pressure_pa(&mut self, pressure_pa: f64) {
        // The pressure falls as the count rises.
        let (mut low, mut high) = (0_u32, (1 << 20) - 1);
        while low < high {
            let middle = u32::midpoint(low, high);
            if pressure_of(middle) > pressure_pa { low = middle + 1 } else { high = middle }
        }
        self.registers[0xf7..0xfa].copy_from_slice(&(low << 4).to_be_bytes()[1..]);
    }
}

/// The datasheet's compensation of a count, Pa.
fn pressure_of(count: u32) -> f64 {
    let temp = f64::from(TEMP_COUNT);
    let low = (temp / 16_384.0 - T[0] / 1_024.0) * T[1];
    let high = (temp / 131_072.0 - T[0] / 8_192.0).powi(2) * T[2];
    let fine = low + high;
    let mut a = fine / 2.0 - 64_000.0;
    let mut b = a * a * P[5] / 32_768.0;
    b += a * P[4] * 2.0;
    b = b / 4.0 + P[3] * 65_536.0;
    a = (P[2] * a * a / 524_288.0 + P[1] * a) / 524_288.0;
    a = (1.0 + a / 32_768.0) * P[0];
    let p = (1_048_576.0 - f64::from(count) - b / 4_096.0) * 6_250.0 / a;
    p + (P[8] * p * p / 2_147_483_648.0 + p * P[7] / 32_768.0 + P[6]) / 16.0
}

impl Chip for Bme280 {
    fn write(&mut self, bytes: &[u8]) -> bool {
        let [register, values @ ..] = bytes else { return true };
        self.pointer = *register;
        if let [value] = values {
            self.registers[usize::from(*register)] = *value;
        }
        true
    }

    fn read(&mut self, out: &mut [u8]) -> bool {
        for byte in out {
            *byte = self.registers[usize::from(self.pointer)];
            self.pointer = self.pointer.wrapping_add(1);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The datasheet's example: count 415,148 is 100,653 Pa.
    #[test]
    fn the_compensation_is_the_datasheets() {
        assert!((pressure_of(415_148) - 100_653.3).abs() < 0.5, "{}", pressure_of(415_148));
    }
}
