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

pub mod camera;
mod clock;
pub mod config;
mod forecaster;
pub mod health;
pub mod metrics;
pub mod nodes;
mod page;
pub mod radar;
pub mod source;
mod station;
pub mod store;
mod systemd;
pub mod weather;
pub mod web;

pub use station::{Station, StationError};
