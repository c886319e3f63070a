//! Health of a film of rain: gaps, uneven steps, outages and frozen frames, noted and left as they are.

use crate::frame::{Film, Pixels};
use crate::note::{Moment, Note};
use crate::rain_rate::NO_DATA_CODE;

/// A difference of more than this many steps is a gap.
const GAP_STEPS: f64 = 1.5;
/// Share of a step by which frames may come early or late before it is noted.
const UNEVEN: f64 = 0.02;
/// A frame that misses this much more of the map than usual has lost a radar.
const LOST_SHARE: f64 = 0.05;

/// What a person should know of the times and the coverage of a film of rain.
pub(crate) fn of(film: &Film) -> Vec<Note> {
    let mut notes = Vec::new();
    let unseen: Vec<f64> = film.frames.iter().map(|f| unseen_share(&f.pixels)).collect();
    gaps(film, &mut notes);
    outages(film, &unseen, &mut notes);
    frozen(film, &unseen, &mut notes);
    notes
}

/// When frame `i` was.
fn when(film: &Film, i: usize) -> Moment {
    let frame = &film.frames[i];
    Moment { utc: frame.time.utc, elapsed_s: frame.time_s() }
}

/// Notes gaps between frames, and uneven steps.
pub(crate) fn gaps(film: &Film, notes: &mut Vec<Note>) {
    let steps: Vec<f64> = film.frames.windows(2).map(|p| p[1].time_s() - p[0].time_s()).collect();
    if steps.len() < 2 {
        return;
    }
    let step_s = film.step_s();
    let is_gap = |d: f64| d > GAP_STEPS * step_s;
    let missing = |d: f64| ((d / step_s).round() as usize).saturating_sub(1).max(1);
    let gaps: Vec<(Moment, Moment, usize)> = (0..steps.len())
        .filter(|&i| is_gap(steps[i]))
        .map(|i| (when(film, i), when(film, i + 1), missing(steps[i])))
        .collect();
    if !gaps.is_empty() {
        let frames = gaps.iter().map(|(_, _, missing)| missing).sum();
        notes.push(Note::FramesMissing { frames, step_s, gaps });
    }
    let even = steps.iter().copied().filter(|&d| !is_gap(d));
    let (least_s, most_s) = even.fold((f64::INFINITY, 0f64), |(a, b), d| (a.min(d), b.max(d)));
    if most_s - least_s > UNEVEN * step_s {
        notes.push(Note::StepUneven { least_s, most_s, step_s });
    }
}

fn outages(film: &Film, unseen: &[f64], notes: &mut Vec<Note>) {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for i in (0..unseen.len()).filter(|&i| unseen[i] >= 1.0) {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == i => run.1 = i,
            _ => runs.push((i, i)),
        }
    }
    if !runs.is_empty() {
        let frames = runs.iter().map(|(a, b)| b - a + 1).sum();
        let runs = runs.into_iter().map(|(a, b)| (when(film, a), when(film, b))).collect();
        notes.push(Note::RadarOutage { frames, runs });
    }
    let mut usual: Vec<f64> = unseen.iter().copied().filter(|&u| u < 1.0).collect();
    usual.sort_by(f64::total_cmp);
    let (Some(&best), Some(&usual)) =
        (usual.get((usual.len().max(1) - 1) / 4), usual.get(usual.len() / 2))
    else {
        return;
    };
    let lost = |than: f64| -> Vec<(Moment, f64)> {
        (0..unseen.len())
            .filter(|&i| unseen[i] < 1.0 && unseen[i] > than + LOST_SHARE)
            .map(|i| (when(film, i), unseen[i]))
            .collect()
    };
    let (often, few) = (lost(best), lost(usual));
    if often.len() > few.len() {
        let most = often.iter().map(|(_, u)| *u).fold(0.0, f64::max);
        let (frames, of) = (often.len(), unseen.len());
        notes.push(Note::CoverageUneven { frames, of, usual: best, most });
    } else if !few.is_empty() {
        notes.push(Note::SeesLess { usual, frames: few });
    }
}

fn frozen(film: &Film, unseen: &[f64], notes: &mut Vec<Note>) {
    let frames: Vec<Moment> = (1..film.frames.len())
        .filter(|&i| unseen[i] < 1.0 && rains(&film.frames[i].pixels))
        .filter(|&i| bits(&film.frames[i].pixels, &film.frames[i - 1].pixels))
        .map(|i| when(film, i))
        .collect();
    if !frames.is_empty() {
        notes.push(Note::FeedFrozen { frames });
    }
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
