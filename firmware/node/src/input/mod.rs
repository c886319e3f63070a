//! Inputs: what a board counts and measures on its own pins, as speeds, directions and voltages.
//!
//! Plain functions of numbers: a board reads its counter and its converter and asks here what they mean.

mod anemometer;
mod divider;
mod vane;

pub use anemometer::Anemometer;
pub use divider::Divider;
pub use vane::{ARGENT_80422, Vane, VaneFault};
