//! H.264 video in MP4 or QuickTime files, decoded by OpenH264.
//!
//! A fire moves slowly against 30 pictures a second, so all pictures are decoded but only every
//! n-th is kept, and a long video never lies in memory whole. Pictures come out of the decoder in
//! the order they are shown; the file's index tells when. Colour is read as BT.601 of limited range,
//! whatever the file says: for full-range or HD video, red is off by a few levels. OpenH264 built
//! from source carries no patent licence from Cisco.

mod mp4;
mod plan;
mod sieve;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use openh264::OpenH264API;
use openh264::decoder::{Decoder, DecoderConfig, Flush};

use super::about::{About, Origin};
use super::deadline::Deadline;
use super::error::SourceError;
use super::options::SourceOptions;
use super::source::{Closing, Next, Source};
use crate::digest::Digest;
use crate::frame::{BYTES_MAX, Kind};
use crate::grid::Grid;
use crate::note::Note;
use mp4::{Mp4Error, Track};
use plan::Plan;
use sieve::{Look, Sieve};

/// Largest coded picture that is read, bytes.
const SAMPLE_MAX: u32 = 32 << 20;
/// Mean distance from grey, 8 bit, from which a video has colour.
const COLOUR_MIN: f64 = 12.0;
const CONVERT: &str = "convert it: ffmpeg -i in.mp4 -c:v libx264 -pix_fmt yuv420p out.mp4";

/// The pictures of a video that are kept, decoded one after the other.
pub(super) struct VideoSource {
    about: About,
    file: BufReader<File>,
    decoder: Decoder,
    /// The next picture that goes into the decoder.
    at: usize,
    /// What goes into the decoder next: at first the parameter sets.
    stream: Vec<u8>,
    drained: bool,
    sieve: Sieve,
    digest: String,
}

impl VideoSource {
    /// Reads the index of the video `uri`.
    pub(super) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let path = Path::new(uri);
        let io = |e| SourceError::io(path, e);
        let digest = Digest::of_file(path).map_err(io)?.hex();
        let mut file = BufReader::new(File::open(path).map_err(io)?);
        let track = mp4::read(&mut file).map_err(|e| match e {
            Mp4Error::Codec(_) => SourceError::refused(uri, e.to_string(), CONVERT),
            Mp4Error::NoVideo => SourceError::refused(uri, e.to_string(), "give a video"),
            _ => SourceError::Damaged { name: uri.into(), what: e.to_string() },
        })?;
        refuse_unreadable(uri, &track)?;
        let look = match options.kind {
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
        let damaged = |what| SourceError::Damaged { name: uri.into(), what };
        let plan = Plan::of(&track, options.step_s).map_err(damaged)?;
        refuse_too_much(uri, &track, plan.kept(), look)?;
        let mut about = About {
            kind: Some(look.kind()),
            grid: Some(Grid::new(track.height, track.width)),
            step_s: plan.step_s,
            ..About::recorded(uri, Origin::Video)
        };
        if let (Some(every), Some(step_s)) = (plan.every, plan.step_s) {
            let (kept, of, asked) = (plan.kept(), plan.keep.len(), options.step_s.is_some());
            about.notes.push(Note::PicturesThinned { every, step_s, kept, of, asked });
        }
        if track.turned {
            about.notes.push(Note::VideoTurned);
        }
        if look == Look::Brightness {
            about.notes.push(Note::BrightnessAsHeat);
        }
        // Flushing after each picture breaks streams with B-frames.
        let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
        let decoder = Decoder::with_api_config(OpenH264API::from_source(), config)
            .map_err(|e| damaged(format!("the decoder does not start: {e}")))?;
        let mut stream = Vec::new();
        for unit in &track.parameters {
            stream.extend([0, 0, 0, 1]);
            stream.extend(unit);
        }
        let sieve = Sieve { track, plan, look, seen: 0, colour: 0.0, kept: VecDeque::new() };
        Ok(Self { about, file, decoder, at: 0, stream, drained: false, sieve, digest })
    }

    /// Decodes one more picture; at the end, whatever the decoder still holds.
    fn advance(&mut self) -> Result<(), String> {
        let Some(sample) = self.sieve.track.samples.get(self.at).copied() else {
            return self.drain();
        };
        let i = self.at;
        self.at += 1;
        if sample.size > SAMPLE_MAX {
            return Err(format!("picture {i} says it has {} bytes", sample.size));
        }
        let mut coded = vec![0u8; sample.size as usize];
        self.file
            .seek(SeekFrom::Start(sample.offset))
            .and_then(|_| self.file.read_exact(&mut coded))
            .map_err(|e| format!("picture {i} cannot be read: {e}"))?;
        append_units(&coded, self.sieve.track.length_bytes, &mut self.stream)
            .ok_or_else(|| format!("picture {i} is cut short"))?;
        let out = self
            .decoder
            .decode(&self.stream)
            .map_err(|e| format!("picture {i} cannot be decoded ({e})"))?;
        if let Some(picture) = out {
            self.sieve.take(&picture)?;
        }
        self.stream.clear();
        Ok(())
    }

    fn drain(&mut self) -> Result<(), String> {
        self.drained = true;
        let rest = self
            .decoder
            .flush_remaining()
            .map_err(|e| format!("its end cannot be decoded ({e})"))?;
        for picture in &rest {
            self.sieve.take(picture)?;
        }
        let (seen, all) = (self.sieve.seen, self.sieve.track.samples.len());
        if seen != all {
            return Err(format!("{seen} of {all} pictures could be decoded"));
        }
        Ok(())
    }
}

impl Source for VideoSource {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, deadline: Deadline) -> Result<Next, SourceError> {
        loop {
            if let Some(frame) = self.sieve.kept.pop_front() {
                return Ok(Next::Frame(frame));
            }
            if self.drained {
                return Ok(Next::End);
            }
            if let Err(what) = self.advance() {
                self.drained = true;
                return Err(SourceError::Damaged { name: self.about.name.clone(), what });
            }
            if self.sieve.kept.is_empty() && !self.drained && deadline.is_over() {
                return Ok(Next::NotYet);
            }
        }
    }

    fn finish(self: Box<Self>) -> Closing {
        let coloured = self.sieve.look == Look::Brightness && self.sieve.colour > COLOUR_MIN;
        let notes = if coloured { vec![Note::FalseColour] } else { Vec::new() };
        Closing { digest: Some(self.digest), notes }
    }
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
    SourceError::check_sides(uri, track.height, track.width)
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
