//! The reader of KLV: a transport stream or bare sets in, samples with times of day and of the film out.

use std::collections::BTreeMap;

use emberline_georeference::pose::Sample;

use super::pack::{FilmClock, Pack};
use super::pose::{Corners, corners, sample};
use super::set::Set;
use super::transport::{Given, Transport};
use super::unit::{KEY, Last, each_set};
use crate::counts::Counts;
use crate::note::{Note, Notes};
use crate::utc;

/// Bytes of a set in pieces that are kept; a longer one is no set.
const MOST_PIECES: usize = 1 << 17;
/// Bytes before an access unit.
const UNIT_HEAD: usize = 5;

/// How sets come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// In an MPEG transport stream.
    Transport,
    /// One after another.
    Bare,
}

/// The time of day of one of the film's own times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilmTime {
    /// The film's own time, seconds.
    pub pts_s: f64,
    /// Seconds since 1970 UTC.
    pub utc_s: f64,
}

/// Reads sets of ST 0601.
#[derive(Debug)]
pub struct Klv {
    transport: Option<Transport>,
    /// Of bare sets: the beginning of one. Of units in pieces: what has come, by stream.
    pieces: BTreeMap<u16, Vec<u8>>,
    film: FilmClock,
    /// The film's own time of the first picture.
    first_picture_s: Option<f64>,
    taken: Taken,
    counts: Counts,
}

/// What sets have given.
#[derive(Debug, Default)]
struct Taken {
    samples: Vec<(Option<f64>, Option<f64>, Sample)>,
    corners: Vec<Corners>,
    film_times: Vec<FilmTime>,
    notes: Notes,
    streams: Vec<u16>,
}

/// What was read of sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) samples: Vec<Sample>,
    pub(crate) corners: Vec<Corners>,
    pub(crate) film_times: Vec<FilmTime>,
    pub(crate) first_picture_pts_s: Option<f64>,
    /// Whether times are UTC; of the film's start otherwise.
    pub(crate) is_utc: bool,
}

impl Klv {
    /// A reader that has read nothing.
    #[must_use]
    pub fn new(wrapping: Wrapping) -> Self {
        Self {
            transport: (wrapping == Wrapping::Transport).then(Transport::new),
            pieces: BTreeMap::new(),
            film: FilmClock::default(),
            first_picture_s: None,
            taken: Taken::default(),
            counts: Counts::default(),
        }
    }

