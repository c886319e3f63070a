//! What a sensor node does, whatever its board.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod journal;
mod log;
mod memory;
#[cfg(test)]
mod power_cut;
mod record;
mod shape;
mod slot;

pub use log::{Log, LogError};
pub use memory::{Kind, Memory};
