//! Health of a rain film: gaps, uneven steps, outages and frozen frames, told and left as they are.

use std::fmt::Write;

use crate::frame::{Film, Pixels};
use crate::rain_rate::NO_DATA_CODE;

/// A difference of more than this many steps is a gap.
const GAP_STEPS: f64 = 1.5;
/// Share of a step by which frames may come early or late before it is told.
const UNEVEN: f64 = 0.02;
/// A frame that misses this much more of the map than usual has lost a radar.
const LOST_SHARE: f64 = 0.05;
/// Most gaps or outages that are told one by one.
const TOLD: usize = 5;

/// What a person should know of the times and the coverage of a rain film, a line each.
pub(in crate::source) fn of(film: &Film) -> Vec<String> {
    let mut notes = Vec::new();
    let unseen: Vec<f64> = film.frames.iter().map(|f| unseen_share(&f.pixels)).collect();
    gaps(film, &mut notes);
    outages(film, &unseen, &mut notes);
    frozen(film, &unseen, &mut notes);
    notes
}

/// Wall time of frame `i`, or film time where there is none.
fn when(film: &Film, i: usize) -> String {
    let Some(frame) = film.frames.get(i) else { return "second 0".to_owned() };
    frame.time.utc.map_or_else(|| format!("second {}", frame.time_s()), |t| t.to_string())
}

fn gaps(film: &Film, notes: &mut Vec<String>) {
    let steps: Vec<f64> = film.frames.windows(2).map(|p| p[1].time_s() - p[0].time_s()).collect();
    if steps.len() < 2 {
        return;
    }
    let step_s = film.step_s();
    let is_gap = |d: f64| d > GAP_STEPS * step_s;
    let gaps: Vec<usize> = (0..steps.len()).filter(|&i| is_gap(steps[i])).collect();
    let missing = |i: usize| ((steps[i] / step_s).round() as usize).saturating_sub(1).max(1);
    if !gaps.is_empty() {
        let each = gaps.iter().map(|&i| {
            format!("{} to {} ({} missing)", when(film, i), when(film, i + 1), missing(i))
        });
        let frames: usize = gaps.iter().map(|&i| missing(i)).sum();
        notes.push(format!(
            "{frames} frames are missing at a step of {step_s} s: {}; nothing is filled in",
            list(each)
        ));
    }
    let even = steps.iter().copied().filter(|&d| !is_gap(d));
    let (least, most) = even.fold((f64::INFINITY, 0f64), |(a, b), d| (a.min(d), b.max(d)));
    if most - least > UNEVEN * step_s {
        notes.push(format!("frames are {least} to {most} s apart, {step_s} s as a rule"));
    }
}

fn outages(film: &Film, unseen: &[f64], notes: &mut Vec<String>) {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for i in (0..unseen.len()).filter(|&i| unseen[i] >= 1.0) {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == i => run.1 = i,
            _ => runs.push((i, i)),
        }
    }
    if !runs.is_empty() {
        let n: usize = runs.iter().map(|(a, b)| b - a + 1).sum();
        let each = runs.iter().map(|&(a, b)| match a == b {
            true => when(film, a),
            false => format!("{} to {}", when(film, a), when(film, b)),
        });
        notes.push(format!("{n} frames hold no data at all (a radar outage): {}", list(each)));
    }
    let mut usual: Vec<f64> = unseen.iter().copied().filter(|&u| u < 1.0).collect();
    usual.sort_by(f64::total_cmp);
    let Some(&usual) = usual.get(usual.len() / 2) else { return };
    let lost: Vec<usize> =
        (0..unseen.len()).filter(|&i| unseen[i] < 1.0 && unseen[i] > usual + LOST_SHARE).collect();
    if !lost.is_empty() {
        let each =
            lost.iter().map(|&i| format!("{} ({:.0} % unseen)", when(film, i), 100.0 * unseen[i]));
        notes.push(format!(
            "{} frames see less than usual ({:.0} % of the map is unseen then; a radar is out?): {}",
            lost.len(),
            100.0 * usual,
            list(each)
        ));
    }
}

fn frozen(film: &Film, unseen: &[f64], notes: &mut Vec<String>) {
    let same: Vec<usize> = (1..film.frames.len())
        .filter(|&i| unseen[i] < 1.0 && rains(&film.frames[i].pixels))
        .filter(|&i| bits(&film.frames[i].pixels, &film.frames[i - 1].pixels))
        .collect();
    if !same.is_empty() {
        notes.push(format!(
            "{} frames are the same as the one before (a frozen feed?): {}",
            same.len(),
            list(same.iter().map(|&i| when(film, i)))
        ));
    }
}

/// The first few of `each`, and how many more there are.
fn list(each: impl ExactSizeIterator<Item = String>) -> String {
    let n = each.len();
    let mut out = each.take(TOLD).collect::<Vec<_>>().join(", ");
    if n > TOLD {
        let _ = write!(out, " and {} more", n - TOLD);
    }
    out
}

/// Share of the cells without data.
fn unseen_share(pixels: &Pixels) -> f64 {
    let (n, all) = match pixels {
        Pixels::U8(a) => (a.iter().filter(|&&v| v == NO_DATA_CODE).count(), a.len()),
        Pixels::U16(a) => (0, a.len()),
        Pixels::F32(a) => (a.iter().filter(|v| v.is_nan()).count(), a.len()),
    };
    n as f64 / all.max(1) as f64
}

fn rains(pixels: &Pixels) -> bool {
    match pixels {
        Pixels::U8(a) => a.iter().any(|&v| v != 0 && v != NO_DATA_CODE),
        Pixels::U16(a) => a.iter().any(|&v| v != 0),
        Pixels::F32(a) => a.iter().any(|&v| v >= crate::rain_rate::LEAST_MM_H),
    }
}

/// Whether two frames are equal to the bit.
fn bits(a: &Pixels, b: &Pixels) -> bool {
    match (a, b) {
        (Pixels::F32(a), Pixels::F32(b)) => {
            a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits())
        }
        (a, b) => a == b,
    }
}
