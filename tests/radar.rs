//! Rain baselines and scores on real radar, held against pysteps.
//!
//! Runs when `EMBERLINE_PYTHON` names a Python with pysteps and `EMBERLINE_DATA` (default
//! `../shared/data`) holds `radar_dev/`. What Rust computes of each start is written as `.npz`, and
//! `tests/radar.py` does the same with pysteps, prints the tables and fails beyond the tolerances.
//! `EMBERLINE_RADAR_EVERY=1` takes every start (4 minutes), the default every eighth.

#![allow(clippy::unwrap_used)] // tests only

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use emberline::extrapolation::{Inflow, extrapolate, smoothed_extrapolation};
use emberline::motion::MotionField;
use emberline::motion::farneback::flow_at_end;
use emberline::motion::lucas_kanade::rain_motion;
use emberline::rain_rate::{mm_h, share_of_code};
use emberline::score::{ContingencyTable, Crps, Fss, RATES_MM_H, ReliabilityTable, exceedance};
use ndarray::{Array, Array2, Array3, ArrayRef2, ArrayRef3, Axis, Dimension, RemoveAxis, s};
use ndarray_npy::{NpzReader, NpzWriter, WritableElement};

/// Leads that are carried; of these, some are scored.
const LEADS: usize = 12;
const SCORED: [usize; 5] = [1, 3, 6, 9, 12];
/// Frames that motion is taken from.
const CONTEXT: usize = 3;
/// Sides of the windows of the FSS, cells.
const WINDOWS: [usize; 3] = [1, 9, 32];
/// The ensemble: the last frame carried at shares of its motion; one lead is scored.
const SPEEDS: [f32; 7] = [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3];
const ENSEMBLE_LEAD: usize = 6;
/// Events: files, every how many frames make a step, and the leads that their films reach.
const EVENTS: [(&str, &str, usize, usize); 4] = [
    ("fmi-20160928", "fmi_20160928_s", 1, 12),
    ("knmi-20100826", "knmi_20100826", 1, 12),
    ("meteonet-20160828", "meteonet_se_20160828", 1, 12),
    ("mrms-20190610", "mrms_20190610_w", 3, 9),
];

