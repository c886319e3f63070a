//! Units: the pieces of coded pictures, as they lie in a sample and as a decoder wants them.

use super::avc;
use super::hevc;
use super::mp4::Codec;
use super::sequence::{Chroma, Sequence, Unit};

/// What a unit is; `None` where it is empty.
pub(super) fn kind(codec: Codec, unit: &[u8]) -> Option<Unit> {
    match codec {
        Codec::Avc => avc::unit(unit),
        Codec::Hevc => hevc::unit(unit),
    }
}

/// What a sequence parameter set says; `None` where it cannot be read.
pub(super) fn sequence(codec: Codec, unit: &[u8]) -> Option<Sequence> {
    match codec {
        Codec::Avc => avc::sequence(unit),
        Codec::Hevc => hevc::sequence(unit),
    }
}

/// Adds a unit behind a start code to what goes into a decoder.
pub(super) fn push(codec: Codec, unit: &[u8], stream: &mut Vec<u8>) {
    stream.extend([0, 0, 0, 1]);
    // OpenH264 cuts twice as much off pictures without colour as their streams say.
    let grey = codec == Codec::Avc
        && avc::unit(unit) == Some(Unit::Sequence)
        && avc::sequence(unit).is_some_and(|s| s.chroma == Chroma::None);
    match grey.then(|| avc::uncropped(unit)).flatten() {
        Some(whole) => stream.extend(whole),
        None => stream.extend(unit),
    }
}

/// The units of a sample, each behind its length of so many bytes; `None` where a length does not fit,
/// and then no more.
pub(super) fn units(coded: &[u8], length_bytes: usize) -> Units<'_> {
    Units { coded, length_bytes }
}

/// See [`units`].
pub(super) struct Units<'a> {
    coded: &'a [u8],
    length_bytes: usize,
}

impl<'a> Iterator for Units<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.coded.is_empty() {
            return None;
        }
        let found = self.coded.split_at_checked(self.length_bytes).and_then(|(length, rest)| {
            let length = length.iter().fold(0usize, |n, &b| n << 8 | usize::from(b));
            rest.split_at_checked(length)
        });
        match found {
            Some((unit, rest)) => {
                self.coded = rest;
                Some(Some(unit))
            }
            None => {
                self.coded = &[];
                Some(None)
            }
        }
    }
}
