//! Station: local weather from its own readings, from a table or a sensor node.
//!
//! ```text
//! csv ──▶ series ──▶ quality ──▶ derived | alarm | outlook ──▶ view
//!                            └──▶ noon ──▶ fire_weather | litter
//! ```
//!
//! Nothing is filled in: a value that was not measured, or that failed a check, is missing from there
//! on, and whoever needs it says so.

pub mod alarm;
pub mod csv;
pub mod derived;
pub mod fire_memory;
pub mod fire_weather;
mod hours;
pub mod litter;
pub mod noon;
pub mod note;
pub mod outlook;
mod picture;
pub mod quality;
pub mod reading;
pub mod series;
pub mod standard_time;
mod term;
pub mod view;
