//! Outlook: temperature, humidity, wind and pressure in the next 1 to 6 hours, from the station's own
//! readings.
//!
//! For each lead ridge regressions of the change on what was measured: changes over 1 to 24 hours, the
//! same hours a day ago, the time of day, wind, pressure tendency. They, persistence, yesterday and the
//! station's usual day are weighted by the errors that they made at this station lately, and intervals
//! hold 80 % of the errors made so; a station without such a record has weights and errors of the
//! training stations, and a note says so. `export/` fits it, and docs/station.md has the scores.

mod blend;
mod clock;
mod hours;
mod lack;
mod model;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod outlook;
mod predictand;
mod predicted;
mod term;

#[cfg(test)]
mod tests;

pub use clock::ClockDoubt;
pub use lack::Lack;
pub use model::{Model, ModelError};
pub use outlook::Outlook;
pub use predictand::Predictand;
pub use predicted::{Predicted, Record, Value};
