//! Reels: a video's pictures decoded one after the other, over whatever is damaged.
//!
//! Pictures come out of a decoder in the order they are shown, and tell nothing of themselves: which
//! is which follows from how many there are between two entries. So a stretch from an entry to the
//! next is sure once as many came out as went in. Where one cannot be decoded, those before it are
//! decoded again without it, those after it are lost, and the next entry begins anew.

use std::fs::File;
use std::io::BufReader;
use std::ops::Range;

use super::avc_decoder::AvcDecoder;
use super::coded::Stream;
use super::decoder::Decoder;
use super::hevc_decoder::HevcDecoder;
use super::mp4::{Codec, Track};
use super::planes::Planes;
use super::sequence::{Entry, Sequence};
use super::sieve::Sieve;

/// A video's pictures, decoded one after the other.
pub(super) struct Reel {
    file: BufReader<File>,
    track: Track,
    stream: Stream,
    decoder: Box<dyn Decoder>,
    pub(super) sieve: Sieve,
    /// The next picture that goes into the decoder.
    at: usize,
    /// From an entry to the next.
    stretch: Range<usize>,
    /// Pictures of the stretch in the order shown.
    expected: Vec<usize>,
    /// How many of them came out of the decoder.
    out: usize,
    /// Whether the decoder has seen nothing yet.
    fresh: bool,
    /// Pictures that could not be decoded.
    pub(super) lost: Vec<usize>,
    /// Why the first of them could not.
    pub(super) why: Option<String>,
    pub(super) ended: bool,
}

/// A decoder of this codec that has seen nothing yet.
pub(super) fn decoder(codec: Codec) -> Result<Box<dyn Decoder>, String> {
    Ok(match codec {
        Codec::Avc => Box::new(AvcDecoder::new()?),
        Codec::Hevc => Box::new(HevcDecoder::new()),
    })
}

/// The first picture from the place `from` on that a decoder can begin at.
pub(super) fn entry_from(stream: &Stream, from: usize) -> Option<usize> {
    let is_entry = |e: Entry| matches!(e, Entry::Clean | Entry::Open);
    let found = stream.pictures.get(from..)?.iter().position(|p| is_entry(p.entry))?;
    Some(from + found)
}

impl Reel {
    /// The pictures from the entry `first` on.
    pub(super) fn new(
        file: BufReader<File>,
        track: Track,
        stream: Stream,
        sieve: Sieve,
        first: usize,
    ) -> Result<Self, String> {
        let mut reel = Self {
            decoder: decoder(stream.codec)?,
            file,
            track,
            stream,
            sieve,
            at: first,
            stretch: first..first,
            expected: Vec::new(),
            out: 0,
            fresh: true,
            lost: Vec::new(),
            why: None,
            ended: false,
        };
        reel.begin(first);
        Ok(reel)
    }

    /// Gives back what it is made of.
    pub(super) fn into_parts(self) -> (BufReader<File>, Track, Stream, Sieve) {
        (self.file, self.track, self.stream, self.sieve)
    }

    /// Begins the stretch at the entry `first`.
    fn begin(&mut self, first: usize) {
        let pictures = &self.stream.pictures;
        let after = pictures.iter().skip(first + 1);
        let length = after.take_while(|p| p.entry != Entry::Clean).count() + 1;
        self.at = first;
        self.stretch = first..first + length;
        self.out = 0;
        self.expected = self.in_order(self.stretch.clone());
    }

    /// Whether the picture is shown before the open entry that the stretch begins with: it needs
    /// what was before.
    fn leads(&self, at: usize) -> bool {
        let pictures = &self.stream.pictures;
        let next_entry = |e: Entry| matches!(e, Entry::Clean | Entry::Open);
        pictures[at].entry == Entry::LeadsOpen
            && !pictures[self.stretch.start + 1..=at].iter().any(|p| next_entry(p.entry))
    }

    /// The pictures of a range that go into the decoder, in the order shown.
    fn in_order(&self, range: Range<usize>) -> Vec<usize> {
        let mut order: Vec<usize> = range.filter(|&i| !self.leads(i)).collect();
        order.sort_by_key(|&i| self.stream.pictures[i].shown);
        order
    }

