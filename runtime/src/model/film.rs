//! Forecasts of any film and of rain: frames in, frames out.

use std::time::Instant;

use ndarray::{Array3, Axis};

use super::ModelError;
use super::forecaster::{Forecaster, Timings, extend, next_frames};
use super::rates::Rates;
use crate::advect::Ranks;
use crate::clip::{Clip, Shown, Unseen};
use crate::forecast::{Forecast, Rain, Said};
use crate::motion::rain_motion;

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
        let mut spent = Timings { model_s: started.elapsed().as_secs_f64(), ..Timings::default() };
        let mut notes = Vec::new();
        let said = match &clip.shown {
            Shown::Rain(unseen) => {
                let started = Instant::now();
                let rain = self.rain(clip, unseen, &mut frames, &mut notes);
                spent.nowcast_s = started.elapsed().as_secs_f64();
                Said::Rain(rain)
            }
            Shown::Fire(_) | Shown::Film => Said::Film,
        };
        let mut forecast = self.made(clip, frames, said, codes);
        forecast.notes.extend(notes);
        Ok((forecast, spent))
    }

    /// What becomes of a network's rain: extrapolation is blended in and chances are told where the
    /// card says how; leads get the rates of the last frame where it wants that.
    fn rain(
        &self,
        clip: &Clip,
        unseen: &Unseen,
        frames: &mut Array3<f32>,
        notes: &mut Vec<String>,
    ) -> Rain {
        let card = &self.folder().card;
        let no_data = unseen.now();
        let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
        let nowcast = card.nowcast.as_ref();
        if let Some(nowcast) = nowcast {
            let motion = rain_motion(&unseen.film(&clip.frames));
            nowcast.blend.mix(frames, &last, &motion);
            if unseen.earlier.is_none() {
                notes.push("motion is seen in two frames only: a third would make it surer".into());
            }
        }
        if card.rates() == Some(Rates::Matched) {
            let mut seen = last.to_owned();
            seen.zip_mut_with(&no_data, |v, none| {
                if *none {
                    *v = f32::NAN;
                }
            });
            let ranks = Ranks::of(&seen);
            for lead in frames.outer_iter_mut() {
                ranks.give(lead, |at| !no_data[at]);
            }
        }
        let chance = nowcast.and_then(|n| n.chance.as_ref());
        if let Some(fit) = chance.filter(|fit| frames.dim().0 > fit.leads) {
            notes.push(format!("chances beyond lead {} were never checked", fit.leads));
        }
        let chance = chance.map(|fit| fit.chance(frames, &no_data));
        Rain { chance, ..Rain::of(frames, &no_data) }
    }
}
