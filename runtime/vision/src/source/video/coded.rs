//! Coded pictures: which samples of a track are pictures, and where a decoder can begin.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use super::mp4::{Codec, Sample, Track};
use super::sequence::{Entry, Sequence, Unit};
use super::sets::Sets;
use super::units::{self, units};

/// Largest coded picture that is read, bytes.
const SAMPLE_MAX: u32 = 32 << 20;
/// How many parameter sets back a repetition is looked for.
const SETS_BACK: usize = 8;

/// One coded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Coded {
    /// Its samples, and those before it that belong to no picture.
    pub(super) samples: Range<usize>,
    /// When it is shown, in ticks of the track.
    pub(super) shown: i64,
    pub(super) entry: Entry,
}

/// A parameter set that stands between pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InBand {
    /// The sample that it stands in.
    sample: usize,
    unit: Vec<u8>,
}

/// The coded pictures of a track.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) codec: Codec,
    /// In the order they are decoded.
    pub(super) pictures: Vec<Coded>,
    /// What holds of them from the first that can be decoded.
    pub(super) sequence: Sequence,
    /// The first picture of another size or format, and what it is.
    pub(super) change: Option<(usize, Sequence)>,
    sets: Vec<InBand>,
}

/// What was read of a stream so far.
struct Scan<'a> {
    track: &'a Track,
    codec: Codec,
    pictures: Vec<Coded>,
    sets: Vec<InBand>,
    known: Sets,
    active: Option<Sequence>,
    change: Option<(usize, Sequence)>,
}

impl Stream {
    /// Looks at all samples of a track.
    ///
    /// # Errors
    /// What is wrong with the whole stream; a picture that is damaged is no error here.
    pub(super) fn of(track: &Track, file: &mut (impl Read + Seek)) -> Result<Self, String> {
        let codec = track.descriptions.first().map(|d| d.codec).unwrap_or_default();
        let mut scan = Scan {
            track,
            codec,
            pictures: Vec::with_capacity(track.samples.len()),
            sets: Vec::new(),
            known: Sets::new(codec),
            active: None,
            change: None,
        };
        let (mut bytes, mut from, mut described) = (Vec::new(), 0, None);
        for (i, sample) in track.samples.iter().enumerate() {
            if described != Some(sample.description) {
                described = Some(sample.description);
                let parameters = track.descriptions.get(sample.description);
                let parameters = parameters.ok_or("its index names a description it lacks")?;
                if parameters.codec != codec {
                    return Err("it changes from one codec to another".into());
                }
                parameters.parameters.iter().for_each(|set| scan.known.take(set));
            }
            if sample.size == 0 {
                continue;
            }
            let read = read_sample(file, sample, &mut bytes).is_ok();
            if scan.sample(i, sample, read.then_some(&bytes), from) {
                from = i + 1;
            }
        }
        let Scan { pictures, sets, known, active, change, .. } = scan;
        // A stream without a picture to begin with is refused later, by what its sets say.
        let sequence = active.or_else(|| known.last().cloned());
        let sequence = sequence.ok_or("its parameter sets cannot be read")?;
        Ok(Self { codec, pictures, sequence, change, sets })
    }

    /// Adds what goes into a decoder for the picture `at` to `stream`, in units with start codes; for
    /// the first after a start (`fresh`) also all parameter sets before it.
    ///
    /// # Errors
    /// What is wrong with the picture.
    pub(super) fn append(
        &self,
        at: usize,
        fresh: bool,
        track: &Track,
        file: &mut (impl Read + Seek),
        stream: &mut Vec<u8>,
    ) -> Result<(), String> {
        let Coded { samples, .. } = &self.pictures[at];
        let mut described = match (fresh, samples.start.checked_sub(1)) {
            (false, Some(before)) => track.samples.get(before).map(|s| s.description),
            _ => None,
        };
        let mut bytes = Vec::new();
        for i in samples.clone() {
            let sample = track.samples.get(i).ok_or("its index is damaged")?;
            if described != Some(sample.description) {
                described = Some(sample.description);
                let description = &track.descriptions[sample.description];
                description.parameters.iter().for_each(|set| units::push(self.codec, set, stream));
                if fresh {
                    let before = self.sets.iter().filter(|set| set.sample < samples.start);
                    before.for_each(|set| units::push(self.codec, &set.unit, stream));
                }
            }
            read_sample(file, sample, &mut bytes)?;
            let length_bytes = track.descriptions[sample.description].length_bytes;
            for unit in units(&bytes, length_bytes) {
                let unit = unit.ok_or("it is cut short")?;
                if !unit.is_empty() {
                    units::push(self.codec, unit, stream);
                }
            }
        }
        Ok(())
    }
}

impl Scan<'_> {
    /// Takes one sample, `None` where it cannot be read; whether it is a picture, or the end of one.
    fn sample(&mut self, i: usize, sample: &Sample, bytes: Option<&Vec<u8>>, from: usize) -> bool {
        let length_bytes = self.track.descriptions[sample.description].length_bytes;
        let coded = bytes.map_or(&[][..], Vec::as_slice);
        let (mut slice, mut any, mut broken) = (None, false, bytes.is_none());
        for unit in units(coded, length_bytes) {
            let Some(unit) = unit else {
                broken = true;
                break;
            };
            let kind = units::kind(self.codec, unit);
            any |= kind.is_some();
            match kind {
                Some(Unit::Slice { first, entry, set }) => {
                    slice.get_or_insert((first, entry, set));
                }
                Some(Unit::Sequence | Unit::Pictures { .. } | Unit::Parameters) => {
                    self.known.take(unit);
                    let back = self.sets.len().saturating_sub(SETS_BACK);
                    if !self.sets[back..].iter().any(|set| set.unit == unit) {
                        self.sets.push(InBand { sample: i, unit: unit.to_vec() });
                    }
                }
                _ => {}
            }
        }
        let (first, entry, set) = match slice {
            Some(slice) => slice,
            // Bytes that are no units at all were a picture once.
            None if broken || !any => (true, Entry::No, None),
            None => return false,
        };
        if let Some(last) = self.pictures.last_mut()
            && !first
            && last.shown == sample.shown
        {
            last.samples.end = i + 1;
            return true;
        }
        if matches!(entry, Entry::Clean | Entry::Open) && !broken {
            self.begin(set);
        }
        self.pictures.push(Coded { samples: from..i + 1, shown: sample.shown, entry });
        true
    }

    /// Notes what the picture that comes next is made like.
    fn begin(&mut self, set: Option<u32>) {
        let Some(found) = self.known.of(set) else { return };
        match &self.active {
            None => self.active = Some(found.clone()),
            Some(active) => {
                if !active.is_like(found) && self.change.is_none() {
                    self.change = Some((self.pictures.len(), found.clone()));
                }
            }
        }
    }
}

fn read_sample(
    file: &mut (impl Read + Seek),
    sample: &Sample,
    bytes: &mut Vec<u8>,
) -> Result<(), String> {
    if sample.size > SAMPLE_MAX {
        return Err(format!("it says it has {} bytes", sample.size));
    }
    bytes.resize(sample.size as usize, 0);
    file.seek(SeekFrom::Start(sample.offset))
        .and_then(|_| file.read_exact(bytes))
        .map_err(|e| format!("it cannot be read: {e}"))
}
