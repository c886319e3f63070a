//! Boots the sensor node's real image in QEMU and plays what QEMU lacks: a bench for tests.
//!
//! ```text
//! Emulated ── UART0 ── BadLine ── pseudo-terminal under a name ── the gateway
//!    │   └─── UART1 ── Player: SHT4x, BME280, AMG8833, a memory, each with its troubles
//!    ├─────── QMP      temperature of the TMP105, reads RAM (stack mark, why it restarted)
//!    └─────── qtest    rain contact, anemometer, vane; damages RAM where a test wants it
//! ```
//!
//! # A node that loses its power
//!
//! ```no_run
//! use std::time::Duration;
//! use emberline_rig::{BadLine, Emulated, Plan, Spoil};
//!
//! # fn main() -> Result<(), emberline_rig::Failed> {
//! let room = std::env::temp_dir().join("node-51");
//! let mut node = Emulated::start(Plan::new(&room).node_id(0x51).reading_ms(1_000))?;
//! node.chips.sht4x.with(|chip| chip.temp_c = 31.25);
//! let line = BadLine::start(node.uart(), &room.join("ttyNODE"), Spoil::one_in(100), 7)?;
//! // emberline node … ttyNODE
//! node.cut_power()?; // SIGKILL: what was written is in the memory's file, nothing else
//! node.give_power()?;
//! line.unplug();
//! line.plug()?;
//! println!("{} bytes spoiled", line.spoiled());
//! # Ok(())
//! # }
//! ```
//!
//! The image and QEMU come from `tests/node`; where they lie otherwise is in `EMBERLINE_NODE_ELF` and
//! `EMBERLINE_QEMU`. Nothing here asserts how long anything takes.
#![forbid(unsafe_code)]

mod bad_line;
mod budget;
mod chip;
mod contacts;
mod emulated;
mod failed;
mod image;
mod line;
mod note;
mod peer;
mod plan;
mod player;
mod qmp;
mod terminal;

pub use bad_line::{BadLine, Spoil};
pub use budget::Budget;
pub use chip::{Amg8833, Bme280, Chip, Eeprom, Played, Sht4x, Trouble};
pub use contacts::Contacts;
pub use emulated::Emulated;
pub use failed::Failed;
pub use image::Image;
pub use line::Line;
pub use note::{Note, Why};
pub use peer::Peer;
pub use plan::{Fitted, Plan};
pub use player::Chips;
