//! What a PhysicNet gives for one window.

use ndarray::Array3;

/// What a network gives for one window.
#[derive(Debug)]
pub(super) struct Answer {
    /// Intensity `[L, H, W]`.
    pub(super) frames: Array3<f32>,
    /// Probability `[L, H, W]` that a cell burns or has burnt by each lead, of a fire.
    pub(super) burn_probability: Option<Array3<f32>>,
    /// Codes `[T, h, w]`, coarse and fine, where there is a codebook.
    pub(super) codes: [Option<Array3<u16>>; 2],
}
