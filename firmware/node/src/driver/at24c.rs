//! AT24C EEPROM and the FRAM that takes its place: the memory of the log on an I2C bus.
//!
//! Source: Microchip, *AT24C256C datasheet*: a write must not cross a page, takes up to 5 ms,
//! and is not acknowledged meanwhile (acknowledge polling). An FRAM (Infineon FM24W256, Fujitsu
//! MB85RC256V) takes the same commands, has no pages and no write time.

use embedded_hal::{
    delay::DelayNs,
    i2c::{Error, ErrorKind, I2c},
};
use emberline_wire::{Chip, Fault};

use super::error::{self, DriverError, from_bus};
use crate::{Kind, Memory};

/// Most bytes in one write; no page of a part below is shorter.
const CHUNK: usize = 32;
/// Times that a busy chip is asked again, 1 ms apart. Its write takes up to 5 ms.
const BUSY_TRIES: u32 = 12;

/// Size of the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Bytes. Above 65,536 the bits over the sixteenth go into the chip's address on the bus.
    pub capacity: u32,
}

impl Part {
    /// AT24C32: too few readings for more than a test.
    pub const AT24C32: Self = Self { capacity: 4_096 };
    /// AT24C256, FM24W256, MB85RC256V: 504 readings.
    pub const AT24C256: Self = Self { capacity: 32_768 };
    /// AT24C512: 1,016 readings. Its page of 128 bytes holds two: a power cut may take both.
    pub const AT24C512: Self = Self { capacity: 65_536 };
    /// AT24CM02, 4,088 readings. Pages of 256 bytes: a power cut may take four.
    pub const AT24CM02: Self = Self { capacity: 262_144 };
}

/// The chip on its bus.
#[derive(Debug)]
pub struct At24c<B, D> {
    bus: B,
    delay: D,
    address: u8,
    part: Part,
}

impl<B: I2c, D: DelayNs> At24c<B, D> {
    /// Address with all address pins low.
    pub const ADDRESS: u8 = 0x50;

    /// A chip at `address`: 0x50 to 0x57.
    pub fn new(bus: B, delay: D, address: u8, part: Part) -> Self {
        Self { bus, delay, address, part }
    }

    /// Bus address and the two address bytes of byte `at`.
    fn place(&self, at: u32) -> (u8, [u8; 2]) {
        let [_, block, high, low] = at.to_be_bytes();
        (self.address | block, [high, low])
    }

    fn within(&self, at: u32, len: usize) -> Result<(), DriverError> {
        let end = u64::from(at) + len as u64;
        let fits = end <= u64::from(self.part.capacity);
        if fits { Ok(()) } else { Err(self.failed(Fault::BeyondEnd)) }
    }

    /// One transfer; a chip that is busy with a write is asked again.
    fn when_free(
        &mut self,
        mut transfer: impl FnMut(&mut B) -> Result<(), B::Error>,
    ) -> Result<(), DriverError> {
        for _ in 0..BUSY_TRIES {
            match transfer(&mut self.bus) {
                Err(e) if matches!(e.kind(), ErrorKind::NoAcknowledge(_)) => self.delay.delay_ms(1),
                other => return other.map_err(|e| self.failed(from_bus(&e))),
            }
        }
        Err(self.failed(Fault::NoAnswer))
    }

    fn failed(&self, fault: Fault) -> DriverError {
        error::fault(Chip::Memory, self.address, fault)
    }
}

impl<B: I2c, D: DelayNs> Memory for At24c<B, D> {
    type Error = DriverError;

    fn kind(&self) -> Kind {
        Kind::Bytes
    }

