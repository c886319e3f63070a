//! The index of an MP4 or QuickTime file: where each picture lies, when it is shown, and its codec.
//!
//! Every length is checked against the bytes that are there, so a damaged file is an error and
//! never a panic; only the index is held in memory.

use std::io::{Read, Seek, SeekFrom};

/// Largest index that is read, bytes: about a day of 30 pictures a second.
const INDEX_MAX: u64 = 64 << 20;

/// Why a file's index could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Mp4Error {
    #[error("it cannot be read: {0}")]
    Io(std::io::Error),
    #[error(
        "its index (moov) is missing: the file is cut short, or the recording was not finished"
    )]
    NoIndex,
    #[error("its index is damaged at '{0}'")]
    Index(&'static str),
    #[error("picture {0} lies outside the file: the file is cut short")]
    Outside(usize),
    #[error("it holds no video")]
    NoVideo,
    #[error("video is {0}")]
    Codec(String),
}

impl From<std::io::Error> for Mp4Error {
    fn from(cause: std::io::Error) -> Self {
        Self::Io(cause)
    }
}

/// One coded picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// First byte in the file.
    pub(super) offset: u64,
    /// Bytes.
    pub(super) size: u32,
    /// When it is shown, in ticks of the track.
    pub(super) shown: i64,
}

/// The H.264 track of a file.
#[derive(Debug, Default)]
pub(super) struct Track {
    /// Ticks a second.
    pub(super) ticks_s: u32,
    /// Frame size that the index tells.
    pub(super) width: usize,
    pub(super) height: usize,
    /// H.264 profile number.
    pub(super) profile: u8,
    /// Bytes of the length before each unit.
    pub(super) length_bytes: usize,
    /// Parameter sets, sequence first.
    pub(super) parameters: Vec<Vec<u8>>,
    /// Whether players are asked to turn or mirror the picture.
    pub(super) turned: bool,
    /// Pictures in the order they are decoded.
    pub(super) samples: Vec<Sample>,
    id: u32,
}

/// Reads the index of the first video track.
pub(super) fn read(file: &mut (impl Read + Seek)) -> Result<Track, Mp4Error> {
    let len = file.seek(SeekFrom::End(0))?;
    let (mut at, mut track, mut defaults) = (0u64, None, [0u32; 2]);
    while at + 8 <= len {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0u8; 16];
        file.read_exact(&mut head[..8])?;
        let mut size = u64::from(u32_at(&head, 0).unwrap_or(0));
        let mut start = at + 8;
        if size == 1 {
            file.read_exact(&mut head[8..])?;
            size = u64_at(&head, 8).unwrap_or(0);
            start += 8;
        } else if size == 0 {
            size = len - at; // to the end of the file
        }
        let end = at.checked_add(size).filter(|&e| e >= start).ok_or(Mp4Error::Index("box"))?;
        let kind = [head[4], head[5], head[6], head[7]];
        if matches!(&kind, b"moov" | b"moof") {
            if end > len {
                return Err(Mp4Error::NoIndex);
            }
            if size > INDEX_MAX {
                return Err(Mp4Error::Index("moov"));
            }
            let mut body = vec![0u8; (end - start) as usize];
            file.read_exact(&mut body)?;
            match (&mut track, kind == *b"moov") {
                (none @ None, true) => {
                    let t = movie(&body, len)?;
                    defaults = fragment_defaults(&body, t.id);
                    *none = Some(t);
                }
                (Some(t), false) => fragment(&body, at, defaults, t)?,
                _ => {}
            }
        }
        at = end;
    }
    let track = track.ok_or(Mp4Error::NoIndex)?;
    for (i, s) in track.samples.iter().enumerate() {
        if s.offset.checked_add(u64::from(s.size)).is_none_or(|end| end > len) {
            return Err(Mp4Error::Outside(i));
        }
    }
    Ok(track)
}

