//! Lattice: where what is at each cell was earlier, lead by lead.
//!
//! The way back is followed from every fourth cell and taken between these by straight lines: motion is
//! smooth, and this costs a sixteenth.

use ndarray::{Array2, Array3};

use super::semi_lagrangian::{Path, Steps};
use crate::motion::{MotionField, bilinear};

/// Cells from one followed way to the next.
const EVERY: usize = 4;
/// How far beyond the outermost cell centres still counts as seen, cells: rounding.
const EDGE: f32 = 1e-3;
/// Longest piece of a way along velocities, minutes.
const PIECE_MIN: f64 = 5.0;
/// Rounds in which the velocity half way back is found.
const ROUNDS: usize = 2;

/// Ways back from every fourth cell of a grid.
pub(crate) struct Lattice {
    /// Rows and columns that are followed.
    rows: Vec<usize>,
    cols: Vec<usize>,
    /// For each row and column of the grid the followed one before it and the share of the way to the next.
    down: Vec<(usize, f32)>,
    across: Vec<(usize, f32)>,
    /// Displacement (rows, columns) from each followed cell at each lead, `[L, J, I]`, cells.
    back: Array3<[f32; 2]>,
}

impl Lattice {
    /// Along `motion` (cells a step), a lead a step, as [`extrapolate`](super::extrapolate) goes.
    #[must_use]
    pub(crate) fn of_steps(motion: &MotionField, leads: usize) -> Self {
        let mut lattice = Self::still(motion.down_px.dim(), leads);
        let steps = Steps::of(motion);
        lattice.follow(|[y, x], places| {
            let mut path = Path::from([y, x], &steps);
            places.for_each(|place| *place = path.back(&steps).map(|v| v as f32));
        });
        lattice
    }

    /// Along `velocity` (cells a minute), to these minutes before, which rise. A piece of a way is five
    /// minutes long at most and takes the velocity half way back, found in two rounds.
    #[must_use]
    pub(crate) fn of_minutes(velocity: &MotionField, minutes: &[f64]) -> Self {
        let mut lattice = Self::still(velocity.down_px.dim(), minutes.len());
        let at = |place: [f32; 2]| {
            let finite = |v: f32| if v.is_finite() { v } else { 0.0 };
            let of = |v| finite(bilinear::border_repeats(v, place[0], place[1]));
            [of(&velocity.down_px), of(&velocity.right_px)]
        };
        let behind = |[row, col]: [f32; 2], [down, right]: [f32; 2], min: f32| {
            [row - down * min, col - right * min]
        };
        lattice.follow(|[y, x], places| {
            let (mut here, mut now) = ([y as f32, x as f32], 0.0);
            for (place, min) in places.zip(minutes) {
                let pieces = ((min - now) / PIECE_MIN - 1e-9).ceil().max(1.0);
                let piece = ((min - now) / pieces) as f32;
                for _ in 0..pieces as usize {
                    let mut speed = at(here);
                    for _ in 0..ROUNDS {
                        speed = at(behind(here, speed, piece / 2.0));
                    }
                    here = behind(here, speed, piece);
                }
                (*place, now) = (here, *min);
            }
        });
        lattice
    }

    /// No way at all.
    fn still((h, w): (usize, usize), leads: usize) -> Self {
        let (rows, cols) = (knots(h), knots(w));
        let back = Array3::from_elem((leads, rows.len(), cols.len()), [0f32; 2]);
        Self { down: between(&rows, h), across: between(&cols, w), rows, cols, back }
    }

    /// Follows every way: `way` is given a cell, and says where it comes from at each lead.
    fn follow(&mut self, way: impl Fn([usize; 2], &mut dyn Iterator<Item = &mut [f32; 2]>)) {
        let mut cells = self.back.lanes_mut(ndarray::Axis(0)).into_iter();
        for y in &self.rows {
            for x in &self.cols {
                let Some(mut lane) = cells.next() else { return };
                way([*y, *x], &mut lane.iter_mut());
                lane.map_inplace(|place| *place = [place[0] - *y as f32, place[1] - *x as f32]);
            }
        }
    }

    /// Leads that it knows.
    pub(crate) fn leads(&self) -> usize {
        self.back.dim().0
    }

