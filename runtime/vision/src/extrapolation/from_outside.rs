//! From outside: where rain at a lead was beyond the border, or where a radar has no data, at the last frame.
//!
//! Nobody saw what comes from there: what is forecast is a guess. The way back is that of
//! [`extrapolate`](super::extrapolate), followed from every fourth cell and taken between these by straight
//! lines: motion is smooth, and this costs a sixteenth.

use ndarray::{Array2, Array3};

use super::semi_lagrangian::{Path, Steps};
use crate::motion::MotionField;

/// Cells from one followed way to the next.
const EVERY: usize = 4;
/// How far beyond the outermost cell centres still counts as seen, cells: rounding.
const EDGE: f32 = 1e-3;

/// Where each lead's cell comes from beyond the border or from cells with `no_data` `[H, W]` at the last
/// frame: `[L, H, W]`. Never where the cell itself has no data: nothing is forecast there.
///
/// # Panics
/// Where `motion` has another shape than `no_data`.
#[must_use]
pub(crate) fn from_outside(
    motion: &MotionField,
    no_data: &Array2<bool>,
    leads: usize,
) -> Array3<bool> {
    let (h, w) = no_data.dim();
    assert_eq!((motion.down_px.dim(), motion.right_px.dim()), ((h, w), (h, w)), "one shape");
    let mut out = Array3::from_elem((leads, h, w), false);
    if h == 0 || w == 0 {
        return out;
    }
    let steps = Steps::of(motion);
    let (rows, cols) = (knots(h), knots(w));
    let mut back = Array3::from_elem((leads, rows.len(), cols.len()), [0f32; 2]);
    for (j, y) in rows.iter().enumerate() {
        for (i, x) in cols.iter().enumerate() {
            let mut path = Path::from([*y, *x], &steps);
            for mut lead in back.outer_iter_mut() {
                let [row, col] = path.back(&steps);
                lead[[j, i]] = [(row - *y as f64) as f32, (col - *x as f64) as f32];
            }
        }
    }
    let (along, across) = (between(&rows, h), between(&cols, w));
    let any_unseen = no_data.iter().any(|none| *none);
    for (mut lead, back) in out.outer_iter_mut().zip(back.outer_iter()) {
        for (y, &(j, down)) in along.iter().enumerate() {
            for (x, &(i, right)) in across.iter().enumerate() {
                if any_unseen && no_data[[y, x]] {
                    continue;
                }
                let at = |axis: usize| {
                    let line = |j: usize| {
                        back[[j, i]][axis] * (1.0 - right) + back[[j, i + 1]][axis] * right
                    };
                    line(j) * (1.0 - down) + line(j + 1) * down
                };
                let (row, col) = (y as f32 + at(0), x as f32 + at(1));
                let inside = |at: f32, n: usize| at >= -EDGE && at <= (n - 1) as f32 + EDGE;
                lead[[y, x]] =
                    !(inside(row, h) && inside(col, w)) || any_unseen && touches(no_data, row, col);
            }
        }
    }
    out
}

/// Whether any of the four cells around a point has no data.
fn touches(no_data: &Array2<bool>, row: f32, col: f32) -> bool {
    let (h, w) = no_data.dim();
    let sides = |at: f32, n: usize| {
        let at = at.clamp(0.0, (n - 1) as f32);
        let near = at.round();
        // On a cell's centre that cell alone counts.
        let (low, high) =
            if (at - near).abs() < 0.01 { (near, near) } else { (at.floor(), at.ceil()) };
        (low as usize, high as usize)
    };
    let ((y0, y1), (x0, x1)) = (sides(row, h), sides(col, w));
    [(y0, x0), (y0, x1), (y1, x0), (y1, x1)].into_iter().any(|at| no_data[at])
}

/// Every fourth of `n` cells and the last, at least two.
fn knots(n: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).step_by(EVERY).collect();
    if all.last() != Some(&(n - 1)) || all.len() < 2 {
        all.push(n - 1);
    }
    all
}

/// For each of `n` cells the knot before it and its share of the way to the next.
fn between(knots: &[usize], n: usize) -> Vec<(usize, f32)> {
    let at = |x: usize| {
        let k = (x / EVERY).min(knots.len() - 2);
        let wide = (knots[k + 1] - knots[k]).max(1);
        (k, (x - knots[k]) as f32 / wide as f32)
    };
    (0..n).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extrapolation::{Inflow, extrapolate};

    #[test]
    fn it_is_where_extrapolation_has_no_data() {
        let curl = MotionField {
            down_px: Array2::from_shape_fn((37, 50), |(_, x)| (x as f32 - 25.0) * 0.08),
            right_px: Array2::from_shape_fn((37, 50), |(y, _)| (18.0 - y as f32) * 0.08),
        };
        for (motion, hole) in [
            (MotionField::even((37, 50), 0.0, 0.0), None),
            (MotionField::even((37, 50), 1.25, -2.5), None),
            (MotionField::even((37, 50), -3.0, 3.0), Some([10, 20])),
            (MotionField::even((2, 50), 0.0, 1.0), Some([0, 7])),
            (curl, Some([9, 30])),
        ] {
            let (h, w) = motion.down_px.dim();
            let mut no_data = Array2::from_elem((h, w), false);
            if let Some(at) = hole {
                no_data[at] = true;
            }
            let now = no_data.mapv(|none| if none { f32::NAN } else { 1.0 });
            let want = extrapolate(&now, &motion, 6, Inflow::NoData);
            let got = from_outside(&motion, &no_data, 6);
            let mut differ = 0;
            for ((l, y, x), got) in got.indexed_iter() {
                let want = want[[l, y, x]].is_nan() && !no_data[[y, x]];
                differ += usize::from(*got != want);
            }
            assert!(differ * 500 <= got.len(), "{differ} of {}", got.len());
        }
        assert_eq!(
            from_outside(&MotionField::even((0, 0), 1.0, 1.0), &Array2::default((0, 0)), 2).dim().0,
            2
        );
    }
}