    /// Decodes one more picture, or ends a stretch.
    ///
    /// # Errors
    /// What makes going on impossible.
    pub(super) fn advance(&mut self) -> Result<(), String> {
        if self.at < self.stretch.end {
            let at = self.at;
            self.at += 1;
            if self.leads(at) {
                self.lose(at..at + 1, "it needs pictures from before the film begins");
                return Ok(());
            }
            if let Err(why) = self.decode(at) {
                return self.recover(at, &why);
            }
            return Ok(());
        }
        let before = self.out;
        let drained = self.drain();
        let held_back = self.out > before;
        if drained.is_err() || self.out != self.expected.len() {
            let why = drained.err();
            let (out, of) = (self.out, self.expected.len());
            let told = why.unwrap_or_else(|| format!("{out} of {of} pictures come out of it"));
            self.sieve.forget();
            self.lose(self.stretch.clone(), &told);
        }
        self.sieve.settle();
        if held_back || self.out != self.expected.len() {
            // OpenH264 puts pictures in the wrong order after it was emptied.
            self.decoder = decoder(self.stream.codec)?;
            self.fresh = true;
        }
        self.go_on(self.stretch.end);
        Ok(())
    }

    fn go_on(&mut self, from: usize) {
        match entry_from(&self.stream, from) {
            Some(entry) => self.begin(entry),
            None => self.ended = true,
        }
    }

    fn lose(&mut self, pictures: Range<usize>, why: &str) {
        if let Some(first) = pictures.clone().next() {
            self.why.get_or_insert_with(|| format!("picture {first} cannot be decoded ({why})"));
        }
        self.lost.extend(pictures);
    }

    /// Decodes the picture at `at`, and takes those that come out.
    fn decode(&mut self, at: usize) -> Result<(), String> {
        let mut units = Vec::new();
        self.stream.append(at, self.fresh, &self.track, &mut self.file, &mut units)?;
        self.fresh = false;
        let entry = matches!(self.stream.pictures[at].entry, Entry::Clean | Entry::Open);
        let Self { decoder, stream, expected, out, sieve, .. } = self;
        let mut wrong = None;
        decoder.decode(&units, entry, &mut |planes| {
            wrong = take(planes, &stream.sequence, expected, out, sieve).err().or(wrong.take());
        })?;
        wrong.map_or(Ok(()), Err)
    }

    fn drain(&mut self) -> Result<(), String> {
        let Self { decoder, stream, expected, out, sieve, .. } = self;
        let mut wrong = None;
        decoder.drain(&mut |planes| {
            wrong = take(planes, &stream.sequence, expected, out, sieve).err().or(wrong.take());
        })?;
        wrong.map_or(Ok(()), Err)
    }

    /// Goes on after the picture at `at` of the stretch could not be decoded: those before it are
    /// decoded once more, since a decoder that failed holds nothing back for sure.
    fn recover(&mut self, at: usize, why: &str) -> Result<(), String> {
        self.sieve.forget();
        self.decoder = decoder(self.stream.codec)?;
        self.fresh = true;
        self.out = 0;
        self.expected = self.in_order(self.stretch.start..at);
        let again = (self.stretch.start..at)
            .filter(|&i| !self.leads(i))
            .collect::<Vec<_>>()
            .into_iter()
            .try_for_each(|i| self.decode(i))
            .and_then(|()| self.drain());
        if again.is_err() || self.out != self.expected.len() {
            self.sieve.forget();
            self.lose(self.stretch.start..at, why);
        }
        self.sieve.settle();
        let next = entry_from(&self.stream, at + 1).unwrap_or(self.stream.pictures.len());
        self.lose(at..next, why);
        self.decoder = decoder(self.stream.codec)?;
        self.fresh = true;
        self.go_on(next);
        Ok(())
    }
}

/// Takes a picture that came out of the decoder.
fn take(
    planes: Planes<'_>,
    sequence: &Sequence,
    expected: &[usize],
    out: &mut usize,
    sieve: &mut Sieve,
) -> Result<(), String> {
    let at = expected.get(*out).ok_or("more pictures come out of it than its index tells")?;
    *out += 1;
    let planes =
        planes.shown_of(sequence).ok_or("it has another size than its parameter sets tell")?;
    sieve.take(*at, planes);
    Ok(())
}