    fn capacity(&self) -> u32 {
        self.part.capacity
    }

    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), DriverError> {
        self.within(at, out.len())?;
        let mut at = at;
        for part in out.chunks_mut(CHUNK) {
            let (address, place) = self.place(at);
            self.when_free(|bus| bus.write_read(address, &place, part))?;
            at += part.len() as u32;
        }
        Ok(())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), DriverError> {
        self.within(at, bytes.len())?;
        let (mut at, mut rest) = (at, bytes);
        while !rest.is_empty() {
            let room = CHUNK - at as usize % CHUNK;
            let (now, later) = rest.split_at(room.min(rest.len()));
            let (address, [high, low]) = self.place(at);
            let mut out = [0; 2 + CHUNK];
            out[..2].copy_from_slice(&[high, low]);
            out[2..2 + now.len()].copy_from_slice(now);
            self.when_free(|bus| bus.write(address, &out[..2 + now.len()]))?;
            at += now.len() as u32;
            rest = later;
        }
        // "Kept" means that the chip answers again.
        let (address, place) = self.place(at.saturating_sub(1));
        self.when_free(|bus| bus.write(address, &place))
    }

    fn erase(&mut self, _: u32) -> Result<(), DriverError> {
        Ok(()) // nothing needs erasing
    }
}

#[cfg(test)]
mod tests {
    use emberline_wire::Reading;

    use super::*;
    use crate::{
        Log,
        driver::fake::{FakeBus, NoDelay, Played, Trouble},
    };

    /// An AT24C256: wraps within its page and is busy after a write, as the real one.
    struct Script {
        bytes: std::vec::Vec<u8>,
        pointer: usize,
        busy: u32,
        busy_after_write: u32,
    }

    impl Played for Script {
        fn write(&mut self, bytes: &[u8]) -> bool {
            if self.busy > 0 {
                self.busy -= 1;
                return false;
            }
            let [high, low, values @ ..] = bytes else { return true };
            self.pointer = usize::from(u16::from_be_bytes([*high, *low])) % self.bytes.len();
            let page = self.pointer / 64 * 64;
            for (i, value) in values.iter().enumerate() {
                self.bytes[page + (self.pointer - page + i) % 64] = *value;
            }
            self.busy = if values.is_empty() { 0 } else { self.busy_after_write };
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

    type Driver = At24c<FakeBus<Script>, NoDelay>;

    fn driver(busy_after_write: u32, trouble: Trouble) -> Driver {
        let bytes = std::vec![0xff; 32_768];
        let chip = Script { bytes, pointer: 0, busy: 0, busy_after_write };
        At24c::new(FakeBus { address: 0x50, chip, trouble }, NoDelay, 0x50, Part::AT24C256)
    }

    #[test]
    fn a_write_over_page_borders_comes_back() {
        let bytes: std::vec::Vec<u8> = (0..200).collect();
        for at in [0, 1, 31, 32, 63, 64, 1_000, 32_568] {
            let mut chip = driver(5, Trouble::None);
            chip.write(at, &bytes).unwrap();
            let mut out = [0; 200];
            chip.read(at, &mut out).unwrap();
            assert_eq!(out, bytes[..], "at {at}");
        }
    }

    #[test]
    fn each_trouble_has_its_fault() {
        for (busy, trouble, at, fault) in [
            (0, Trouble::Dead, 0, Fault::NoAnswer),
            (0, Trouble::Stuck, 0, Fault::StuckBus),
            (99, Trouble::None, 0, Fault::NoAnswer), // write-protected parts and dying ones never end
            (0, Trouble::None, 32_761, Fault::BeyondEnd),
            (0, Trouble::None, u32::MAX, Fault::BeyondEnd),
        ] {
            let mut chip = driver(busy, trouble);
            assert_eq!(
                chip.write(at, &[1; 8]),
                Err(error::fault(Chip::Memory, 0x50, fault)),
                "{trouble:?} {at}"
            );
        }
    }

    #[test]
    fn a_log_lives_on_it() {
        let mut chip = driver(3, Trouble::None);
        for boot in 1..=3 {
            let mut log = Log::open(chip, 7).unwrap();
            assert_eq!(log.boot(), boot);
            for _ in 0..40 {
                let seq = log.append(Reading::default()).unwrap();
                assert_eq!(log.get(seq).unwrap().unwrap().seq, seq);
            }
            assert_eq!(log.next_seq(), 40 * boot + 1);
            chip = log.into_memory();
        }
    }

    #[test]
    fn a_large_parts_upper_blocks_have_their_own_bus_address() {
        let mut chip = driver(0, Trouble::None);
        chip.part = Part::AT24CM02;
        assert_eq!(chip.place(0x2_1234), (0x52, [0x12, 0x34]));
    }
}
