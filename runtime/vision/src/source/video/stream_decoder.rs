//! A stream's decoder: coded pictures of a camera in, decoded ones out, over whatever is damaged.
//!
//! A stream has no index and no end. Each coded picture comes with the time it is shown at; since pictures
//! come out of a decoder in the order they are shown, each that comes out has the least of the times that
//! went in. What cannot be decoded ends with the next key picture, where a new decoder begins.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::colours::Colours;
use super::decoder::Decoder;
use super::look::Look;
use super::mp4::Codec;
use super::reel::decoder;
use super::sequence::{Entry, Sequence, Unit};
use super::sets::Sets;
use super::stream_picture::StreamPicture;
use super::units::{self, units};
use super::unread::Unread;
use crate::frame::{Kind, sides_fit};
use crate::note::Note;

/// Bytes of the length before each unit.
const LENGTH_BYTES: usize = 4;
/// Largest coded picture, bytes.
const PICTURE_MAX: usize = 32 << 20;
/// Parameter sets that are kept for a new decoder.
const SETS_MAX: usize = 16;
/// No decoder of the standards holds back more pictures.
const HELD_MAX: usize = 20;

/// How the pictures of a stream are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamCodec {
    /// H.264: Baseline, Main and High.
    H264,
    /// H.265: Main and Main 10.
    H265,
}

/// What became of a coded picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was decoded, or will be with one of the next.
    Decoded,
    /// It is of no use without pictures that were not seen; the next key picture is waited for.
    Skipped,
}

/// Why a coded picture cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamFault {
    /// It is damaged; those that follow are skipped up to the next key picture.
    Spoiled(String),
    /// All of the stream is of a format that is not read; what is wrong, and what to do.
    Unread(String),
}

/// Decodes the pictures of a stream.
pub struct StreamDecoder {
    codec: Codec,
    look: Look,
    decoder: Option<Box<dyn Decoder>>,
    known: Sets,
    /// The newest parameter sets, whole.
    sets: Vec<Vec<u8>>,
    /// Those that the last key picture was decoded with.
    good: Vec<Vec<u8>>,
    /// What the pictures are made like, and how their colours are read.
    active: Option<(Sequence, Colours)>,
    /// Whether the decoder began at a picture that others, shown before it, follow.
    open: bool,
    /// Times of pictures that went in and did not come out.
    shown: BinaryHeap<Reverse<i64>>,
}

impl std::fmt::Debug for StreamDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamDecoder").field("codec", &self.codec).finish_non_exhaustive()
    }
}

/// What is seen of a coded picture before it is decoded.
#[derive(Default)]
struct Seen {
    /// Of its first slice: whether a decoder can begin at it, and the parameter set it follows.
    slice: Option<(Entry, Option<u32>)>,
    /// Its units behind start codes.
    stream: Vec<u8>,
}

/// Whether a decoder can begin there.
fn is_entry(entry: Entry) -> bool {
    matches!(entry, Entry::Clean | Entry::Open)
}

impl StreamDecoder {
    /// A decoder of pictures that show this; it waits for a key picture.
    ///
    /// # Errors
    /// Why a video cannot show that, and what to do.
    pub fn new(codec: StreamCodec, kind: Kind) -> Result<Self, String> {
        let look = match kind {
            Kind::Rgb => Look::Colour,
            Kind::Thermal => Look::Brightness,
            kind => {
                return Err(format!(
                    "a video is no {kind} film: compression blurs its values; give kind rgb or thermal"
                ));
            }
        };
        let codec = match codec {
            StreamCodec::H264 => Codec::Avc,
            StreamCodec::H265 => Codec::Hevc,
        };
        Ok(Self {
            codec,
            look,
            decoder: None,
            known: Sets::new(codec),
            sets: Vec::new(),
            good: Vec::new(),
            active: None,
            open: false,
            shown: BinaryHeap::new(),
        })
    }

    /// Forgets all pictures: those that come next are of no use up to a key picture.
    pub fn restart(&mut self) {
        (self.decoder, self.open) = (None, false);
        self.shown.clear();
    }

