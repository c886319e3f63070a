//! Rollout: a network's windows one after the other, each on the end of what is there.

use std::ops::ControlFlow;

use emberline_engine::Engine;
use ndarray::{Array3, ArrayRef3, Axis, s};

use super::interface::{Noise, Window, WindowOutput};
use super::tiles::Tiling;
use crate::forecast::{CodeMap, StageSeconds};
use crate::model::card::Card;
use crate::model::error::ModelError;

/// One future of a clip.
pub(super) struct Future {
    /// Intensity `[L, H, W]`.
    pub(super) frames: Array3<f32>,
    /// Probability `[L, H, W]` that a cell burns or has burnt by each lead, of a fire.
    pub(super) burn_probability: Option<Array3<f32>>,
    /// Codes of the frames seen.
    pub(super) codes: Vec<CodeMap>,
    pub(super) spent: StageSeconds,
}

/// What runs a network's windows over whole films.
#[derive(Clone, Copy)]
pub(super) struct Rollout<'a> {
    pub(super) card: &'a Card,
    pub(super) engine: &'a dyn Engine,
    pub(super) window: &'a dyn Window,
}

impl Rollout<'_> {
    /// Runs the network once over a whole film; refuses what is no number, clamps frames to 0..1.
    pub(super) fn run(
        &self,
        frames: &ArrayRef3<f32>,
        front: Option<&ArrayRef3<f32>>,
        noise: Noise,
        done: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<WindowOutput, ModelError> {
        let tiling = self.tiling(frames);
        let mut output = tiling.run(self.engine, self.window, frames, front, noise, done)?;
        self.refuse_not_finite("forecast", &output.frames)?;
        output.frames.mapv_inplace(|v| v.clamp(0.0, 1.0));
        Ok(output)
    }

    /// How a film is cut.
    pub(super) fn tiling(&self, frames: &ArrayRef3<f32>) -> Tiling {
        let (_, h, w) = frames.dim();
        Tiling::new(h, w, self.card)
    }

    /// Refuses values `[L, H, W]` of an `output` that are no numbers.
    pub(super) fn refuse_not_finite(
        &self,
        output: &'static str,
        values: &Array3<f32>,
    ) -> Result<(), ModelError> {
        // Every value of a lead is looked at, which is quicker than stopping at the first.
        let bad =
            values.outer_iter().position(|lead| !lead.fold(true, |fine, v| fine & v.is_finite()));
        bad.map_or(Ok(()), |l| {
            Err(ModelError::NotFinite {
                engine: self.engine.name(),
                output,
                lead: l + 1,
                model: self.card.id(),
            })
        })
    }
}

/// The last `T` frames of `clip` `[T, H, W]` and forecast together, after all leads there are.
pub(super) fn next_frames(clip: &Array3<f32>, frames: &Array3<f32>) -> Array3<f32> {
    let t = clip.dim().0;
    let done = frames.dim().0;
    let mut seen = Array3::zeros(clip.dim());
    for (k, mut frame) in seen.outer_iter_mut().enumerate() {
        // Step `k` of the next clip is step `done + k` of clip and forecast in a row.
        let at = done + k;
        frame.assign(&if at < t {
            clip.index_axis(Axis(0), at)
        } else {
            frames.index_axis(Axis(0), at - t)
        });
    }
    seen
}

/// Adds the first `n` leads of `part` to what there is. The first part is taken over, not copied: a
/// large film's forecast is in memory once.
pub(super) fn extend(all: &mut Array3<f32>, part: Array3<f32>, n: usize) {
    let part = part.slice_move(s![..n, .., ..]);
    if all.is_empty() {
        *all = part;
    } else {
        all.append(Axis(0), part.view()).expect("leads of one film have one shape");
    }
}
