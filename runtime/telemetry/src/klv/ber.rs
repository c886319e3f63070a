//! Lengths and tags in BER: one byte or several.

/// A length and the bytes it takes. `Ok(None)` where more bytes are needed, `Err` where it is none.
pub(crate) fn length(bytes: &[u8]) -> Result<Option<(usize, usize)>, ()> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    if first < 0x80 {
        return Ok(Some((usize::from(first), 1)));
    }
    let n = usize::from(first & 0x7F);
    if n == 0 || n > 4 {
        return Err(());
    }
    let Some(more) = bytes.get(1..=n) else { return Ok(None) };
    let value = more.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    Ok(Some((usize::try_from(value).map_err(drop)?, 1 + n)))
}

/// A tag in BER-OID and the bytes it takes.
pub(crate) fn tag(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0_u32;
    for (k, byte) in bytes.iter().take(4).enumerate() {
        value = value << 7 | u32::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((value, k + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_tags_of_one_byte_or_several() {
        for (bytes, want) in [
            (&[0x05][..], Ok(Some((5, 1)))),
            (&[0x81, 0x90], Ok(Some((144, 2)))),
            (&[0x82, 0x01, 0x00], Ok(Some((256, 3)))),
            (&[0x82, 0x01], Ok(None)),
            (&[], Ok(None)),
            (&[0x80], Err(())),
            (&[0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1], Err(())),
        ] {
            assert_eq!(length(bytes), want, "{bytes:x?}");
        }
        for (bytes, want) in [
            (&[0x02][..], Some((2, 1))),
            (&[0x81, 0x08], Some((136, 2))), // ST 0601's leap seconds
            (&[0x81], None),
            (&[0xFF; 6], None),
        ] {
            assert_eq!(tag(bytes), want, "{bytes:x?}");
        }
    }
}
