//! Sample descriptions: how the pictures of a track are coded.

use super::boxes::{boxes, find, u16_at, u32_at};
use super::error::Mp4Error;

/// How pictures are coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) enum Codec {
    /// H.264.
    #[default]
    Avc,
    /// H.265.
    Hevc,
}

/// What the file says of the colours, besides the coded stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Coding {
    /// Number of the matrix that makes brightness and colour of red, green and blue.
    pub(in super::super) matrix: u8,
    /// Number of the transfer characteristics.
    pub(in super::super) transfer: u8,
    /// Whether black is 0 and white 255; `None` where the box has no room for it.
    pub(in super::super) full_range: Option<bool>,
}

/// One sample description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Description {
    pub(in super::super) codec: Codec,
    /// Bytes of the length before each unit.
    pub(in super::super) length_bytes: usize,
    /// Parameter sets, sequence first.
    pub(in super::super) parameters: Vec<Vec<u8>>,
    /// Its `colr` box.
    pub(in super::super) coding: Option<Coding>,
    /// Width and height of a pixel, its `pasp` box.
    pub(in super::super) pixel: Option<(u32, u32)>,
}

/// All descriptions of a sample table.
///
/// # Errors
/// [`Mp4Error::Codec`] of a codec that is not read.
pub(super) fn descriptions(stbl: &[u8]) -> Result<Vec<Description>, Mp4Error> {
    let bad = || Mp4Error::Index("stsd");
    let stsd = find(stbl, &[b"stsd"]).ok_or_else(bad)?;
    let all = boxes(stsd.get(8..).ok_or_else(bad)?)
        .map(|(name, entry)| description(name, entry))
        .collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() { Err(bad()) } else { Ok(all) }
}

fn description(name: &[u8], entry: &[u8]) -> Result<Description, Mp4Error> {
    let inside = entry.get(78..).unwrap_or_default();
    let other = match name {
        b"avc1" | b"avc3" => {
            let mut out = Description { codec: Codec::Avc, ..outside_codec(inside) };
            avc(inside, &mut out).ok_or(Mp4Error::Index("avcC"))?;
            return Ok(out);
        }
        b"hvc1" | b"hev1" => {
            let mut out = Description { codec: Codec::Hevc, ..outside_codec(inside) };
            hevc(inside, &mut out).ok_or(Mp4Error::Index("hvcC"))?;
            return Ok(out);
        }
        b"vp08" => "VP8".into(),
        b"vp09" => "VP9".into(),
        b"av01" => "AV1".into(),
        b"mp4v" => mpeg4(inside).into(),
        b"mjpa" | b"mjpb" | b"jpeg" => "Motion JPEG".into(),
        b"png " => "PNG".into(),
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "ProRes".into(),
        b"dvh1" | b"dvhe" => "Dolby Vision".into(),
        b"encv" => "encrypted".into(),
        other => format!("'{}'", other.escape_ascii()),
    };
    Err(Mp4Error::Codec(other))
}

/// What an `mp4v` entry holds: its name stands for several codecs, the object type tells which.
fn mpeg4(inside: &[u8]) -> &'static str {
    // Descriptors are nested, each a tag and a length of one to four bytes.
    let object = find(inside, &[b"esds"]).and_then(|esds| {
        let at = esds.iter().skip(4).position(|&b| b == 4)? + 5;
        let long = esds.get(at..)?.iter().take_while(|&&b| b >= 0x80).count();
        esds.get(at + long + 1).copied()
    });
    match object {
        Some(0x6c) => "Motion JPEG",
        Some(0x6d) => "PNG",
        Some(0x60..=0x65) => "MPEG-2",
        Some(0x6a) => "MPEG-1",
        _ => "MPEG-4 Part 2",
    }
}

/// Colours and shape of pixels, which stand beside the codec's own box.
fn outside_codec(inside: &[u8]) -> Description {
    let coding = find(inside, &[b"colr"]).and_then(|colr| {
        let full_range = match colr.get(..4)? {
            b"nclx" => Some(colr.get(10)? & 0x80 != 0),
            b"nclc" => None,
            _ => return None,
        };
        let [transfer, matrix] = [u16_at(colr, 6)?, u16_at(colr, 8)?];
        let small = |n: u16| u8::try_from(n).unwrap_or(2);
        Some(Coding { matrix: small(matrix), transfer: small(transfer), full_range })
    });
    let pixel = find(inside, &[b"pasp"])
        .and_then(|pasp| Some((u32_at(pasp, 0)?, u32_at(pasp, 4)?)))
        .filter(|&(w, h)| w > 0 && h > 0);
    Description { coding, pixel, ..Description::default() }
}

fn avc(inside: &[u8], out: &mut Description) -> Option<()> {
    let avcc = find(inside, &[b"avcC"])?;
    out.length_bytes = usize::from(avcc.get(4)? & 3) + 1;
    let mut at = 5;
    for mask in [0x1f, 0xff] {
        let count = avcc.get(at)? & mask;
        at += 1;
        for _ in 0..count {
            at = unit(avcc, at, out)?;
        }
    }
    Some(())
}

fn hevc(inside: &[u8], out: &mut Description) -> Option<()> {
    let hvcc = find(inside, &[b"hvcC"])?;
    out.length_bytes = usize::from(hvcc.get(21)? & 3) + 1;
    let mut at = 23;
    for _ in 0..*hvcc.get(22)? {
        let count = u16_at(hvcc, at + 1)?;
        at += 3;
        for _ in 0..count {
            at = unit(hvcc, at, out)?;
        }
    }
    Some(())
}

/// Takes the parameter set at byte `at`, and gives where the next begins.
fn unit(b: &[u8], at: usize, out: &mut Description) -> Option<usize> {
    let end = at + 2 + usize::from(u16_at(b, at)?);
    out.parameters.push(b.get(at + 2..end)?.to_vec());
    Some(end)
}
