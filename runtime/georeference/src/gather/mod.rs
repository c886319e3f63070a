//! Gathering: what burns in each picture is voted for on a fixed grid of the ground, step by step.
//!
//! Any view that is a little off would burn ground beside the fire and never let it go: a cell burns when most of a few
//! views in a row say so. Ground that no picture showed is not seen, and never unburnt.

mod gathered;
mod gatherer;

pub use gathered::{Gathered, Spot, Step};
pub use gatherer::Gatherer;
