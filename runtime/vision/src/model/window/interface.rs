//! The interface of a window.

use emberline_engine::RunError;
use ndarray::{Array3, ArrayView3};

use crate::forecast::{CodeMap, Drift};
use crate::frame::Kind;

/// What a network sees of one tile.
#[derive(Clone, Copy, Debug)]
pub struct WindowInput<'a> {
    /// Intensity `[T, H, W]` in 0..1, oldest first, with sides that are multiples of the card's
    /// `multiple_px`.
    pub frames: ArrayView3<'a, f32>,
    /// Maps of the front `[5, H, W]`, where the network takes them.
    pub front: Option<ArrayView3<'a, f32>>,
    /// What a network that takes noise draws it from.
    pub noise: Noise,
}

/// Where noise is drawn from: the same numbers for the same seed, member and window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noise {
    /// Of the whole ensemble.
    pub seed: u64,
    /// Which member, 0 is the first.
    pub member: usize,
    /// Which window of the rollout, 0 is the first.
    pub window: usize,
}

/// What a network gives for one tile, before it is cut and blended.
#[derive(Clone, Debug)]
pub struct WindowOutput {
    /// Intensity `[L, H, W]`.
    pub frames: Array3<f32>,
    /// Probability `[L, H, W]` that a cell burns or has burnt by each lead: of the task `fire-front`.
    pub burn_probability: Option<Array3<f32>>,
    /// Maps of codes `[T, h, w]`, where the network has codebooks.
    pub codes: Vec<CodeMap>,
}

/// A network that sees a window of frames of one tile.
pub trait Window: Send + Sync {
    /// Which form of the network runs, for people.
    fn form(&self) -> &'static str {
        "whole window"
    }

    /// How many maps of the front it takes, see `Front::channels`; 0 for none.
    fn front_maps(&self) -> usize {
        0
    }

    /// Whether it takes noise, so that members of an ensemble differ.
    fn takes_noise(&self) -> bool {
        false
    }

    /// Runs the network on one tile, on at most `lanes` threads.
    ///
    /// # Errors
    /// What the engine said.
    fn run(&self, input: &WindowInput<'_>, lanes: usize) -> Result<WindowOutput, RunError>;

    /// How far a clip of this kind with these codes is from the training data, where that is known.
    fn drift(&self, _kind: Kind, _codes: &[CodeMap]) -> Option<Drift> {
        None
    }

    /// Lets go of what is kept from earlier windows.
    fn forget(&self) {}
}
