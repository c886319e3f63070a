//! SHT4x, played: temperature and humidity. Source: Sensirion, *Datasheet SHT4x*.

use super::Chip;

/// The chip.
#[derive(Clone, Copy, Debug)]
pub struct Sht4x {
    /// What it measures, °C.
    pub temp_c: f64,
    /// What it measures, %.
    pub rh_percent: f64,
    /// Bits that are wrong in each of its checksums: a long cable.
    pub flip_crc: u8,
    command: u8,
}

impl Default for Sht4x {
    fn default() -> Self {
        Self { temp_c: 20.0, rh_percent: 50.0, flip_crc: 0, command: 0 }
    }
}

impl Chip for Sht4x {
    fn write(&mut self, bytes: &[u8]) -> bool {
        let &[command @ (0xfd | 0x89)] = bytes else { return false };
        self.command = command;
        true
    }

    fn read(&mut self, out: &mut [u8]) -> bool {
        let words = match self.command {
            0xfd => [(self.temp_c + 45.0) / 175.0, (self.rh_percent + 6.0) / 125.0]
                .map(|share| (share * 65_535.0).round() as u16),
            _ => [0x0bad, 0xcafe],
        };
        for (out, word) in out.chunks_mut(3).zip(words) {
            let [high, low] = word.to_be_bytes();
            let bytes = [high, low, crc8([high, low]) ^ self.flip_crc];
            out.copy_from_slice(&bytes[..out.len()]);
        }
        true
    }
}

fn crc8(word: [u8; 2]) -> u8 {
    word.into_iter().fold(0xff, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| crc << 1 ^ if crc & 0x80 != 0 { 0x31 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The datasheet's own example.
    #[test]
    fn the_checksum_is_the_datasheets() {
        assert_eq!(crc8([0xbe, 0xef]), 0x92);
    }
}
