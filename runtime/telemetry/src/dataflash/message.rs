//! Messages of a log, found again after garbage.

use std::collections::BTreeMap;

use super::format::{FORMAT, FORMAT_LENGTH, Format, HEAD};
use crate::counts::Counts;

/// First bytes of a message.
const START: [u8; 2] = [0xA3, 0x95];

/// Whether this is the beginning of a log: it describes its messages first.
pub(crate) fn is_log(bytes: &[u8]) -> bool {
    bytes.starts_with(&[START[0], START[1], FORMAT])
}

/// Gives each message to `take`, with its layout.
pub(crate) fn each(
    bytes: &[u8],
    counts: &mut Counts,
    mut take: impl FnMut(&Format, &[u8], &mut Counts),
) {
    counts.bytes += bytes.len() as u64;
    let mut formats = BTreeMap::from([(FORMAT, Format::of_formats())]);
    let mut at = 0;
    while at + HEAD <= bytes.len() {
        let rest = &bytes[at..];
        let found = formats
            .get(&rest[2])
            .filter(|_| rest.starts_with(&START))
            .filter(|format| format.length <= rest.len());
        let Some(format) = found else {
            counts.garbage_bytes += 1;
            at += 1;
            continue;
        };
        let message = &rest[..format.length];
        counts.read += 1;
        at += format.length;
        if rest[2] != FORMAT {
            take(format, message, counts);
            continue;
        }
        match Format::read(&message[HEAD..FORMAT_LENGTH]) {
            Some((FORMAT, _)) => {}
            Some((kind, format)) => {
                formats.insert(kind, format);
            }
            None => counts.bad += 1,
        }
    }
}
