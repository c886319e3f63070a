//! Recordings of a ground station (`.tlog`): the time in µs, big-endian, before each frame.

use ::mavlink::Message;
use ::mavlink::dialects::common::MavMessage;
use emberline_georeference::pose::Sample;

use super::boot_clock::Says;
use super::frame::{Look, look};
use super::reader::Mavlink;
use crate::note::Note;
use crate::options::Options;
use crate::utc;

/// Bytes of the time before a frame.
const TIME: usize = 8;
/// The message that tells the time of day.
const SYSTEM_TIME: u32 = 2;

/// Whether this is the beginning of a recording.
pub(crate) fn is_tlog(bytes: &[u8]) -> bool {
    came(bytes).is_some() && matches!(look(&bytes[TIME..]), Look::Frame(..) | Look::Unknown(_))
}

/// When the frame behind these eight bytes came.
fn came(bytes: &[u8]) -> Option<f64> {
    let us = u64::from_be_bytes(*bytes.first_chunk::<TIME>()?);
    utc::plausible(us as f64 / 1e6)
}

/// Reads a whole recording: what it was read by, its samples, and what else there is to say.
pub(crate) fn read(bytes: &[u8], options: Options) -> (Mavlink, Vec<Sample>, Option<Note>) {
    let says = if tells_time(bytes) { Says::Vehicle } else { Says::Recorder };
    let mut reader = Mavlink::dated_by(options, says);
    let mut out = Vec::new();
    let mut skipped = 0;
    each_frame(bytes, |found| match found {
        Ok((came, frame)) => reader.push_dated(frame, came, &mut out),
        Err(()) => skipped += 1,
    });
    reader.counts_mut().garbage_bytes += skipped;
    reader.finish(&mut out);
    let note = (says == Says::Recorder && !out.is_empty()).then_some(Note::RecorderTime);
    (reader, out, note)
}

/// Whether a vehicle in it ever tells the time of day.
fn tells_time(bytes: &[u8]) -> bool {
    let mut tells = false;
    each_frame(bytes, |found| {
        if let Ok((_, frame)) = found
            && !tells
            && let Look::Frame(f, _) = look(frame)
            && f.id == SYSTEM_TIME
            && let Ok(MavMessage::SYSTEM_TIME(t)) = MavMessage::parse(f.version, f.id, f.payload)
        {
            tells = utc::plausible(t.time_unix_usec as f64 / 1e6).is_some();
        }
    });
    tells
}

/// Each frame with when it came, and each byte that belongs to none.
fn each_frame<'a>(bytes: &'a [u8], mut take: impl FnMut(Result<(f64, &'a [u8]), ()>)) {
    let mut at = 0;
    while at + TIME < bytes.len() {
        let rest = &bytes[at..];
        let found = came(rest).map(|came| (came, look(&rest[TIME..])));
        match found {
            Some((came, Look::Frame(_, total) | Look::Unknown(total))) => {
                take(Ok((came, &rest[TIME..TIME + total])));
                at += TIME + total;
            }
            _ => {
                take(Err(()));
                at += 1;
            }
        }
    }
}
