//! The index of a file: its video track, found and read.

use std::io::{Read, Seek, SeekFrom};

use super::boxes::{boxes, find, u32_at, u64_at};
use super::description::descriptions;
use super::edit_list;
use super::error::Mp4Error;
use super::fragment::{Defaults, fragment, named_by_cut};
use super::sample_table::samples;
use super::shown::Shown;
use super::track::{Lost, Track};

/// Largest index that is read, bytes: about a day of 30 pictures a second.
const INDEX_MAX: u64 = 64 << 20;

/// Reads the index of the first video track that can be decoded.
///
/// A recording in fragments that ends in the middle of one is read up to there.
pub(in super::super) fn read(file: &mut (impl Read + Seek)) -> Result<Track, Mp4Error> {
    let len = file.seek(SeekFrom::End(0))?;
    let mut at = 0u64;
    let mut found: Option<(Track, Defaults)> = None;
    let mut fragments = 0usize;
    while at + 8 <= len {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0u8; 16];
        file.read_exact(&mut head[..8])?;
        let mut size = u64::from(u32_at(&head, 0).unwrap_or(0));
        let mut start = at + 8;
        if size == 1 {
            if start + 8 > len {
                break;
            }
            file.read_exact(&mut head[8..])?;
            size = u64_at(&head, 8).unwrap_or(0);
            start += 8;
        } else if size == 0 {
            size = len - at; // to the end of the file
        }
        let end = at.checked_add(size).filter(|&e| e >= start).ok_or(Mp4Error::Index("box"))?;
        let kind = [head[4], head[5], head[6], head[7]];
        if matches!(&kind, b"moov" | b"moof") {
            let whole = end <= len;
            if !whole && kind == *b"moov" {
                return Err(Mp4Error::NoIndex);
            }
            if end.min(len) - start > INDEX_MAX {
                return Err(Mp4Error::Index("moov"));
            }
            let mut body = vec![0u8; (end.min(len) - start) as usize];
            file.read_exact(&mut body)?;
            match (&mut found, kind == *b"moov") {
                (none @ None, true) => {
                    let track = movie(&body, len)?;
                    let defaults = Defaults::of(&body, track.id);
                    *none = Some((track, defaults));
                }
                (Some((track, _)), false) if !whole => {
                    track.lost = Some(Lost { pictures: named_by_cut(&body) });
                }
                (Some((track, defaults)), false) => {
                    fragment(&body, at, track.id, *defaults, &mut track.samples)?;
                    fragments += 1;
                }
                _ => {}
            }
        }
        at = end;
    }
    let (mut track, _) = found.ok_or(Mp4Error::NoIndex)?;
    if let Some(span) = track.shown.span.as_mut().filter(|_| fragments > 0) {
        // The list was written before the fragments were, and cannot know how long they last.
        span.to = i64::MAX;
    }
    let outside = track
        .samples
        .iter()
        .position(|s| s.offset.checked_add(u64::from(s.size)).is_none_or(|end| end > len));
    if let Some(first) = outside {
        if fragments == 0 {
            return Err(Mp4Error::Outside(first));
        }
        let pictures = Some(track.samples.len() - first);
        track.lost = Some(Lost { pictures });
        track.samples.truncate(first);
    }
    Ok(track)
}

/// The first video track of a `moov` box that can be decoded.
fn movie(moov: &[u8], file_bytes: u64) -> Result<Track, Mp4Error> {
    let is_video =
        |trak: &[u8]| find(trak, &[b"mdia", b"hdlr"]).and_then(|h| h.get(8..12)) == Some(b"vide");
    let videos: Vec<&[u8]> = boxes(moov)
        .filter(|(name, body)| *name == b"trak" && is_video(body))
        .map(|(_, body)| body)
        .collect();
    let stbl = |trak| find(trak, &[b"mdia", b"minf", b"stbl"]).ok_or(Mp4Error::Index("stbl"));
    let mut why_not = None;
    for (k, trak) in videos.iter().enumerate() {
        let descriptions = match stbl(trak).and_then(descriptions) {
            Ok(descriptions) => descriptions,
            Err(e) => {
                why_not.get_or_insert(e);
                continue;
            }
        };
        let mut track = Track { descriptions, number: k + 1, of: videos.len(), ..Track::default() };
        header(moov, trak, &mut track)?;
        track.samples = samples(stbl(trak)?, file_bytes)?;
        return Ok(track);
    }
    Err(why_not.unwrap_or(Mp4Error::NoVideo))
}

/// Number, clock, edit list and matrix of a track.
fn header(moov: &[u8], trak: &[u8], track: &mut Track) -> Result<(), Mp4Error> {
    let tkhd = find(trak, &[b"tkhd"]).ok_or(Mp4Error::Index("tkhd"))?;
    let wide = tkhd.first() == Some(&1);
    track.id = u32_at(tkhd, if wide { 20 } else { 12 }).ok_or(Mp4Error::Index("tkhd"))?;
    let own = matrix(tkhd, if wide { 52 } else { 40 });
    let mdhd = find(trak, &[b"mdia", b"mdhd"]).ok_or(Mp4Error::Index("mdhd"))?;
    let at = if mdhd.first() == Some(&1) { 20 } else { 12 };
    track.ticks_s = u32_at(mdhd, at).filter(|&t| t > 0).ok_or(Mp4Error::Index("mdhd"))?;
    let mvhd = find(moov, &[b"mvhd"]).unwrap_or_default();
    let wide = mvhd.first() == Some(&1);
    let film_ticks_s = u32_at(mvhd, if wide { 20 } else { 12 }).unwrap_or(0);
    let film = matrix(mvhd, if wide { 48 } else { 36 });
    let mut shown = Shown { matrix: product(own, film), ..Shown::default() };
    if let Some(elst) = find(trak, &[b"edts", b"elst"]) {
        edit_list::read(elst, film_ticks_s, track.ticks_s, &mut shown)
            .ok_or(Mp4Error::Index("elst"))?;
    }
    track.shown = shown;
    Ok(())
}

/// `[a, b, c, d]` of the matrix at byte `at`; one that is not there, or all zero, turns nothing.
fn matrix(header: &[u8], at: usize) -> [f64; 4] {
    let fixed = |k: usize| Some(f64::from(u32_at(header, at + 4 * k)? as i32) / 65536.0);
    let read = || Some([fixed(0)?, fixed(1)?, fixed(3)?, fixed(4)?]);
    read().filter(|m| m.iter().any(|&v| v != 0.0)).unwrap_or([1.0, 0.0, 0.0, 1.0])
}

/// What comes of turning by `first` and then by `then`.
fn product([a, b, c, d]: [f64; 4], [p, q, r, s]: [f64; 4]) -> [f64; 4] {
    [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s]
}
