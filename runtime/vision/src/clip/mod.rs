//! Clips: the last `T` frames of a film or a stream on the model's time step, as intensity in 0..1.
//!
//! A clip takes the newest frame at or before each step and never invents one; of rain, which comes at any
//! pace, a frame that is missing is interpolated along the motion, and that is said. How the input's unit
//! became intensity is kept, so that a forecast can be given back in that unit. What is observed
//! besides (what burns, where a radar saw nothing) depends on what is to be forecast.

mod clip;
mod observed;
mod options;
mod pace;
mod pick;
mod rain_frames;
mod refusal;
mod ring;
mod truth;
mod unit;
mod unseen;
mod watched;

#[cfg(test)]
mod tests;

pub use clip::Clip;
pub use observed::{Burning, Observed};
pub use options::ClipOptions;
pub use pace::Pace;
pub use refusal::NoClip;
pub use ring::{Ring, RingBounds, RingError};
pub use truth::Truth;
pub use unit::{Scale, Span, Unit, beyond_full};
pub use unseen::{RadarFrame, Unseen};
pub use watched::Watched;
