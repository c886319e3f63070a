//! What baselines must forecast: OpenCV's and SciPy's answers on a made-up fire, and cases by hand.

#![allow(clippy::unwrap_used)] // tests only

use std::fs::File;
use std::path::Path;

use ndarray::{Array2, Array3, Axis, s};
use ndarray_npy::{NpzReader, ReadableElement};

use super::FireBaseline;
use crate::clip::{Burning, Clip, Observed, Span, Unit};
use crate::forecast::Forecast;
use crate::frame::{Elapsed, Kind};
use crate::front::Front;
use crate::grid::Grid;
use crate::motion::farneback::{advection_speed_px, optical_flow};

fn golden<D: ndarray::Dimension, A: ReadableElement>(name: &str) -> ndarray::Array<A, D> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/baseline.npz");
    NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap()
}

fn clip(frames: Array3<f32>, burnt: Array3<bool>) -> Clip {
    let (t, h, w) = frames.dim();
    Clip {
        kind: Kind::Thermal,
        frames,
        observed: Observed::Fire(Burning::seen(burnt, 0.5)),
        unit: Unit::Span(Span { zero: 0.0, one: 255.0 }),
        step_s: 30.0,
        lead_steps: 1,
        end: Elapsed::counted(1, 300.0),
        end_utc: None,
        pixels: Vec::new(),
        picked: (0..t).collect(),
        grid: Grid::new(h, w),
        notes: Vec::new(),
    }
}

fn burning(clip: &Clip) -> &Burning {
    clip.observed.fire().unwrap()
}

/// Forecast of a clip whose front is found first.
fn forecast(baseline: FireBaseline, clip: &Clip, leads: usize) -> Forecast {
    let burning = burning(clip);
    baseline.forecast(clip, burning, &Front::of(&burning.burnt), leads)
}

/// The clip of the golden film: only the frames that optical flow looks at are filled.
fn golden_clip() -> Clip {
    let (before, now): (Array2<u8>, Array2<u8>) = (golden("before"), golden("now"));
    let burnt: Array3<bool> = golden("burnt");
    let mut frames = Array3::zeros(burnt.dim());
    for (k, image) in [(6, before), (9, now)] {
        frames.index_axis_mut(Axis(0), k).assign(&image.mapv(|v| f32::from(v) / 255.0));
    }
    clip(frames, burnt)
}

/// F1 on cells not burnt at the last frame, at one lead.
fn new_burn_f1(predicted: &Array2<bool>, truth: &Array2<bool>, now: &Array2<bool>) -> f64 {
    let (mut hit, mut both) = (0.0, 0.0);
    for ((&s, &t), _) in predicted.iter().zip(truth).zip(now).filter(|&(_, &n)| !n) {
        hit += f64::from(u8::from(s && t));
        both += f64::from(u8::from(s)) + f64::from(u8::from(t));
    }
    2.0 * hit / both
}

fn burnt_by(forecast: &Forecast) -> Array3<bool> {
    let burn = forecast.burn().unwrap();
    burn.probability.mapv(|p| p >= burn.threshold)
}

#[test]
fn speeds_give_scipys_masks() {
    let clip = golden_clip();
    for baseline in [FireBaseline::MeanSpeed, FireBaseline::LocalSpeed, FireBaseline::SpeedBlend] {
        let want: Array3<bool> = golden(baseline.name());
        let got = burnt_by(&forecast(baseline, &clip, 10));
        // A cell may lie on the edge of a lead within rounding.
        let off = got.iter().zip(&want).filter(|(a, b)| a != b).count();
        assert!(off <= 3, "{baseline}: {off} of {} cells differ", got.len());
    }
}

#[test]
fn flow_is_opencvs() {
    let clip = golden_clip();
    let image = |k: usize| clip.frames.index_axis(Axis(0), k).mapv(|v| v * 255.0);
    let flow = optical_flow(&image(6), &image(9));
    let want: Array3<i16> = golden("flow");
    let want = want.mapv(|v| f32::from(v) / 512.0);
    let mut off: Vec<f32> = flow
        .right_px
        .indexed_iter()
        .filter(|&((y, x), _)| want[[y, x, 0]].hypot(want[[y, x, 1]]) > 0.5)
        .map(|((y, x), r)| (r - want[[y, x, 0]]).hypot(flow.down_px[[y, x]] - want[[y, x, 1]]))
        .collect();
    off.sort_by(f32::total_cmp);
    let (median, p99) = (off[off.len() / 2], off[off.len() * 99 / 100]);
    println!("{} moving cells: endpoint error median {median} px, 99 % {p99} px", off.len());
    assert!(off.len() > 1000 && median < 0.005 && p99 < 0.05, "median {median}, 99 % {p99}");
}

#[test]
fn flow_forecasts_score_as_opencvs() {
    let clip = golden_clip();
    let forecast = forecast(FireBaseline::OpticalFlow, &clip, 10);
    let (want, truth): (Array3<bool>, Array3<bool>) = (golden("optical-flow"), golden("truth"));
    let (got, now) = (burnt_by(&forecast), burning(&clip).now());
    for l in 0..10 {
        let score = |predicted: &Array3<bool>| {
            let at = |a: &Array3<bool>| a.index_axis(Axis(0), l).to_owned();
            new_burn_f1(&at(predicted), &at(&truth), &now)
        };
        let (ours, theirs) = (score(&got), score(&want));
        println!("lead {}: F1 {ours:.4}, OpenCV {theirs:.4}", l + 1);
        assert!((ours - theirs).abs() < 0.01, "lead {}: F1 {ours}, not {theirs}", l + 1);
    }
}

