//! The Stellaris I2C master, by asking.
//!
//! A STOP goes before each change of direction, for QEMU's model has no repeated start. In the same model
//! a chip that does not answer shows as a lost arbitration, so both are reported as "does not answer".

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource, Operation};

use crate::{raw::I2C0, time::CLOCK_HZ};

const ADDRESS: usize = 0x00;
const CONTROL: usize = 0x04;
const DATA: usize = 0x08;
const RUN: u32 = 1;
const START: u32 = 2;
const STOP: u32 = 4;
const ACK: u32 = 8;
const BUSY: u32 = 1;
const ERROR: u32 = 1 << 1;
const ARBITRATION_LOST: u32 = 1 << 4;
/// Asked so often before the bus is given up: over 20 ms, a byte takes 0.1 ms.
const PATIENCE: u32 = 50_000;

/// Starts the master, at most 100 kHz.
pub(crate) fn start() {
    const PERIOD: usize = 0x0c;
    const CONFIGURATION: usize = 0x20;
    I2C0.write(CONFIGURATION, 0x10);
    I2C0.write(PERIOD, CLOCK_HZ.div_ceil(20 * 100_000) - 1);
}

/// All operations of a transfer with one chip.
pub(crate) fn transfer(address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
    for at in 0..operations.len() {
        let is_write = |place: Option<usize>| {
            matches!(place.and_then(|i| operations.get(i)), Some(Operation::Write(_)))
        };
        // Writes beside each other are one transfer.
        let first = !(is_write(Some(at)) && is_write(at.checked_sub(1)));
        let last = !(is_write(Some(at)) && is_write(Some(at + 1)));
        match &mut operations[at] {
            Operation::Write(bytes) => write(address, bytes, first, last)?,
            Operation::Read(bytes) => read(address, bytes)?,
        }
    }
    Ok(())
}

fn write(address: u8, bytes: &[u8], first: bool, last: bool) -> Result<(), ErrorKind> {
    I2C0.write(ADDRESS, u32::from(address) << 1);
    for (i, byte) in bytes.iter().enumerate() {
        I2C0.write(DATA, u32::from(*byte));
        let start = if first && i == 0 { START } else { 0 };
        let stop = if last && i + 1 == bytes.len() { STOP } else { 0 };
        step(RUN | start | stop)?;
    }
    Ok(())
}

fn read(address: u8, bytes: &mut [u8]) -> Result<(), ErrorKind> {
    I2C0.write(ADDRESS, u32::from(address) << 1 | 1);
    let count = bytes.len();
    for (i, byte) in bytes.iter_mut().enumerate() {
        let start = if i == 0 { START } else { 0 };
        let end = if i + 1 == count { STOP } else { ACK };
        step(RUN | start | end)?;
        *byte = I2C0.read(DATA) as u8;
    }
    Ok(())
}

/// One byte on the bus.
fn step(command: u32) -> Result<(), ErrorKind> {
    I2C0.write(CONTROL, command);
    let Some(status) = (0..PATIENCE).map(|_| I2C0.read(CONTROL)).find(|s| s & BUSY == 0) else {
        return Err(ErrorKind::Bus);
    };
    if status & ARBITRATION_LOST != 0 {
        return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown));
    }
    if status & ERROR != 0 {
        I2C0.write(CONTROL, STOP);
        return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown));
    }
    Ok(())
}
