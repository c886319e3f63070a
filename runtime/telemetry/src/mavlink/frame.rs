//! Frames of MAVLink 1 and 2 in a stream of bytes, found again after garbage.

use ::mavlink::dialects::common::MavMessage;
use ::mavlink::{MavlinkVersion, Message, calculate_crc};

use crate::counts::Counts;

/// First bytes of a frame.
const START_1: u8 = 0xFE;
const START_2: u8 = 0xFD;
/// Bytes before the payload, the first included, and of checksum and signature.
const HEAD_1: usize = 6;
const HEAD_2: usize = 10;
const CHECKSUM: usize = 2;
const SIGNATURE: usize = 13;
/// The one flag of a frame that we know: it is signed. Others change its form.
const SIGNED: u8 = 1;

/// A frame whose checksum holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) version: MavlinkVersion,
    pub(crate) system: u8,
    pub(crate) component: u8,
    pub(crate) id: u32,
    pub(crate) payload: &'a [u8],
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look<'a> {
    /// A frame, and its bytes.
    Frame(Frame<'a>, usize),
    /// What may be a frame of a message that we do not know and cannot check, of so many bytes.
    Unknown(usize),
    /// The beginning of a frame.
    Short,
    /// A frame whose checksum does not hold.
    BadChecksum,
    /// No frame.
    Nothing,
}

/// What stands at the beginning of `bytes`.
pub(crate) fn look(bytes: &[u8]) -> Look<'_> {
    let (version, head) = match bytes.first() {
        None => return Look::Short,
        Some(&START_1) => (MavlinkVersion::V1, HEAD_1),
        Some(&START_2) => (MavlinkVersion::V2, HEAD_2),
        Some(_) => return Look::Nothing,
    };
    if bytes.len() < head {
        return Look::Short;
    }
    let (system, component, id, signature) = match version {
        MavlinkVersion::V1 => (bytes[3], bytes[4], u32::from(bytes[5]), 0),
        MavlinkVersion::V2 if bytes[2] & !SIGNED != 0 => return Look::Nothing,
        MavlinkVersion::V2 => (
            bytes[5],
            bytes[6],
            u32::from_le_bytes([bytes[7], bytes[8], bytes[9], 0]),
            if bytes[2] & SIGNED != 0 { SIGNATURE } else { 0 },
        ),
    };
    let end = head + usize::from(bytes[1]);
    let total = end + CHECKSUM + signature;
    if bytes.len() < total {
        return Look::Short;
    }
    match MavMessage::extra_crc(id) {
        0 => Look::Unknown(total),
        extra if calculate_crc(&bytes[1..end], extra).to_le_bytes() != bytes[end..end + 2] => {
            Look::BadChecksum
        }
        _ => {
            let payload = &bytes[head..end];
            Look::Frame(Frame { version, system, component, id, payload }, total)
        }
    }
}

/// Whether a frame whose checksum holds begins here.
pub(crate) fn is_frame(bytes: &[u8]) -> bool {
    matches!(look(bytes), Look::Frame(..))
}

/// Bytes of a stream that are no whole frame yet.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    waiting: Vec<u8>,
}

impl Splitter {
    /// Gives each frame of the stream to `take`; `ended` says that nothing follows these bytes for now, as in a
    /// datagram.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        ended: Ended,
        counts: &mut Counts,
        mut take: impl FnMut(Frame<'_>, &mut Counts),
    ) {
        counts.bytes += bytes.len() as u64;
        self.waiting.extend_from_slice(bytes);
        let mut at = 0;
        while at < self.waiting.len() {
            let rest = &self.waiting[at..];
            at += match look(rest) {
                Look::Frame(frame, total) => {
                    counts.read += 1;
                    take(frame, counts);
                    total
                }
                // A frame of an unknown message is believed where another follows it, or nothing.
                Look::Unknown(total) => match rest.get(total) {
                    Some(&(START_1 | START_2)) => {
                        counts.of_no_use += 1;
                        total
                    }
                    None if ended == Ended::Datagram => {
                        counts.of_no_use += 1;
                        total
                    }
                    None => break,
                    Some(_) => garbage(counts),
                },
                Look::Short => break,
                Look::BadChecksum => {
                    counts.bad_checksum += 1;
                    garbage(counts)
                }
                Look::Nothing => garbage(counts),
            };
        }
        self.waiting.drain(..at);
    }

    /// Bytes that wait for more.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

fn garbage(counts: &mut Counts) -> usize {
    counts.garbage_bytes += 1;
    1
}

/// Whether more bytes follow at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A stream: they do.
    Stream,
    /// A datagram: it holds whole frames as a rule.
    Datagram,
}
