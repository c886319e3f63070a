//! Forecasts of fire: front maps beside the film, burn probability beside the frames.

use std::time::Instant;

use ndarray::{Array2, Array3, Axis, Zip};

use super::forecaster::{Forecaster, Timings, extend, next_frames};
use super::{ModelError, Raw};
use crate::clip::{Burning, Clip};
use crate::flow::carried_px;
use crate::forecast::{ARRIVAL_CHANCE_MIN, Burn, Forecast, Said, arrival_from_probability};
use crate::front::Front;

impl Forecaster {
    /// Forecasts fire `leads` steps beyond the end of `clip`, in which `burning` burns.
    ///
    /// Beyond the network's own leads the forecast is rolled out: its frames, and as burnt the cells
    /// at or above the decision threshold, become the end of the next clip. A cell that was not yet
    /// said to burn there gets p = 1 − (1 − p₁)(1 − p₂), p₁ from before and p₂ of the next window;
    /// a cell that was said to burn keeps its own last rate, because the next window takes it for
    /// certain. Probability never falls.
    pub(super) fn fire(
        &self,
        clip: &Clip,
        burning: &Burning,
        leads: usize,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<(Forecast, Timings), ModelError> {
        let card = &self.folder().card;
        let Some(decision) = &card.decision else {
            let what = "decision: missing, a fire-front model needs it".to_owned();
            return Err(ModelError::Card { model: card.id(), what });
        };
        let threshold = decision.threshold;
        let (t, h, w) = clip.frames.dim();
        let tiles = self.tiling(&clip.frames).count();
        let windows = leads.div_ceil(card.output.leads);
        let now = burning.now();
        let mut spent = Timings::default();
        let (mut frames, mut probability) = (Array3::zeros((0, h, w)), Array3::zeros((0, h, w)));
        let mut codes = [None, None];
        let mut context: Option<(Array3<f32>, Array3<bool>)> = None;
        for window in 0..windows {
            let (seen, burnt) =
                context.as_ref().map_or((&clip.frames, &burning.burnt), |(f, b)| (f, b));
            let burnt_now = burnt.index_axis(Axis(0), t - 1).to_owned();
            let started = Instant::now();
            let front = Front::of(burnt);
            let front = front.channels(&carried_px(seen, &burnt_now, &front.distance_px));
            spent.front_s += started.elapsed().as_secs_f64();
            let started = Instant::now();
            let mut raw = self.window(seen, Some(&front), &mut |done| {
                told(window * tiles + done, tiles * windows);
            })?;
            spent.model_s += started.elapsed().as_secs_f64();
            let mut part = self.sound_probability(&mut raw, &burnt_now)?;

            let first = window * card.output.leads;
            let n = card.output.leads.min(leads - first);
            if window == 0 {
                codes = [raw.codes_global, raw.codes_local];
            } else {
                continue_from(&probability, first, &burnt_now, part.view_mut());
            }
            extend(&mut frames, raw.frames, n);
            extend(&mut probability, part, n);
            if window + 1 < windows {
                let burnt = next_burnt(burning, &probability, threshold);
                context = Some((next_frames(clip, &frames), burnt));
            }
        }
        let lead_s: Vec<f64> = (1..=leads).map(|l| l as f64 * clip.step_s).collect();
        let arrival_s = arrival_from_probability(&probability, &lead_s, &now, ARRIVAL_CHANCE_MIN);
        let said = Said::Fire(Burn { probability, arrival_s, threshold });
        Ok((self.made(clip, frames, said, codes), spent))
    }

    /// Takes the probability out of what the network gave: refuses what is missing or no number,
    /// clamps to 0..1, sets burnt cells to 1, lets nothing fall with lead.
    fn sound_probability(
        &self,
        raw: &mut Raw,
        burnt: &Array2<bool>,
    ) -> Result<Array3<f32>, ModelError> {
        let mut probability = raw.burn_probability.take().ok_or_else(|| ModelError::Engine {
            engine: self.engine().name(),
            doing: "running the network",
            cause: "it gave no burn_probability".to_owned(),
        })?;
        self.refuse_not_finite("burn_probability", &probability)?;
        let mut before = burnt.mapv(|b| if b { 1.0f32 } else { 0.0 });
        for mut lead in probability.outer_iter_mut() {
            Zip::from(&mut lead).and(&mut before).for_each(|p, before| {
                *p = p.clamp(*before, 1.0);
                *before = *p;
            });
        }
        Ok(probability)
    }
}

/// Turns the probabilities of a next window, given what was `assumed` burnt at its start, into
/// probabilities from the clip's end; `first` leads are there already.
fn continue_from(
    probability: &Array3<f32>,
    first: usize,
    assumed: &Array2<bool>,
    mut part: ndarray::ArrayViewMut3<'_, f32>,
) {
    let last = probability.index_axis(Axis(0), first - 1);
    let before = (first > 1).then(|| probability.index_axis(Axis(0), first - 2));
    for (k, mut lead) in part.outer_iter_mut().enumerate() {
        for ((y, x), p) in lead.indexed_iter_mut() {
            let a = last[[y, x]];
            let left = if assumed[[y, x]] {
                let earlier = before.as_ref().map_or(0.0, |b| b[[y, x]]);
                // Share of what was unburnt that stayed unburnt in the last lead.
                let stays = if earlier < 1.0 { (1.0 - a) / (1.0 - earlier) } else { 0.0 };
                stays.clamp(0.0, 1.0).powi(k as i32 + 1)
            } else {
                1.0 - *p
            };
            *p = (1.0 - (1.0 - a) * left).clamp(a, 1.0);
        }
    }
}

/// What has burnt in the last `T` frames of clip and forecast together, after all leads there are.
fn next_burnt(burning: &Burning, probability: &Array3<f32>, threshold: f32) -> Array3<bool> {
    let (t, h, w) = burning.burnt.dim();
    let done = probability.dim().0;
    let now = burning.now();
    let mut burnt = Array3::from_elem((t, h, w), false);
    for (k, mut mask) in burnt.outer_iter_mut().enumerate() {
        let at = done + k;
        if at < t {
            mask.assign(&burning.burnt.index_axis(Axis(0), at));
        } else {
            let p = probability.index_axis(Axis(0), at - t);
            Zip::from(&mut mask)
                .and(&p)
                .and(&now)
                .for_each(|m, p, now| *m = *now || *p >= threshold);
        }
    }
    burnt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clip::{Shown, Span, Unit};
    use crate::frame::Kind;
    use crate::grid::Grid;
    use crate::model::{EngineAsk, EngineKind, Folder, choose};

    /// A square of fire that grows one pixel a frame on all sides.
    fn clip(h: usize, w: usize, frames: usize) -> Clip {
        let burnt = Array3::from_shape_fn((frames, h, w), |(k, y, x)| {
            y.abs_diff(h / 2).max(x.abs_diff(w / 2)) <= 4 + k
        });
        Clip {
            kind: Kind::Mask,
            frames: burnt.mapv(|b| if b { 1.0 } else { 0.0 }),
            shown: Shown::Fire(Burning { burnt, hot: 0.5 }),
            unit: Unit::Span(Span { zero: 0.0, one: 1.0 }),
            step_s: 2.0,
            end_s: 18.0,
            picked: (0..frames).collect(),
            grid: Grid::new(h, w),
            notes: Vec::new(),
        }
    }

    fn forecaster() -> Result<Forecaster, ModelError> {
        let folder = Folder::builtin()?;
        let choice = choose(&EngineAsk::of(EngineKind::Tract), &folder)?;
        Ok(Forecaster::new(folder, choice))
    }

    #[test]
    fn a_forecast_is_sound_at_any_size_and_rolled_out_where_asked() -> Result<(), ModelError> {
        let forecaster = forecaster()?;
        for (h, w, leads, rolled) in [(32, 32, 20, None), (45, 70, 3, None), (64, 64, 45, Some(21))]
        {
            let clip = clip(h, w, 10);
            let mut told = (0, 0);
            let (f, _) = forecaster.forecast(&clip, leads, &mut |a, b| told = (a, b))?;
            assert_eq!(told.0, told.1);
            let burn = f.burn().expect("a forecast of fire");
            assert_eq!(burn.probability.dim(), (leads, h, w));
            assert_eq!(f.rollout_from_lead, rolled);
            assert_eq!(f.lead_s[leads - 1], 2.0 * leads as f64);
            let now = clip.shown.fire().expect("a fire").now();
            for ((y, x), burnt) in now.indexed_iter() {
                let mut before = if *burnt { 1.0 } else { 0.0 };
                for l in 0..leads {
                    let p = burn.probability[[l, y, x]];
                    assert!((before..=1.0).contains(&p), "{l} {y} {x}: {before} {p}");
                    before = p;
                }
                assert_eq!(burn.arrival_s[[y, x]] == 0.0, *burnt);
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_no_number_is_refused_and_what_falls_is_lifted() -> Result<(), ModelError> {
        let forecaster = forecaster()?;
        let raw = |p: [f32; 3]| Raw {
            frames: Array3::from_elem((3, 1, 2), 2.0),
            burn_probability: Some(Array3::from_shape_fn((3, 1, 2), |(l, ..)| p[l])),
            codes_global: None,
            codes_local: None,
        };
        let burnt = Array2::from_shape_fn((1, 2), |(_, x)| x == 1);
        let mut good = raw([0.5, 0.25, 1.5]);
        let said = forecaster.sound_probability(&mut good, &burnt)?;
        assert_eq!(said.as_slice(), Some(&[0.5, 1.0, 0.5, 1.0, 1.0, 1.0][..]));
        let said = forecaster.sound_probability(&mut raw([0.5, f32::NAN, 0.5]), &burnt);
        let said = said.expect_err("no number").to_string();
        assert!(said.contains("burn_probability is not finite at lead 2"), "{said}");
        Ok(())
    }

    #[test]
    fn a_rollout_continues_both_kinds_of_cells() {
        // Cell 0: .2 unburnt at the hinge; cell 1: .6, assumed burnt, with a last rate of one half.
        let before = Array3::from_shape_fn((2, 1, 2), |(l, _, x)| [[0.1, 0.2], [0.2, 0.6]][l][x]);
        let assumed = Array2::from_shape_fn((1, 2), |(_, x)| x == 1);
        let mut part =
            Array3::from_shape_fn((2, 1, 2), |(l, _, x)| [[0.5, 1.0], [0.75, 1.0]][l][x]);
        continue_from(&before, 2, &assumed, part.view_mut());
        let want = [0.6, 0.8, 0.8, 0.9];
        for (got, want) in part.iter().zip(want) {
            assert!((got - want).abs() < 1e-6, "{part:?}");
        }
    }
}
