//! W25Q, GD25Q and MX25R: NOR flash on an SPI bus, the memory of the log.
//!
//! Sources: Winbond, *W25Q64JV datasheet*; GigaDevice, *GD25Q16C datasheet*; Macronix, *MX25R6435F
//! datasheet*: the commands below are the same in all three. A page program clears bits of at most 256
//! bytes of one page and wraps inside it; a sector erase sets 4 KiB to 0xff; the chip is busy meanwhile.
//! Longest times: program 10 ms (MX25R), erase 400 ms (W25Q).
//!
//! Between two calls the chip is in deep power-down.

use embedded_hal::{
    delay::DelayNs,
    spi::{Operation, SpiDevice},
};
use emberline_wire::{Chip, Fault};

use super::error::{self, DriverError};
use crate::{Kind, Memory};

const READ_ID: u8 = 0x9f;
const READ: u8 = 0x03;
const READ_STATUS: u8 = 0x05;
const WRITE_ENABLE: u8 = 0x06;
const PROGRAM_PAGE: u8 = 0x02;
const ERASE_SECTOR: u8 = 0x20;
const POWER_DOWN: u8 = 0xb9;
const WAKE: u8 = 0xab;
/// Bits of the status.
const BUSY: u8 = 0x01;
const WRITE_ENABLED: u8 = 0x02;

const PAGE: usize = 256;
const SECTOR: u32 = 4_096;
/// Longest wake-up from power-down is 35 µs (MX25R).
const WAKE_US: u32 = 50;
/// 15 ms at 100 µs each.
const PROGRAM_TRIES: u32 = 150;
const PROGRAM_PAUSE_US: u32 = 100;
/// 500 ms at 5 ms each.
const ERASE_TRIES: u32 = 100;
const ERASE_PAUSE_US: u32 = 5_000;

/// What a chip tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlashPart {
    /// First byte of its JEDEC ID: who made it.
    pub maker: u8,
    /// Third byte of its JEDEC ID: its size is 2 to the power of this, bytes. At most 24, for addresses
    /// have three bytes here.
    pub size_log2: u8,
}

impl FlashPart {
    /// Winbond W25Q64JV, 8 MiB.
    pub const W25Q64: Self = Self { maker: 0xef, size_log2: 23 };
    /// GigaDevice GD25Q16C, 2 MiB: on Adafruit's Feather nRF52840 Express.
    pub const GD25Q16: Self = Self { maker: 0xc8, size_log2: 21 };
    /// Macronix MX25R6435F, 8 MiB: on Nordic's nRF52840-DK.
    pub const MX25R64: Self = Self { maker: 0xc2, size_log2: 23 };

    /// Bytes; 0 of a part that is too large.
    pub const fn capacity(self) -> u32 {
        if self.size_log2 <= 24 { 1 << self.size_log2 } else { 0 }
    }
}

/// The chip on its bus.
#[derive(Debug)]
pub struct NorFlash<S, D> {
    spi: S,
    delay: D,
    part: FlashPart,
}

impl<S: SpiDevice, D: DelayNs> NorFlash<S, D> {
    /// A chip of this part.
    pub fn new(spi: S, delay: D, part: FlashPart) -> Self {
        Self { spi, delay, part }
    }

    /// Checks that the chip is there and that it is this part. A write that a restart of the node left
    /// under way is waited for.
    ///
    /// # Errors
    /// [`Fault::Bus`]; [`Fault::NoAnswer`] when the line rests high or low; [`Fault::WrongId`] of
    /// another maker or size; [`Fault::NotReady`] when the chip stays busy.
    pub fn start(&mut self) -> Result<(), DriverError> {
        self.awake(|chip| {
            chip.finish(ERASE_TRIES, ERASE_PAUSE_US)?;
            let mut id = [0; 3];
            chip.transfer(&mut [Operation::Write(&[READ_ID]), Operation::Read(&mut id)])?;
            match id {
                [0, 0, 0] | [0xff, 0xff, 0xff] => Err(failed(Fault::NoAnswer)),
                [maker, _, size] => {
                    let wrong = |want, got| Err(failed(Fault::WrongId { want, got }));
                    match chip.part {
                        part if part.maker != maker => wrong(part.maker, maker),
                        part if part.size_log2 != size => wrong(part.size_log2, size),
                        _ => Ok(()),
                    }
                }
            }
        })
    }

