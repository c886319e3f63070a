//! Where a drone's camera was and how it looked: telemetry of any form becomes samples of a pose.
//!
//! ```text
//! bytes, text ──▶ mavlink · dataflash · klv · srt · still · lines ──▶ samples, counts, notes
//!                     open (a file, by its content)    live (a socket, a serial line)
//! ```
//!
//! | kind | times | place | heights | how the camera looks | field of view |
//! |---|---|---|---|---|---|
//! | MAVLink, `.tlog` | UTC by `SYSTEM_TIME`; the recorder's where there is none | with a fix only | sea level, take-off | gimbal, or body and mount | three messages, where they agree |
//! | ArduPilot `.bin` | UTC by weeks of GPS | with a fix only | sea level, take-off | mount, or body and mount | |
//! | KLV of ST 0601 | UTC, and the film's own; else from the first picture | yes, and corners | sea level, ellipsoid | platform and sensor | yes |
//! | DJI `.SRT` | from the film's start, and a local time | yes | take-off, sea level | some | for 35 mm film |
//! | stills | UTC where a zone is told | yes | all that are told | DJI, Parrot; `Camera:` if told from where | calibrated, or for 35 mm film |
//! | pose lines | UTC or from the film's start | yes | all four | angles or a quaternion | yes |
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
