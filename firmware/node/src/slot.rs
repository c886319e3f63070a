//! Slots: 64 bytes of memory that are whole or not there at all.
//!
//! A slot ends with the CRC-32C of what comes before. A write that a power cut interrupts leaves a slot
//! whose checksum is wrong, and that is read as no slot.

use emberline_wire::CHECKSUM;

/// Bytes of a slot. No page border of an EEPROM or flash lies within one.
pub(crate) const SLOT: usize = 64;
const END: usize = SLOT - 4;

/// Writes the fields of a slot one after the other.
pub(crate) struct Writer {
    bytes: [u8; SLOT],
    at: usize,
}

impl Writer {
    /// A slot of the given kind; the kind is never 0xff, which is erased memory.
    pub(crate) fn new(kind: u8) -> Self {
        let mut bytes = [0; SLOT];
        bytes[0] = kind;
        Self { bytes, at: 1 }
    }

    pub(crate) fn put<const N: usize>(&mut self, field: [u8; N]) {
        if let Some(place) = self.bytes[..END].get_mut(self.at..self.at + N) {
            place.copy_from_slice(&field);
        }
        self.at += N;
    }

    /// The bytes to write.
    pub(crate) fn sealed(mut self) -> [u8; SLOT] {
        debug_assert!(self.at <= END, "more fields than a slot holds");
        let crc = CHECKSUM.checksum(&self.bytes[..END]);
        self.bytes[END..].copy_from_slice(&crc.to_le_bytes());
        self.bytes
    }
}

/// Reads the fields of a slot one after the other.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The fields of a whole slot of the given kind.
    pub(crate) fn new(kind: u8, bytes: &'a [u8; SLOT]) -> Option<Self> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        let whole = CHECKSUM.checksum(body) == u32::from_le_bytes(*crc);
        (whole && body[0] == kind).then_some(Self { rest: &body[1..] })
    }

    /// The next field; zeros beyond the end.
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((field, rest)) = self.rest.split_first_chunk::<N>() else { return [0; N] };
        self.rest = rest;
        *field
    }

    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }
}
