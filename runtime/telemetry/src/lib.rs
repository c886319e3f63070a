//! Where a drone's camera was and how it looked: telemetry of any form becomes samples of a pose.
//!
//! ```text
//! bytes, text ──▶ mavlink · dataflash · klv · srt · still · lines ──▶ samples, counts, notes
//!                     open (a file, by its content)    live (a socket, a serial line)
//! ```

mod counts;
mod fov;
pub mod klv;
pub mod mavlink;
mod note;
mod options;
mod place;
mod utc;

pub use counts::Counts;
pub use note::Note;
pub use options::{CameraPitch, Mount, Options, Yaw};
