//! Burnt area from intensity: what counts as burning, and the ground that has burnt by each frame.
//!
//! Training uses these very definitions; a change here is a change of every model.

mod area;
mod contrast;

pub use area::close_holes;
pub(crate) use area::{Holes, accumulate, burnt_for};
pub(crate) use contrast::{CONTRAST_MIN, Contrast};
