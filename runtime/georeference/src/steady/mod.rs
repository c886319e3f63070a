//! Steadying: each picture is laid on a map of the cold ground, where the telemetry says and then where it fits.
//!
//! ```text
//! picture ──▶ contrast of what is cold ──▶ laid on the map as predicted ──▶ corners followed ──▶ fit ──▶ pointing
//!                                              ▲                                                   │
//!                                              └────────────── the map, a running mean ◀───────────┘
//! ```
//!
//! Frame to frame drifts and never comes back; a map does not. What is hot moves and flickers: it is left out. The
//! map is what the first pictures were laid on, so that where everything lies is the telemetry's word; that pictures
//! agree with one another is the map's.

mod box_sums;
mod cold_map;
mod contrast;
mod fit;
mod pointing;
mod steadier;

pub use contrast::Picture;
pub use pointing::{Pointing, Predicted};
pub use steadier::{How, Steadied, Steadier, SteadierOptions};
