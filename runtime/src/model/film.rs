//! Forecasts of any film and of rain: frames in, frames out.

use std::time::Instant;

use ndarray::{Array3, Axis};

use super::ModelError;
use super::forecaster::{Forecaster, Timings, extend, next_frames};
use super::rates::{Rates, match_rates};
use crate::clip::{Clip, Shown};
use crate::forecast::{Forecast, Rain, Said};

impl Forecaster {
    /// Forecasts `leads` steps beyond the end of `clip`; beyond the network's own leads its frames
    /// become the end of the next clip. Where a card of rain wants the rates of the last frame seen,
    /// they are given to all leads at the end: what is rolled out on is the network's own.
    pub(super) fn film(
        &self,
        clip: &Clip,
        leads: usize,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<(Forecast, Timings), ModelError> {
        let own = self.folder().card.output.leads;
        let (_, h, w) = clip.frames.dim();
        let tiles = self.tiling(&clip.frames).count();
        let windows = leads.div_ceil(own);
        let started = Instant::now();
        let mut frames = Array3::zeros((0, h, w));
        let mut codes = [None, None];
        let mut context: Option<Array3<f32>> = None;
        for window in 0..windows {
            let seen = context.as_ref().unwrap_or(&clip.frames);
            let raw = self.window(seen, None, &mut |done| {
                told(window * tiles + done, tiles * windows);
            })?;
            if window == 0 {
                codes = [raw.codes_global, raw.codes_local];
            }
            extend(&mut frames, raw.frames, own.min(leads - window * own));
            if window + 1 < windows {
                context = Some(next_frames(clip, &frames));
            }
        }
        let spent = Timings { front_s: 0.0, model_s: started.elapsed().as_secs_f64() };
        let said = match &clip.shown {
            Shown::Rain(unseen) => {
                let no_data = unseen.now();
                if self.folder().card.rates() == Some(Rates::Matched) {
                    let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
                    match_rates(&mut frames, &last, &no_data);
                }
                Said::Rain(Rain::of(&frames, &no_data))
            }
            Shown::Fire(_) | Shown::Film => Said::Film,
        };
        Ok((self.made(clip, frames, said, codes), spent))
    }
}
