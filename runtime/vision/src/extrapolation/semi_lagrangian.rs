//! Semi-Lagrangian extrapolation: a frame carried along a motion field, lead by lead, backwards.
//!
//! From each cell the path is followed back a step a lead, with the motion half a step back
//! (midpoint rule, one round; Germann and Zawadzki 2002), and the frame is read where the path
//! comes from, between cells by straight lines. A path goes on from lead to lead: the frame is read
//! once a lead and never smoothed twice. The oracle is `pysteps.extrapolation.semilagrangian`
//! (1.21.5, defaults): the same displacement, the same sampling; see `tests/radar.rs`.

use ndarray::{Array2, Array3, ArrayRef2, Zip};

use crate::motion::MotionField;

/// What comes from beyond the outermost cell centres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inflow {
    /// Not known: NaN.
    NoData,
    /// No rain: 0.
    Dry,
    /// The border's own value, repeated.
    Border,
}

/// Frame `[H, W]` at each of `leads` steps after it, `[L, H, W]`, along `motion` (cells a step).
///
/// Any unit; NaN is no data, and what lies between a cell with data and one without has none. A
/// cell whose motion is not finite stands still.
///
/// # Panics
/// Where `motion` has another shape than the frame.
#[must_use]
pub fn extrapolate(
    now: &ArrayRef2<f32>,
    motion: &MotionField,
    leads: usize,
    inflow: Inflow,
) -> Array3<f32> {
    let (h, w) = now.dim();
    assert_eq!((motion.down_px.dim(), motion.right_px.dim()), ((h, w), (h, w)), "one shape");
    let mut frames = Array3::zeros((leads, h, w));
    if leads == 0 || h == 0 || w == 0 {
        return frames;
    }
    let steps = Steps::of(motion);
    for (y, x) in (0..h).flat_map(|y| (0..w).map(move |x| (y, x))) {
        let mut path = Path::from([y, x], &steps);
        for mut frame in frames.outer_iter_mut() {
            frame[[y, x]] = sampled(now, path.back(&steps), inflow);
        }
    }
    frames
}

/// The way back from a cell, step by step.
pub(super) struct Path {
    cell: [f64; 2],
    /// Displacement so far, rows and columns.
    back: [f64; 2],
    step: [f64; 2],
}

impl Path {
    pub(super) fn from([y, x]: [usize; 2], steps: &Steps) -> Self {
        let cell = [y as f64, x as f64];
        Self { cell, back: [0.0; 2], step: steps.near(cell) }
    }

    fn at(&self, back: [f64; 2]) -> [f64; 2] {
        [self.cell[0] + back[0], self.cell[1] + back[1]]
    }

    /// Where it was a step earlier.
    pub(super) fn back(&mut self, steps: &Steps) -> [f64; 2] {
        let half = [self.back[0] - self.step[0] / 2.0, self.back[1] - self.step[1] / 2.0];
        let step = steps.near(self.at(half));
        self.back = [self.back[0] - step[0], self.back[1] - step[1]];
        let here = self.at(self.back);
        self.step = steps.near(here);
        here
    }
}

/// Whether a position lies among `n` cell centres.
fn inside(at: f64, n: usize) -> bool {
    at >= 0.0 && at <= (n - 1) as f64
}

/// Displacement a step of each cell `[H, W]`, rows and columns.
pub(super) struct Steps(Array2<[f64; 2]>);

impl Steps {
    pub(super) fn of(motion: &MotionField) -> Self {
        let finite = |v: f32| if v.is_finite() { f64::from(v) } else { 0.0 };
        Self(
            Zip::from(&motion.down_px)
                .and(&motion.right_px)
                .map_collect(|&down, &right| [finite(down), finite(right)]),
        )
    }

    /// Displacement at a point (row, column), between cells by straight lines; the border repeats.
    fn near(&self, [row, col]: [f64; 2]) -> [f64; 2] {
        let (h, w) = self.0.dim();
        let ((y, below, fy), (x, right, fx)) = (clamped(row, h), clamped(col, w));
        let [a, b, c, d] = [[y, x], [y, right], [below, x], [below, right]].map(|i| self.0[i]);
        let mix = |k: usize| {
            (1.0 - fy) * ((1.0 - fx) * a[k] + fx * b[k]) + fy * ((1.0 - fx) * c[k] + fx * d[k])
        };
        [mix(0), mix(1)]
    }
}

