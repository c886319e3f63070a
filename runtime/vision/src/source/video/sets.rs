//! Parameter sets: what came of them in a stream so far, and which of them a picture follows.

use super::mp4::Codec;
use super::sequence::{Sequence, Unit};
use super::units;

/// The parameter sets of a stream.
pub(super) struct Sets {
    codec: Codec,
    sequences: Vec<Sequence>,
    /// Numbers of parameter sets of pictures, and the sequences they belong to.
    of_pictures: Vec<(u32, u32)>,
}

impl Sets {
    /// None yet.
    pub(super) fn new(codec: Codec) -> Self {
        Self { codec, sequences: Vec::new(), of_pictures: Vec::new() }
    }

    /// Takes a unit in, where it is a parameter set; one of the same number goes.
    pub(super) fn take(&mut self, unit: &[u8]) {
        match units::kind(self.codec, unit) {
            Some(Unit::Sequence) => {
                if let Some(found) = units::sequence(self.codec, unit) {
                    self.sequences.retain(|s| s.number != found.number);
                    self.sequences.push(found);
                }
            }
            Some(Unit::Pictures { number, sequence }) => {
                self.of_pictures.retain(|(n, _)| *n != number);
                self.of_pictures.push((number, sequence));
            }
            _ => {}
        }
    }

    /// The sequence of pictures that name the parameter set `set`.
    pub(super) fn of(&self, set: Option<u32>) -> Option<&Sequence> {
        let set = set?;
        let (_, number) = self.of_pictures.iter().find(|(n, _)| *n == set)?;
        self.sequences.iter().find(|s| s.number == *number)
    }

    /// The sequence that came last.
    pub(super) fn last(&self) -> Option<&Sequence> {
        self.sequences.last()
    }
}
