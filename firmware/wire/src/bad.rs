//! Bad frames: what can be wrong with what came over the line, and how often it was.

use core::fmt;

/// Why a frame was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadFrame {
    /// More bytes than any message has: a lost delimiter, or not this protocol.
    TooLong,
    /// Fewer bytes than a checksum and one more: the rest of a frame whose begin was lost.
    TooShort,
    /// Its byte stuffing points beyond its end: bytes were lost.
    Cobs,
    /// Its checksum is wrong: bytes were changed or lost.
    Crc,
    /// Undamaged, but no message that this version knows: the other end is newer.
    Unknown,
    /// Undamaged, but of a node that speaks another version of the protocol.
    Version {
        /// The version that its last Hello named.
        theirs: u8,
    },
}

impl fmt::Display for BadFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => {
                f.write_str("frame too long: wrong baud rate, or not an emberline node?")
            }
            Self::TooShort => f.write_str("frame too short: bytes were lost"),
            Self::Cobs => f.write_str("frame with bytes missing"),
            Self::Crc => f.write_str("frame with a wrong checksum: bytes were changed or lost"),
            Self::Unknown => f.write_str("message unknown to this version: update the older end"),
            Self::Version { theirs } => write!(
                f,
                "node speaks protocol {theirs}, this end {}: update the older end",
                crate::PROTOCOL
            ),
        }
    }
}

impl core::error::Error for BadFrame {}

/// How many frames came, by what they were. Each counter stays at its highest value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that held a message.
    pub good: u32,
    /// [`BadFrame::TooLong`].
    pub too_long: u32,
    /// [`BadFrame::TooShort`].
    pub too_short: u32,
    /// [`BadFrame::Cobs`].
    pub cobs: u32,
    /// [`BadFrame::Crc`].
    pub crc: u32,
    /// [`BadFrame::Unknown`].
    pub unknown: u32,
    /// [`BadFrame::Version`].
    pub version: u32,
}

impl Counters {
    /// Nothing came yet.
    pub const ZERO: Self =
        Self { good: 0, too_long: 0, too_short: 0, cobs: 0, crc: 0, unknown: 0, version: 0 };

    /// Bad frames of all kinds.
    pub fn bad(&self) -> u32 {
        [self.too_long, self.too_short, self.cobs, self.crc, self.unknown, self.version]
            .into_iter()
            .fold(0, u32::saturating_add)
    }

    pub(crate) fn count<T>(&mut self, what: &Result<T, BadFrame>) {
        let counter = match what {
            Ok(_) => &mut self.good,
            Err(BadFrame::TooLong) => &mut self.too_long,
            Err(BadFrame::TooShort) => &mut self.too_short,
            Err(BadFrame::Cobs) => &mut self.cobs,
            Err(BadFrame::Crc) => &mut self.crc,
            Err(BadFrame::Unknown) => &mut self.unknown,
            Err(BadFrame::Version { .. }) => &mut self.version,
        };
        *counter = counter.saturating_add(1);
    }
}
