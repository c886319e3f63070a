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
mod rain;
mod record;
mod round_trip;
mod schedule;
mod shape;
mod slot;
mod thermal;
mod watchdog;
mod wind;

pub use log::{Log, LogError};
pub use memory::{Kind, Memory};
pub use node::{HELLO_MS, Node, STATUS_MS, Start, Wish};
pub use rain::{DEBOUNCE_MS, RainContact, STUCK_MS};
pub use schedule::Every;
pub use thermal::{Array, BadImage, MOST_SAME, ThermalCheck};
pub use watchdog::{Task, Watchdog};
pub use wind::{CALM_M_S, MOST_M_S, WindAccumulator};