#[test]
fn flow_carries_fire_as_fast_as_opencvs() {
    let clip = golden_clip();
    let distance = Front::of(&burning(&clip).burnt).distance_px;
    let got = advection_speed_px(&clip.frames, &burning(&clip).now(), &distance);
    let want = golden::<ndarray::Ix2, u16>("carried").mapv(|v| f32::from(v) / 256.0);
    let reached = want.iter().filter(|&&v| v > 0.0).count();
    let off = got.iter().zip(&want).filter(|(a, b)| (*a - *b).abs() > 0.01).count();
    println!("{reached} cells reached, {off} of all differ");
    // A flow that is off by a thousandth reaches a cell a lead earlier or later.
    assert!(reached > 3000 && off * 50 < reached, "{off} of {reached}");
}

#[test]
fn flow_follows_a_shift_into_the_next_frames() {
    // A soft blob that moves 1.5 px right and 0.5 px up a frame.
    let blob = |t: f32, y: usize, x: usize| {
        let (dy, dx) = (y as f32 - 40.0 + 0.5 * t, x as f32 - 30.0 - 1.5 * t);
        (-(dy * dy + dx * dx) / 60.0).exp()
    };
    let frames = Array3::from_shape_fn((10, 72, 80), |(t, y, x)| blob(t as f32, y, x));
    let burnt = Array3::from_elem(frames.dim(), false);
    let clip = clip(frames, burnt);
    let forecast = forecast(FireBaseline::OpticalFlow, &clip, 2);
    for l in 0..2 {
        let want = Array2::from_shape_fn((72, 80), |(y, x)| blob(10.0 + l as f32, y, x));
        let member = forecast.member(0);
        let got = member.index_axis(Axis(0), l);
        let mse = (&got - &want).mapv(|d| d * d).mean().unwrap();
        let still = (&clip.frames.slice(s![9, .., ..]) - &want).mapv(|d| d * d).mean().unwrap();
        assert!(mse < 0.1 * still, "lead {}: {mse} against {still} of persistence", l + 1);
    }
}

#[test]
fn arrival_probability_and_pictures_agree() {
    let clip = golden_clip();
    let now = burning(&clip).now();
    for baseline in FireBaseline::ALL {
        let f = forecast(baseline, &clip, 4);
        assert_eq!(f.lead_s, [30.0, 60.0, 90.0, 120.0]);
        assert_eq!(f.frames.dim(), (1, 4, 132, 150));
        assert!(f.frames.iter().all(|v| (0.0..=1.0).contains(v)), "{baseline}");
        let burn = f.burn().unwrap();
        for ((y, x), &arrival) in burn.arrival_s.indexed_iter() {
            let first = (0..4).find(|&l| burn.probability[[l, y, x]] >= 0.5);
            for l in 1..4 {
                let [before, after] = [l - 1, l].map(|l| burn.probability[[l, y, x]]);
                assert!(before <= after, "{baseline}: burnt cells stay burnt");
            }
            match first {
                _ if now[[y, x]] => assert!(arrival == 0.0 && first == Some(0), "{baseline}"),
                Some(l) => {
                    let (from, to) = (30.0 * l as f32, 30.0 * (l + 1) as f32);
                    let within = arrival > from - 1e-3 && arrival < to + 1e-3;
                    assert!(within, "{baseline}: {arrival} s, lead {}", l + 1);
                }
                None => assert!(arrival.is_nan(), "{baseline}"),
            }
        }
    }
}

#[test]
fn newly_burnt_cells_are_painted_hot() {
    let burnt = Array3::from_shape_fn((6, 32, 40), |(t, _, x)| x < 5 + 2 * t);
    let clip = clip(Array3::from_elem((6, 32, 40), 0.1), burnt);
    let f = forecast(FireBaseline::MeanSpeed, &clip, 3);
    // Burnt up to column 14; 2 columns a frame.
    assert_eq!(
        f.frames.slice(s![0, 1, 8, 13..21]).to_vec(),
        [0.1, 0.1, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1]
    );
    assert_eq!(f.burn().unwrap().arrival_s[[8, 17]], 45.0);
    let still = forecast(FireBaseline::Persistence, &clip, 3);
    assert!(still.frames.iter().all(|&v| v == 0.1));
    assert!(still.burn().unwrap().arrival_s[[8, 15]].is_nan());
}

#[test]
fn short_clips_and_quiet_ones_are_forecast_too() {
    for (t, h, w) in [(1, 32, 32), (2, 33, 47), (10, 32, 32), (4, 5, 1), (0, 8, 8)] {
        let clip = clip(Array3::from_elem((t, h, w), 0.25), Array3::from_elem((t, h, w), false));
        for baseline in FireBaseline::ALL {
            let f = forecast(baseline, &clip, 2);
            let burn = f.burn().unwrap();
            assert!(burn.probability.iter().all(|&p| p == 0.0), "{baseline}");
            assert!(burn.arrival_s.iter().all(|a| a.is_nan()), "{baseline}");
            assert!(t == 0 || f.frames.iter().all(|&v| (v - 0.25).abs() < 1e-6), "{baseline}");
        }
    }
}

#[test]
fn names_are_those_in_files() {
    for baseline in FireBaseline::ALL {
        assert_eq!(serde_json::to_string(&baseline).unwrap(), format!("\"{baseline}\""));
    }
}
