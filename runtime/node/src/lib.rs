//! Sensor nodes: small weather stations on serial lines, and the store that keeps what they measured.
//!
//! ```text
//! port ──▶ listen ──▶ session ──▶ store ──▶ folder (day files, index) ──▶ reading_table ──▶ weather_input
//!                     clock, thermal                                  └──▶ cursor ──▶ export, tail
//!             └──▶ live ──▶ status
//! ```
//!
//! A reading is acknowledged when it is on the disk, and only then; what a node could not keep is
//! stored as a gap. The key of a reading is (node, log, seq); the other end of the line and the rules of
//! its protocol are `firmware/wire`.
//!
//! Messages name settings and use cases of the program in single angle quotes, as `‹baud›`; whoever
//! prints one spells them.

pub mod clock;
pub mod contents;
pub mod counters;
pub mod cursor;
pub mod day;
pub mod export;
pub mod folder;
pub mod holder;
pub mod id;
pub mod image;
mod index;
pub mod line;
pub mod listen;
pub mod live;
pub mod mlx90640;
pub mod node_settings;
pub mod port;
pub mod ports;
pub mod reading_table;
pub mod recover;
pub mod session;
pub mod status;
pub mod store;
pub mod tail;
pub mod thermal;
pub mod weather_input;
