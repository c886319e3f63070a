//! Extrapolation: the last frame goes on as it moved.
//!
//! | file | holds |
//! |---|---|
//! | `semi_lagrangian` | a frame carried along a motion field, sharp |
//! | `from_outside` | where what it carries was not seen |
//! | `gaussian`, `probability_matching` | blur, and the values of one frame in the order of another |
//! | `smoothed` | both after each other: what a network has to beat |

mod from_outside;
mod gaussian;
mod probability_matching;
mod semi_lagrangian;
mod smoothed;

pub(crate) use from_outside::from_outside;
pub(crate) use probability_matching::ProbabilityMatching;
pub use semi_lagrangian::{Inflow, extrapolate};
pub use smoothed::smoothed_extrapolation;
