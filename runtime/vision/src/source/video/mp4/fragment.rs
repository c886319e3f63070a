//! Fragments: the samples of a recording that is written piece by piece, each with its own index.

use super::boxes::{boxes, find, find_cut, u32_at, u64_at};
use super::error::Mp4Error;
use super::sample::Sample;

/// What samples of a fragment have unless it says otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    description: u32,
    duration: u32,
    size: u32,
}

impl Defaults {
    /// Those of the track `id`.
    pub(super) fn of(moov: &[u8], id: u32) -> Self {
        let Some(mvex) = find(moov, &[b"mvex"]) else { return Self::default() };
        boxes(mvex)
            .filter(|(name, body)| *name == b"trex" && u32_at(body, 4) == Some(id))
            .find_map(|(_, b)| {
                let [description, duration, size] = [u32_at(b, 8)?, u32_at(b, 12)?, u32_at(b, 16)?];
                Some(Self { description, duration, size })
            })
            .unwrap_or_default()
    }
}

/// Adds the samples of the track `id` in one `moof` box that begins at byte `start` of the file.
pub(super) fn fragment(
    moof: &[u8],
    start: u64,
    id: u32,
    defaults: Defaults,
    out: &mut Vec<Sample>,
) -> Result<(), Mp4Error> {
    let bad = || Mp4Error::Index("moof");
    for (_, traf) in boxes(moof).filter(|(name, _)| *name == b"traf") {
        let tfhd = find(traf, &[b"tfhd"]).ok_or_else(bad)?;
        let flags = u32_at(tfhd, 0).ok_or_else(bad)?;
        if u32_at(tfhd, 4) != Some(id) {
            continue;
        }
        let Defaults { mut description, mut duration, mut size } = defaults;
        let (mut at, mut base) = (8, start);
        if flags & 1 != 0 {
            base = u64_at(tfhd, at).ok_or_else(bad)?;
            at += 8;
        }
        for (flag, value) in [(2, &mut description), (8, &mut duration), (0x10, &mut size)] {
            if flags & flag != 0 {
                *value = u32_at(tfhd, at).ok_or_else(bad)?;
                at += 4;
            }
        }
        let description = (description as usize).saturating_sub(1);
        let tfdt = find(traf, &[b"tfdt"]).ok_or_else(bad)?;
        let mut decoded = match tfdt.first() {
            Some(1) => u64_at(tfdt, 4).ok_or_else(bad)? as i64,
            _ => i64::from(u32_at(tfdt, 4).ok_or_else(bad)?),
        };
        let mut offset = base;
        for (_, trun) in boxes(traf).filter(|(name, _)| *name == b"trun") {
            let flags = u32_at(trun, 0).ok_or_else(bad)?;
            let n = u32_at(trun, 4).ok_or_else(bad)?;
            let mut at = 8;
            let mut word = |there: bool| -> Result<Option<u32>, Mp4Error> {
                if !there {
                    return Ok(None);
                }
                at += 4;
                u32_at(trun, at - 4).map(Some).ok_or_else(bad)
            };
            if let Some(o) = word(flags & 1 != 0)? {
                offset = base.saturating_add_signed(i64::from(o as i32));
            }
            word(flags & 4 != 0)?;
            if n as usize > trun.len() && flags & 0xf00 != 0 || n > 1 << 20 {
                return Err(bad());
            }
            for _ in 0..n {
                let duration = word(flags & 0x100 != 0)?.unwrap_or(duration);
                let size = word(flags & 0x200 != 0)?.unwrap_or(size);
                word(flags & 0x400 != 0)?;
                let shift = word(flags & 0x800 != 0)?.map_or(0, |s| i64::from(s as i32));
                let shown = decoded.saturating_add(shift);
                out.push(Sample { offset, size, shown, description });
                offset = offset.saturating_add(u64::from(size));
                decoded = decoded.saturating_add(i64::from(duration));
            }
        }
    }
    Ok(())
}

/// How many samples a `moof` box names whose end is missing, where it still tells.
pub(super) fn named_by_cut(moof: &[u8]) -> Option<usize> {
    let trun = find_cut(moof, &[b"traf", b"trun"])?;
    Some(u32_at(trun, 4)? as usize)
}
