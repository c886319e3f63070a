//! Optical flow of two images, and of the end of a film.

use ndarray::{Array2, ArrayRef3, Axis};

use super::expansion::{Expansion, Quadratic};
use super::pyramid;
use crate::motion::field::MotionField;

/// Steps between the two frames whose flow is taken.
pub(crate) const STEPS: usize = 3;
/// Times the image is halved, at most.
const LEVELS: u32 = 3;
/// An image is not halved below this many rows or columns.
const MIN_SIZE: f64 = 32.0;
/// Rounds at each level.
const ROUNDS: usize = 3;
/// Half of the averaging window of 15 × 15 cells.
const REACH: usize = 7;
/// Weight of a cell by its distance from the image border.
const NEAR_BORDER: [f32; 5] = [0.14, 0.14, 0.4472, 0.4472, 0.4472];

/// Motion at the end of a film `[T, H, W]` of intensity in 0..1, pixels a frame: from three frames
/// before the last (fewer in a shorter film) to the last. No motion in a film of one frame or none.
#[must_use]
pub fn flow_at_end(frames: &ArrayRef3<f32>) -> MotionField {
    let (t, h, w) = frames.dim();
    let Some(last) = t.checked_sub(1) else { return MotionField::still((h, w)) };
    let steps = STEPS.min(last);
    let image = |k: usize| frames.index_axis(Axis(0), k).mapv(|v| v * 255.0);
    let mut flow = optical_flow(&image(last - steps), &image(last));
    let factor = 1.0 / steps.max(1) as f32;
    flow.right_px.mapv_inplace(|v| v * factor);
    flow.down_px.mapv_inplace(|v| v * factor);
    flow
}

/// Flow from `before` to `after`, images of one shape `[H, W]` with values in 0..255; no flow where
/// the shapes differ. Takes about 60 bytes a cell, 1 GB at 4096 × 4096.
#[must_use]
pub fn optical_flow(before: &Array2<f32>, after: &Array2<f32>) -> MotionField {
    let (h, w) = before.dim();
    if h == 0 || w == 0 || after.dim() != (h, w) {
        return MotionField::still((h, w));
    }
    let mut flow = MotionField::still((0, 0));
    let fits = |k: &u32| h.min(w) as f64 * 0.5f64.powi(*k as i32) >= MIN_SIZE;
    let top = (1..=LEVELS).take_while(fits).last().unwrap_or(0);
    for level in (0..=top).rev() {
        let shape = pyramid::shape((h, w), level);
        flow = MotionField {
            right_px: pyramid::enlarge_flow(&flow.right_px, shape),
            down_px: pyramid::enlarge_flow(&flow.down_px, shape),
        };
        let first = Expansion::of(&pyramid::reduce(before, level, shape));
        let second = Expansion::of(&pyramid::reduce(after, level, shape));
        for _ in 0..ROUNDS {
            refine(&mut flow, &first, &second);
        }
    }
    flow
}

/// Sums of the equations `G · (down, right) = h` over a window.
#[derive(Clone, Copy, Default)]
struct Equations {
    dd: f64,
    dr: f64,
    rr: f64,
    down: f64,
    right: f64,
}

impl Equations {
    fn add(&mut self, o: &Self, sign: f64) {
        self.dd += sign * o.dd;
        self.dr += sign * o.dr;
        self.rr += sign * o.rr;
        self.down += sign * o.down;
        self.right += sign * o.right;
    }
}

