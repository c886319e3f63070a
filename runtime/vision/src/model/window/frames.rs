//! Any film and rain: frames in, frames out.

use std::time::Instant;

use ndarray::Array3;

use super::interface::Noise;
use super::rollout::{Future, Rollout, extend, next_frames};
use crate::clip::Clip;
use crate::forecast::StageSeconds;
use crate::model::error::ModelError;
use crate::model::network::Progress;

/// One future, `leads` steps beyond the end of `clip`; beyond the network's own leads its frames
/// become the end of the next clip.
pub(super) fn future(
    rollout: Rollout<'_>,
    clip: &Clip,
    leads: usize,
    noise: Noise,
    progress: &mut Progress<'_>,
) -> Result<Future, ModelError> {
    let own = rollout.card.output.leads;
    let (_, h, w) = clip.frames.dim();
    let tiles = rollout.tiling(&clip.frames).count();
    let windows = leads.div_ceil(own);
    let started = Instant::now();
    let mut frames = Array3::zeros((0, h, w));
    let mut codes = Vec::new();
    let mut context: Option<Array3<f32>> = None;
    for window in 0..windows {
        let seen = context.as_ref().unwrap_or(&clip.frames);
        let output = rollout.run(seen, None, Noise { window, ..noise }, &mut |done| {
            progress(window * tiles + done, tiles * windows)
        })?;
        if window == 0 {
            codes = output.codes;
        }
        extend(&mut frames, output.frames, own.min(leads - window * own));
        if window + 1 < windows {
            context = Some(next_frames(&clip.frames, &frames));
        }
    }
    let spent = StageSeconds { model: started.elapsed().as_secs_f64(), ..StageSeconds::default() };
    Ok(Future { frames, burn_probability: None, codes, spent })
}
