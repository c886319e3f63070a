//! Baselines: simple forecasts that every model is measured against, and the fall-back without one.
//!
//! They give the same type as a model, with certain answers: probabilities are 0 or 1.

mod certain;
mod fire_baseline;
mod frames_baseline;

pub use fire_baseline::FireBaseline;
pub use frames_baseline::FramesBaseline;

#[cfg(test)]
mod tests;
