//! An AT24C memory, played: for what QEMU's own cannot do, to come late or to fail.

use super::Chip;

/// The chip. Its bytes outlive the node's power as long as the bench does.
#[derive(Clone, Debug)]
pub struct Eeprom {
    /// What it holds.
    pub bytes: Vec<u8>,
    pointer: usize,
}

impl Default for Eeprom {
    fn default() -> Self {
        Self { bytes: vec![0xff; 32_768], pointer: 0 }
    }
}

impl Chip for Eeprom {
    fn write(&mut self, bytes: &[u8]) -> bool {
        let [high, low, values @ ..] = bytes else { return true };
        self.pointer = usize::from(u16::from_be_bytes([*high, *low])) % self.bytes.len();
        let page = self.pointer / 64 * 64;
        for value in values {
            self.bytes[self.pointer] = *value;
            self.pointer = page + (self.pointer + 1 - page) % 64; // wraps within its page
        }
        true
    }

    fn read(&mut self, out: &mut [u8]) -> bool {
        for byte in out {
            *byte = self.bytes[self.pointer];
            self.pointer = (self.pointer + 1) % self.bytes.len();
        }
        true
    }
}
