//! A bus for tests: one chip, played at the level of its registers, and the troubles of a real bus.

use embedded_hal::{
    delay::DelayNs,
    i2c::{Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation},
};

/// What one chip does on the bus.
pub(crate) trait Played {
    /// Takes the bytes of a write; gives whether it acknowledges.
    fn write(&mut self, bytes: &[u8]) -> bool;
    /// Fills `out`; gives whether it acknowledges.
    fn read(&mut self, out: &mut [u8]) -> bool;
}

/// What is wrong with the bus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    None,
    /// The chip's plug is out.
    Dead,
    /// The data line is low.
    Stuck,
}

#[derive(Debug)]
pub(crate) struct FakeBus<C> {
    pub(crate) address: u8,
    pub(crate) chip: C,
    pub(crate) trouble: Trouble,
}

#[derive(Debug, PartialEq)]
pub(crate) struct FakeError(ErrorKind);

impl Error for FakeError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl<C> ErrorType for FakeBus<C> {
    type Error = FakeError;
}

impl<C: Played> I2c for FakeBus<C> {
    fn transaction(&mut self, address: u8, ops: &mut [Operation<'_>]) -> Result<(), FakeError> {
        let nobody = FakeError(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
        match self.trouble {
            Trouble::Stuck => return Err(FakeError(ErrorKind::ArbitrationLoss)),
            Trouble::Dead => return Err(nobody),
            Trouble::None if address != self.address => return Err(nobody),
            Trouble::None => {}
        }
        for op in ops {
            let answers = match op {
                Operation::Write(bytes) => self.chip.write(bytes),
                Operation::Read(out) => self.chip.read(out),
            };
            if !answers {
                return Err(FakeError(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown)));
            }
        }
        Ok(())
    }
}

/// A delay that nobody waits for.
#[derive(Debug)]
pub(crate) struct NoDelay;

impl DelayNs for NoDelay {
    fn delay_ns(&mut self, _: u32) {}
}

/// 256 registers of one byte, the first byte of a write being the register.
#[derive(Clone, Debug)]
pub(crate) struct Registers {
    pub(crate) bytes: [u8; 256],
    pub(crate) pointer: u8,
}

impl Registers {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; 256], pointer: 0 }
    }
}

impl Played for Registers {
    fn write(&mut self, bytes: &[u8]) -> bool {
        let [register, values @ ..] = bytes else { return true };
        self.pointer = *register;
        for value in values {
            self.bytes[usize::from(self.pointer)] = *value;
            self.pointer = self.pointer.wrapping_add(1);
        }
        true
    }

    fn read(&mut self, out: &mut [u8]) -> bool {
        for byte in out {
            *byte = self.bytes[usize::from(self.pointer)];
            self.pointer = self.pointer.wrapping_add(1);
        }
        true
    }
}
