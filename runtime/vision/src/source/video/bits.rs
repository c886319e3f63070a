//! Bits: the numbers of a coded unit, read one after the other.

/// The bits of a unit, past its header; `None` of each reader where they have come to an end.
pub(super) struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    /// The bits of `unit` after `header` bytes, without the bytes that keep start codes out of it.
    pub(super) fn of(unit: &[u8], header: usize) -> Self {
        let mut bytes = Vec::with_capacity(unit.len());
        let mut zeros = 0;
        for &b in unit.iter().skip(header) {
            if zeros >= 2 && b == 3 {
                zeros = 0;
                continue;
            }
            zeros = if b == 0 { zeros + 1 } else { 0 };
            bytes.push(b);
        }
        Self { bytes, at: 0 }
    }

    /// How many were read.
    pub(super) fn read(&self) -> usize {
        self.at
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// A number of `n` bits, at most 32.
    pub(super) fn number(&mut self, n: u32) -> Option<u32> {
        (0..n).try_fold(0u32, |v, _| Some(v << 1 | u32::from(self.flag()?)))
    }

    /// An unsigned number in Exp-Golomb code.
    pub(super) fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1u32 << zeros) - 1 + self.number(zeros)?)
    }

    /// A signed number in Exp-Golomb code.
    pub(super) fn signed_golomb(&mut self) -> Option<i32> {
        let n = i64::from(self.golomb()?);
        i32::try_from(if n % 2 == 1 { n / 2 + 1 } else { -(n / 2) }).ok()
    }
}

/// Bits written one after the other.
#[derive(Default)]
pub(super) struct BitsOut {
    bytes: Vec<u8>,
    written: usize,
}

impl BitsOut {
    pub(super) fn flag(&mut self, bit: bool) {
        if self.written.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (7 - self.written % 8);
        }
        self.written += 1;
    }

    /// The unit with this header, and the bytes that keep start codes out of it.
    pub(super) fn unit(&self, header: &[u8]) -> Vec<u8> {
        let mut out = header.to_vec();
        let mut zeros = 0;
        for &b in &self.bytes {
            if zeros >= 2 && b <= 3 {
                out.push(3);
                zeros = 0;
            }
            zeros = if b == 0 { zeros + 1 } else { 0 };
            out.push(b);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_standard_codes_them() {
        // 1 | 010 | 011 | 00100 | 00101, and then a byte behind an escape.
        let mut bits = Bits::of(&[0x67, 0b1010_0110, 0b0100_0010, 0b1000_0000, 0, 0, 3, 1], 1);
        let read: Vec<_> = (0..4).map(|_| bits.golomb().unwrap()).collect();
        assert_eq!((read, bits.signed_golomb()), (vec![0, 1, 2, 3], Some(-2)));
        assert_eq!((bits.number(7), bits.number(24), bits.flag()), (Some(0), Some(1), None));
        assert_eq!(Bits::of(&[0; 9], 0).golomb(), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let unit = [0x67, 0, 0, 3, 0, 0, 3, 1, 0x80];
        let mut bits = Bits::of(&unit, 1);
        let mut out = BitsOut::default();
        while let Some(bit) = bits.flag() {
            out.flag(bit);
        }
        assert_eq!(out.unit(&unit[..1]), unit);
    }
}
