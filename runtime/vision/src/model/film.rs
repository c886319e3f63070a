//! Forecasts of any film and of rain: frames in, frames out.

use std::time::Instant;

use ndarray::{Array3, ArrayView2, Axis, Zip};

use super::ModelError;
use super::forecaster::{Forecaster, Timings, extend, next_frames};
use super::rates::Rates;
use crate::advect::{Ranks, beyond};
use crate::clip::{Clip, Shown, Unseen};
use crate::forecast::{Forecast, Rain, Said};
use crate::motion::rain_motion;
use crate::nowcast::extrapolated;

/// Share of a view from which on it is told that its rain comes from beyond the border.
const BEYOND_TOLD: f64 = 0.05;

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
    /// card says how. Where it wants rates matched, leads get those of the last frame; where
    /// extrapolation is blended in, those of the last frame as it stands at that lead, since rain also
    /// leaves the view and comes into it.
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
        let moved = nowcast.map(|nowcast| {
            let motion = rain_motion(&unseen.film(&clip.frames));
            let moved = extrapolated(&last, &motion, frames.dim().0);
            nowcast.blend.mix(frames, &moved);
            let beyond = beyond(&motion, frames.dim().0).last().copied().unwrap_or(0.0);
            if beyond >= BEYOND_TOLD {
                notes.push(format!(
                    "{:.0} % of the view is reached at the last lead from beyond its border: there the \
                     border's rain is carried in, which nobody saw",
                    100.0 * beyond
                ));
            }
            if unseen.earlier.is_none() {
                notes.push("motion is seen in two frames only: a third would make it surer".into());
            }
            moved
        });
        if card.rates() == Some(Rates::Matched) {
            let ranks = |like: ArrayView2<'_, f32>| {
                Ranks::of(
                    &Zip::from(&like)
                        .and(&no_data)
                        .map_collect(|v, none| if *none { f32::NAN } else { *v }),
                )
            };
            let of_last = moved.is_none().then(|| ranks(last));
            for (l, lead) in frames.outer_iter_mut().enumerate() {
                let of_lead = moved.as_ref().map(|moved| ranks(moved.index_axis(Axis(0), l)));
                if let Some(ranks) = of_lead.as_ref().or(of_last.as_ref()) {
                    ranks.give(lead, |at| !no_data[at]);
                }
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