    /// Wakes the chip for `work` and lets it rest again, whatever came of it.
    fn awake<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, DriverError>,
    ) -> Result<T, DriverError> {
        self.transfer(&mut [Operation::Write(&[WAKE])])?;
        self.delay.delay_us(WAKE_US);
        let done = work(self);
        let rested = self.transfer(&mut [Operation::Write(&[POWER_DOWN])]);
        done.and_then(|value| rested.map(|()| value))
    }

    /// Gives one command that changes the memory and waits for its end.
    fn change(
        &mut self,
        command: u8,
        at: u32,
        bytes: &[u8],
        [tries, pause_us]: [u32; 2],
    ) -> Result<(), DriverError> {
        self.transfer(&mut [Operation::Write(&[WRITE_ENABLE])])?;
        let status = self.status()?;
        if busy(status)? {
            return Err(failed(Fault::NotReady));
        }
        if status & WRITE_ENABLED == 0 {
            return Err(failed(Fault::NotKept));
        }
        let place = address(command, at);
        self.transfer(&mut [Operation::Write(&place), Operation::Write(bytes)])?;
        self.finish(tries, pause_us)
    }

    /// Waits until the chip is no longer busy.
    fn finish(&mut self, tries: u32, pause_us: u32) -> Result<(), DriverError> {
        for _ in 0..tries {
            if !busy(self.status()?)? {
                return Ok(());
            }
            self.delay.delay_us(pause_us);
        }
        Err(failed(Fault::NotReady))
    }

    fn status(&mut self) -> Result<u8, DriverError> {
        let mut status = [0];
        self.transfer(&mut [Operation::Write(&[READ_STATUS]), Operation::Read(&mut status)])?;
        Ok(status[0])
    }

    fn bytes(&mut self, at: u32, out: &mut [u8]) -> Result<(), DriverError> {
        let place = address(READ, at);
        self.transfer(&mut [Operation::Write(&place), Operation::Read(out)])
    }

    /// One transfer with the chip selected throughout.
    fn transfer(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), DriverError> {
        self.spi.transaction(operations).map_err(|_| failed(Fault::Bus))
    }

    fn within(&self, at: u32, len: usize) -> Result<(), DriverError> {
        let end = u64::from(at) + len as u64;
        if end <= u64::from(self.part.capacity()) { Ok(()) } else { Err(failed(Fault::BeyondEnd)) }
    }
}

fn address(command: u8, at: u32) -> [u8; 4] {
    let [_, high, mid, low] = at.to_be_bytes();
    [command, high, mid, low]
}

/// Whether the chip is busy. A line that nobody drives reads 0xff, which no chip's status is.
fn busy(status: u8) -> Result<bool, DriverError> {
    if status == 0xff { Err(failed(Fault::NoAnswer)) } else { Ok(status & BUSY != 0) }
}

fn failed(fault: Fault) -> DriverError {
    error::fault(Chip::NorFlash, 0, fault)
}

impl<S: SpiDevice, D: DelayNs> Memory for NorFlash<S, D> {
    type Error = DriverError;

    fn kind(&self) -> Kind {
        Kind::Erase { unit: SECTOR }
    }

