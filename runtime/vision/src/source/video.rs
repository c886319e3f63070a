//! Films from H.264 video in MP4 or QuickTime files, decoded by OpenH264.
//!
//! A fire moves slowly against 30 pictures a second, so all pictures are decoded but only every
//! n-th is kept, and a long video never lies in memory whole. Pictures come out of the decoder in
//! the order they are shown; the file's index tells when. Colour is read as BT.601 of limited range,
//! whatever the file says: for full-range or HD video, red is off by a few levels. OpenH264 built from source carries no
//! patent licence from Cisco.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use ndarray::Array3;
use openh264::OpenH264API;
use openh264::decoder::{DecodedYUV, Decoder, DecoderConfig, Flush};
use openh264::formats::YUVSource;
use sha2::{Digest, Sha256};

use super::mp4::{self, Mp4Error, Track};
use super::reel::{Reel, check_sides};
use super::{Ask, BYTES_MAX, SourceError, digest_into, hex};
use crate::frame::{Film, Kind, Pixels, TimeSource};
use crate::note::Note;

/// Seconds between kept frames where nobody asks.
const STEP_S: f64 = 0.5;
/// Largest coded picture that is read, bytes.
const SAMPLE_MAX: u32 = 32 << 20;
const CONVERT: &str = "convert it: ffmpeg -i in.mp4 -c:v libx264 -pix_fmt yuv420p out.mp4";

/// Opens the video `uri`.
pub(super) fn open(uri: &str, ask: &Ask) -> Result<Film, SourceError> {
    let path = Path::new(uri);
    let mut sum = Sha256::new();
    digest_into(path, &mut sum)?;
    let file = File::open(path).map_err(|e| SourceError::io(path, e))?;
    let mut file = BufReader::new(file);
    let track = mp4::read(&mut file).map_err(|e| match e {
        Mp4Error::Codec(_) => SourceError::refused(uri, e.to_string(), CONVERT),
        Mp4Error::NoVideo => SourceError::refused(uri, e.to_string(), "give a video"),
        _ => SourceError::Damaged { name: uri.into(), what: e.to_string() },
    })?;
    refuse_unreadable(uri, &track)?;
    let look = match ask.kind {
        None | Some(Kind::Rgb) => Look::Colour,
        Some(Kind::Thermal) => Look::Brightness,
        Some(kind) => {
            return Err(SourceError::refused(
                uri,
                format!("a video is no {kind} film: compression blurs its values"),
                "give ‹kind› rgb or thermal, or a folder of PNG frames",
            ));
        }
    };
    let (times, keep, every) = plan(uri, &track, ask.step_s)?;
    refuse_too_much(uri, &track, keep.iter().filter(|&&k| k).count(), look)?;
    let mut reel = Reel { name: uri.to_owned(), digest: hex(sum), ..Reel::default() };
    if let Some((every, step_s)) = every {
        let (kept, of) = (keep.iter().filter(|&&k| k).count(), keep.len());
        let asked = ask.step_s.is_some();
        reel.notes.push(Note::PicturesThinned { every, step_s, kept, of, asked });
    }
    if track.turned {
        reel.notes.push(Note::VideoTurned);
    }
    let mut sieve = Sieve { keep: &keep, look, seen: 0, colour: 0.0, kept: Vec::new() };
    decode(uri, &mut file, &track, &mut sieve)?;
    if look == Look::Brightness {
        reel.kind = Some(Kind::Thermal);
        reel.notes.push(Note::BrightnessAsHeat);
        if sieve.colour > 12.0 {
            reel.notes.push(Note::FalseColour);
        }
    }
    reel.pixels = sieve.kept;
    let kept = times.iter().zip(&keep).filter(|(_, k)| **k).map(|(t, _)| *t).collect::<Vec<_>>();
    let first = kept.first().copied().unwrap_or(0.0);
    reel.times = Some((kept.iter().map(|t| t - first).collect(), TimeSource::Container));
    reel.develop(&Ask { kind: reel_kind(look), ..Ask::default() })
}

/// What of a picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Red, green, blue.
    Colour,
    /// Brightness alone.
    Brightness,
}

