//! What a sensor node does, whatever its board: it measures, keeps each reading until the gateway has it,
//! and says what was lost.
//!
//! ```text
//! driver ──▶ Measurement ──▶ Node::record ──▶ Log (FRAM, EEPROM, NOR flash) ──▶ Node::poll ──▶ line
//! wind, rain, thermal ─┘                       ▲ acks                            ▲ retries
//! ```
//!
//! # A node
//!
//! A board gives the clock, the bus, the line and a [`Memory`]; its loop is this:
//!
//! ```
//! use emberline_node::{Every, Log, Measurement, Memory, Node, Start, Task, Watchdog};
//! use emberline_wire::{Decoder, Frame};
//!
//! const READING_MS: u64 = 10_000;
//!
//! fn serve<M: Memory>(memory: M, start: Start, now_ms: fn() -> u64, received: fn() -> Option<u8>,
//!                     send: fn(&[u8]), feed: fn()) -> Result<(), emberline_node::LogError<M::Error>> {
//!     let mut node = Node::new(Log::open(memory, 0x5eed)?, start);
//!     let mut decoder = Decoder::new();
//!     let mut reading = Every::new(0, READING_MS);
//!     let mut watchdog = Watchdog::new(READING_MS);
//!     loop {
//!         let now = now_ms();
//!         while let Some(byte) = received() {
//!             if let Some(Ok(message)) = decoder.push(byte) {
//!                 node.hear(now, &message, decoder.counters().bad()).ok(); // counted inside
//!             }
//!         }
//!         if reading.due(now) {
//!             let mut round = Measurement::new(now);
//!             // round.reading.temp_c_e2 = round.of(Sensor::Temp, thermometer.temp_c_e2()); …
//!             round.reading.rain_tips = Some(node.rain_tips());
//!             watchdog.alive(Task::Sample, now);
//!             if node.record(&round).is_ok() {
//!                 watchdog.alive(Task::Keep, now);
//!             }
//!         }
//!         while let Ok(Some(message)) = node.poll(now) {
//!             send(Frame::new(&message).bytes());
//!         }
//!         watchdog.alive(Task::Serve, now);
//!         if watchdog.late(now).is_none() {
//!             feed();
//!         }
//!     }
//! }
//! ```
//!
//! # What a power cut costs
//!
//! At most the reading that was being written; when the ring is full, also the oldest, whose place it was
//! to take (on flash: those of one erase unit). [`Log`] keeps each in a slot with a checksum and never
//! writes over the newest copy of its own numbers; the tests cut the power after every byte of a run, on
//! byte-writable memory and on flash, and again during recovery.
//!
//! # Room
//!
//! `no_std`, no allocation, no `unsafe`. The only floating point is that of the wind.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod angle;
pub mod driver;
mod faults;
mod half_images;
pub mod input;
mod journal;
mod link;
mod log;
mod measurement;
mod memory;
mod node;
#[cfg(test)]
mod power_cut;
mod rain;
mod record;
mod round_trip;
mod schedule;
mod shape;
mod slot;
mod thermal;
mod watchdog;
mod wind;

pub use faults::Faults;
pub use half_images::{CALIBRATION_HALVES, HalfImages, LATEST_MS};
pub use log::{Log, LogError};
pub use measurement::Measurement;
pub use memory::{Kind, Memory};
pub use node::{HELLO_MS, Node, STATUS_MS, Start, Wish};
pub use rain::{DEBOUNCE_MS, RainContact, STUCK_MS};
pub use schedule::Every;
pub use thermal::{Array, BadImage, MOST_SAME, ThermalCheck};
pub use watchdog::{Task, Watchdog};
pub use wind::{CALM_M_S, MOST_M_S, WindAccumulator};