    fn capacity(&self) -> u32 {
        self.part.capacity()
    }

    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), DriverError> {
        self.within(at, out.len())?;
        self.awake(|chip| chip.bytes(at, out))
    }

    /// Writes and reads back: a chip that is write-protected or worn out says nothing by itself.
    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), DriverError> {
        self.within(at, bytes.len())?;
        self.awake(|chip| {
            let (mut at, mut rest) = (at, bytes);
            while !rest.is_empty() {
                let room = PAGE - at as usize % PAGE;
                let (now, later) = rest.split_at(room.min(rest.len()));
                chip.change(PROGRAM_PAGE, at, now, [PROGRAM_TRIES, PROGRAM_PAUSE_US])?;
                for (i, part) in now.chunks(64).enumerate() {
                    let mut kept = [0; 64];
                    let kept = &mut kept[..part.len()];
                    chip.bytes(at + 64 * i as u32, kept)?;
                    if kept != part {
                        return Err(failed(Fault::NotKept));
                    }
                }
                at += now.len() as u32;
                rest = later;
            }
            Ok(())
        })
    }

    fn erase(&mut self, at: u32) -> Result<(), DriverError> {
        self.within(at, SECTOR as usize)?;
        self.awake(|chip| chip.change(ERASE_SECTOR, at, &[], [ERASE_TRIES, ERASE_PAUSE_US]))
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use emberline_wire::Reading;

    use super::*;
    use crate::{
        Log,
        driver::{
            fake::NoDelay,
            fake_flash::{FlashChip, PART},
        },
    };

    fn driver(chip: &mut FlashChip) -> NorFlash<&mut FlashChip, NoDelay> {
        NorFlash::new(chip, NoDelay, PART)
    }

    #[test]
    fn a_write_over_page_borders_comes_back_and_an_erase_takes_one_sector() {
        let bytes: Vec<u8> = (0..=255).cycle().take(600).collect();
        for at in [0, 1, 255, 256, 4_000, 16_384 - 600] {
            let mut chip = FlashChip::new();
            let mut flash = driver(&mut chip);
            flash.write(at, &bytes).unwrap();
            let mut out = [0; 600];
            flash.read(at, &mut out).unwrap();
            assert_eq!(out, bytes[..], "at {at}");
        }
        let mut chip = FlashChip::new();
        chip.bytes.fill(0);
        driver(&mut chip).erase(4_096).unwrap();
        let erased: Vec<_> = (0..16_384).filter(|at| chip.bytes[*at] == 0xff).collect();
        assert_eq!(erased, (4_096..8_192).collect::<Vec<_>>());
    }

    #[test]
    fn each_trouble_has_its_fault_at_the_start() {
        let changed = |change: fn(&mut FlashChip)| {
            let mut chip = FlashChip::new();
            change(&mut chip);
            driver(&mut chip).start().map_err(|error| error.fault)
        };
        assert_eq!(changed(|_| ()), Ok(()));
        assert_eq!(changed(|chip| chip.busy = 60), Ok(())); // an erase that a restart interrupted
        for (change, fault) in [
            ((|chip| chip.supply = 0) as fn(&mut FlashChip), Fault::NoAnswer),
            (|chip| chip.id = [0; 3], Fault::NoAnswer), // the line is low
            (|chip| chip.id[0] = 0xc8, Fault::WrongId { want: 0xef, got: 0xc8 }),
            (|chip| chip.id[2] = 21, Fault::WrongId { want: 14, got: 21 }),
            (|chip| chip.busy = u32::MAX, Fault::NotReady),
            (|chip| chip.shorted = true, Fault::Bus),
        ] {
            assert_eq!(changed(change), Err(fault), "{fault:?}");
        }
    }

    #[test]
    fn what_is_not_kept_is_told() {
        for (change, fault) in [
            ((|chip| chip.locked = true) as fn(&mut FlashChip), Fault::NotKept),
            (|chip| chip.bytes[70] = 0x00, Fault::NotKept), // was not erased: no bit can be set
            (|chip| chip.busy_after = u32::MAX, Fault::NotReady),
            (|chip| chip.supply = 0, Fault::NoAnswer),
        ] {
            let mut chip = FlashChip::new();
            change(&mut chip);
            let got = driver(&mut chip).write(0, &[0x55; 128]);
            assert_eq!(got, Err(failed(fault)), "{fault:?}");
        }
        let mut chip = FlashChip::new();
        let mut flash = driver(&mut chip);
        let beyond = Err(failed(Fault::BeyondEnd));
        assert_eq!(flash.write(16_384 - 7, &[1; 8]), beyond);
        assert_eq!(flash.read(u32::MAX, &mut [0]), beyond);
        assert_eq!(flash.erase(16_384), beyond);
    }

    #[test]
    fn a_log_lives_on_it_and_lets_it_rest() {
        let mut chip = FlashChip::new();
        for boot in 1..=3 {
            let mut log = Log::open(driver(&mut chip), 7).unwrap();
            assert_eq!(log.boot(), boot);
            for _ in 0..150 {
                let seq = log.append(Reading::default()).unwrap();
                assert_eq!(log.get(seq).unwrap().unwrap().seq, seq);
            }
            assert_eq!(log.next_seq(), 150 * boot + 1);
            assert!(chip.asleep);
        }
    }
}
