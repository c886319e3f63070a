//! The source of a video file: opened, judged, and handed over frame by frame.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::coded::Stream;
use super::colours::Colours;
use super::look::{COLOUR_MIN, Look, OUTSIDE_MIN};
use super::mp4::{self, Codec, Mp4Error, Track};
use super::orientation::Orientation;
use super::plan::Plan;
use super::reel::{Reel, entry_from};
use super::sequence::{Chroma, Sequence};
use super::sieve::Sieve;
use super::timeline::Timeline;
use super::unread::Unread;
use crate::digest::Digest;
use crate::frame::{BYTES_MAX, Kind, TimeSource};
use crate::grid::Grid;
use crate::note::{KindReason, Note};
use crate::source::about::{About, Origin};
use crate::source::deadline::Deadline;
use crate::source::error::SourceError;
use crate::source::ffmpeg_command::{ffmpeg, or_decoder, recode};
use crate::source::options::SourceOptions;
use crate::source::source::{Closing, Next, Source};

/// Share of values with colour below which it may be an overlay.
const LITTLE: f64 = 0.05;

/// The pictures of a video that are kept, decoded one after the other.
pub(in super::super) struct VideoSource {
    about: About,
    reel: Reel,
    timeline: Timeline,
    /// Whether the file leaves open what black and white are.
    range_open: bool,
    /// Whether nobody said what the film shows.
    kind_open: bool,
    digest: String,
}

