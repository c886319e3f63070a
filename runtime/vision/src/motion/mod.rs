//! Motion: how each cell of a film moves from one frame to the next.
//!
//! | file | holds |
//! |---|---|
//! | [`farneback`] | of any film: dense optical flow (fire, and a baseline of rain) |
//! | [`lucas_kanade`] | of rain: corners followed from frame to frame |
//! | `field` | what both give: the displacement of each cell |

pub(crate) mod bilinear;
pub mod farneback;
mod field;
pub mod lucas_kanade;

pub use field::MotionField;