    /// Where (row, column) each cell of row `y` was at lead `l` (0-based).
    pub(crate) fn row(&self, l: usize, y: usize, places: &mut Vec<[f32; 2]>) {
        places.clear();
        let (j, down) = self.down[y];
        let knot = |i: usize| -> [f32; 2] {
            let [above, below] = [self.back[[l, j, i]], self.back[[l, j + 1, i]]];
            [0, 1].map(|axis| above[axis] + (below[axis] - above[axis]) * down)
        };
        let mut ends = (usize::MAX, [[0f32; 2]; 2]);
        places.extend(self.across.iter().enumerate().map(|(x, &(i, right))| {
            if ends.0 != i {
                ends = (i, [knot(i), knot(i + 1)]);
            }
            let [a, b] = ends.1;
            let at = |axis: usize| a[axis] + (b[axis] - a[axis]) * right;
            [y as f32 + at(0), x as f32 + at(1)]
        }));
    }

    /// Where at each lead a cell comes from beyond the border or from cells with `no_data` `[H, W]`: nobody
    /// saw what was there, `[L, H, W]`. Never where the cell itself has no data: nothing is forecast
    /// there.
    ///
    /// # Panics
    /// Where `no_data` has another shape than the motion.
    #[must_use]
    pub(crate) fn unseen(&self, no_data: &Array2<bool>) -> Array3<bool> {
        let (h, w) = no_data.dim();
        assert_eq!((self.down.len(), self.across.len()), (h, w), "one shape");
        let mut out = Array3::from_elem((self.leads(), h, w), false);
        let any_unseen = no_data.iter().any(|none| *none);
        let inside = |at: f32, n: usize| at >= -EDGE && at <= (n - 1) as f32 + EDGE;
        let mut places = Vec::with_capacity(w);
        for (l, mut lead) in out.outer_iter_mut().enumerate() {
            for (y, mut row) in lead.rows_mut().into_iter().enumerate() {
                self.row(l, y, &mut places);
                for (x, (out, [from, col])) in row.iter_mut().zip(&places).enumerate() {
                    let is_inside = inside(*from, h) && inside(*col, w);
                    *out = match any_unseen {
                        false => !is_inside,
                        true => !no_data[[y, x]] && (!is_inside || touches(no_data, *from, *col)),
                    };
                }
            }
        }
        out
    }
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

/// Every fourth of `n` cells and the last, at least two; none of none.
fn knots(n: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).step_by(EVERY).collect();
    let last = n.saturating_sub(1);
    if n > 0 && (all.last() != Some(&last) || all.len() < 2) {
        all.push(last);
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
    fn unseen_is_where_extrapolation_has_no_data() {
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
            let got = Lattice::of_steps(&motion, 6).unseen(&no_data);
            let mut differ = 0;
            for ((l, y, x), got) in got.indexed_iter() {
                let want = want[[l, y, x]].is_nan() && !no_data[[y, x]];
                differ += usize::from(*got != want);
            }
            assert!(differ * 500 <= got.len(), "{differ} of {}", got.len());
        }
        let none = Lattice::of_steps(&MotionField::even((0, 0), 1.0, 1.0), 2);
        assert_eq!(none.unseen(&Array2::default((0, 0))).dim().0, 2);
    }

    #[test]
    fn ways_in_an_even_wind_are_straight() {
        let wind = MotionField::even((21, 30), -0.25, 0.6);
        let lattice = Lattice::of_minutes(&wind, &[10.0, 25.0, 26.0]);
        let mut places = Vec::new();
        for (l, [row, col]) in [[2.5, -6.0], [6.25, -15.0], [6.5, -15.6]].into_iter().enumerate() {
            lattice.row(l, 10, &mut places);
            for (x, place) in places.iter().enumerate() {
                let want = [10.0 + row, x as f32 + col];
                assert!(
                    (place[0] - want[0]).hypot(place[1] - want[1]) < 1e-4,
                    "{l} {x}: {place:?}"
                );
            }
        }
    }

    #[test]
    fn ways_in_a_turning_wind_are_circles() {
        // A degree a minute about the middle, 40 minutes.
        let turn = 1f32.to_radians();
        let wind = MotionField {
            down_px: Array2::from_shape_fn((41, 41), |(_, x)| (x as f32 - 20.0) * turn),
            right_px: Array2::from_shape_fn((41, 41), |(y, _)| (20.0 - y as f32) * turn),
        };
        let mut places = Vec::new();
        Lattice::of_minutes(&wind, &[40.0]).row(0, 20, &mut places);
        let [row, col] = places[32];
        let angle = 40f32.to_radians();
        let want = [20.0 - 12.0 * angle.sin(), 20.0 + 12.0 * angle.cos()];
        assert!((row - want[0]).hypot(col - want[1]) < 0.02, "{row} {col}, {want:?}");
    }
}