#[test]
fn rain_baselines_and_scores_are_those_of_pysteps() {
    let Some((python, radar)) = oracle() else { return };
    let every = std::env::var("EMBERLINE_RADAR_EVERY").map_or(8, |v| v.parse().unwrap());
    let room = tempfile::tempdir().unwrap();
    for (event, prefix, step, leads) in EVENTS {
        let starts: Vec<(Array3<f32>, usize)> = films(&radar, prefix, step)
            .into_iter()
            .flat_map(|film| (CONTEXT..=film.dim().0 - leads).map(move |t| (film.clone(), t)))
            .step_by(every)
            .collect();
        for (k, starts) in starts.chunks(8).enumerate() {
            let path = room.path().join(format!("{event}.{k:03}.npz"));
            write(
                &path,
                &starts.iter().map(|(film, t)| computed(film, *t, leads)).collect::<Vec<_>>(),
            );
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/radar.py");
    let done = Command::new(python).arg(script).arg(room.path()).output().unwrap();
    println!("{}", String::from_utf8_lossy(&done.stdout));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Python and the folder of radar, or why the test is not run.
fn oracle() -> Option<(PathBuf, PathBuf)> {
    let data = std::env::var_os("EMBERLINE_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let radar = data.join("radar_dev");
    let python = std::env::var_os("EMBERLINE_PYTHON").map(PathBuf::from);
    if let (Some(python), true) = (python, radar.is_dir()) {
        return Some((python, radar));
    }
    assert!(std::env::var_os("CI").is_none(), "set EMBERLINE_PYTHON and EMBERLINE_DATA");
    println!("NOT RUN: rain against pysteps: set EMBERLINE_PYTHON and EMBERLINE_DATA");
    None
}

/// Films `[T, H, W]` of shares: of each file that begins so, one for each phase of the step.
fn films(radar: &Path, prefix: &str, step: usize) -> Vec<Array3<f32>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(radar).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let named = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().starts_with(prefix);
    let mut out = Vec::new();
    for file in files.into_iter().filter(named) {
        let codes: Array3<u8> =
            NpzReader::new(File::open(file).unwrap()).unwrap().by_name("frames").unwrap();
        for phase in 0..step {
            out.push(codes.slice(s![phase..; step, .., ..]).mapv(share_of_code));
        }
    }
    assert!(!out.is_empty(), "no {prefix}* in {}", radar.display());
    out
}

/// All that Rust computes of one start: `t` frames are seen.
struct Computed {
    context: Array3<f32>,
    flow: Array3<f32>,
    carried: Array3<f32>,
    /// By method: persistence, Lucas–Kanade, Farnebäck, honest; then by lead.
    rates_mm_h: Vec<Array3<f32>>,
    truth_mm_h: Array3<f32>,
    border: Array2<f32>,
    honest: Array2<f32>,
    members_mm_h: Array3<f32>,
    cpu_s: [f64; 2],
}

fn computed(film: &ArrayRef3<f32>, t: usize, leads: usize) -> Computed {
    let context = film.slice(s![t - CONTEXT..t, .., ..]).to_owned();
    let now = context.index_axis(Axis(0), CONTEXT - 1).to_owned();
    let (flow, motion_s) = timed(|| rain_motion(&context));
    let (unfilled, carry_s) = timed(|| extrapolate(&now, &flow, LEADS, Inflow::NoData));
    let scored = || SCORED.into_iter().filter(|l| *l <= leads);
    let rates = |frames: &ArrayRef3<f32>| -> Array3<f32> {
        let picked: Vec<usize> = scored().map(|l| l - 1).collect();
        frames.select(Axis(0), &picked).mapv(rate)
    };
    let dry = |flow: &MotionField| rates(&extrapolate(&now, flow, LEADS, Inflow::Dry));
    let still = Array3::from_shape_fn((LEADS, now.dim().0, now.dim().1), |(_, y, x)| now[[y, x]]);
    let smoothed = smoothed_extrapolation(&now, &flow, LEADS);
    let mut members = Array3::zeros((SPEEDS.len(), now.dim().0, now.dim().1));
    for (speed, mut member) in SPEEDS.into_iter().zip(members.outer_iter_mut()) {
        let flow = MotionField { right_px: &flow.right_px * speed, down_px: &flow.down_px * speed };
        let frames = extrapolate(&now, &flow, ENSEMBLE_LEAD, Inflow::NoData);
        member.assign(&frames.index_axis(Axis(0), ENSEMBLE_LEAD - 1).mapv(rate));
    }
    Computed {
        rates_mm_h: vec![
            rates(&still),
            dry(&flow),
            dry(&flow_at_end(&context.mapv(|v| if v.is_nan() { 0.0 } else { v }))),
            rates(&smoothed),
        ],
        truth_mm_h: rates(&film.slice(s![t.., .., ..])),
        border: extrapolate(&now, &flow, LEADS, Inflow::Border)
            .index_axis(Axis(0), LEADS - 1)
            .to_owned(),
        honest: smoothed.index_axis(Axis(0), LEADS - 1).to_owned(),
        flow: ndarray::stack![Axis(0), flow.right_px, flow.down_px],
        carried: unfilled,
        members_mm_h: members,
        context,
        cpu_s: [motion_s, carry_s],
    }
}

fn rate(share: f32) -> f32 {
    if share.is_nan() { share } else { mm_h(share) }
}

/// What `f` gives, and the seconds of processor time that this thread took for it.
fn timed<T>(f: impl FnOnce() -> T) -> (T, f64) {
    let cpu_s = || {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        stat.split(' ')
            .next()
            .and_then(|ns| ns.parse::<f64>().ok())
            .map_or(f64::NAN, |ns| ns * 1e-9)
    };
    let start = cpu_s();
    let out = f();
    (out, cpu_s() - start)
}

/// Scores of a frame against the truth, as numbers in the order of `tests/radar.py`.
fn counts(predicted: &ArrayRef2<f32>, truth: &ArrayRef2<f32>) -> Vec<f64> {
    let numbers = |c: ContingencyTable| {
        [c.hits, c.false_alarms, c.misses, c.correct_negatives].map(|v| v as f64)
    };
    RATES_MM_H
        .into_iter()
        .flat_map(|rate| numbers(ContingencyTable::of_rate(predicted, truth, rate)))
        .collect()
}

fn fss(predicted: &ArrayRef2<f32>, truth: &ArrayRef2<f32>) -> Vec<f64> {
    let pairs = RATES_MM_H.into_iter().flat_map(|rate| WINDOWS.map(|window| (rate, window)));
    pairs
        .flat_map(|(rate, window)| {
            let fss = Fss::of(predicted, truth, rate, window);
            [fss.squared, fss.reference]
        })
        .collect()
}

/// CRPS of all cells, of those where no member equals the truth, and reliability at each rate.
fn ensemble(members: &ArrayRef3<f32>, truth: &ArrayRef2<f32>) -> Vec<f64> {
    let tied = |y: usize, x: usize| members.slice(s![.., y, x]).iter().any(|v| *v == truth[[y, x]]);
    let apart =
        Array2::from_shape_fn(
            truth.dim(),
            |(y, x)| if tied(y, x) { f32::NAN } else { truth[[y, x]] },
        );
    let mut out = Vec::new();
    for crps in [Crps::of(members, truth), Crps::of(members, &apart)] {
        out.extend([crps.error - crps.spread, crps.cells as f64]);
    }
    for rate in RATES_MM_H {
        let table = ReliabilityTable::of_rate(&exceedance(members, rate), truth, rate);
        out.extend(
            table.bins.iter().flat_map(|b| [b.cells as f64, b.observed as f64, b.probability_sum]),
        );
    }
    out
}

fn write(path: &Path, all: &[Computed]) {
    let mut file = NpzWriter::new(File::create(path).unwrap());
    let leads = all[0].truth_mm_h.dim().0;
    let at = |a: &Array3<f32>, k: usize| a.index_axis(Axis(0), k).to_owned();
    let scored = |f: fn(&ArrayRef2<f32>, &ArrayRef2<f32>) -> Vec<f64>| {
        let numbers = all.iter().flat_map(|s| {
            s.rates_mm_h
                .iter()
                .flat_map(move |r| (0..leads).map(move |l| f(&at(r, l), &at(&s.truth_mm_h, l))))
        });
        let numbers: Vec<Vec<f64>> = numbers.collect();
        let shape = (all.len(), all[0].rates_mm_h.len(), leads, numbers[0].len());
        Array::from_shape_vec(shape, numbers.concat()).unwrap()
    };
    put(&mut file, "counts", &scored(counts));
    put(&mut file, "fss", &scored(fss));
    let lead = SCORED.iter().position(|l| *l == ENSEMBLE_LEAD).unwrap();
    let rows = |f: &dyn Fn(&Computed) -> Vec<f64>| {
        let rows: Vec<Vec<f64>> = all.iter().map(f).collect();
        Array::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
    };
    put(&mut file, "ensemble", &rows(&|s| ensemble(&s.members_mm_h, &at(&s.truth_mm_h, lead))));
    put(&mut file, "cpu_s", &rows(&|s| s.cpu_s.to_vec()));
    put(&mut file, "context", &stacked(all, |s| &s.context));
    put(&mut file, "flow", &stacked(all, |s| &s.flow));
    put(&mut file, "carried", &stacked(all, |s| &s.carried));
    put(&mut file, "predicted_mm_h", &stacked(all, |s| &s.rates_mm_h[1]));
    put(&mut file, "truth_mm_h", &stacked(all, |s| &s.truth_mm_h));
    put(&mut file, "border", &stacked(all, |s| &s.border));
    put(&mut file, "honest", &stacked(all, |s| &s.honest));
    put(&mut file, "members_mm_h", &stacked(all, |s| &s.members_mm_h));
    file.finish().unwrap();
}

fn stacked<D>(all: &[Computed], pick: fn(&Computed) -> &Array<f32, D>) -> Array<f32, D::Larger>
where
    D: Dimension,
    D::Larger: RemoveAxis,
{
    let views: Vec<_> = all.iter().map(|s| pick(s).view()).collect();
    ndarray::stack(Axis(0), &views).unwrap()
}

fn put<A: WritableElement, D: Dimension>(
    file: &mut NpzWriter<File>,
    name: &str,
    array: &Array<A, D>,
) {
    file.add_array(name, array).unwrap();
}
