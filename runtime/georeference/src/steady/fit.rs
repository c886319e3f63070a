//! Fits: how points of the map lie in a picture, of tracks some of which are wrong.

use crate::plane::{Homography, Similarity};

/// A point of the map's window and where the picture has it, (x, y) cells.
pub(super) type Pair = ([f64; 2], [f64; 2]);

/// Cells within which a pair agrees with a fit.
const WITHIN_CELLS: f64 = 1.5;
/// Pairs of pairs that are tried.
const TRIALS: usize = 200;
/// Fewest pairs to try with, fewest that must agree, and their share.
const FEWEST_PAIRS: usize = 12;
const FEWEST_AGREE: usize = 10;
const LEAST_SHARE: f64 = 0.25;
/// Rounds of reweighting.
const ROUNDS: usize = 5;
/// Cells at which a pair's weight begins to fall (Tukey's biweight has its end at three times that).
const SOFT_CELLS: f64 = 0.6;
/// Pairs that hold a homography to the similarity: its eight numbers are only as free as the picture has corners.
const HOLDING_PAIRS: f64 = 6.0;
/// Agreeing pairs from which on a homography is fitted at all.
const FEWEST_FOR_EIGHT: usize = 30;
/// A fit beyond these is a wrong one.
const MOST_SCALE: f64 = 1.1;
const MOST_TURN_DEG: f64 = 10.0;
const MOST_SHIFT_CELLS: f64 = 80.0;

/// A fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// Four numbers.
    pub(super) similarity: Similarity,
    /// Eight, held to the four.
    pub(super) homography: Homography,
    /// Pairs that agree.
    pub(super) agree: usize,
    /// Root mean square of what they are off, cells.
    pub(super) off_cells: f64,
}

impl Fit {
    /// Of pairs within a window of this size; `None` where too few agree or the fit is no small motion.
    pub(super) fn of(pairs: &[Pair], size: [f64; 2]) -> Option<Self> {
        let agree = agreeing(pairs)?;
        let mut similarity = Similarity::through(&agree, &vec![1.0; agree.len()])?;
        for _ in 0..ROUNDS {
            let weights: Vec<f64> =
                agree.iter().map(|p| weight(distance(similarity.at(p.0), p.1))).collect();
            similarity = Similarity::through(&agree, &weights)?;
        }
        let middle = [0.5 * size[0], 0.5 * size[1]];
        let shift = distance(similarity.at(middle), middle);
        if !(1.0 / MOST_SCALE..=MOST_SCALE).contains(&similarity.scale())
            || similarity.turn_deg().abs() > MOST_TURN_DEG
            || shift > MOST_SHIFT_CELLS
        {
            return None;
        }
        let homography =
            eight(&agree, &similarity, size).unwrap_or_else(|| similarity.homography());
        let off = |p: &Pair| homography.at(p.0).map_or(0.0, |q| distance(q, p.1).powi(2));
        let off_cells = (agree.iter().map(off).sum::<f64>() / agree.len() as f64).sqrt();
        Some(Self { similarity, homography, agree: agree.len(), off_cells })
    }
}

/// Weight of a pair that is off by so many cells (Tukey).
fn weight(off: f64) -> f64 {
    let t = off / (3.0 * SOFT_CELLS);
    if t < 1.0 { (1.0 - t * t).powi(2) } else { 0.0 }
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The pairs that agree with the best similarity of two of them.
fn agreeing(pairs: &[Pair]) -> Option<Vec<Pair>> {
    if pairs.len() < FEWEST_PAIRS {
        return None;
    }
    let within =
        |s: Similarity| pairs.iter().filter(move |p| distance(s.at(p.0), p.1) < WITHIN_CELLS);
    let mut seed = 1u64;
    let mut draw = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % pairs.len()
    };
    let mut best: Option<(usize, Similarity)> = None;
    for _ in 0..TRIALS {
        let (i, j) = (draw(), draw());
        // Two points close together tell a turn badly.
        if distance(pairs[i].0, pairs[j].0) < 8.0 {
            continue;
        }
        let Some(s) = Similarity::through(&[pairs[i], pairs[j]], &[1.0; 2]) else { continue };
        let count = within(s).count();
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, s));
        }
    }
    let (_, first) = best?;
    // Once more by all that agree.
    let agree: Vec<Pair> = within(first).copied().collect();
    let second = Similarity::through(&agree, &vec![1.0; agree.len()])?;
    let agree: Vec<Pair> = within(second).copied().collect();
    let enough =
        agree.len() >= FEWEST_AGREE && agree.len() as f64 >= LEAST_SHARE * pairs.len() as f64;
    enough.then_some(agree)
}

/// A homography of pairs, held to a similarity by pairs of its own on a grid over the window.
fn eight(pairs: &[Pair], similarity: &Similarity, [width, height]: [f64; 2]) -> Option<Homography> {
    if pairs.len() < FEWEST_FOR_EIGHT {
        return None;
    }
    let held: Vec<Pair> = (0..9)
        .map(|k| [f64::from(k % 3) * 0.5 * width, f64::from(k / 3) * 0.5 * height])
        .map(|p| (p, similarity.at(p)))
        .collect();
    let all: Vec<Pair> = pairs.iter().chain(&held).copied().collect();
    let mut found = similarity.homography();
    for _ in 0..ROUNDS {
        let mut weights: Vec<f64> =
            pairs.iter().map(|p| found.at(p.0).map_or(0.0, |q| weight(distance(q, p.1)))).collect();
        weights.extend([HOLDING_PAIRS / held.len() as f64].repeat(held.len()));
        found = Homography::weighted(&all, &weights).ok()?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(turn_deg: f64, wrong: usize) -> Vec<Pair> {
        let (s, c) = turn_deg.to_radians().sin_cos();
        let truth = Similarity { a: 1.01 * c, b: 1.01 * s, x: 3.0, y: -4.0 };
        (0..80)
            .map(|k| {
                let p = [f64::from(k % 10) * 20.0, f64::from(k / 10) * 20.0];
                let q = truth.at(p);
                if (k as usize) < wrong {
                    (p, [q[0] + 9.0 + f64::from(k * 7 % 11), q[1] - 6.0])
                } else {
                    (p, q)
                }
            })
            .collect()
    }

    #[test]
    fn wrong_tracks_do_not_count() {
        let fit = Fit::of(&pairs(2.0, 30), [180.0, 140.0]).unwrap();
        assert_eq!(fit.agree, 50);
        assert!(
            (fit.similarity.turn_deg() - 2.0).abs() < 1e-6 && (fit.similarity.x - 3.0).abs() < 1e-6
        );
        let p = fit.homography.at([100.0, 100.0]).unwrap();
        assert!(distance(p, fit.similarity.at([100.0, 100.0])) < 1e-3 && fit.off_cells < 1e-3);
    }

    #[test]
    fn what_is_no_small_motion_is_no_fit() {
        assert!(Fit::of(&pairs(14.0, 0), [180.0, 140.0]).is_none());
        assert!(Fit::of(&pairs(0.0, 0)[..11], [180.0, 140.0]).is_none());
        let scattered: Vec<Pair> = pairs(0.0, 0)
            .into_iter()
            .enumerate()
            .map(|(k, (p, q))| (p, [q[0] + (k * 37 % 41) as f64, q[1] - (k * 53 % 47) as f64]))
            .collect();
        assert!(Fit::of(&scattered, [180.0, 140.0]).is_none());
    }
}
