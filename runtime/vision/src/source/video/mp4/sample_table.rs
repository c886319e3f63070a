//! Sample tables: place and time of each sample of a file that is no sequence of fragments.

use super::boxes::{find, rows, u32_at};
use super::error::Mp4Error;
use super::sample::Sample;

/// The samples of a track, read from its tables (`stbl`) in a file of `file_bytes`.
pub(super) fn samples(stbl: &[u8], file_bytes: u64) -> Result<Vec<Sample>, Mp4Error> {
    let table = |name: &[u8; 4]| find(stbl, &[name]);
    let stsz = table(b"stsz").ok_or(Mp4Error::Index("stsz"))?;
    let bad = || Mp4Error::Index("stsz");
    let (same, n) = (u32_at(stsz, 4).ok_or_else(bad)?, u32_at(stsz, 8).ok_or_else(bad)? as usize);
    let mut out = Vec::new();
    if n == 0 {
        return Ok(out); // a fragmented file tells them later
    }
    let sizes: Vec<u32> = if same > 0 {
        if (n as u64).saturating_mul(u64::from(same)) > file_bytes {
            return Err(Mp4Error::Outside((file_bytes / u64::from(same)) as usize));
        }
        vec![same; n]
    } else {
        rows::<1>(stsz, 8).ok_or_else(bad)?.into_iter().map(|[s]| s).collect()
    };
    let chunks: Vec<u64> = match (table(b"stco"), table(b"co64")) {
        (Some(b), _) => rows::<1>(b, 4).map(|r| r.into_iter().map(|[c]| u64::from(c)).collect()),
        (_, Some(b)) => rows::<2>(b, 4)
            .map(|r| r.into_iter().map(|[h, l]| u64::from(h) << 32 | u64::from(l)).collect()),
        _ => None,
    }
    .ok_or(Mp4Error::Index("stco"))?;
    let runs = table(b"stsc").and_then(|b| rows::<3>(b, 4)).ok_or(Mp4Error::Index("stsc"))?;
    let stts = table(b"stts").and_then(|b| rows::<2>(b, 4)).ok_or(Mp4Error::Index("stts"))?;
    let ctts =
        table(b"ctts").map(|b| rows::<2>(b, 4).ok_or(Mp4Error::Index("ctts"))).transpose()?;

    let mut deltas = stts.iter().flat_map(|&[k, d]| std::iter::repeat_n(d, k as usize));
    let mut shifts = ctts
        .iter()
        .flatten()
        .flat_map(|&[k, d]| std::iter::repeat_n(i64::from(d as i32), k as usize));
    let (mut decoded, mut sizes) = (0i64, sizes.into_iter());
    let mut run = 0;
    'chunks: for (c, &chunk) in chunks.iter().enumerate() {
        while runs.get(run + 1).is_some_and(|next| next[0] as usize <= c + 1) {
            run += 1;
        }
        let [_, per_chunk, number] = runs.get(run).copied().ok_or(Mp4Error::Index("stsc"))?;
        let description = (number as usize).saturating_sub(1);
        let mut offset = chunk;
        for _ in 0..per_chunk {
            let Some(size) = sizes.next() else { break 'chunks };
            let shown = decoded + shifts.next().unwrap_or(0);
            out.push(Sample { offset, size, shown, description });
            offset = offset.saturating_add(u64::from(size));
            decoded += i64::from(deltas.next().ok_or(Mp4Error::Index("stts"))?);
        }
    }
    if sizes.next().is_some() {
        return Err(Mp4Error::Index("stsc"));
    }
    Ok(out)
}
