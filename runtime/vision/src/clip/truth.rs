//! What came after a clip, to hold a forecast against.

use ndarray::Array3;

use super::observed::Observed;

/// What the film shows after a clip's end, on the clip's step and scale.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Seconds after the clip's end, one a lead.
    pub lead_s: Vec<f64>,
    /// Intensity `[L, H, W]` in 0..1.
    pub frames: Array3<f32>,
    /// What is known of each frame besides; the clip's own burnt area included.
    pub observed: Observed,
    /// Index in the film of each frame.
    pub picked: Vec<usize>,
    /// Leads at which a radar has no frame: they stand there without data.
    pub unseen_leads: usize,
}
