//! Memory: what the log needs of a chip that keeps bytes without power.

/// A chip that keeps bytes without power: FRAM, EEPROM or NOR flash.
///
/// A power cut may spoil the bytes that were being written and no others. An EEPROM whose page is
/// longer than 64 bytes may spoil the whole page, up to 256 bytes: then the readings of one page are lost.
pub trait Memory {
    /// Why the chip did not do it.
    type Error;

    /// How it is written.
    fn kind(&self) -> Kind;

    /// Size, bytes.
    fn capacity(&self) -> u32;

    /// Fills `out` with the bytes from address `at` on.
    ///
    /// # Errors
    /// When the chip does not answer or the range lies outside it.
    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), Self::Error>;

    /// Writes `bytes` from address `at` on and returns when they are kept.
    ///
    /// # Errors
    /// When the chip does not answer or the range lies outside it.
    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Self::Error>;

    /// Sets the `unit` bytes from address `at` on to 0xff; called for [`Kind::Erase`] only.
    ///
    /// # Errors
    /// When the chip does not answer or the range lies outside it.
    fn erase(&mut self, at: u32) -> Result<(), Self::Error>;
}

impl<M: Memory> Memory for &mut M {
    type Error = M::Error;

    fn kind(&self) -> Kind {
        M::kind(self)
    }

    fn capacity(&self) -> u32 {
        M::capacity(self)
    }

    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), M::Error> {
        M::read(self, at, out)
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), M::Error> {
        M::write(self, at, bytes)
    }

    fn erase(&mut self, at: u32) -> Result<(), M::Error> {
        M::erase(self, at)
    }
}

/// How a memory is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any byte at any time: FRAM, EEPROM.
    Bytes,
    /// Only bytes that were erased, `unit` at a time: NOR flash. A multiple of 64.
    Erase {
        /// Bytes that are erased together.
        unit: u32,
    },
}

#[cfg(test)]
pub(crate) mod fake {
    //! A memory in RAM whose power fails when the test says so.

    use std::{vec, vec::Vec};

    use super::*;

    /// How a write ends that the power cut interrupts.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub(crate) enum Torn {
        /// The bytes before the cut are new, the others old.
        Between,
        /// As before, and the byte of the cut is neither old nor new.
        Garbled,
        /// The whole write came out as noise: an EEPROM's page buffer.
        Page,
    }

    #[derive(Debug, PartialEq)]
    pub(crate) struct NoPower;

    #[derive(Clone, Debug)]
    pub(crate) struct Fake {
        pub(crate) bytes: Vec<u8>,
        pub(crate) kind: Kind,
        pub(crate) torn: Torn,
        /// Steps until the power fails: bytes written, and 8 for an erase.
        pub(crate) steps: usize,
        pub(crate) writes: usize,
        noise: u32,
    }

    impl Fake {
        pub(crate) fn new(kind: Kind, capacity: usize) -> Self {
            let bytes = vec![0xff; capacity];
            Self { bytes, kind, torn: Torn::Between, steps: usize::MAX, writes: 0, noise: 1 }
        }

        fn noise(&mut self) -> u8 {
            self.noise = self.noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (self.noise >> 24) as u8
        }

        fn put(&mut self, at: usize, byte: u8) {
            // NOR flash can clear bits, not set them.
            let flash = matches!(self.kind, Kind::Erase { .. });
            self.bytes[at] = if flash { self.bytes[at] & byte } else { byte };
        }
    }

    impl Memory for &mut Fake {
        type Error = NoPower;

        fn kind(&self) -> Kind {
            self.kind
        }

        fn capacity(&self) -> u32 {
            self.bytes.len() as u32
        }

        fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), NoPower> {
            out.copy_from_slice(&self.bytes[at as usize..][..out.len()]);
            Ok(())
        }

        fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), NoPower> {
            let at = at as usize;
            self.writes += 1;
            if self.steps >= bytes.len() {
                self.steps -= bytes.len();
                bytes.iter().enumerate().for_each(|(i, byte)| self.put(at + i, *byte));
                return Ok(());
            }
            let whole = core::mem::take(&mut self.steps);
            for (i, byte) in bytes.iter().enumerate() {
                let noise = self.noise();
                match self.torn {
                    Torn::Page if whole > 0 => self.put(at + i, noise),
                    _ if i < whole => self.put(at + i, *byte),
                    Torn::Garbled if i == whole => self.put(at + i, noise),
                    _ => {}
                }
            }
            Err(NoPower)
        }

        fn erase(&mut self, at: u32) -> Result<(), NoPower> {
            let Kind::Erase { unit } = self.kind else { panic!("erased a byte memory") };
            assert_eq!(at % unit, 0, "an erase in the middle of a unit");
            let (at, unit) = (at as usize, unit as usize);
            let done = self.steps.min(8);
            self.steps -= done;
            self.bytes[at..at + unit * done / 8].fill(0xff);
            if done < 8 {
                for byte in at + unit * done / 8..at + unit {
                    let noise = self.noise();
                    if self.torn != Torn::Between && noise & 3 == 0 {
                        self.bytes[byte] |= noise; // some bits are erased already
                    }
                }
                return Err(NoPower);
            }
            Ok(())
        }
    }
}
