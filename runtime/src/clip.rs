//! Clips: the last `T` frames of one film on the model's time step, as fire intensity in 0..1.
//!
//! A clip takes the newest frame at or before each step and never invents one. How a film's unit
//! became intensity is kept, so that a forecast can be given back in the input's unit.

use ndarray::{Array2, Array3};

use crate::frame::Kind;
use crate::grid::Grid;

/// How input values became intensity: `intensity = (value − zero) / (one − zero)`, clamped to 0..1.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Span {
    /// Input value that is intensity 0.
    pub zero: f32,
    /// Input value that is intensity 1.
    pub one: f32,
}

/// Evenly spaced frames that end at the last frame a forecast may see.
#[derive(Clone, Debug)]
pub struct Clip {
    /// What the input was.
    pub kind: Kind,
    /// Intensity `[T, H, W]` in 0..1, oldest first.
    pub frames: Array3<f32>,
    /// Burning or burnt by each frame `[T, H, W]`: never shrinks within the clip.
    pub burnt: Array3<bool>,
    /// Input unit to intensity.
    pub span: Span,
    /// Intensity from which a pixel counts as burning.
    pub hot: f32,
    /// Seconds between frames.
    pub step_s: f64,
    /// Film time of the last frame, seconds.
    pub end_s: f64,
    /// Index in the film of each frame used.
    pub picked: Vec<usize>,
    /// Where the frames lie.
    pub grid: Grid,
    /// Things a person should know, a line each.
    pub notes: Vec<String>,
}

impl Clip {
    /// Burning or burnt at the last frame `[H, W]`.
    #[must_use]
    pub fn burnt_now(&self) -> Array2<bool> {
        self.burnt.index_axis(ndarray::Axis(0), self.burnt.dim().0 - 1).to_owned()
    }
}