fn reel_kind(look: Look) -> Option<Kind> {
    Some(if look == Look::Colour { Kind::Rgb } else { Kind::Thermal })
}

fn refuse_unreadable(uri: &str, track: &Track) -> Result<(), SourceError> {
    let profile = match track.profile {
        66 | 77 | 100 => None,
        88 => Some("Extended"),
        110 => Some("High 10 (10 bit)"),
        122 => Some("High 4:2:2"),
        244 => Some("High 4:4:4"),
        _ => Some("unknown"),
    };
    if let Some(profile) = profile {
        let what = format!("video is H.264 of profile {profile}; Baseline, Main and High are read");
        return Err(SourceError::refused(uri, what, CONVERT));
    }
    if track.samples.is_empty() {
        return Err(SourceError::refused(uri, "it holds no pictures", "record it again"));
    }
    check_sides(uri, track.height, track.width)
}

fn refuse_too_much(uri: &str, track: &Track, kept: usize, look: Look) -> Result<(), SourceError> {
    let channels = if look == Look::Colour { 3 } else { 1 };
    if (kept * track.width * track.height * channels) as u64 <= BYTES_MAX {
        return Ok(());
    }
    Err(SourceError::refused(
        uri,
        format!("{kept} frames of {}×{} are over 8 GiB", track.height, track.width),
        "give a longer ‹step›, or cut the video",
    ))
}

/// Seconds of each picture in the order shown, which of them are kept, and how many pictures and
/// seconds lie between those, where not all are.
type Plan = (Vec<f64>, Vec<bool>, Option<(usize, f64)>);

/// Chooses the pictures to keep: the last, and the newest at or before each step back from it. The
/// step is a whole number of pictures, so that kept frames are evenly spaced.
fn plan(uri: &str, track: &Track, step_s: Option<f64>) -> Result<Plan, SourceError> {
    let mut shown: Vec<i64> = track.samples.iter().map(|s| s.shown).collect();
    shown.sort_unstable();
    if shown.windows(2).any(|p| p[0] == p[1]) {
        return Err(SourceError::Damaged {
            name: uri.into(),
            what: "two pictures have the same time".into(),
        });
    }
    let seconds = |t: i64| t.wrapping_sub(shown[0]) as f64 / f64::from(track.ticks_s);
    let times: Vec<f64> = shown.iter().map(|&t| seconds(t)).collect();
    let mut gaps: Vec<f64> = times.windows(2).map(|p| p[1] - p[0]).collect();
    gaps.sort_by(f64::total_cmp);
    let each_s = gaps.get(gaps.len() / 2).copied().unwrap_or(STEP_S);
    let ratio = step_s.unwrap_or(STEP_S) / each_s;
    // Rather a little longer than asked than uneven: 0.5 s of 25 pictures a second is 13.
    let near = ratio.round();
    let n = if (ratio - near).abs() <= 0.01 * ratio { near } else { ratio.ceil() };
    if n < 2.0 {
        let all = vec![true; times.len()];
        return Ok((times, all, None));
    }
    let step_s = n * each_s;
    // Steps back from the end to a picture; it is the newest of a step where a whole number lies
    // between it and the next.
    let end_s = times[times.len() - 1];
    let back = |t: f64| ((end_s - t) / step_s + 0.01).floor();
    let next = times.iter().skip(1).map(|&t| back(t)).chain([-1.0]);
    let keep = times.iter().zip(next).map(|(&t, next)| back(t) > next).collect();
    Ok((times, keep, Some((n as usize, step_s))))
}

/// Takes decoded pictures in the order shown and keeps the planned ones.
struct Sieve<'a> {
    keep: &'a [bool],
    look: Look,
    seen: usize,
    /// Strongest mean distance from grey of any kept picture, 8 bit.
    colour: f64,
    kept: Vec<Pixels>,
}

