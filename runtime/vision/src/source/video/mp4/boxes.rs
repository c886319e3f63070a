//! Boxes: the named pieces that an MP4 file is made of, one inside the other.

pub(super) fn u16_at(b: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(b.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(b: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(b.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

pub(super) fn u64_at(b: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(b.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// Boxes inside a box, up to the first that does not fit.
pub(super) fn boxes(mut b: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = u32_at(b, 0)? as usize;
        let (head, size) = match size {
            0 => (8, b.len()),
            1 => (16, usize::try_from(u64_at(b, 8)?).ok()?),
            n => (8, n),
        };
        let found = (b.get(4..8)?, b.get(head..size)?);
        b = &b[size..];
        Some(found)
    })
}

/// The first box along `path`.
pub(super) fn find<'a>(b: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(b, |b, name| boxes(b).find(|(n, _)| n == *name).map(|(_, body)| body))
}

/// What is there of the first box along `path`, where the end of the bytes may have cut it.
pub(super) fn find_cut<'a>(b: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(b, |mut b, name| {
        loop {
            let size = u32_at(b, 0)? as usize;
            if b.get(4..8)? == *name {
                return b.get(8..size.min(b.len()));
            }
            b = b.get(size.max(8)..)?;
        }
    })
}

/// Rows of a table box: `N` words each, after `skip` bytes and the count.
pub(super) fn rows<const N: usize>(table: &[u8], skip: usize) -> Option<Vec<[u32; N]>> {
    let n = u32_at(table, skip)? as usize;
    let body = table.get(skip + 4..)?.get(..n.checked_mul(4 * N)?)?;
    let word = |row: &[u8], i: usize| u32_at(row, i * 4).unwrap_or(0);
    Some(body.chunks_exact(4 * N).map(|row| std::array::from_fn(|i| word(row, i))).collect())
}