/// One round: the flow that makes the second image's quadratics fit the first's, from the flow so
/// far. A row's equations are made just before the row is overwritten, so a ring of rows is enough.
#[pulp::with_simd(refine = pulp::Arch::new())]
#[inline(always)]
fn refine_by<S: pulp::Simd>(_: S, flow: &mut MotionField, first: &Expansion, second: &Expansion) {
    const RING: usize = 2 * REACH + 2;
    let (h, w) = flow.right_px.dim();
    let mut ring = vec![vec![Equations::default(); w]; RING];
    let mut columns = vec![Equations::default(); w]; // sums over the window's rows
    let mut made = 0;
    let row_equations = |row: &mut [Equations], y: usize, flow: &MotionField| {
        for (x, e) in row.iter_mut().enumerate() {
            *e = equations(first, second, flow, y, x);
        }
    };
    for y in 0..h {
        while made <= (y + REACH).min(h - 1) {
            row_equations(&mut ring[made % RING], made, flow);
            // Rows above the image count as row 0.
            let times = if made == 0 { REACH + 1 } else { 1 };
            if made < REACH + 1 {
                for (c, e) in columns.iter_mut().zip(&ring[made % RING]) {
                    c.add(e, times as f64);
                }
            }
            made += 1;
        }
        if y == 0 && h <= REACH {
            // Rows below the image count as its last.
            for (c, e) in columns.iter_mut().zip(&ring[(h - 1) % RING]) {
                c.add(e, (REACH + 1 - h) as f64);
            }
        }
        if y > 0 {
            let (enter, leave) = ((y + REACH).min(h - 1), y.saturating_sub(REACH + 1));
            for (x, c) in columns.iter_mut().enumerate() {
                c.add(&ring[enter % RING][x], 1.0);
                c.add(&ring[leave % RING][x], -1.0);
            }
        }
        solve_row(flow, y, &columns);
    }
}

/// Flow of row `y` from the sums over columns of the window: sums them sideways and solves.
#[inline(always)]
fn solve_row(flow: &mut MotionField, y: usize, columns: &[Equations]) {
    let w = columns.len();
    let cells = ((2 * REACH + 1) * (2 * REACH + 1)) as f64;
    let mut sum = Equations::default();
    for i in 0..=2 * REACH {
        sum.add(&columns[i.saturating_sub(REACH).min(w - 1)], 1.0);
    }
    for x in 0..w {
        if x > 0 {
            sum.add(&columns[(x + REACH).min(w - 1)], 1.0);
            sum.add(&columns[x.saturating_sub(REACH + 1)], -1.0);
        }
        let [dd, dr, rr, down, right] =
            [sum.dd, sum.dr, sum.rr, sum.down, sum.right].map(|v| v / cells);
        let scale = 1.0 / (dd * rr - dr * dr + 1e-3);
        flow.right_px[[y, x]] = ((dd * right - dr * down) * scale) as f32;
        flow.down_px[[y, x]] = ((rr * down - dr * right) * scale) as f32;
    }
}

/// The equations of one cell, given the flow so far.
#[inline(always)]
fn equations(
    first: &Expansion,
    second: &Expansion,
    flow: &MotionField,
    y: usize,
    x: usize,
) -> Equations {
    let (h, w) = flow.right_px.dim();
    let (right, down) = (flow.right_px[[y, x]], flow.down_px[[y, x]]);
    let a = first.at(y, x);
    let moved = second.between(y as f32 + down, x as f32 + right);
    // Outside the image there is nothing to compare with: only the first's curvature counts.
    let b = moved.unwrap_or(Quadratic { y: 0.0, x: 0.0, ..a });
    let mean_yy = 0.5 * (a.yy + b.yy);
    let mean_xx = 0.5 * (a.xx + b.xx);
    let mean_xy = 0.25 * (a.xy + b.xy);
    let dy = 0.5 * (a.y - b.y) + mean_yy * down + mean_xy * right;
    let dx = 0.5 * (a.x - b.x) + mean_xy * down + mean_xx * right;
    let weight = border_weight(x, w) * border_weight(y, h);
    let [yy, xx, xy, dy, dx] = [mean_yy, mean_xx, mean_xy, dy, dx].map(|v| f64::from(v * weight));
    Equations {
        dd: yy * yy + xy * xy,
        dr: (yy + xx) * xy,
        rr: xx * xx + xy * xy,
        down: yy * dy + xy * dx,
        right: xy * dy + xx * dx,
    }
}

/// Weight of position `i` of `n`: small near both ends.
#[inline(always)]
fn border_weight(i: usize, n: usize) -> f32 {
    let weight = |d: usize| NEAR_BORDER.get(d).copied().unwrap_or(1.0);
    weight(i) * weight(n - 1 - i)
}
