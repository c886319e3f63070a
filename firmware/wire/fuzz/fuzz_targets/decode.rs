//! Any row of bytes: the decoder neither panics nor holds a frame back, and what it accepts is sent as
//! a frame of the same message again.
#![no_main]

use emberline_wire::{Decoder, Frame};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut decoder = Decoder::new();
    for byte in bytes {
        if let Some(Ok(message)) = decoder.push(*byte) {
            let mut again = Decoder::new();
            let got = Frame::new(&message).bytes().iter().find_map(|b| again.push(*b));
            assert_eq!(got, Some(Ok(message)));
        }
    }
});
