//! What a sensor node does, whatever its board.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod journal;
mod link;
mod log;
mod memory;
mod node;
#[cfg(test)]
mod power_cut;
mod record;
mod round_trip;
mod shape;
mod slot;

pub use log::{Log, LogError};
pub use memory::{Kind, Memory};
pub use node::{HELLO_MS, Node, STATUS_MS, Start, Wish};
