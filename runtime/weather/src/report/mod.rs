//! The report: the weather of a station from its own readings, now and for the next hours.
//!
//! One call, [`report()`], goes the whole way: quality control, alarms, outlook, fire weather with its
//! state, and the picture. Its JSON is what `emberline weather --json` prints.

mod error;
mod fire;
mod input;
mod latest;
mod note;
mod options;
mod picture;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod report;

#[cfg(test)]
mod tests;

pub use error::ReportError;
pub use fire::{FireReport, StartReport};
pub use input::Input;
pub use latest::Latest;
pub use note::{Note, SourceNote};
pub use options::WeatherOptions;
pub use report::{WeatherReport, report};
