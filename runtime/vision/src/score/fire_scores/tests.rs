//! Fire scores by hand, and those of the baselines on real drone masks: the numbers of SciPy and OpenCV.

#![allow(clippy::unwrap_used)] // tests only

use std::fs::File;
use std::path::PathBuf;

use ndarray::s;
use ndarray_npy::NpzReader;

use super::*;
use crate::baseline::FireBaseline;
use crate::clip::{Burning, Clip, Observed, Span, Unit};
use crate::forecast::Predicted;
use crate::frame::{Elapsed, Kind};
use crate::front::Front;
use crate::grid::Grid;
use crate::score::physics::shrunk_cells;

const SEEN: usize = 10;
const LEADS: usize = 10;

/// As `tests/golden/drone.py` prints them: new-burn F1 at leads 1, 5 and 10, arrival error in frames.
const WANT: [(&str, [f64; 3], f64); 5] = [
    ("persistence", [0.0, 0.0, 0.0], 25.334),
    ("mean-speed", [0.0, 0.2213, 0.2922], 17.269),
    ("optical-flow", [0.276, 0.3217, 0.3235], 17.024),
    ("local-speed", [0.1106, 0.1228, 0.1688], 11.209),
    ("speed-blend", [0.085, 0.274, 0.2618], 12.499),
];

/// Fire masks `[T, H, W]` of drone film C, or `None` (printed) where the data is not there.
fn film_c() -> Option<Array3<bool>> {
    let root = std::env::var_os("EMBERLINE_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join("fire_validation/firesentry_C_208x120.npz");
    let Ok(file) = File::open(&path) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
        println!("NOT RUN: {} is missing; set EMBERLINE_DATA", path.display());
        return None;
    };
    let packed: Array3<u8> = NpzReader::new(file).unwrap().by_name("mask").unwrap();
    let (t, h, bytes) = packed.dim();
    let bit = |(t, y, x): (usize, usize, usize)| packed[[t, y, x / 8]] >> (7 - x % 8) & 1 == 1;
    Some(Array3::from_shape_fn((t, h, 8 * bytes), bit))
}

/// The masks of one start as a clip, and what burnt after it.
fn clip(masks: &Array3<bool>, start: usize, step: usize) -> (Clip, Burning, Array3<bool>) {
    let film = masks.slice(s![start..=start + (SEEN + LEADS - 1) * step; step, .., ..]);
    let mut burnt = film.to_owned();
    for t in 1..SEEN + LEADS {
        let (before, mut now) = burnt.multi_slice_mut((s![t - 1, .., ..], s![t, .., ..]));
        now.zip_mut_with(&before, |now, &before| *now |= before);
    }
    let truth = burnt.slice(s![SEEN.., .., ..]).to_owned();
    let burning = Burning::seen(burnt.slice(s![..SEEN, .., ..]).to_owned(), 0.5);
    let clip = Clip {
        kind: Kind::Mask,
        frames: film.slice(s![..SEEN, .., ..]).mapv(|b| f32::from(u8::from(b))),
        observed: Observed::Fire(burning.clone()),
        unit: Unit::Span(Span { zero: 0.0, one: 1.0 }),
        step_s: 15.0 * step as f64,
        lead_steps: 1,
        end: Elapsed::ZERO,
        end_utc: None,
        pixels: Vec::new(),
        picked: Vec::new(),
        grid: Grid::new(film.dim().1, film.dim().2),
        notes: Vec::new(),
    };
    (clip, burning, truth)
}

