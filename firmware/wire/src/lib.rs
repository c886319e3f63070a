//! What a sensor node and its gateway say to each other over a serial line that may lose bytes.
//!
//! A frame is `COBS( postcard(Message) ++ CRC-32C, little endian )` and a zero byte. No zero occurs
//! inside a frame, so a receiver that lost bytes is right again after the next zero.
//!
//! ```text
//! node ──▶ gateway   Hello, Reading, Gap, Thermal, Status, Clock, Fault
//! gateway ──▶ node   Ack, SetClock, ClockRequest, HelloRequest
//! ```
//!
//! # A frame there and back
//!
//! ```
//! use emberline_wire::{Ack, Decoder, Frame, Message};
//!
//! let sent = Message::Ack(Ack { log: 7, seq: 41, window: 8 });
//! let frame = Frame::new(&sent);
//! let mut decoder = Decoder::new();
//! let got = frame.bytes().iter().find_map(|byte| decoder.push(*byte));
//! assert_eq!(got, Some(Ok(sent)));
//! ```
//!
//! # Rules of the protocol
//!
//! - **Names carry unit and scale**: `temp_c_e2` is °C × 10². Only integers cross the line.
//! - **A failed sensor is `None`**, never its last value.
//! - **A reading's key is (node, log, seq).** `log` is a new number whenever the node's memory was
//!   empty; `seq` counts up over reboots, from 1, and never has two meanings within a log.
//! - **Acks are cumulative**: everything up to and including `seq` is on the gateway's disk, readings
//!   and gaps alike. The gateway answers every reading and gap with an ack, also one that it has already
//!   or that came out of order: from that the node knows what was lost without waiting.
//! - **Versions**: [`Hello`] carries [`PROTOCOL`]. After a Hello of another version the decoder takes
//!   nothing but Hellos until one of its own version comes. New messages and new enum variants are
//!   appended; anything else is a new version. `tests/golden.rs` holds the bytes of each version.
//!
//! # Room
//!
//! `no_std`, no allocation, no `unsafe`. A [`Decoder`] is a buffer of [`MAX_FRAME`] bytes and its
//! counters; the CRC is computed bit by bit and needs no table.
//!
//! # Sources
//!
//! - S. Cheshire and M. Baker (1999), *Consistent overhead byte stuffing*, IEEE/ACM Transactions on
//!   Networking 7(2).
//! - CRC-32C as in RFC 3720, section 12.1 ("CRC-32/ISCSI"). It lets about 1 in 2³² of the frames through
//!   that random bytes make; of messages this short it sees every change of up to 5 bits (P. Koopman,
//!   2002, *32-bit cyclic redundancy codes for Internet applications*), but byte stuffing can turn one
//!   flipped bit into more.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod bad;
mod decoder;
mod fault;
mod frame;
mod hello;
mod message;
mod reading;
mod sensors;
mod thermal;

pub use bad::{BadFrame, Counters};
pub use decoder::Decoder;
pub use fault::{Chip, ChipFault, Fault};
pub use frame::{CHECKSUM, Frame, MAX_BODY, MAX_FRAME};
pub use hello::{Firmware, Hello, PROTOCOL, ResetCause};
pub use message::{Ack, Clock, ClockRequest, Gap, Message, SetClock, Status};
pub use reading::{Reading, Wind};
pub use sensors::{Sensor, Sensors};
pub use thermal::{PART, ThermalContent, ThermalPart};
