//! Alarms for who stands near a fire: the wind turns, a gust front arrives, the air dries.
//!
//! Each alarm has a level at which it is raised and one at which it is armed again; between the two
//! the event goes on, and it is not raised again.

mod event;
mod thresholds;
mod watch;
mod wind_sum;

#[cfg(test)]
mod tests;

pub use event::{Alarm, Kind};
pub use thresholds::{FALL_WITHIN, Thresholds};
pub use watch::Watch;