fn u16_at(b: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(b.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(b: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(b.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(b: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(b.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// Boxes inside a box, up to the first that does not fit.
fn boxes(mut b: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
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
fn find<'a>(b: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(b, |b, name| boxes(b).find(|(n, _)| n == *name).map(|(_, body)| body))
}

/// The first video track of a `moov` box.
fn movie(moov: &[u8], file_bytes: u64) -> Result<Track, Mp4Error> {
    let is_video =
        |trak: &[u8]| find(trak, &[b"mdia", b"hdlr"]).and_then(|h| h.get(8..12)) == Some(b"vide");
    let trak = boxes(moov)
        .filter(|(name, _)| *name == b"trak")
        .map(|(_, body)| body)
        .find(|body| is_video(body))
        .ok_or(Mp4Error::NoVideo)?;
    let mut track = Track::default();
    let tkhd = find(trak, &[b"tkhd"]).ok_or(Mp4Error::Index("tkhd"))?;
    let wide = tkhd.first() == Some(&1);
    track.id = u32_at(tkhd, if wide { 20 } else { 12 }).ok_or(Mp4Error::Index("tkhd"))?;
    let matrix = if wide { 52 } else { 40 };
    let (a, b) = (u32_at(tkhd, matrix), u32_at(tkhd, matrix + 4));
    track.turned = b.is_some_and(|b| b != 0) || a.is_some_and(|a| a > i32::MAX as u32);
    let mdhd = find(trak, &[b"mdia", b"mdhd"]).ok_or(Mp4Error::Index("mdhd"))?;
    let at = if mdhd.first() == Some(&1) { 20 } else { 12 };
    track.ticks_s = u32_at(mdhd, at).filter(|&t| t > 0).ok_or(Mp4Error::Index("mdhd"))?;
    let stbl = find(trak, &[b"mdia", b"minf", b"stbl"]).ok_or(Mp4Error::Index("stbl"))?;
    codec(stbl, &mut track)?;
    samples(stbl, file_bytes, &mut track)?;
    Ok(track)
}

/// Size, profile and parameter sets from the sample description.
fn codec(stbl: &[u8], track: &mut Track) -> Result<(), Mp4Error> {
    let bad = || Mp4Error::Index("stsd");
    let stsd = find(stbl, &[b"stsd"]).ok_or_else(bad)?;
    let (name, entry) = boxes(stsd.get(8..).ok_or_else(bad)?).next().ok_or_else(bad)?;
    let other = match name {
        b"avc1" | b"avc3" => None,
        b"hvc1" | b"hev1" => Some("H.265 (HEVC)".into()),
        b"vp08" => Some("VP8".into()),
        b"vp09" => Some("VP9".into()),
        b"av01" => Some("AV1".into()),
        b"mp4v" => Some("MPEG-4 Part 2".into()),
        b"mjpa" | b"mjpb" | b"jpeg" => Some("Motion JPEG".into()),
        b"encv" => Some("encrypted".into()),
        other => Some(format!("'{}'", other.escape_ascii())),
    };
    if let Some(other) = other {
        return Err(Mp4Error::Codec(other));
    }
    track.width = usize::from(u16_at(entry, 24).ok_or_else(bad)?);
    track.height = usize::from(u16_at(entry, 26).ok_or_else(bad)?);
    let bad = || Mp4Error::Index("avcC");
    let avcc = find(entry.get(78..).ok_or_else(bad)?, &[b"avcC"]).ok_or_else(bad)?;
    let byte = |at: usize| avcc.get(at).copied().ok_or_else(bad);
    track.profile = byte(1)?;
    track.length_bytes = usize::from(byte(4)? & 3) + 1;
    let mut at = 5;
    for mask in [0x1f, 0xff] {
        let count = byte(at)? & mask;
        at += 1;
        for _ in 0..count {
            let len = usize::from(u16_at(avcc, at).ok_or_else(bad)?);
            track.parameters.push(avcc.get(at + 2..at + 2 + len).ok_or_else(bad)?.to_vec());
            at += 2 + len;
        }
    }
    Ok(())
}

/// Rows of a table box: `width` words each, after `skip` bytes and the count.
fn rows<const N: usize>(table: &[u8], skip: usize) -> Option<Vec<[u32; N]>> {
    let n = u32_at(table, skip)? as usize;
    let body = table.get(skip + 4..)?.get(..n.checked_mul(4 * N)?)?;
    let word = |row: &[u8], i: usize| u32_at(row, i * 4).unwrap_or(0);
    Some(body.chunks_exact(4 * N).map(|row| std::array::from_fn(|i| word(row, i))).collect())
}

/// Place and time of each picture, from the sample tables.
fn samples(stbl: &[u8], file_bytes: u64, track: &mut Track) -> Result<(), Mp4Error> {
    let table = |name: &[u8; 4]| find(stbl, &[name]);
    let stsz = table(b"stsz").ok_or(Mp4Error::Index("stsz"))?;
    let bad = || Mp4Error::Index("stsz");
    let (same, n) = (u32_at(stsz, 4).ok_or_else(bad)?, u32_at(stsz, 8).ok_or_else(bad)? as usize);
    if n == 0 {
        return Ok(()); // a fragmented file tells them later
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
        let [_, per_chunk, _] = runs.get(run).copied().ok_or(Mp4Error::Index("stsc"))?;
        let mut offset = chunk;
        for _ in 0..per_chunk {
            let Some(size) = sizes.next() else { break 'chunks };
            let shown = decoded + shifts.next().unwrap_or(0);
            track.samples.push(Sample { offset, size, shown });
            offset = offset.saturating_add(u64::from(size));
            decoded += i64::from(deltas.next().ok_or(Mp4Error::Index("stts"))?);
        }
    }
    if sizes.next().is_some() {
        return Err(Mp4Error::Index("stsc"));
    }
    Ok(())
}

/// Duration and size that samples of a fragment have unless it says otherwise.
fn fragment_defaults(moov: &[u8], id: u32) -> [u32; 2] {
    let Some(mvex) = find(moov, &[b"mvex"]) else { return [0; 2] };
    boxes(mvex)
        .filter(|(name, body)| *name == b"trex" && u32_at(body, 4) == Some(id))
        .find_map(|(_, b)| Some([u32_at(b, 12)?, u32_at(b, 16)?]))
        .unwrap_or([0; 2])
}

/// Adds the pictures of one `moof` box that begins at byte `start` of the file.
fn fragment(
    moof: &[u8],
    start: u64,
    [duration, size]: [u32; 2],
    track: &mut Track,
) -> Result<(), Mp4Error> {
    let bad = || Mp4Error::Index("moof");
    for (_, traf) in boxes(moof).filter(|(name, _)| *name == b"traf") {
        let tfhd = find(traf, &[b"tfhd"]).ok_or_else(bad)?;
        let flags = u32_at(tfhd, 0).ok_or_else(bad)?;
        if u32_at(tfhd, 4) != Some(track.id) {
            continue;
        }
        let (mut at, mut base, mut duration, mut size) = (8, start, duration, size);
        if flags & 1 != 0 {
            base = u64_at(tfhd, at).ok_or_else(bad)?;
            at += 8;
        }
        at += if flags & 2 != 0 { 4 } else { 0 };
        for (flag, value) in [(8, &mut duration), (0x10, &mut size)] {
            if flags & flag != 0 {
                *value = u32_at(tfhd, at).ok_or_else(bad)?;
                at += 4;
            }
        }
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
                track.samples.push(Sample { offset, size, shown });
                offset = offset.saturating_add(u64::from(size));
                decoded = decoded.saturating_add(i64::from(duration));
            }
        }
    }
    Ok(())
}
