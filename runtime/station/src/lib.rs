//! The field station: watches cameras without end, forecasts on the spot, keeps the forecasts within limits,
//! and tells how it fares.
//!
//! ```text
//! config ──▶ station: camera, radar (a thread each) ──▶ forecaster (one thread) ──▶ store
//!                        └──────── health ◀───────────────┴───────────────────────┘
//!                                    └──▶ web (page, metrics), systemd
//! ```
//!
//! A forecast is never made in the thread of a source, and no source waits for one. Whatever is not fresh is
//! told, with its reason, on every output alike ([`health`]).

pub mod alert;
pub mod alert_file;
pub mod asking;
pub mod camera;
mod clock;
pub mod config;
pub mod discovery;
mod forecaster;
pub mod health;
pub mod machine;
pub mod metrics;
pub mod nodes;
pub mod out;
pub mod outbox;
pub mod password;
pub mod pause;
pub mod radar;
pub mod recent;
pub mod source;
mod sources;
mod station;
pub mod store;
pub mod sun;
mod systemd;
mod tls;
pub mod weather;
pub mod web;

pub use station::{Reread, Station, StationError};
