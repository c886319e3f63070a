//! From a clip to a forecast: front, tiles, network, and the rollout beyond the network's own leads.

use std::time::Instant;

use ndarray::{Array2, Array3, Axis, Zip, s};
use serde::Serialize;

use super::choose::Choice;
use super::folder::Folder;
use super::tiles::Tiling;
use super::{Engine, ModelError, Raw};
use crate::clip::Clip;
use crate::flow::carried_px;
use crate::forecast::{ARRIVAL_CHANCE_MIN, Forecast, arrival_from_probability};
use crate::frame::{Film, Kind};
use crate::front::Front;

/// Most bytes a forecast may hold in memory.
const BYTES_MAX: u64 = 8 << 30;

/// Seconds spent on one forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timings {
    /// Finding the front and its speeds.
    pub front_s: f64,
    /// Running the network, with cutting and blending tiles.
    pub model_s: f64,
}

/// A model in an engine, ready to forecast.
#[derive(Debug)]
pub struct Forecaster {
    folder: Folder,
    choice: Choice,
}

impl Forecaster {
    /// Joins a model folder with the engine that holds its graph.
    #[must_use]
    pub fn new(folder: Folder, choice: Choice) -> Self {
        Self { folder, choice }
    }

    /// The model.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &dyn Engine {
        &*self.choice.engine
    }

    /// Why this engine was taken.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.choice.why
    }

    /// Whether the model takes this film at this step and gives so many leads.
    ///
    /// # Errors
    /// [`ModelError::Unsuited`] with what to do instead.
    pub fn suits(&self, film: &Film, step_s: f64, leads: usize) -> Result<(), ModelError> {
        let card = &self.folder.card;
        let no = |what: String, fix: &str| {
            Err(ModelError::Unsuited { model: card.id(), what, fix: fix.to_owned() })
        };
        if !card.input.kinds.contains(&film.kind) {
            let kinds: Vec<String> = card.input.kinds.iter().map(Kind::to_string).collect();
            let fix = match film.kind {
                Kind::Rain => "no rain model is in this version",
                _ => "say what the values mean with --kind, or use another --model",
            };
            return no(format!("takes {}, not {}", kinds.join(", "), film.kind), fix);
        }
        let [shortest, longest] = card.input.step_s;
        if !(shortest..=longest).contains(&step_s) {
            let what = format!("takes a step of {shortest} s to {longest} s, not {step_s} s");
            return no(what, "give another --step, or a film with other times");
        }
        let (h, w) = (film.grid.height, film.grid.width);
        if h.max(w) > card.input.max_px {
            let what = format!("takes sides up to {} px, not {w} x {h}", card.input.max_px);
            return no(what, "cut the film");
        }
        if leads == 0 {
            return no("gives no forecast for 0 leads".to_owned(), "give --leads 1 or more");
        }
        let bytes = (leads as u64).saturating_mul((h * w * 8) as u64);
        if bytes > BYTES_MAX {
            let what = format!("{leads} leads of {w} x {h} are {} GiB", bytes >> 30);
            return no(what, "give fewer --leads or cut the film");
        }
        Ok(())
    }

    /// Forecasts `leads` steps beyond the end of `clip`; `told` hears of tiles done and of how many.
    ///
    /// Beyond the network's own leads the forecast is rolled out: its frames, and as burnt the cells
    /// at or above the decision threshold, become the end of the next clip. A cell that was not yet
    /// said to burn there gets p = 1 − (1 − p₁)(1 − p₂), p₁ from before and p₂ of the next window;
    /// a cell that was said to burn keeps its own last rate, because the next window takes it for
    /// certain. Probability never falls.
    ///
    /// # Errors
    /// [`ModelError`] from the engine, or [`ModelError::NotFinite`].
    pub fn forecast(
        &self,
        clip: &Clip,
        leads: usize,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<(Forecast, Timings), ModelError> {
        let card = &self.folder.card;
        let (t, h, w) = clip.frames.dim();
        if t != card.input.frames {
            return Err(ModelError::Unsuited {
                model: card.id(),
                what: format!("takes clips of {} frames, not {t}", card.input.frames),
                fix: "give a longer film".to_owned(),
            });
        }
        let threshold = card.decision.threshold;
        let tiling = Tiling::new(h, w, card);
        let windows = leads.div_ceil(card.output.leads);
        let total = tiling.count() * windows;
        let now = clip.burnt_now();
        let mut spent = Timings::default();
        let (mut frames, mut probability) = (Array3::zeros((0, h, w)), Array3::zeros((0, h, w)));
        let mut codes = (None, None);
        let mut context: Option<(Array3<f32>, Array3<bool>)> = None;
        for window in 0..windows {
            let (seen, burnt) =
                context.as_ref().map_or((&clip.frames, &clip.burnt), |(f, b)| (f, b));
            let started = Instant::now();
            let front = Front::of(burnt);
            let now_burnt = burnt.index_axis(Axis(0), t - 1);
            let front = front.channels(&carried_px(seen, &now_burnt, &front.distance_px));
            spent.front_s += started.elapsed().as_secs_f64();
            let started = Instant::now();
            let mut raw = tiling.run(self.engine(), seen, &front, &mut |done| {
                told(window * tiling.count() + done, total);
            })?;
            spent.model_s += started.elapsed().as_secs_f64();
            let burnt = burnt.index_axis(Axis(0), t - 1).to_owned();
            self.make_sound(&mut raw, &burnt)?;

            let first = window * card.output.leads;
            let n = card.output.leads.min(leads - first);
            if window == 0 {
                codes = (raw.codes_global, raw.codes_local);
            } else {
                continue_from(&probability, first, &burnt, raw.burn_probability.view_mut());
            }
            extend(&mut frames, raw.frames, n);
            extend(&mut probability, raw.burn_probability, n);
            if window + 1 < windows {
                context = Some(next_context(clip, &frames, &probability, first + n, threshold));
            }
        }
        let lead_s: Vec<f64> = (1..=leads).map(|l| l as f64 * clip.step_s).collect();
        let arrival_s = arrival_from_probability(&probability, &lead_s, &now, ARRIVAL_CHANCE_MIN);
        let rollout_from_lead = (windows > 1).then_some(card.output.leads + 1);
        let mut notes = Vec::new();
        if let Some(lead) = rollout_from_lead {
            notes.push(format!(
                "from lead {lead} on the forecast is rolled out on its own output and less certain"
            ));
        }
        let forecast = Forecast {
            lead_s,
            frames,
            burn_probability: probability,
            arrival_s,
            threshold,
            rollout_from_lead,
            codes_global: codes.0,
            codes_local: codes.1,
            grid: clip.grid.clone(),
            notes,
        };
        Ok((forecast, spent))
    }

    /// Refuses what is no number; clamps to 0..1, sets burnt cells to 1, lets nothing fall with lead.
    fn make_sound(&self, raw: &mut Raw, burnt: &Array2<bool>) -> Result<(), ModelError> {
        let outputs = [("forecast", &raw.frames), ("burn_probability", &raw.burn_probability)];
        for (output, values) in outputs {
            let bad = values.outer_iter().position(|lead| lead.iter().any(|v| !v.is_finite()));
            if let Some(l) = bad {
                return Err(ModelError::NotFinite {
                    engine: self.engine().name(),
                    output,
                    lead: l + 1,
                    model: self.folder.card.id(),
                });
            }
        }
        raw.frames.mapv_inplace(|v| v.clamp(0.0, 1.0));
        let mut before = burnt.mapv(|b| if b { 1.0f32 } else { 0.0 });
        for mut lead in raw.burn_probability.outer_iter_mut() {
            Zip::from(&mut lead).and(&mut before).for_each(|p, before| {
                *p = p.clamp(*before, 1.0);
                *before = *p;
            });
        }
        Ok(())
    }
}

