//! Extrapolation: the last frame goes on as it moved.
//!
//! | file | holds |
//! |---|---|
//! | `semi_lagrangian` | a frame carried along a motion field, sharp |
//! | `gaussian`, `probability_matching` | blur, and the values of one frame in the order of another |
//! | `smoothed` | both after each other: what a network has to beat |

mod gaussian;
mod probability_matching;
mod semi_lagrangian;
mod smoothed;

pub(crate) use probability_matching::ProbabilityMatching;
pub(crate) use semi_lagrangian::inflow_share;
pub use semi_lagrangian::{Inflow, extrapolate};
pub use smoothed::smoothed_extrapolation;
