//! MAVLink: what a vehicle and its gimbal say of themselves, listened to.
//!
//! ```text
//! bytes ──▶ frame (checksum) ──▶ listener ──▶ boot_clock (UTC) ──▶ samples
//!                                  │ heading (yaw against the vehicle)
//!                                  │ lens    (fields of view that agree)
//! ```

mod boot_clock;
mod frame;
mod heading;
mod lens;
mod listener;
mod reader;
mod tlog;

pub(crate) use frame::is_frame;
pub use reader::Mavlink;
pub(crate) use tlog::{is_tlog, read};