    /// Bytes of the stream, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        let Self { transport, pieces, film, first_picture_s, taken, counts } = self;
        counts.bytes += bytes.len() as u64;
        match transport {
            Some(transport) => transport.push(bytes, counts, |given, counts| match given {
                Given::Metadata { stream, in_units, pack } => {
                    let pts_s = pack.pts.map(|ticks| film.seconds(ticks));
                    taken.pack(stream, in_units, pack, pts_s, pieces, counts);
                }
                Given::Video { pts } => {
                    if first_picture_s.is_none() {
                        *first_picture_s = Some(film.seconds(pts));
                    }
                }
            }),
            None => {
                let waiting = pieces.entry(0).or_default();
                waiting.extend_from_slice(bytes);
                let done = each_set(waiting, Last::No, counts, |set, counts| {
                    taken.set(&set, None, counts)
                });
                waiting.drain(..done);
            }
        }
    }

    /// Nothing more comes.
    pub fn finish(&mut self) {
        let Self { transport, pieces, film, taken, counts, .. } = self;
        match transport {
            Some(transport) => transport.finish(counts, |given, counts| {
                if let Given::Metadata { stream, in_units, pack } = given {
                    let pts_s = pack.pts.map(|ticks| film.seconds(ticks));
                    taken.pack(stream, in_units, pack, pts_s, pieces, counts);
                }
            }),
            None => {
                let waiting = std::mem::take(pieces.entry(0).or_default());
                each_set(&waiting, Last::Yes, counts, |set, counts| taken.set(&set, None, counts));
            }
        }
    }

    /// Samples of sets that told the time of day, since the last call, for a stream that has no end.
    pub fn take(&mut self) -> Vec<Sample> {
        self.taken.corners.clear();
        self.taken.film_times.clear();
        let all = self.taken.samples.drain(..);
        all.filter_map(|(utc_s, _, s)| Some(Sample { time_s: utc_s?, ..s })).collect()
    }

    /// What was heard so far, by what became of it.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What a person should know of it.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.taken.notes.clone();
        if self.taken.streams.len() > 1 {
            notes.add(Note::Streams { count: self.taken.streams.len() });
        }
        notes.list()
    }

    /// Bytes that wait for the rest of their packet or set.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        let packets = self.transport.as_ref().map_or(0, Transport::bytes_waiting);
        packets + self.pieces.values().map(Vec::len).sum::<usize>()
    }

    /// All that was read: by UTC where sets tell it, from the first picture otherwise.
    pub(crate) fn found(&mut self) -> Found {
        let all = std::mem::take(&mut self.taken.samples);
        let is_utc = all.iter().any(|(utc_s, ..)| utc_s.is_some());
        let first = self.first_picture_s.or_else(|| all.iter().find_map(|(_, pts_s, _)| *pts_s));
        let mut samples = Vec::with_capacity(all.len());
        for (utc_s, pts_s, sample) in all {
            let of_film = pts_s.zip(first).map(|(pts, first)| pts - first);
            match if is_utc { utc_s } else { of_film } {
                Some(time_s) => samples.push(Sample { time_s, ..sample }),
                None => self.counts.no_time += 1,
            }
        }
        let mut corners = std::mem::take(&mut self.taken.corners);
        if !is_utc {
            corners.retain_mut(|c| match c.pts_s.zip(first) {
                Some((pts, first)) => {
                    c.time_s = pts - first;
                    true
                }
                None => false,
            });
        }
        corners.retain(|c| c.time_s.is_finite());
        Found {
            samples,
            corners,
            film_times: std::mem::take(&mut self.taken.film_times),
            first_picture_pts_s: self.first_picture_s,
            is_utc,
        }
    }
}

impl Taken {
    fn pack(
        &mut self,
        stream: u16,
        in_units: bool,
        pack: Pack<'_>,
        pts_s: Option<f64>,
        pieces: &mut BTreeMap<u16, Vec<u8>>,
        counts: &mut Counts,
    ) {
        let before = counts.read;
        // Some call a bare stream one of access units.
        if !in_units || pack.payload.starts_with(&KEY[..4]) {
            each_set(pack.payload, Last::Yes, counts, |set, counts| self.set(&set, pts_s, counts));
        } else {
            let mut rest = pack.payload;
            while let Some((head, more)) = rest.split_first_chunk::<UNIT_HEAD>() {
                let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
                let Some((unit, more)) = more.split_at_checked(length) else {
                    counts.bad += 1;
                    break;
                };
                rest = more;
                // Whole, first, last, or between: two bits.
                let (is_first, is_last) = (head[2] & 0x80 != 0, head[2] & 0x40 != 0);
                let whole = pieces.entry(stream).or_default();
                if is_first {
                    whole.clear();
                }
                if whole.len() + unit.len() > MOST_PIECES {
                    counts.bad += 1;
                    whole.clear();
                    continue;
                }
                whole.extend_from_slice(unit);
                if is_last {
                    let whole = std::mem::take(whole);
                    each_set(&whole, Last::Yes, counts, |set, counts| {
                        self.set(&set, pts_s, counts)
                    });
                }
            }
        }
        if counts.read > before && !self.streams.contains(&stream) {
            self.streams.push(stream);
        }
    }

    fn set(&mut self, set: &Set, pts_s: Option<f64>, counts: &mut Counts) {
        let utc_s = set.time_s.and_then(utc::plausible);
        if let Some(told_s) = set.leap_s.filter(|s| *s != 0) {
            self.notes.add(Note::LeapSeconds { told_s });
        }
        if let Some((pts_s, utc_s)) = pts_s.zip(utc_s) {
            self.film_times.push(FilmTime { pts_s, utc_s });
        }
        if let Some(places) = corners(set) {
            self.corners.push(Corners { time_s: utc_s.unwrap_or(f64::NAN), pts_s, places });
        }
        match sample(set) {
            Some(sample) => self.samples.push((utc_s, pts_s, sample)),
            None => counts.of_no_use += 1,
        }
    }
}

#[cfg(test)]
mod tests;
