//! Counters of what came over a line, by what it was.

use emberline_wire as wire;
use serde::{Deserialize, Serialize};

/// How many frames and messages of each kind came over a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounters {
    /// Bytes, whatever they are.
    #[serde(default)]
    pub bytes: u64,
    /// Good frames.
    pub good_frames: u64,
    /// Frames longer than any message.
    pub too_long: u64,
    /// Frames shorter than a checksum.
    pub too_short: u64,
    /// Frames with bytes missing.
    pub bytes_missing: u64,
    /// Frames with a wrong checksum.
    pub wrong_checksum: u64,
    /// Messages of a later version.
    pub unknown: u64,
    /// Frames of a node of another protocol.
    pub other_protocol: u64,
    /// Readings and gaps that were stored.
    pub stored: u64,
    /// Readings and gaps that were stored before.
    pub again: u64,
    /// Readings and gaps that came before one that is missing; the node sends them again.
    pub too_early: u64,
    /// Readings that came before the node had introduced itself, or before its clock was known; the node
    /// sends them again.
    pub not_yet: u64,
    /// Thermal images.
    pub images: u64,
}

impl LineCounters {
    /// Bad frames of all kinds.
    #[must_use]
    pub fn bad_frames(&self) -> u64 {
        self.too_long
            + self.too_short
            + self.bytes_missing
            + self.wrong_checksum
            + self.unknown
            + self.other_protocol
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            good_frames: self.good_frames + other.good_frames,
            too_long: self.too_long + other.too_long,
            too_short: self.too_short + other.too_short,
            bytes_missing: self.bytes_missing + other.bytes_missing,
            wrong_checksum: self.wrong_checksum + other.wrong_checksum,
            unknown: self.unknown + other.unknown,
            other_protocol: self.other_protocol + other.other_protocol,
            stored: self.stored + other.stored,
            again: self.again + other.again,
            too_early: self.too_early + other.too_early,
            not_yet: self.not_yet + other.not_yet,
            images: self.images + other.images,
        }
    }

    /// Counts one bad frame.
    pub(crate) fn count_bad(&mut self, bad: wire::BadFrame) {
        use wire::BadFrame::{Cobs, Crc, TooLong, TooShort, Version};
        *match bad {
            TooLong => &mut self.too_long,
            TooShort => &mut self.too_short,
            Cobs => &mut self.bytes_missing,
            Crc => &mut self.wrong_checksum,
            Version { .. } => &mut self.other_protocol,
            _ => &mut self.unknown,
        } += 1;
    }
}
