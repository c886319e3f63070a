//! Packed radar files: what a `.gz` or `.bz2` file holds.

use std::borrow::Cow;
use std::io::Read;

use bzip2_rs::DecoderReader;
use flate2::read::MultiGzDecoder;

use super::limits::CELLS_MAX;

/// Most bytes that a packed file may become: a frame of the most cells, 4 bytes each.
const MOST: u64 = 4 * CELLS_MAX as u64;

/// What `bytes` hold, unpacked where they are packed.
pub(super) fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let mut out = Vec::new();
    let (read, form) = match reader(bytes) {
        None => return Ok(Cow::Borrowed(bytes)),
        Some((from, form)) => (from.take(MOST + 1).read_to_end(&mut out), form),
    };
    read.map_err(|e| format!("not a whole {form} file: {e}"))?;
    match out.len() as u64 > MOST {
        true => Err(format!("it unpacks to more than {MOST} bytes")),
        false => Ok(Cow::Owned(out)),
    }
}

/// The first `most` bytes of what `bytes`, the beginning of a file, hold.
pub(super) fn head(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut out = vec![0; most];
    let mut at = 0;
    let mut from: Box<dyn Read> = match reader(bytes) {
        None => Box::new(bytes),
        Some((from, _)) => from,
    };
    while let Some(free) = out.get_mut(at..).filter(|free| !free.is_empty()) {
        match from.read(free) {
            Ok(0) | Err(_) => break,
            Ok(n) => at += n,
        }
    }
    out.truncate(at);
    out
}

fn reader(bytes: &[u8]) -> Option<(Box<dyn Read + '_>, &'static str)> {
    match bytes {
        [0x1f, 0x8b, ..] => Some((Box::new(MultiGzDecoder::new(bytes)), ".gz")),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some((Box::new(DecoderReader::new(bytes)), ".bz2")),
        _ => None,
    }
}