    /// Whether a key picture is waited for.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.decoder.is_none()
    }

    /// Whether a decoder can begin at a coded picture.
    #[must_use]
    pub fn is_key(&self, coded: &[u8]) -> bool {
        let kinds = units(coded, LENGTH_BYTES).map_while(|unit| unit);
        let mut slices = kinds.filter_map(|unit| match units::kind(self.codec, unit) {
            Some(Unit::Slice { entry, .. }) => Some(entry),
            _ => None,
        });
        slices.next().is_some_and(is_entry)
    }

    /// Things a person should know about the stream, once its first picture was decoded.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let Some((sequence, colours)) = &self.active else { return Vec::new() };
        let mut notes = Vec::new();
        let askew = |&(w, h): &(u32, u32)| (f64::from(w) / f64::from(h) - 1.0).abs() > 0.01;
        if let Some((width, height)) = sequence.pixel.filter(askew) {
            notes.push(Note::PixelsNotSquare { width, height });
        }
        match self.look {
            Look::Brightness => notes.push(Note::BrightnessAsHeat),
            Look::Colour if !colours.matrix_told => {
                notes.push(Note::ColoursAssumed { full_range: colours.full_range });
            }
            Look::Colour => {}
        }
        if colours.hdr {
            notes.push(Note::HighDynamicRange);
        }
        notes
    }

    /// Takes a coded picture, its units each behind four bytes of length, that is shown at `shown`, in ticks
    /// of any clock. Pictures that come out are lent to `take`, with the times they are shown at.
    ///
    /// # Errors
    /// [`StreamFault`]: what is wrong with it, or with all of the stream.
    pub fn decode(
        &mut self,
        coded: &[u8],
        shown: i64,
        take: &mut dyn FnMut(i64, &StreamPicture<'_>),
    ) -> Result<Taken, StreamFault> {
        let took = self.try_decode(coded, shown, take);
        if took.is_err() {
            self.restart();
            // A parameter set that came since may be what is damaged.
            self.sets.clone_from(&self.good);
            self.known = Sets::new(self.codec);
            self.good.iter().for_each(|set| self.known.take(set));
        }
        took
    }

    fn try_decode(
        &mut self,
        coded: &[u8],
        shown: i64,
        take: &mut dyn FnMut(i64, &StreamPicture<'_>),
    ) -> Result<Taken, StreamFault> {
        let spoiled = |what: &str| StreamFault::Spoiled(what.to_owned());
        if coded.len() > PICTURE_MAX {
            return Err(spoiled("it is too large"));
        }
        let Seen { slice, mut stream } = self.look_at(coded)?;
        let Some((entry, set)) = slice else { return self.no_picture(&stream) };
        let is_entry = is_entry(entry);
        if is_entry {
            self.begin(set)?;
        }
        if self.decoder.is_none() {
            if !is_entry {
                return Ok(Taken::Skipped);
            }
            self.decoder = Some(decoder(self.codec).map_err(StreamFault::Spoiled)?);
            self.open = entry == Entry::Open;
            let mut whole = Vec::new();
            self.sets.iter().for_each(|set| units::push(self.codec, set, &mut whole));
            whole.append(&mut stream);
            stream = whole;
        } else if is_entry {
            self.open = false;
        } else if self.open && entry == Entry::LeadsOpen {
            return Ok(Taken::Skipped);
        }
        self.shown.push(Reverse(shown));
        self.feed(&stream, is_entry, take)?;
        if is_entry && self.good != self.sets {
            self.good.clone_from(&self.sets);
        }
        if self.shown.len() > HELD_MAX {
            return Err(spoiled("pictures go into the decoder and none comes out"));
        }
        Ok(Taken::Decoded)
    }

    /// Looks at the units of a coded picture, and keeps parameter sets.
    fn look_at(&mut self, coded: &[u8]) -> Result<Seen, StreamFault> {
        let mut seen = Seen::default();
        for unit in units(coded, LENGTH_BYTES) {
            let unit = unit.ok_or_else(|| StreamFault::Spoiled("it is cut short".to_owned()))?;
            let Some(kind) = units::kind(self.codec, unit) else { continue };
            match kind {
                Unit::Slice { entry, set, .. } => {
                    seen.slice.get_or_insert((entry, set));
                }
                Unit::Sequence | Unit::Pictures { .. } | Unit::Parameters => {
                    self.known.take(unit);
                    self.sets.retain(|set| set != unit);
                    self.sets.push(unit.to_vec());
                    let before = self.sets.len().saturating_sub(SETS_MAX);
                    self.sets.drain(..before);
                }
                Unit::Other => {}
            }
            units::push(self.codec, unit, &mut seen.stream);
        }
        Ok(seen)
    }

    /// Takes units that hold no picture.
    fn no_picture(&mut self, stream: &[u8]) -> Result<Taken, StreamFault> {
        if stream.is_empty() || self.decoder.is_none() {
            return Ok(Taken::Skipped);
        }
        self.feed(stream, false, &mut |_, _| {})?;
        Ok(Taken::Decoded)
    }

    /// Notes what the pictures from a key picture on are made like.
    fn begin(&mut self, set: Option<u32>) -> Result<(), StreamFault> {
        let Some(found) = self.known.of(set) else {
            return Err(StreamFault::Spoiled("its parameter sets are missing".to_owned()));
        };
        if self.active.as_ref().is_some_and(|(active, _)| active == found) {
            return Ok(());
        }
        if let Some(unread) = Unread::of(found, self.codec) {
            let what = match unread {
                Unread::Format(what) => what,
                Unread::Interlaced => "video is interlaced".to_owned(),
            };
            let fix = "set the camera to H.264 High or H.265 Main, progressive, 8 bit";
            return Err(StreamFault::Unread(format!("{what}: {fix}")));
        }
        let (height, width) = (found.height, found.width);
        if !sides_fit(height, width) {
            let fix = "set the camera to a size between 32 and 4096 on both sides";
            return Err(StreamFault::Unread(format!("pictures of {width}×{height}: {fix}")));
        }
        let colours = match Colours::of(found, None) {
            Ok(colours) => colours,
            Err(matrix) if self.look == Look::Colour => {
                return Err(StreamFault::Unread(format!(
                    "its colours are coded by a matrix ({matrix}) that is not read: set the camera to BT.709"
                )));
            }
            Err(_) => Colours::default(),
        };
        let found = found.clone();
        if self.active.as_ref().is_some_and(|(active, _)| !active.is_like(&found)) {
            self.restart();
        }
        self.active = Some((found, colours));
        Ok(())
    }

    /// Puts units into the decoder, and hands over what comes out of it.
    fn feed(
        &mut self,
        stream: &[u8],
        entry: bool,
        take: &mut dyn FnMut(i64, &StreamPicture<'_>),
    ) -> Result<(), StreamFault> {
        let Self { decoder: Some(decoder), active: Some((sequence, colours)), .. } = self else {
            return Ok(());
        };
        let (look, colours, shown) = (self.look, *colours, &mut self.shown);
        let mut wrong = None;
        // A fault of a decoder that spoiled bytes bring about costs the camera pictures, and not the line.
        let decoded = catch_unwind(AssertUnwindSafe(|| {
            decoder.decode(stream, entry, &mut |planes| {
                let Some(Reverse(at)) = shown.pop() else {
                    wrong = Some("more pictures come out than went in".to_owned());
                    return;
                };
                let Some(planes) = planes.shown_of(sequence) else {
                    wrong = Some("it has another size than its parameter sets tell".to_owned());
                    return;
                };
                let range_open = sequence.full_range.is_none();
                take(at, &StreamPicture { planes, colours, look, range_open });
            })
        }));
        let decoded = decoded.unwrap_or_else(|_| Err("the decoder failed on it".to_owned()));
        decoded.and(wrong.map_or(Ok(()), Err)).map_err(StreamFault::Spoiled)
    }
}
