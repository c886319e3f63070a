//! Radars: a folder that somebody fills with radar files, of which the newest that go together make a film of rain.
//!
//! ```text
//! listing ──▶ arrivals (which files are whole) ──▶ glance ──▶ choice (which go together) ──▶ radar: film, record
//! ```

mod arrivals;
mod choice;
mod folder;
#[expect(clippy::module_inception, reason = "the room's noun: a radar of the station")]
mod radar;
mod worker;

pub use radar::Radar;
pub use worker::RadarWorker;
