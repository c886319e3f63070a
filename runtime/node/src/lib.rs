//! Sensor nodes: small weather stations on serial lines, and the store that keeps what they measured.
//!
//! ```text
//! port ──▶ listen ──▶ session ──▶ store ──▶ folder (day files, index) ──▶ table ──▶ station
//!                     clock, thermal                                  └──▶ outbox
//! ```
//!
//! A reading is acknowledged when it is on the disk, and only then; what a node could not keep is
//! stored as a gap. The key of a reading is (node, log, seq); the other end of the line and the rules of
//! its protocol are `firmware/wire`.

pub mod clock;
pub mod contents;
pub mod day;
pub mod folder;
pub mod heard;
pub mod holder;
pub mod id;
pub mod image;
mod index;
pub mod line;
pub mod listen;
pub mod live;
pub mod mlx90640;
pub mod names;
pub mod outbox;
pub mod port;
pub mod ports;
mod recover;
pub mod session;
pub mod store;
pub mod table;
pub mod thermal;

/// Text of the udev rule that gives a node's port its rights and a name of its own.
pub const UDEV_RULE: &str = include_str!("90-emberline.rules");