/// Adds the first `n` leads of `part` to what there is. The first part is taken over, not copied: a
/// large film's forecast is in memory once.
fn extend(all: &mut Array3<f32>, part: Array3<f32>, n: usize) {
    let part = part.slice_move(s![..n, .., ..]);
    if all.is_empty() {
        *all = part;
    } else {
        all.append(Axis(0), part.view()).expect("leads of one film have one shape");
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

/// The last `T` frames and burnt masks of clip and forecast together, after `done` leads.
fn next_context(
    clip: &Clip,
    frames: &Array3<f32>,
    probability: &Array3<f32>,
    done: usize,
    threshold: f32,
) -> (Array3<f32>, Array3<bool>) {
    let (t, h, w) = clip.frames.dim();
    let now = clip.burnt_now();
    let (mut seen, mut burnt) = (Array3::zeros((t, h, w)), Array3::from_elem((t, h, w), false));
    for k in 0..t {
        // Step `k` of the next clip is step `done + k` of clip and forecast in a row.
        let at = done + k;
        let (mut frame, mut mask) =
            (seen.index_axis_mut(Axis(0), k), burnt.index_axis_mut(Axis(0), k));
        if at < t {
            frame.assign(&clip.frames.index_axis(Axis(0), at));
            mask.assign(&clip.burnt.index_axis(Axis(0), at));
        } else {
            frame.assign(&frames.index_axis(Axis(0), at - t));
            let p = probability.index_axis(Axis(0), at - t);
            Zip::from(&mut mask)
                .and(&p)
                .and(&now)
                .for_each(|m, p, now| *m = *now || *p >= threshold);
        }
    }
    (seen, burnt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clip::Span;
    use crate::grid::Grid;
    use crate::model::EngineKind;

    /// A square of fire that grows one pixel a frame on all sides.
    fn clip(h: usize, w: usize, frames: usize) -> Clip {
        let burnt = Array3::from_shape_fn((frames, h, w), |(k, y, x)| {
            y.abs_diff(h / 2).max(x.abs_diff(w / 2)) <= 4 + k
        });
        Clip {
            kind: Kind::Mask,
            frames: burnt.mapv(|b| if b { 1.0 } else { 0.0 }),
            burnt,
            span: Span { zero: 0.0, one: 1.0 },
            hot: 0.5,
            step_s: 2.0,
            end_s: 18.0,
            picked: (0..frames).collect(),
            grid: Grid::new(h, w),
            notes: Vec::new(),
        }
    }

    fn forecaster() -> Result<Forecaster, ModelError> {
        let folder = Folder::builtin()?;
        let choice = super::super::choose(EngineKind::Tract, &folder)?;
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
            assert_eq!(f.burn_probability.dim(), (leads, h, w));
            assert_eq!(f.rollout_from_lead, rolled);
            assert_eq!(f.lead_s[leads - 1], 2.0 * leads as f64);
            let now = clip.burnt_now();
            for ((y, x), burnt) in now.indexed_iter() {
                let mut before = if *burnt { 1.0 } else { 0.0 };
                for l in 0..leads {
                    let p = f.burn_probability[[l, y, x]];
                    assert!((before..=1.0).contains(&p), "{l} {y} {x}: {before} {p}");
                    before = p;
                }
                assert_eq!(f.arrival_s[[y, x]] == 0.0, *burnt);
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_no_number_is_refused_and_what_falls_is_lifted() -> Result<(), ModelError> {
        let forecaster = forecaster()?;
        let raw = |p: [f32; 3]| Raw {
            frames: Array3::from_elem((3, 1, 2), 2.0),
            burn_probability: Array3::from_shape_fn((3, 1, 2), |(l, ..)| p[l]),
            codes_global: None,
            codes_local: None,
        };
        let burnt = Array2::from_shape_fn((1, 2), |(_, x)| x == 1);
        let mut good = raw([0.5, 0.25, 1.5]);
        forecaster.make_sound(&mut good, &burnt)?;
        assert_eq!(good.burn_probability.as_slice(), Some(&[0.5, 1.0, 0.5, 1.0, 1.0, 1.0][..]));
        assert!(good.frames.iter().all(|v| *v == 1.0));
        let said = forecaster.make_sound(&mut raw([0.5, f32::NAN, 0.5]), &burnt);
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
