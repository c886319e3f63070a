//! What a model wants to see of a film.

use super::unit::Scale;
use crate::task::Task;

/// What a model wants to see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClipOptions {
    /// What is to be forecast.
    pub task: Task,
    /// How values become intensity.
    pub scale: Scale,
    /// Frames of the clip.
    pub frames: usize,
    /// Seconds between them; the film's own step where `None`. Of rain, seconds between leads.
    pub step_s: Option<f64>,
    /// Steps that the network knows, seconds, shortest and longest: rain is brought to one of them.
    pub range_s: [f64; 2],
}

impl ClipOptions {
    /// `frames` frames for a forecast of fire, intensity as found in the film.
    #[must_use]
    pub fn fire(frames: usize, step_s: Option<f64>) -> Self {
        let range_s = [0.0, f64::INFINITY];
        Self { task: Task::FireFront, scale: Scale::Film, frames, step_s, range_s }
    }
}
