//! Station: local weather from its own readings, from a table or a sensor node.
//!
//! ```text
//! csv ──▶ series ──▶ quality ──▶ derived | alarm | outlook
//! ```
//!
//! Nothing is filled in: a value that was not measured, or that failed a check, is missing from there
//! on, and whoever needs it says so.

pub mod alarm;
pub mod csv;
pub mod derived;
mod hours;
pub mod note;
pub mod outlook;
pub mod quality;
pub mod reading;
pub mod series;
mod term;
