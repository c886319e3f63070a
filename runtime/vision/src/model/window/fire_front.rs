//! Fire: front maps beside the film, burn probability beside the frames.

use std::time::Instant;

use ndarray::{Array2, Array3, Axis, Zip, s};

use super::interface::{Noise, WindowOutput};
use super::rollout::{Future, Rollout, extend, next_frames};
use crate::clip::{Burning, Clip};
use crate::forecast::StageSeconds;
use crate::front::Front;
use crate::model::error::ModelError;
use crate::model::network::Progress;
use crate::motion::farneback::advection_speed_px;

/// One future of a fire, `leads` steps beyond the end of `clip`, in which `burning` burns; a cell
/// burns from the probability `threshold` on.
///
/// Beyond the network's own leads it is rolled out: its frames, and as burnt the cells at or above the
/// threshold, become the end of the next clip. A cell that did not yet burn there gets
/// p = 1 − (1 − p₁)(1 − p₂), p₁ from before and p₂ of the next window; a cell that did keeps its own
/// last rate, because the next window takes it for certain. Probability never falls.
pub(super) fn future(
    rollout: Rollout<'_>,
    clip: &Clip,
    burning: &Burning,
    threshold: f32,
    leads: usize,
    noise: Noise,
    progress: &mut Progress<'_>,
) -> Result<Future, ModelError> {
    let own = rollout.card.output.leads;
    let (t, h, w) = clip.frames.dim();
    let tiles = rollout.tiling(&clip.frames).count();
    let windows = leads.div_ceil(own);
    let mut spent = StageSeconds::default();
    let (mut frames, mut probability) = (Array3::zeros((0, h, w)), Array3::zeros((0, h, w)));
    let mut codes = Vec::new();
    let alone = burning.cluttered.then(|| burning.alone(&clip.frames));
    let shown = alone.as_ref().unwrap_or(&clip.frames);
    let mut context: Option<(Array3<f32>, Array3<bool>)> = None;
    for window in 0..windows {
        let (seen, burnt) = context.as_ref().map_or((shown, &burning.burnt), |(f, b)| (f, b));
        let burnt_now = burnt.index_axis(Axis(0), t - 1).to_owned();
        let started = Instant::now();
        let maps = rollout.window.front_maps();
        let front = (maps > 0).then(|| {
            let front = Front::remembered(burnt, &burning.burnt_for_at(burnt, window * own));
            let all = front.channels(&advection_speed_px(seen, &burnt_now, &front.distance_px));
            all.slice_move(s![..maps, .., ..])
        });
        spent.front += started.elapsed().as_secs_f64();
        let started = Instant::now();
        let maps = front.as_deref();
        let mut output = rollout.run(seen, maps, Noise { window, ..noise }, &mut |done| {
            progress(window * tiles + done, tiles * windows)
        })?;
        spent.model += started.elapsed().as_secs_f64();
        let mut part = sound_probability(rollout, &mut output, &burnt_now)?;

        let first = window * own;
        let n = own.min(leads - first);
        if window == 0 {
            codes = output.codes;
        } else {
            continue_from(&probability, first, &burnt_now, part.view_mut());
        }
        extend(&mut frames, output.frames, n);
        extend(&mut probability, part, n);
        if window + 1 < windows {
            let burnt = next_burnt(burning, &probability, threshold);
            context = Some((next_frames(shown, &frames), burnt));
        }
    }
    if alone.is_some() {
        put_clutter_back(&mut frames, &clip.frames, shown);
    }
    Ok(Future { frames, burn_probability: Some(probability), codes, spent })
}

/// Adds to each of the `future` frames what the last frame of the clip shows besides what was `shown`
/// to the network: it stands still.
fn put_clutter_back(future: &mut Array3<f32>, clip: &Array3<f32>, shown: &Array3<f32>) {
    let last = |film: &Array3<f32>| film.index_axis(Axis(0), film.dim().0 - 1).to_owned();
    let clutter = last(clip) - last(shown);
    for mut frame in future.outer_iter_mut() {
        frame.zip_mut_with(&clutter, |v, clutter| *v = (*v + clutter).clamp(0.0, 1.0));
    }
}

