//! The decoder: takes bytes one at a time as a line brings them, gives whole messages.

use crate::{BadFrame, CHECKSUM, Counters, MAX_FRAME, Message, PROTOCOL};

/// First byte of every Hello, in every version.
const HELLO: u8 = 0;

/// Takes bytes one at a time, gives messages and bad frames.
///
/// It holds one frame and never more. After lost or changed bytes it is right again at the next zero.
#[derive(Clone, Debug)]
pub struct Decoder {
    frame: [u8; MAX_FRAME],
    len: usize,
    too_long: bool,
    /// The version of the last Hello, if it is not ours.
    other_version: Option<u8>,
    counters: Counters,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder that has seen nothing.
    pub const fn new() -> Self {
        Self {
            frame: [0; MAX_FRAME],
            len: 0,
            too_long: false,
            other_version: None,
            counters: Counters::ZERO,
        }
    }

    /// What came so far.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Takes the next byte; gives what it completed, if anything.
    ///
    /// Zeros in a row are an idle line and no frames.
    pub fn push(&mut self, byte: u8) -> Option<Result<Message, BadFrame>> {
        if byte != 0 {
            match self.frame.get_mut(self.len) {
                Some(place) => {
                    *place = byte;
                    self.len += 1;
                }
                None => self.too_long = true,
            }
            return None;
        }
        let len = core::mem::take(&mut self.len);
        let got = if core::mem::take(&mut self.too_long) {
            Err(BadFrame::TooLong)
        } else if len == 0 {
            return None;
        } else {
            self.whole(len)
        };
        self.counters.count(&got);
        Some(got)
    }

    /// The message in the first `len` bytes of the buffer.
    fn whole(&mut self, len: usize) -> Result<Message, BadFrame> {
        let frame = self.frame.get_mut(..len).ok_or(BadFrame::TooLong)?;
        let raw = cobs::decode_in_place(frame).map_err(|_| BadFrame::Cobs)?;
        let raw = frame.get(..raw).ok_or(BadFrame::Cobs)?;
        let (body, crc) = raw.split_last_chunk::<4>().ok_or(BadFrame::TooShort)?;
        if body.is_empty() {
            return Err(BadFrame::TooShort);
        }
        if CHECKSUM.checksum(body) != u32::from_le_bytes(*crc) {
            return Err(BadFrame::Crc);
        }
        match *body {
            [HELLO, version, ..] => self.other_version = (version != PROTOCOL).then_some(version),
            // A number in more bytes than it needs would be a Hello, too: no sender writes it.
            [0x80..=0xff, ..] => return Err(BadFrame::Unknown),
            _ => {}
        }
        if let Some(theirs) = self.other_version {
            return Err(BadFrame::Version { theirs });
        }
        match postcard::take_from_bytes(body) {
            Ok((message, [])) => Ok(message),
            _ => Err(BadFrame::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::{Ack, Frame};

    fn ack(seq: u32) -> Message {
        Message::Ack(Ack { log: 7, seq, window: 8 })
    }

    /// `body` with a right checksum.
    fn framed(body: &[u8]) -> Vec<u8> {
        let mut raw = body.to_vec();
        raw.extend(CHECKSUM.checksum(body).to_le_bytes());
        let mut out = std::vec![0; raw.len() + 4];
        let n = cobs::encode(&raw, &mut out);
        out.truncate(n);
        out.push(0);
        out
    }

    fn all(bytes: &[u8]) -> Vec<Result<Message, BadFrame>> {
        let mut decoder = Decoder::new();
        bytes.iter().filter_map(|byte| decoder.push(*byte)).collect()
    }

    #[test]
    fn each_kind_of_bad_frame_has_its_name() {
        let good = framed(&[5, 7, 41, 8]);
        assert_eq!(all(&good), [Ok(ack(41))]);
        let mut flipped = good.clone();
        flipped[2] ^= 0x40;
        for (bytes, want) in [
            (std::vec![1; MAX_FRAME + 1], BadFrame::TooLong), // a line at the wrong baud rate
            (framed(&[]), BadFrame::TooShort),                // a checksum of nothing
            (std::vec![2, 9], BadFrame::TooShort),
            (std::vec![200, 9, 9], BadFrame::Cobs), // says 199 bytes follow
            (flipped, BadFrame::Crc),
            (framed(&[99, 1, 2, 3]), BadFrame::Unknown), // no such message
            (framed(&[0x80, 0, 2, 1, 1]), BadFrame::Unknown), // a Hello in disguise, found by fuzzing
            (framed(&[5, 7, 41]), BadFrame::Unknown),         // half a message
            (framed(&[5, 7, 41, 8, 0]), BadFrame::Unknown),   // a message and more
            (framed(&[0, 2, 1, 1]), BadFrame::Version { theirs: 2 }),
        ] {
            let bytes: Vec<u8> = bytes.into_iter().chain([0]).collect();
            assert_eq!(all(&bytes), [Err(want)], "{bytes:?}");
        }
    }

    #[test]
    fn zeros_are_an_idle_line() {
        assert_eq!(all(&[0; 50]), []);
    }

    #[test]
    fn is_right_again_at_the_next_zero() {
        let mut bytes = Frame::new(&ack(1)).bytes()[4..].to_vec(); // its begin was lost
        bytes.extend(Frame::new(&ack(2)).bytes());
        bytes.extend([7; 500]); // noise that the next frame runs into
        bytes.extend(Frame::new(&ack(3)).bytes());
        bytes.extend(Frame::new(&ack(4)).bytes());
        let got: Vec<_> = all(&bytes).into_iter().filter_map(Result::ok).collect();
        assert_eq!(got, [ack(2), ack(4)]);
    }

    /// A newer node's readings might look like ours and mean something else.
    #[test]
    fn nothing_is_taken_from_a_node_of_another_version() {
        let ours = crate::Hello {
            protocol: PROTOCOL,
            node_id: 1,
            log: 1,
            boot: 1,
            uptime_ms: 0,
            firmware: crate::Firmware { major: 0, minor: 1, patch: 0 },
            reset_cause: crate::ResetCause::PowerOn,
            sensors: crate::Sensors::NONE,
            acked_seq: 0,
            oldest_seq: 1,
            next_seq: 1,
        };
        let mut bytes = framed(&[0, 9]);
        bytes.extend(Frame::new(&ack(1)).bytes());
        bytes.extend(Frame::new(&Message::Hello(ours)).bytes());
        bytes.extend(Frame::new(&ack(2)).bytes());
        let refused = Err(BadFrame::Version { theirs: 9 });
        assert_eq!(all(&bytes), [refused, refused, Ok(Message::Hello(ours)), Ok(ack(2))]);
    }

    #[test]
    fn counters_count_each_kind() {
        let mut decoder = Decoder::new();
        let mut bytes = framed(&[5, 7, 41, 8]);
        bytes.extend(framed(&[99]));
        bytes.extend([2, 9, 0, 200, 9, 0]);
        for byte in bytes {
            decoder.push(byte);
        }
        let want = Counters { good: 1, unknown: 1, too_short: 1, cobs: 1, ..Counters::default() };
        assert_eq!(*decoder.counters(), want);
        assert_eq!(want.bad(), 3);
    }
}
