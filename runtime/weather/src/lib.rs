//! Local weather from a station's own readings, from a table or a sensor node.
//!
//! ```text
//! table ▶ series ──▶ rain ──▶ quality ──▶ derived | alarm | outlook ──▶ report ──▶ picture
//!                      └────▶ fire_weather ─────────────────────────────┘
//! ```
//!
//! Nothing is filled in: a value that was not measured, or that failed a check, is missing from there
//! on, and whoever needs it notes that. Messages name settings and use cases of the program in single
//! angle quotes, as `‹at›`; whoever prints one spells them.

pub mod alarm;
pub mod derived;
pub mod fire_weather;
pub mod outlook;
pub mod picture;
pub mod quality;
pub mod rain;
pub mod rain_kind;
pub mod reading;
pub mod report;
pub mod series;
pub mod standard_time;
pub mod table;
pub mod zone;
