//! Cascade: chances of rain from how each scale of it lives, moves and grows, without a network.
//!
//! ```text
//! frames, ages, motion ──▶ ending (bands of the last frame, an older one carried to now)
//!        lead by lead:  carried along the motion ──▶ features of a cell ──▶ curves ──▶ chances ──▶ cuts
//! ```
//!
//! Everything is told per minute and kilometre, so that films of any step and cell give the same numbers.
//! After Seed (2003) for the cascade, Theis, Hense and Damrath (2005) for shares of a neighbourhood. The
//! oracle is `export/emberline_export/models/nowcast`, by which the curves are fitted and measured.

mod bands;
mod bell;
mod curves;
mod ending;
mod lead;
mod leads;
mod likely;
mod of_lead;
mod rate;
mod row;
mod squares;
mod windows;

pub(crate) use curves::{Curves, Feature, NUMBERS};
pub(crate) use ending::{Aged, Ending};
pub(crate) use leads::{Leads, exact_chances, leads};
