//! MLX90640: the words of a thermal image of 32×24 pixels, as the chip measured them.
//!
//! The temperatures are computed by the gateway from these words and the chip's calibration: that takes
//! tens of kilobytes of RAM, and this driver holds 64 bytes at a time.
//!
//! Source: Melexis, *MLX90640 datasheet*, revision 11 (2018): memory map, status and control registers;
//! its notes on the calibration memory: a pixel whose word is 0 has failed, one whose lowest bit is set
//! is outside the specification, and there are at most four of them.

use embedded_hal::i2c::I2c;
use emberline_wire::{Chip, Fault, PART};

use super::error::{self, DriverError, from_bus};

const RAM: u16 = 0x0400;
const CALIBRATION: u16 = 0x2400;
/// First of the three words of the chip's number.
const ID: u16 = 0x2407;
const STATUS: u16 = 0x8000;
const CONTROL: u16 = 0x800d;
/// Subpages in turn, one a second, 18 bits, chessboard.
const ONE_A_SECOND: u16 = 0x1881;
/// Bits of the status: which half was measured last, and whether that is new.
const SUBPAGE: u16 = 0x0007;
const NEW: u16 = 0x0008;
/// Clears [`NEW`] and lets the next half come into RAM.
const NEXT: u16 = 0x0030;
/// A word that the chip has not measured.
const UNMEASURED: u16 = 0x7fff;
/// Rows of calibration before those of the pixels.
const HEAD_ROWS: u8 = 2;
/// More than this the maker does not deliver.
const MOST_DEVIATING: u32 = 4;

/// The chip on its bus.
#[derive(Debug)]
pub struct Mlx90640<B> {
    bus: B,
    address: u8,
}

impl<B: I2c> Mlx90640<B> {
    /// Address as delivered.
    pub const ADDRESS: u8 = 0x33;
    /// Rows of 32 words in its RAM, and in its calibration: 24 of pixels and 2 of other words. The
    /// other words come last in RAM and first in the calibration.
    pub const ROWS: u8 = 26;
    /// Time from one half of the image to the other, ms.
    pub const HALF_MS: u64 = 1_000;

    /// A chip at `address`.
    pub fn new(bus: B, address: u8) -> Self {
        Self { bus, address }
    }

    /// Checks that its number is one, sets it to one half of the image a second and checks that it
    /// keeps the setting. The first half comes after a second.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::OutOfRange`] of an empty
    /// calibration memory; [`Fault::WrongId`] when the setting does not stay.
    pub fn start(&mut self) -> Result<(), DriverError> {
        let id: [u16; 3] = self.words(ID)?;
        if id == [0; 3] || id == [0xffff; 3] {
            return Err(self.failed(Fault::OutOfRange));
        }
        self.set(CONTROL, ONE_A_SECOND)?;
        let [got] = self.words(CONTROL)?;
        if got != ONE_A_SECOND {
            let [want, got] = [ONE_A_SECOND, got].map(|word| word as u8);
            return Err(self.failed(Fault::WrongId { want, got }));
        }
        self.take()
    }

    /// Which half of the image, 0 or 1, is new; `None` if neither is.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::OutOfRange`] of a third half.
    pub fn new_half(&mut self) -> Result<Option<u8>, DriverError> {
        let [status] = self.words(STATUS)?;
        match status & SUBPAGE {
            _ if status & NEW == 0 => Ok(None),
            half @ (0 | 1) => Ok(Some(half as u8)),
            _ => Err(self.failed(Fault::OutOfRange)),
        }
    }

    /// Takes the half that is new: from now on [`Self::new_half`] tells whether another came, and the
    /// words are those of one measurement until then.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`].
    pub fn take(&mut self) -> Result<(), DriverError> {
        self.set(STATUS, NEXT)
    }

