//! Where a drone's camera was and how it looked: telemetry of any form becomes samples of a pose.
//!
//! ```text
//! bytes, text ──▶ mavlink · dataflash · klv · srt · still · lines ──▶ samples, counts, notes
//!                     open (a file, by its content)    live (a socket, a serial line)
//! ```
//!
//! Readers take bytes and do no input or output; `open` reads files, `live` alone opens sockets and lines. Nothing
//! that comes in, however damaged, ends in a panic or in memory without bounds; what is left out is counted.

mod address;
mod clock;
mod counts;
mod dataflash;
mod fov;
mod kind;
pub mod klv;
pub mod lines;
mod live;
pub mod mavlink;
mod note;
mod open;
mod options;
mod place;
mod srt;
pub mod still;
mod telemetry;
mod utc;

pub use address::{Address, AddressError};
pub use clock::Clock;
pub use counts::Counts;
pub use kind::Kind;
pub use live::{Live, LiveError, LiveState};
pub use note::Note;
pub use open::{OpenError, read, read_bytes};
pub use options::{CameraPitch, Mount, Options, Yaw};
pub use telemetry::{LocalTime, Telemetry};
