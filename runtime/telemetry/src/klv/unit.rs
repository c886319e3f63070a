//! Units: whole sets cut out of what a pack or a stream holds, by their key.

use super::ber;
use super::set::{self, BadSet, Set};
use crate::counts::Counts;

/// The key by which a set of ST 0601 begins.
pub(crate) const KEY: [u8; 16] =
    [0x06, 0x0E, 0x2B, 0x34, 0x02, 0x0B, 0x01, 0x01, 0x0E, 0x01, 0x03, 0x01, 0x01, 0, 0, 0];
/// Bytes of the longest set that is read.
const MOST: usize = 65_536;

/// Gives each whole set in `bytes` to `take`, and says how many bytes of them are done with: what is left over is
/// the beginning of a set. `last` says that nothing follows.
pub(crate) fn each_set(
    bytes: &[u8],
    last: Last,
    counts: &mut Counts,
    mut take: impl FnMut(Set, &mut Counts),
) -> usize {
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let Some(k) = find(rest) else {
            // The end may be the beginning of a key.
            let keep = if last == Last::Yes { 0 } else { rest.len().min(KEY.len() - 1) };
            let gone = rest.len() - keep;
            counts.garbage_bytes += gone as u64;
            return at + gone;
        };
        counts.garbage_bytes += k as u64;
        at += k;
        let rest = &bytes[at..];
        match ber::length(&rest[KEY.len()..]) {
            Ok(Some((length, n))) if length <= MOST => {
                let (head, total) = (KEY.len() + n, KEY.len() + n + length);
                if rest.len() < total {
                    if last == Last::No {
                        return at;
                    }
                    counts.bad += 1;
                    at += KEY.len();
                    continue;
                }
                match set::read(&rest[..total], &rest[head..total]) {
                    Ok(set) => {
                        counts.read += 1;
                        counts.no_value += set.no_value;
                        take(set, counts);
                        at += total;
                        continue;
                    }
                    Err(BadSet::Checksum) => counts.bad_checksum += 1,
                    Err(BadSet::Form) => counts.bad += 1,
                }
                // The length may be what is wrong: look for the next key behind this one.
                at += KEY.len();
            }
            Ok(None) if last == Last::No => return at,
            _ => {
                counts.bad += 1;
                at += KEY.len();
            }
        }
    }
}

/// Whether bytes are the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// Nothing follows.
    Yes,
    /// More may come.
    No,
}

fn find(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(k) = bytes[from..].iter().position(|b| *b == KEY[0]) {
        let at = from + k;
        if bytes[at..].starts_with(&KEY) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}