/// The cells on both sides of a position among `n`, and the share of the second; beyond the ends
/// the end itself.
fn clamped(at: f64, n: usize) -> (usize, usize, f64) {
    let at = at.clamp(0.0, (n - 1) as f64);
    let first = at.floor();
    (first as usize, (first as usize + 1).min(n - 1), at - first)
}

/// Value of a frame at a point (row, column).
fn sampled(now: &ArrayRef2<f32>, [row, col]: [f64; 2], inflow: Inflow) -> f32 {
    let (h, w) = now.dim();
    if !(inside(row, h) && inside(col, w)) {
        match inflow {
            Inflow::NoData => return f32::NAN,
            Inflow::Dry => return 0.0,
            Inflow::Border => {}
        }
    }
    let ((y, below, fy), (x, right, fx)) = (clamped(row, h), clamped(col, w));
    // A cell without weight is left out: it may have no data.
    let part = |weight: f64, y: usize, x: usize| {
        if weight == 0.0 { 0.0 } else { weight * f64::from(now[[y, x]]) }
    };
    let above = part((1.0 - fy) * (1.0 - fx), y, x) + part((1.0 - fy) * fx, y, right);
    (above + part(fy * (1.0 - fx), below, x) + part(fy * fx, below, right)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_inflow_gives_its_own_values() {
        let now = Array2::from_shape_fn((1, 5), |(_, x)| 1.0 + x as f32);
        struct Case(Inflow, [f32; 5]);
        for Case(inflow, want) in [
            Case(Inflow::NoData, [f32::NAN, f32::NAN, f32::NAN, 1.5, 2.5]),
            Case(Inflow::Dry, [0.0, 0.0, 0.0, 1.5, 2.5]),
            Case(Inflow::Border, [1.0, 1.0, 1.0, 1.5, 2.5]),
        ] {
            let carried = extrapolate(&now, &MotionField::even((1, 5), 0.0, 1.25), 2, inflow);
            for (x, want) in want.into_iter().enumerate() {
                let got = carried[[1, 0, x]];
                assert!(got == want || got.is_nan() && want.is_nan(), "{inflow:?} {x}: {got}");
            }
        }
    }

    #[test]
    fn no_motion_changes_nothing_and_no_data_stays_where_it_is() {
        let mut now = Array2::from_shape_fn((6, 7), |(y, x)| (y * 7 + x) as f32);
        now[[3, 3]] = f32::NAN;
        for motion in [
            MotionField::even((6, 7), 0.0, 0.0),
            MotionField::even((6, 7), f32::NAN, f32::INFINITY),
        ] {
            for frame in extrapolate(&now, &motion, 3, Inflow::NoData).outer_iter() {
                for (at, v) in frame.indexed_iter() {
                    assert!(*v == now[at] || v.is_nan() && at == (3, 3), "{at:?}: {v}");
                }
            }
        }
        // Half a cell on, both sides of the hole have none.
        let moved = extrapolate(&now, &MotionField::even((6, 7), 0.0, 0.5), 1, Inflow::Dry);
        let holes = moved.iter().filter(|v| v.is_nan()).count();
        assert!(holes == 2 && moved[[0, 3, 3]].is_nan() && moved[[0, 3, 4]].is_nan());
    }

    #[test]
    fn nothing_in_nothing_out() {
        let none = Array2::zeros((0, 0));
        assert_eq!(
            extrapolate(&none, &MotionField::even((0, 0), 1.0, 1.0), 2, Inflow::Dry).dim(),
            (2, 0, 0)
        );
        let dry = Array2::zeros((4, 4));
        assert_eq!(
            extrapolate(&dry, &MotionField::even((4, 4), 1.0, 1.0), 0, Inflow::Dry).dim(),
            (0, 4, 4)
        );
    }
}
