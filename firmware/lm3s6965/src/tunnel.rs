//! The tunnel: I2C transfers as lines of text on UART1, for chips that QEMU does not have.
//!
//! Whoever started QEMU plays the chips. A transfer is a number, an address, and for each operation `w`
//! with bytes or `r` with a count, all in hexadecimal; the answer is the number and `a` with the bytes
//! read, `n` for "does not acknowledge", or `s` for "the bus is held":
//!
//! ```text
//! node    0744wfd\n      0844r06\n
//! player  07a\n          08a6e01b93f7a5c\n
//! ```
//!
//! No answer within 300 ms is a bus that is held, as by a chip that stretches the clock for ever.

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource, Operation};

use crate::{
    raw::{self, UART1},
    time::now_ms,
    uart,
};

const PATIENCE_MS: u64 = 300;

/// The node's end.
#[derive(Debug)]
pub(crate) struct Tunnel {
    number: u8,
}

impl Tunnel {
    /// Ends whatever line an earlier start had begun.
    pub(crate) fn new() -> Self {
        uart::send(UART1, b"\n");
        Self { number: 0 }
    }

    /// All operations of a transfer with one chip.
    pub(crate) fn transfer(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        while uart::take(UART1).is_some() {} // an answer that came too late
        self.number = self.number.wrapping_add(1);
        put(self.number);
        put(address);
        for operation in operations.iter() {
            match operation {
                Operation::Write(bytes) => {
                    uart::send(UART1, b"w");
                    bytes.iter().for_each(|byte| put(*byte));
                }
                Operation::Read(bytes) => {
                    uart::send(UART1, b"r");
                    put(u8::try_from(bytes.len()).map_err(|_| ErrorKind::Other)?);
                }
            }
        }
        uart::send(UART1, b"\n");
        while hex()? != self.number {
            while take()? != b'\n' {} // the answer to an earlier transfer
        }
        match take()? {
            b'a' => {}
            b'n' => return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown)),
            _ => return Err(ErrorKind::Bus),
        }
        for operation in operations {
            if let Operation::Read(bytes) = operation {
                for byte in bytes.iter_mut() {
                    *byte = hex()?;
                }
            }
        }
        Ok(())
    }
}

fn put(byte: u8) {
    let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' - 10 + n };
    uart::send(UART1, &[digit(byte >> 4), digit(byte & 15)]);
}

/// Two digits; the newline that ends the answer before is passed over.
fn hex() -> Result<u8, ErrorKind> {
    let mut byte = 0;
    for _ in 0..2 {
        let mut character = take()?;
        while character == b'\n' {
            character = take()?;
        }
        let digit = char::from(character).to_digit(16).ok_or(ErrorKind::Other)?;
        byte = byte << 4 | digit as u8;
    }
    Ok(byte)
}

fn take() -> Result<u8, ErrorKind> {
    let end_ms = now_ms() + PATIENCE_MS;
    loop {
        if let Some(data) = uart::take(UART1) {
            return Ok(data as u8);
        }
        if now_ms() > end_ms {
            return Err(ErrorKind::Bus);
        }
        raw::sleep();
    }
}