#[test]
fn baselines_score_on_drone_masks_as_in_python() {
    let Some(masks) = film_c() else { return };
    let mut pool = vec![(vec![FireScores::default(); LEADS], ArrivalError::default()); 5];
    let mut starts = 0;
    for step in [1, 2] {
        for start in 0..masks.dim().0 - (SEEN + LEADS - 1) * step {
            let (clip, burning, truth) = clip(&masks, start, step);
            let now = burning.now();
            if !now.iter().any(|&b| b) {
                continue;
            }
            starts += 1;
            let front = Front::of(&burning.burnt);
            for (baseline, (leads, late)) in FireBaseline::ALL.into_iter().zip(&mut pool) {
                let forecast = baseline.forecast(&clip, &burning, &front, LEADS);
                let burn = forecast.burn().unwrap();
                let (rows, error) = score_start(&forecast, burn, &truth, &now, clip.step_s);
                leads.iter_mut().zip(&rows).for_each(|(pool, row)| *pool += row);
                *late += &error;
            }
        }
    }
    assert_eq!(starts, 69);
    for ((baseline, (leads, late)), (name, f1, mae)) in
        FireBaseline::ALL.into_iter().zip(&pool).zip(WANT)
    {
        assert_eq!(baseline.name(), name);
        let got = [0, 4, 9].map(|l| leads[l].new_burn.f1().unwrap());
        let got_mae = late.mae_frames().unwrap();
        let px = leads[4].front_px.mean().unwrap();
        println!("{name:12} F1 {got:.4?}, arrival {got_mae:.3} frames, front at lead 5 {px:.2} px");
        for (got, want) in got.into_iter().zip(f1) {
            assert!((got - want).abs() < 0.001, "{name}: F1 {got}, not {want}");
        }
        assert!((got_mae - mae).abs() < 0.01, "{name}: arrival {got_mae} frames, not {mae}");
    }
}

/// Columns left of `first + speed · lead` burn, surely.
fn columns(leads: usize, first: usize, speed: usize) -> Array3<bool> {
    Array3::from_shape_fn((leads, 8, 40), |(l, _, x)| x < first + speed * (l + 1))
}

fn burn(burnt: &Array3<bool>, arrival_s: Array2<f32>) -> Burn {
    let probability = burnt.mapv(|b| f32::from(u8::from(b)));
    Burn { probability, arrival_s, threshold: 0.5 }
}

fn forecast(burn: &Burn, cell_m: Option<f64>) -> Forecast {
    let leads = burn.probability.dim().0;
    Forecast {
        lead_s: (1..=leads).map(|l| 20.0 * l as f64).collect(),
        frames: Array3::zeros(burn.probability.dim()).insert_axis(ndarray::Axis(0)),
        predicted: Predicted::Fire(burn.clone()),
        rollout_from_lead: None,
        codes: Vec::new(),
        drift: None,
        grid: Grid { cell_m, ..Grid::new(8, 40) },
        notes: Vec::new(),
    }
}

#[test]
fn a_front_twice_too_fast_has_these_scores() {
    let now = Array2::from_shape_fn((8, 40), |(_, x)| x < 10);
    let truth = columns(5, 10, 1);
    // One column a frame observed, two forecast: column 10 + k burns after (k + 1) / 2 frames.
    let arrival = Array2::from_shape_fn((8, 40), |(_, x)| match x {
        0..10 => 0.0,
        10..24 => 20.0 * (x - 9) as f32 / 2.0,
        _ => f32::NAN,
    });
    let burn = burn(&columns(7, 10, 2), arrival);
    let forecast = forecast(&burn, Some(30.0));
    let (rows, arrival) = score_start(&forecast, &burn, &truth, &now, 20.0);
    assert_eq!(rows.len(), 5, "as many leads as were seen");
    let lead = &rows[3];
    assert_eq!(lead.new_burn.iou(), Some(0.5));
    assert_eq!(lead.new_burn.recall(), Some(1.0));
    assert_eq!(lead.front_px.mean(), Some(4.0));
    assert_eq!(lead.front_m.mean(), Some(120.0));
    assert_eq!(lead.reliability.brier(), Some(4.0 / 30.0));
    // Truth k + 1/2 against (k + 1) / 2, for k in 0..5.
    assert_eq!(arrival.predicted.count, 40);
    assert_eq!(arrival.mae_frames(), Some((0.0 + 0.5 + 1.0 + 1.5 + 2.0) / 5.0));
    let mut twice = *lead;
    twice += lead;
    assert_eq!(twice.new_burn.hits, 2 * lead.new_burn.hits);
    assert_eq!(twice.front_m.mean(), lead.front_m.mean());
}

#[test]
fn what_is_taken_back_is_counted() {
    let now = Array2::from_shape_fn((8, 40), |(_, x)| x < 10);
    let mut burnt = columns(3, 10, 1);
    let sound = burn(&burnt, Array2::zeros((8, 40)));
    assert_eq!(shrunk_cells(&sound, &now), 0);
    burnt[[0, 0, 0]] = false; // burnt before
    burnt[[2, 3, 11]] = false; // forecast at lead 2
    assert_eq!(shrunk_cells(&burn(&burnt, Array2::zeros((8, 40))), &now), 2);
}
