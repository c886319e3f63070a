//! Extrapolation: the last frame goes on as it moved.
//!
//! | file | holds |
//! |---|---|
//! | `semi_lagrangian` | a frame carried along a motion field, sharp |
//! | `lattice` | where what is at each cell was earlier, and whether anyone saw it there |
//! | `gaussian`, `probability_matching` | blur, and the values of one frame in the order of another |
//! | `smoothed` | both after each other: what a network has to beat |

mod gaussian;
mod lattice;
mod probability_matching;
mod semi_lagrangian;
mod smoothed;

pub(crate) use lattice::Lattice;
pub(crate) use probability_matching::ProbabilityMatching;
pub use semi_lagrangian::{Inflow, extrapolate};
pub use smoothed::smoothed_extrapolation;