impl VideoSource {
    /// Reads the index of the video `uri`; where nobody says its kind, also pictures until one has
    /// colour.
    pub(in super::super) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let path = Path::new(uri);
        let io = |e| SourceError::io(path, e);
        let damaged = |what: String| SourceError::Damaged { name: uri.into(), what };
        let digest = Digest::of_file(path).map_err(io)?.hex();
        let mut file = BufReader::new(File::open(path).map_err(io)?);
        let track = mp4::read(&mut file).map_err(|e| match e {
            Mp4Error::Codec(_) => {
                let fix = format!("convert it: {}", recode(uri, ""));
                SourceError::refused(uri, e.to_string(), or_decoder(&fix))
            }
            Mp4Error::NoVideo => SourceError::refused(uri, e.to_string(), "give a video"),
            _ => damaged(e.to_string()),
        })?;
        if let Some(why) = &track.shown.cut_together {
            return Err(convert(uri, why.as_str(), ""));
        }
        if track.samples.is_empty() {
            return Err(SourceError::refused(uri, "it holds no pictures", "record it again"));
        }
        let stream = Stream::of(&track, &mut file).map_err(damaged)?;
        refuse_unreadable(uri, &stream.sequence, stream.codec)?;
        let Some(first) = entry_from(&stream, 0) else {
            let what = "it holds no key picture, from which it could be decoded";
            return Err(convert(uri, what, ""));
        };
        let timeline = Timeline::of(&track, &stream.pictures, first, options.frame_every_s);
        refuse_timeline(uri, &timeline)?;
        if let Some((at, sequence)) = &stream.change {
            return Err(refuse_change(uri, timeline.played_s[*at], &stream.sequence, sequence));
        }
        let look = match options.decoded_kind() {
            None if stream.sequence.chroma == Chroma::None => Some(Look::Brightness),
            None => None,
            Some(Kind::Rgb) => Some(Look::Colour),
            Some(Kind::Thermal) => Some(Look::Brightness),
            Some(kind) => {
                return Err(SourceError::refused(
                    uri,
                    format!("a video is no {kind} film: compression blurs its values"),
                    "give ‹kind› rgb or thermal, or a folder of PNG frames",
                ));
            }
        };
        let coding = track.descriptions.first().and_then(|d| d.coding);
        let colours = match Colours::of(&stream.sequence, coding) {
            Ok(colours) => colours,
            Err(matrix) if look != Some(Look::Brightness) => {
                let what = format!("its colours are coded by a matrix ({matrix}) that is not read");
                let fix = format!(
                    "give ‹kind› thermal where brightness is heat, or convert it: {}",
                    recode(uri, "format=rgb24,format=yuv420p")
                );
                return Err(SourceError::refused(uri, what, fix));
            }
            Err(_) => Colours::default(),
        };
        let mut notes = notes_before(&track, &stream, &timeline, first);
        let plan = Plan::of(&timeline, stream.pictures.len(), options.step_s);
        let step_s = plan.step_s;
        let sides = [stream.sequence.height, stream.sequence.width];
        refuse_too_much(uri, sides, plan.kept(), look.unwrap_or(Look::Colour))?;
        if let (Some(every), Some(step_s)) = (plan.every, plan.step_s) {
            let (kept, of, asked) = (plan.kept(), plan.of, options.step_s.is_some());
            notes.push(Note::PicturesThinned { every, step_s, kept, of, asked });
        }
        let orientation = Orientation::of(track.shown.matrix);
        if orientation.is_none_or(|o| !o.is_upright()) {
            notes.push(Note::VideoTurned { as_shown: orientation.is_some() });
        }
        let orientation = orientation.unwrap_or_default();
        let pixel = stream.sequence.pixel.or(track.descriptions.first().and_then(|d| d.pixel));
        let askew = |&(w, h): &(u32, u32)| (f64::from(w) / f64::from(h) - 1.0).abs() > 0.01;
        if let Some((width, height)) = pixel.filter(askew) {
            notes.push(Note::PixelsNotSquare { width, height });
        }
        let times_from = match options.frame_every_s {
            Some(_) => TimeSource::Step,
            None => TimeSource::Container,
        };
        let range_open = stream.sequence.full_range.or(coding.and_then(|c| c.full_range)).is_none();
        let sieve = |look| Sieve::new(plan.clone(), look, colours, orientation, times_from);
        let reel = |parts: (BufReader<File>, Track, Stream), look| {
            Reel::new(parts.0, parts.1, parts.2, sieve(look), first).map_err(damaged)
        };
        let mut kind_open = false;
        let reel = match look {
            Some(look) => {
                if options.kind.is_none() && options.palette.is_none() {
                    notes.push(no_colour());
                }
                reel((file, track, stream), look)?
            }
            None => {
                let mut grey = reel((file, track, stream), Look::Brightness)?;
                while !grey.ended && grey.sieve.coloured.is_none() {
                    grey.advance().map_err(damaged)?;
                }
                match grey.sieve.coloured {
                    None => {
                        notes.push(no_colour());
                        grey
                    }
                    Some(at) => {
                        kind_open = true;
                        if let Some(from_s) = grey_until(&timeline, at) {
                            notes.push(Note::ColourLate { from_s });
                        }
                        let (file, track, stream, _) = grey.into_parts();
                        reel((file, track, stream), Look::Colour)?
                    }
                }
            }
        };
        let look = reel.sieve.look;
        match look {
            Look::Brightness => notes.push(Note::BrightnessAsHeat),
            Look::Colour => {
                if !colours.matrix_told {
                    notes.push(Note::ColoursAssumed { full_range: colours.full_range });
                }
            }
        }
        if colours.hdr {
            notes.push(Note::HighDynamicRange);
        }
        let [height, width] = orientation.sides(sides);
        let about = About {
            kind: Some(look.kind()),
            grid: Some(Grid::new(height, width)),
            step_s,
            notes,
            ..About::recorded(uri, Origin::Video)
        };
        Ok(Self { about, reel, timeline, range_open, kind_open, digest })
    }

    /// Of each picture in the order shown, whether it was lost.
    fn lost_in_order(&self) -> Vec<bool> {
        let mut lost = vec![false; self.timeline.played_s.len()];
        self.reel.lost.iter().for_each(|&at| lost[at] = true);
        self.timeline.order.iter().map(|&at| lost[at]).collect()
    }

    /// What was lost of the film, if anything.
    fn lost(&self) -> Option<Note> {
        let lost = self.lost_in_order();
        let pictures = lost.iter().filter(|&&l| l).count();
        if pictures == 0 {
            return None;
        }
        let second = |k: usize| self.timeline.played_s[self.timeline.order[k]];
        let mut spans_s: Vec<(f64, f64)> = Vec::new();
        for (k, _) in lost.iter().enumerate().filter(|(_, l)| **l) {
            match spans_s.last_mut() {
                Some(span) if k > 0 && lost[k - 1] => span.1 = second(k),
                _ => spans_s.push((second(k), second(k))),
            }
        }
        Some(Note::PicturesLost { pictures, of: lost.len(), spans_s })
    }
}

fn no_colour() -> Note {
    Note::KindDeduced { kind: Kind::Thermal, because: KindReason::NoColour }
}

/// When the first picture with colour is shown, where others of the film are shown before it.
fn grey_until(timeline: &Timeline, at: usize) -> Option<f64> {
    let second = timeline.played_s[at];
    let before = timeline.order.first().is_some_and(|&first| timeline.played_s[first] < second);
    before.then_some(second)
}

/// What is known of a film before it is decoded.
fn notes_before(track: &Track, stream: &Stream, timeline: &Timeline, first: usize) -> Vec<Note> {
    let mut notes = Vec::new();
    if track.of > 1 {
        notes.push(Note::TrackChosen { number: track.number, of: track.of });
    }
    let of = stream.pictures.len() - first;
    if timeline.left_out > 0 {
        notes.push(Note::EditListHides { pictures: timeline.left_out, of });
    }
    if first > 0 {
        let until_s = timeline.played_s[first];
        notes.push(Note::PicturesBeforeKey { pictures: first, until_s });
    }
    if let Some(lost) = track.lost {
        let end_s = timeline.order.last().map_or(0.0, |&at| timeline.played_s[at]);
        notes.push(Note::RecordingCut { pictures: lost.pictures, end_s });
    }
    if let Some(&at) = timeline.repeats.first() {
        let pictures = timeline.repeats.len();
        notes.push(Note::PicturesRepeated { pictures, first: at, at_s: timeline.played_s[at] });
    }
    notes
}