/// Takes the probability out of what the network gave: refuses what is missing or no number, clamps
/// to 0..1, sets burnt cells to 1, lets nothing fall with lead.
fn sound_probability(
    rollout: Rollout<'_>,
    output: &mut WindowOutput,
    burnt: &Array2<bool>,
) -> Result<Array3<f32>, ModelError> {
    let mut probability = output.burn_probability.take().ok_or_else(|| {
        rollout.engine.failed("running the network", "it gave no burn_probability")
    })?;
    rollout.refuse_not_finite("burn_probability", &probability)?;
    let mut before = burnt.mapv(|b| if b { 1.0f32 } else { 0.0 });
    for mut lead in probability.outer_iter_mut() {
        Zip::from(&mut lead).and(&mut before).for_each(|p, before| {
            *p = p.clamp(*before, 1.0);
            *before = *p;
        });
    }
    Ok(probability)
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
    use crate::clip::{Observed, Span, Unit};
    use crate::frame::{Elapsed, Kind};
    use crate::grid::Grid;
    use crate::model::window::{Window, WindowInput};
    use crate::model::{Model, RunOptions, inside};
    use emberline_engine::{EngineKind, EngineOptions, RunError};
    use ndarray::array;
    use std::ops::ControlFlow;

    /// A square of fire that grows one pixel a frame on all sides.
    fn clip(h: usize, w: usize, frames: usize) -> Clip {
        let burnt = Array3::from_shape_fn((frames, h, w), |(k, y, x)| {
            y.abs_diff(h / 2).max(x.abs_diff(w / 2)) <= 4 + k
        });
        Clip {
            kind: Kind::Mask,
            frames: burnt.mapv(|b| if b { 1.0 } else { 0.0 }),
            observed: Observed::Fire(Burning::seen(burnt, 0.5)),
            unit: Unit::Span(Span { zero: 0.0, one: 1.0 }),
            step_s: 2.0,
            lead_steps: 1,
            end: Elapsed::counted(9, 2.0),
            end_utc: None,
            pixels: Vec::new(),
            picked: (0..frames).collect(),
            grid: Grid::new(h, w),
            notes: Vec::new(),
        }
    }

    fn model() -> Result<Model, ModelError> {
        Model::open(inside("fire-v1")?, &EngineOptions::of(EngineKind::Tract))
    }

    #[test]
    fn a_forecast_is_sound_at_any_size_and_rolled_out_where_asked() -> Result<(), ModelError> {
        let model = model()?;
        for (h, w, leads, rolled) in [(32, 32, 20, None), (45, 70, 3, None), (64, 64, 45, Some(21))]
        {
            let clip = clip(h, w, 10);
            let mut heard = (0, 0);
            let (f, _) = model.forecast(&clip, RunOptions::leads(leads), &mut |a, b| {
                heard = (a, b);
                ControlFlow::Continue(())
            })?;
            assert_eq!(heard.0, heard.1);
            let burn = f.burn().expect("a forecast of fire");
            assert_eq!(burn.probability.dim(), (leads, h, w));
            assert_eq!((f.rollout_from_lead, f.members()), (rolled, 1));
            assert_eq!(f.lead_s[leads - 1], 2.0 * leads as f64);
            let now = clip.observed.fire().expect("a fire").now();
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
        let clip = clip(32, 32, 10);
        let called_off =
            model.forecast(&clip, RunOptions::leads(1), &mut |_, _| ControlFlow::Break(()));
        assert!(matches!(called_off, Err(ModelError::Stopped)));
        let many = RunOptions { members: 2, ..RunOptions::leads(1) };
        let refused = model.forecast(&clip, many, &mut |_, _| ControlFlow::Continue(()));
        let refused = refused.expect_err("it takes no noise").to_string();
        assert!(refused.contains("gives 1 to 1 members, not 2"), "{refused}");
        Ok(())
    }

    #[test]
    fn clutter_is_not_shown_and_stands_still_afterwards() {
        // Background .2, a rock of .6, and fire of .9 that spreads from one cell to two and cools.
        let frames = array![[[0.2, 0.6, 0.9, 0.2, 0.2]], [[0.2, 0.6, 0.5, 0.9, 0.2]]];
        let mut burnt = frames.mapv(|v: f32| v > 0.8);
        burnt[[1, 0, 2]] = true;
        let alone = Burning::seen(burnt, 0.8).alone(&frames);
        assert_eq!(alone, array![[[0.2, 0.2, 0.9, 0.2, 0.2]], [[0.5, 0.5, 0.65, 0.9, 0.5]]]);
        let mut future = array![[[0.5, 0.5, 0.65, 0.9, 0.9]]];
        put_clutter_back(&mut future, &frames, &alone);
        for (got, want) in future.iter().zip([0.2, 0.6, 0.5, 0.9, 0.6f32]) {
            assert!((got - want).abs() < 1e-6, "{future:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_and_what_falls_is_lifted() -> Result<(), ModelError> {
        let folder = inside("fire-v1")?;
        let model = model()?;
        struct Nothing;
        impl Window for Nothing {
            fn run(&self, _: &WindowInput<'_>, _: usize) -> Result<WindowOutput, RunError> {
                Err("nothing".into())
            }
        }
        let rollout = Rollout { card: &folder.card, engine: model.engine(), window: &Nothing };
        let output = |p: [f32; 3]| WindowOutput {
            frames: Array3::from_elem((3, 1, 2), 2.0),
            burn_probability: Some(Array3::from_shape_fn((3, 1, 2), |(l, ..)| p[l])),
            codes: Vec::new(),
        };
        let burnt = Array2::from_shape_fn((1, 2), |(_, x)| x == 1);
        let mut good = output([0.5, 0.25, 1.5]);
        let sound = sound_probability(rollout, &mut good, &burnt)?;
        assert_eq!(sound.as_slice(), Some(&[0.5, 1.0, 0.5, 1.0, 1.0, 1.0][..]));
        let bad = sound_probability(rollout, &mut output([0.5, f32::NAN, 0.5]), &burnt);
        let bad = bad.expect_err("no number").to_string();
        assert!(bad.contains("burn_probability is not finite at lead 2"), "{bad}");
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