    /// Row `row` of the RAM, below [`Self::ROWS`].
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::BeyondEnd`];
    /// [`Fault::NotReady`] of a row that starts with a word that was not measured.
    pub fn measured_row(&mut self, row: u8) -> Result<[u16; PART], DriverError> {
        let words = self.row(RAM, row)?;
        if row < Self::ROWS - HEAD_ROWS && words[..2] == [UNMEASURED; 2] {
            return Err(self.failed(Fault::NotReady));
        }
        Ok(words)
    }

    /// Row `row` of the calibration, below [`Self::ROWS`].
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::BeyondEnd`].
    pub fn calibration_row(&mut self, row: u8) -> Result<[u16; PART], DriverError> {
        self.row(CALIBRATION, row)
    }

    /// The pixels that the maker marked as failed or outside the specification: bit `c` of word `r` is
    /// column `c` of row `r`.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::OutOfRange`] when there are
    /// more than four: the calibration memory is damaged.
    pub fn deviating(&mut self) -> Result<[u32; 24], DriverError> {
        let mut rows = [0_u32; 24];
        for (i, bits) in rows.iter_mut().enumerate() {
            for (column, word) in self.calibration_row(HEAD_ROWS + i as u8)?.iter().enumerate() {
                *bits |= u32::from(*word == 0 || word & 1 != 0) << column;
            }
        }
        if rows.iter().map(|bits| bits.count_ones()).sum::<u32>() > MOST_DEVIATING {
            return Err(self.failed(Fault::OutOfRange));
        }
        Ok(rows)
    }

    fn row(&mut self, base: u16, row: u8) -> Result<[u16; PART], DriverError> {
        if row >= Self::ROWS {
            return Err(self.failed(Fault::BeyondEnd));
        }
        self.words(base + u16::from(row) * PART as u16)
    }

    fn words<const N: usize>(&mut self, at: u16) -> Result<[u16; N], DriverError> {
        let mut bytes = [[0; 2]; N];
        self.bus
            .write_read(self.address, &at.to_be_bytes(), bytes.as_flattened_mut())
            .map_err(|e| self.failed(from_bus(&e)))?;
        Ok(bytes.map(u16::from_be_bytes))
    }

    fn set(&mut self, register: u16, word: u16) -> Result<(), DriverError> {
        let ([a, b], [c, d]) = (register.to_be_bytes(), word.to_be_bytes());
        self.bus.write(self.address, &[a, b, c, d]).map_err(|e| self.failed(from_bus(&e)))
    }

    #[cfg(test)]
    pub(crate) fn bus(&mut self) -> &mut B {
        &mut self.bus
    }

    pub(crate) fn failed(&self, fault: Fault) -> DriverError {
        error::fault(Chip::Mlx90640, self.address, fault)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::driver::fake::{FakeBus, Played, Trouble};

    /// The chip's three memories by address; it measures a half whenever the test says so.
    pub(crate) struct Camera {
        pub(crate) ram: [u16; 832],
        pub(crate) calibration: [u16; 832],
        pub(crate) status: u16,
        pub(crate) control: u16,
        pub(crate) keeps_control: bool,
        pointer: u16,
    }

    impl Camera {
        pub(crate) fn new() -> Self {
            let mut calibration = [0x0040; 832];
            calibration[7..10].copy_from_slice(&[0x0194, 0x85cf, 0x0187]);
            let ram = core::array::from_fn(|i| i as u16);
            let keeps_control = true;
            Self { ram, calibration, status: 0, control: 0x1901, keeps_control, pointer: 0 }
        }

        pub(crate) fn measure(&mut self, half: u16) {
            self.status = NEW | half;
        }
    }

    impl Played for Camera {
        fn write(&mut self, bytes: &[u8]) -> bool {
            let [a, b, value @ ..] = bytes else { return false };
            self.pointer = u16::from_be_bytes([*a, *b]);
            let [c, d] = value else { return value.is_empty() };
            let word = u16::from_be_bytes([*c, *d]);
            match self.pointer {
                STATUS => self.status = self.status & SUBPAGE | word & !SUBPAGE,
                CONTROL if self.keeps_control => self.control = word,
                CONTROL => {}
                _ => return false,
            }
            true
        }

        fn read(&mut self, out: &mut [u8]) -> bool {
            for (i, bytes) in out.chunks_mut(2).enumerate() {
                let word = match self.pointer + i as u16 {
                    at @ 0x0400..0x0740 => self.ram[usize::from(at - 0x0400)],
                    at @ 0x2400..0x2740 => self.calibration[usize::from(at - 0x2400)],
                    STATUS => self.status,
                    CONTROL => self.control,
                    _ => return false,
                };
                bytes.copy_from_slice(&word.to_be_bytes());
            }
            true
        }
    }

    pub(crate) fn bus(chip: Camera, trouble: Trouble) -> FakeBus<Camera> {
        FakeBus { address: 0x33, chip, trouble }
    }

    fn with(change: impl FnOnce(&mut Camera)) -> Mlx90640<FakeBus<Camera>> {
        let mut chip = Camera::new();
        change(&mut chip);
        Mlx90640::new(bus(chip, Trouble::None), 0x33)
    }

    fn fault<T>(result: Result<T, DriverError>) -> Option<Fault> {
        result.err().map(|error| error.fault)
    }

    /// Addresses as in the datasheet's memory map: RAM 0x0400 to 0x073f, calibration 0x2400 to 0x273f.
    #[test]
    fn rows_are_the_words_of_the_memory_map() {
        let mut chip = with(|_| ());
        for (row, first, last) in [(0, 0, 31), (1, 32, 63), (25, 800, 831)] {
            let words = chip.measured_row(row).unwrap();
            assert_eq!((words[0], words[31]), (first, last), "row {row}");
        }
        assert_eq!(chip.calibration_row(0).unwrap()[7..10], [0x0194, 0x85cf, 0x0187]);
        assert_eq!(fault(chip.measured_row(26)), Some(Fault::BeyondEnd));
        assert_eq!(fault(chip.calibration_row(255)), Some(Fault::BeyondEnd));
    }

    #[test]
    fn the_start_sets_the_chip_and_refuses_another() {
        let mut chip = with(|chip| chip.measure(1));
        chip.start().unwrap();
        assert_eq!(chip.bus.chip.control, 0x1881);
        assert_eq!(chip.new_half(), Ok(None)); // what was measured before is not taken
        for (change, want) in [
            ((|c| c.calibration.fill(0)) as fn(&mut Camera), Fault::OutOfRange),
            (|c| c.calibration.fill(0xffff), Fault::OutOfRange),
            (|c| c.keeps_control = false, Fault::WrongId { want: 0x81, got: 0x01 }),
        ] {
            assert_eq!(fault(with(change).start()), Some(want));
        }
    }

    #[test]
    fn a_half_is_new_once() {
        let mut chip = with(|_| ());
        for (status, want) in [
            (0x0000, Ok(None)),
            (0x0001, Ok(None)),
            (0x0008, Ok(Some(0))),
            (0x0039, Ok(Some(1))),
            (0x000a, Err(Fault::OutOfRange)), // there is no third half
        ] {
            chip.bus.chip.status = status;
            assert_eq!(chip.new_half().map_err(|e| e.fault), want, "{status:#06x}");
        }
        chip.bus.chip.measure(1);
        chip.take().unwrap();
        assert_eq!(chip.new_half(), Ok(None));
    }

    #[test]
    fn deviating_pixels_are_those_that_the_calibration_marks() {
        let mut chip = with(|chip| {
            chip.calibration[64 + 3 * 32 + 5] = 0; // failed
            chip.calibration[64 + 3 * 32 + 31] |= 1; // outside the specification
            chip.calibration[64 + 23 * 32] = 0xffff;
            chip.calibration[5] = 0; // no pixel
        });
        let rows = chip.deviating().unwrap();
        assert_eq!((rows[3], rows[23]), (1 << 5 | 1 << 31, 1));
        assert_eq!(rows.iter().map(|bits| bits.count_ones()).sum::<u32>(), 3);
        let mut damaged = with(|chip| chip.calibration[64..69].fill(0));
        assert_eq!(fault(damaged.deviating()), Some(Fault::OutOfRange));
    }

    #[test]
    fn words_that_were_not_measured_are_no_image() {
        let mut chip = with(|chip| chip.ram[32..64].fill(0x7fff));
        assert_eq!(fault(chip.measured_row(1)), Some(Fault::NotReady));
        assert_eq!(fault(chip.measured_row(2)), None);
    }

    #[test]
    fn each_trouble_has_its_fault() {
        for (trouble, want) in [(Trouble::Dead, Fault::NoAnswer), (Trouble::Stuck, Fault::StuckBus)]
        {
            let mut chip = Mlx90640::new(bus(Camera::new(), trouble), 0x33);
            assert_eq!(fault(chip.start()), Some(want));
            assert_eq!(fault(chip.new_half()), Some(want));
            assert_eq!(fault(chip.take()), Some(want));
            assert_eq!(fault(chip.measured_row(0)), Some(want));
            assert_eq!(fault(chip.deviating()), Some(want));
        }
    }
}