fn convert(uri: &str, what: impl Into<String>, filters: &str) -> SourceError {
    SourceError::refused(uri, what, format!("convert it: {}", recode(uri, filters)))
}

/// The filter that makes the sides of a picture even, where they are not: coded colour needs it.
fn even(sequence: &Sequence) -> &'static str {
    match (sequence.height % 2, sequence.width % 2) {
        (0, 0) => "",
        _ => "crop=trunc(iw/2)*2:trunc(ih/2)*2",
    }
}

fn refuse_unreadable(uri: &str, sequence: &Sequence, codec: Codec) -> Result<(), SourceError> {
    match Unread::of(sequence, codec) {
        None => SourceError::check_sides(uri, sequence.height, sequence.width),
        Some(Unread::Format(what)) => {
            let fix = format!("convert it: {}", recode(uri, even(sequence)));
            Err(SourceError::refused(uri, what, or_decoder(&fix)))
        }
        Some(Unread::Interlaced) => {
            let what = "video is interlaced: each picture is two fields, taken one after the other";
            Err(convert(uri, what, "yadif"))
        }
    }
}

fn refuse_change(uri: &str, at_s: f64, before: &Sequence, after: &Sequence) -> SourceError {
    let at_s = (at_s * 1000.0).round() / 1000.0;
    let what = match (before.height, before.width) == (after.height, after.width) {
        true => format!("its pictures are coded in another format from second {at_s} on"),
        false => format!(
            "its pictures change from {}×{} to {}×{} at second {at_s}",
            before.height, before.width, after.height, after.width
        ),
    };
    let code = "-c:v libx264 -pix_fmt yuv420p";
    let until = ffmpeg("", uri, &format!("-t {at_s} {code}"), "first.mp4");
    let from = ffmpeg(&format!("-ss {at_s}"), uri, code, "second.mp4");
    SourceError::refused(uri, what, format!("cut it there: {until}, or {from}"))
}

fn refuse_timeline(uri: &str, timeline: &Timeline) -> Result<(), SourceError> {
    let (of, repeats) = (timeline.order.len(), timeline.repeats.len());
    if of == 0 {
        return Err(convert(uri, "its edit list shows none of its pictures", ""));
    }
    if of == 1 && repeats > 0 || timeline.times.windows(2).any(|t| !(t[1] - t[0]).is_finite()) {
        let all = of + repeats;
        return Err(SourceError::refused(
            uri,
            format!("all of its {all} pictures have the same time"),
            "say how far apart they were taken: ‹frame-every› 1s",
        ));
    }
    Ok(())
}

fn refuse_too_much(
    uri: &str,
    [height, width]: [usize; 2],
    kept: usize,
    look: Look,
) -> Result<(), SourceError> {
    let channels = if look == Look::Colour { 3 } else { 1 };
    if (kept * width * height * channels) as u64 <= BYTES_MAX {
        return Ok(());
    }
    Err(SourceError::refused(
        uri,
        format!("{kept} frames of {height}×{width} are over 8 GiB"),
        "give a longer ‹step›, or cut the video",
    ))
}

impl Source for VideoSource {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, deadline: Deadline) -> Result<Next, SourceError> {
        loop {
            if let Some(frame) = self.reel.sieve.kept.pop_front() {
                return Ok(Next::Frame(frame));
            }
            if self.reel.ended {
                let lost = self.lost_in_order().iter().filter(|&&lost| lost).count();
                let of = self.timeline.order.len();
                if let Some(why) = self.reel.why.as_ref().filter(|_| 2 * lost > of) {
                    let name = self.about.name.clone();
                    let what = format!("{lost} of {of} pictures are damaged or lost: {why}");
                    return Err(SourceError::Damaged { name, what });
                }
                return Ok(Next::End);
            }
            if let Err(what) = self.reel.advance() {
                self.reel.ended = true;
                return Err(SourceError::Damaged { name: self.about.name.clone(), what });
            }
            if self.reel.sieve.kept.is_empty() && !self.reel.ended && deadline.is_over() {
                return Ok(Next::NotYet);
            }
        }
    }

    fn finish(self: Box<Self>) -> Closing {
        let mut notes: Vec<Note> = self.lost().into_iter().collect();
        let sieve = &self.reel.sieve;
        if sieve.look == Look::Brightness && sieve.colour > COLOUR_MIN {
            notes.push(Note::FalseColour);
        }
        if self.kind_open && sieve.coloured_share < LITTLE {
            notes.push(Note::ColourLittle { percent: 100.0 * sieve.coloured_share });
        }
        let [outside, of] = sieve.outside_limited;
        let share = outside as f64 / of.max(1) as f64;
        if self.range_open && share > OUTSIDE_MIN {
            notes.push(Note::RangeDoubtful { percent: 100.0 * share });
        }
        Closing { digest: Some(self.digest), notes }
    }
}
