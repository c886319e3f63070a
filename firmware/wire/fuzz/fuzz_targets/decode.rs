//! Any row of bytes, as it is and as a body with a right checksum: the decoder does not panic, and what
//! it accepts comes back from a frame of its own. Tells how many bytes the decoder was fed, each 10⁸.
#![no_main]

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use emberline_wire::{CHECKSUM, Decoder, Frame, MAX_BODY};
use libfuzzer_sys::fuzz_target;

/// Bytes that the decoder was fed.
static FED: AtomicU64 = AtomicU64::new(0);

fn feed(bytes: &[u8]) {
    let before = FED.fetch_add(bytes.len() as u64, Relaxed);
    let after = before + bytes.len() as u64;
    if before / 100_000_000 != after / 100_000_000 {
        eprintln!("{after} bytes fed");
    }
    let mut decoder = Decoder::new();
    for byte in bytes {
        if let Some(Ok(message)) = decoder.push(*byte) {
            let mut again = Decoder::new();
            let got = Frame::new(&message).bytes().iter().find_map(|b| again.push(*b));
            assert_eq!(got, Some(Ok(message)));
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    feed(bytes);
    let mut raw = bytes[..bytes.len().min(MAX_BODY)].to_vec();
    raw.extend(CHECKSUM.checksum(&raw).to_le_bytes());
    let mut frame = vec![0; cobs::max_encoding_length(raw.len()) + 1];
    let len = cobs::encode(&raw, &mut frame);
    feed(&frame[..=len]);
});
