//! A flash chip for tests, played at the level of its commands.
//!
//! It does what the datasheets say: it ignores a change without write enable, anything but its status
//! while busy and anything but the wake-up while asleep; it clears bits and never sets one but by an
//! erase; it wraps inside a page. Its supply fails after a number of steps, as that of `memory::fake`.

use std::{vec, vec::Vec};

use embedded_hal::spi::{Error, ErrorKind, ErrorType, Operation, SpiDevice};

use super::nor_flash::FlashPart;

/// Small, so that a log's ring turns soon: two units of journal, two of readings.
pub(crate) const PART: FlashPart = FlashPart { maker: 0xef, size_log2: 14 };

#[derive(Clone, Debug)]
pub(crate) struct FlashChip {
    pub(crate) bytes: Vec<u8>,
    pub(crate) id: [u8; 3],
    /// Times that the status will still say busy.
    pub(crate) busy: u32,
    /// Times that it says so after a change.
    pub(crate) busy_after: u32,
    pub(crate) asleep: bool,
    pub(crate) locked: bool,
    /// The bus itself fails.
    pub(crate) shorted: bool,
    /// Steps until the power fails: bytes programmed, and 8 for an erase.
    pub(crate) supply: usize,
    enabled: bool,
}

#[derive(Debug)]
pub(crate) struct Shorted;

impl Error for Shorted {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for FlashChip {
    type Error = Shorted;
}

impl FlashChip {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0xff; PART.capacity() as usize],
            id: [0xef, 0x40, 14],
            busy: 0,
            busy_after: 3,
            asleep: true,
            locked: false,
            shorted: false,
            supply: usize::MAX,
            enabled: false,
        }
    }

    /// The power comes back.
    pub(crate) fn power(&mut self, steps: usize) {
        self.supply = steps;
        (self.busy, self.enabled, self.asleep) = (0, false, false);
    }

    /// What the chip drives after `sent`.
    fn answer(&mut self, sent: &[u8], out: &mut [u8]) {
        let ready = self.busy == 0 && !self.asleep && self.supply > 0;
        match sent {
            [0x05] if self.supply > 0 && !self.asleep => {
                out.fill(u8::from(self.busy > 0) | u8::from(self.enabled) << 1);
                self.busy = self.busy.saturating_sub(u32::from(self.busy < u32::MAX));
            }
            [0x9f] if ready => out.copy_from_slice(&self.id),
            [0x03, a, b, c] if ready => {
                let at = u32::from_be_bytes([0, *a, *b, *c]) as usize;
                out.copy_from_slice(&self.bytes[at..at + out.len()]);
            }
            _ => out.fill(0xff), // nobody drives the line
        }
    }

    /// What the chip does when it is no longer selected.
    fn done(&mut self, sent: &[u8]) {
        if self.supply == 0 {
            return;
        }
        match sent {
            [0xab] => self.asleep = false,
            _ if self.asleep || self.busy > 0 => {}
            [0xb9] => self.asleep = true,
            [0x06] => self.enabled = !self.locked,
            [0x02, a, b, c, values @ ..] if core::mem::take(&mut self.enabled) => {
                assert!(values.len() <= 256, "a page has 256 bytes");
                let at = u32::from_be_bytes([0, *a, *b, *c]) as usize;
                for (i, value) in values.iter().enumerate() {
                    let place = at / 256 * 256 + (at + i) % 256;
                    self.supply = self.supply.saturating_sub(1);
                    // The byte of the cut is half written.
                    let value = if self.supply == 0 { *value | 0x5a } else { *value };
                    self.bytes[place] &= value;
                    if self.supply == 0 {
                        return;
                    }
                }
                self.busy = self.busy_after;
            }
            [0x20, a, b, c] if core::mem::take(&mut self.enabled) => {
                let at = u32::from_be_bytes([0, *a, *b, *c]) as usize / 4_096 * 4_096;
                let done = self.supply.min(8);
                self.supply -= done;
                self.bytes[at..at + 512 * done].fill(0xff);
                self.busy = self.busy_after;
            }
            _ => {}
        }
    }
}

impl SpiDevice for FlashChip {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Shorted> {
        if self.shorted {
            return Err(Shorted);
        }
        let mut sent = Vec::new();
        for operation in operations {
            match operation {
                Operation::Write(bytes) => sent.extend_from_slice(bytes),
                Operation::Read(out) => self.answer(&sent, out),
                other => panic!("the driver does not use {other:?}"),
            }
        }
        self.done(&sent);
        Ok(())
    }
}