impl Sieve<'_> {
    /// # Errors
    /// What is wrong with the picture.
    fn take(&mut self, picture: &DecodedYUV<'_>, track: &Track) -> Result<(), String> {
        let (w, h) = picture.dimensions();
        if (w, h) != (track.width, track.height) {
            return Err(format!(
                "picture {} is {h}×{w}, the index says {}×{}",
                self.seen, track.height, track.width
            ));
        }
        let keep = self.keep.get(self.seen).copied();
        self.seen += 1;
        match keep {
            None => return Err("more pictures come out of it than its index tells".into()),
            Some(false) => return Ok(()),
            Some(true) => {}
        }
        let pixels = match self.look {
            Look::Colour => {
                let mut rgb = vec![0u8; w * h * 3];
                picture.write_rgb8(&mut rgb);
                Array3::from_shape_vec((h, w, 3), rgb)
            }
            Look::Brightness => {
                let (stride, _, stride_v) = picture.strides();
                let chroma = |plane: &[u8]| {
                    let sum: f64 = (0..h / 2)
                        .flat_map(|y| plane[y * stride_v..].iter().take(w / 2))
                        .map(|&v| (f64::from(v) - 128.0).abs())
                        .sum();
                    sum / (h / 2 * (w / 2)) as f64
                };
                self.colour = self.colour.max(chroma(picture.u()) + chroma(picture.v()));
                let rows = (0..h).flat_map(|y| &picture.y()[y * stride..y * stride + w]);
                Array3::from_shape_vec((h, w, 1), rows.map(|&v| full_range(v)).collect())
            }
        };
        self.kept.push(Pixels::U8(pixels.map_err(|e| e.to_string())?));
        Ok(())
    }
}

/// Video brightness, black at 16 and white at 235, as 0..255.
fn full_range(y: u8) -> u8 {
    ((f32::from(y) - 16.0) * 255.0 / 219.0).round().clamp(0.0, 255.0) as u8
}

/// Decodes every picture of `track` into `sieve`.
fn decode(
    uri: &str,
    file: &mut (impl Read + Seek),
    track: &Track,
    sieve: &mut Sieve<'_>,
) -> Result<(), SourceError> {
    let damaged = |what: String| SourceError::Damaged { name: uri.into(), what };
    // Flushing after each picture breaks streams with B-frames.
    let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    let mut decoder = Decoder::with_api_config(OpenH264API::from_source(), config)
        .map_err(|e| damaged(format!("the decoder does not start: {e}")))?;
    let mut stream: Vec<u8> = Vec::new();
    for unit in &track.parameters {
        stream.extend([0, 0, 0, 1]);
        stream.extend(unit);
    }
    for (i, sample) in track.samples.iter().enumerate() {
        if sample.size > SAMPLE_MAX {
            return Err(damaged(format!("picture {i} says it has {} bytes", sample.size)));
        }
        let mut coded = vec![0u8; sample.size as usize];
        file.seek(SeekFrom::Start(sample.offset))
            .and_then(|_| file.read_exact(&mut coded))
            .map_err(|e| damaged(format!("picture {i} cannot be read: {e}")))?;
        append_units(&coded, track.length_bytes, &mut stream)
            .ok_or_else(|| damaged(format!("picture {i} is cut short")))?;
        let out = decoder
            .decode(&stream)
            .map_err(|e| damaged(format!("picture {i} cannot be decoded ({e})")))?;
        if let Some(picture) = out {
            sieve.take(&picture, track).map_err(damaged)?;
        }
        stream.clear();
    }
    let rest = decoder
        .flush_remaining()
        .map_err(|e| damaged(format!("its end cannot be decoded ({e})")))?;
    for picture in &rest {
        sieve.take(picture, track).map_err(damaged)?;
    }
    let (seen, all) = (sieve.seen, track.samples.len());
    if seen != all {
        return Err(damaged(format!("{seen} of {all} pictures could be decoded")));
    }
    Ok(())
}

/// Adds length-prefixed units to a stream with start codes; `None` where a length does not fit.
fn append_units(mut coded: &[u8], length_bytes: usize, stream: &mut Vec<u8>) -> Option<()> {
    while !coded.is_empty() {
        let (length, rest) = coded.split_at_checked(length_bytes)?;
        let length = length.iter().fold(0usize, |n, &b| n << 8 | usize::from(b));
        let (unit, rest) = rest.split_at_checked(length)?;
        if !unit.is_empty() {
            stream.extend([0, 0, 0, 1]);
            stream.extend(unit);
        }
        coded = rest;
    }
    Some(())
}

#[cfg(test)]
#[path = "video_tests.rs"]
mod tests;
