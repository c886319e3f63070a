//! Values of ST 0601: whole numbers over a range.

/// A signed number over −`half`..`half`; the most negative one means out of range.
pub(crate) fn signed<const N: usize>(bytes: &[u8], half: f64) -> Option<f64> {
    let bytes: &[u8; N] = bytes.try_into().ok()?;
    let bits = 8 * N as u32;
    let raw = bytes.iter().fold(0_i64, |value, byte| value << 8 | i64::from(*byte));
    let value = raw << (64 - bits) >> (64 - bits);
    let most = (1_i64 << (bits - 1)) - 1;
    (value != -most - 1).then_some(value as f64 * half / most as f64)
}

/// An unsigned number over `low`..`high`.
pub(crate) fn unsigned<const N: usize>(bytes: &[u8], low: f64, high: f64) -> Option<f64> {
    let bytes: &[u8; N] = bytes.try_into().ok()?;
    let value = bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let most = (1_u64 << (8 * N)) - 1;
    Some(low + value as f64 * (high - low) / most as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_the_range_and_out_of_it() {
        for (bytes, want) in [
            (&[0x7F, 0xFF][..], Some(20.0)),
            (&[0x80, 0x01], Some(-20.0)),
            (&[0x80, 0x00], None), // out of range
            (&[0x00, 0x00], Some(0.0)),
            (&[0x00], None), // too short
        ] {
            assert_eq!(signed::<2>(bytes, 20.0), want, "{bytes:x?}");
        }
        assert_eq!(signed::<4>(&[0x80, 0, 0, 0], 90.0), None);
        assert_eq!(unsigned::<2>(&[0xFF, 0xFF], -900.0, 19000.0), Some(19000.0));
        assert_eq!(unsigned::<2>(&[0, 0], -900.0, 19000.0), Some(-900.0));
    }
}
