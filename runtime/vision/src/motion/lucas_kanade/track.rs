//! Tracks: where each corner of one image is in the next (pyramidal Lucas–Kanade, Bouguet 2001).
//!
//! Sums are whole numbers and weights have 14 bits, as in OpenCV's `calcOpticalFlowPyrLK(…,
//! winSize=(50, 50), maxLevel=3, criteria=(3, 10, 0), minEigThreshold=1e-4)`, the oracle.

use ndarray::Array2;

use super::pyramid::{Level, Slopes, WINDOW, levels};
use super::vectors::Vectors;

/// Middle of the window, cells from its first.
const MIDDLE: f32 = (WINDOW as f32 - 1.0) * 0.5;
/// Times the image is halved, at most.
const HALVINGS: usize = 3;
/// Rounds at each level.
const ROUNDS: usize = 10;
/// Smaller eigenvalue of the window's slopes below which nothing can be followed.
const LEAST_EIGENVALUE: f32 = 1e-4;
/// Two steps that cancel to less than this end the search, cells.
const STILL_CELLS: f32 = 0.01;
/// Scale of the sums.
const SCALE: f32 = 1.0 / (1 << 20) as f32;
/// Bits of the weights between cells, and of the fraction that values keep.
const WEIGHT_BITS: u32 = 14;
const VALUE_BITS: u32 = 5;

/// Corners (row, column) of `before` that are found in `after`, sought from the displacement `guess` (right,
/// down) on, with their displacement.
pub(super) fn tracked(
    before: &Array2<u8>,
    after: &Array2<u8>,
    corners: &[[usize; 2]],
    guess: [f64; 2],
) -> Vectors {
    let guess = [guess[1] as f32, guess[0] as f32];
    let second = levels(after, HALVINGS);
    let first: Vec<(Level, Slopes)> = levels(before, HALVINGS)
        .into_iter()
        .map(|l| {
            let s = l.slopes();
            (l, s)
        })
        .collect();
    let mut out = Vectors::default();
    for &[y, x] in corners {
        let from = [y as f32, x as f32];
        if let Some(to) = follow(&first, &second, from, guess) {
            // Differences of single precision, as the oracle's.
            let moved = [to[1] - from[1], to[0] - from[0]];
            out.push([from[1], from[0]].map(f64::from), moved.map(f64::from));
        }
    }
    out
}

/// Where (row, column) a point of the first image is in the second, sought from `guess` away on; `None` when
/// it is lost.
#[pulp::with_simd(follow = pulp::Arch::new())]
#[inline(always)]
fn follow_by<S: pulp::Simd>(
    _: S,
    first: &[(Level, Slopes)],
    second: &[Level],
    from: [f32; 2],
    guess: [f32; 2],
) -> Option<[f32; 2]> {
    let coarsest = first.len() - 1;
    let scale = |level: usize| 1.0 / (1u32 << level) as f32;
    let mut to = [from[0] + guess[0], from[1] + guess[1]].map(|v| v * scale(coarsest));
    for level in (0..=coarsest).rev() {
        if level < coarsest {
            to = to.map(|v| v * 2.0);
        }
        let ((a, slopes), b) = (&first[level], &second[level]);
        let patch = Patch::of(a, slopes, from.map(|v| v * scale(level) - MIDDLE));
        match patch.and_then(|patch| patch.sought_in(b, to)) {
            Some(found) => to = found,
            None if level == 0 => return None,
            None => {} // a finer level may know more
        }
    }
    Corner::of(&second[0], to.map(|v| v - MIDDLE)).map(|_| to)
}

/// The first cell of a window in a level with its room around, and the weights of the four cells
/// around each of its points.
struct Corner {
    cell: [usize; 2],
    weights: [i32; 4],
}

impl Corner {
    /// `None` where the window would leave the room around the level.
    fn of(level: &Level, [row, col]: [f32; 2]) -> Option<Self> {
        let (h, w) = level.shape;
        let room = WINDOW as f32;
        let (y, x) = (row.floor(), col.floor());
        if !(y >= -room && x >= -room && y < h as f32 && x < w as f32) {
            return None;
        }
        let (b, a) = (row - y, col - x);
        let one = (1 << WEIGHT_BITS) as f32;
        let [first, second, third] = [(1.0 - a) * (1.0 - b), a * (1.0 - b), (1.0 - a) * b]
            .map(|v| (v * one).round_ties_even() as i32);
        let last = (1 << WEIGHT_BITS) - first - second - third;
        let cell = [y, x].map(|v| (v + room) as usize);
        Some(Self { cell, weights: [first, second, third, last] })
    }

    /// Values of the window, shifted down by `bits` and rounded, row by row into `out`.
    #[inline(always)]
    fn window(&self, image: &Array2<i16>, bits: u32, out: &mut [i32]) {
        let width = image.dim().1;
        let all = image.as_slice().unwrap_or(&[]);
        let [a, b, c, d] = self.weights;
        let half = 1i32 << (bits - 1);
        for (k, out) in out.chunks_exact_mut(WINDOW).enumerate() {
            let start = (self.cell[0] + k) * width + self.cell[1];
            let (above, below) = (&all[start..][..=WINDOW], &all[start + width..][..=WINDOW]);
            for x in 0..WINDOW {
                let sum = i32::from(above[x]) * a
                    + i32::from(above[x + 1]) * b
                    + i32::from(below[x]) * c
                    + i32::from(below[x + 1]) * d;
                out[x] = (sum + half) >> bits;
            }
        }
    }
}

/// Values and slopes of a window of the first image, and the sums of the slopes' products.
struct Patch {
    values: Vec<i32>,
    right: Vec<i32>,
    down: Vec<i32>,
    rr: f32,
    rd: f32,
    dd: f32,
    inverse: f32,
}

impl Patch {
    /// The window whose first point is `at`; `None` outside, and where slopes are too alike.
    #[inline(always)]
    fn of(level: &Level, slopes: &Slopes, at: [f32; 2]) -> Option<Self> {
        let corner = Corner::of(level, at)?;
        let room = || vec![0i32; WINDOW * WINDOW];
        let (mut values, mut right, mut down) = (room(), room(), room());
        corner.window(&level.values, WEIGHT_BITS - VALUE_BITS, &mut values);
        corner.window(&slopes.right, WEIGHT_BITS, &mut right);
        corner.window(&slopes.down, WEIGHT_BITS, &mut down);
        let (rr, rd, dd) = (dot(&right, &right), dot(&right, &down), dot(&down, &down));
        let determinant = rr * dd - rd * rd;
        let root = ((rr - dd) * (rr - dd) + 4.0 * rd * rd).sqrt();
        let eigenvalue = (dd + rr - root) / (2 * WINDOW * WINDOW) as f32;
        if eigenvalue < LEAST_EIGENVALUE || determinant < f32::EPSILON {
            return None;
        }
        Some(Self { values, right, down, rr, rd, dd, inverse: 1.0 / determinant })
    }

    /// Where (row, column) the middle of the window is in the second image, sought from `to`;
    /// `None` when it leaves the image.
    #[inline(always)]
    fn sought_in(&self, level: &Level, to: [f32; 2]) -> Option<[f32; 2]> {
        let mut at = to.map(|v| v - MIDDLE);
        let mut before = [0.0f32; 2];
        let mut gaps = vec![0i32; WINDOW * WINDOW];
        for round in 0..ROUNDS {
            let corner = Corner::of(level, at)?;
            corner.window(&level.values, WEIGHT_BITS - VALUE_BITS, &mut gaps);
            for (gap, value) in gaps.iter_mut().zip(&self.values) {
                *gap -= value;
            }
            let (r, d) = (dot(&gaps, &self.right), dot(&gaps, &self.down));
            let step = [
                (self.rd * r - self.rr * d) * self.inverse,
                (self.rd * d - self.dd * r) * self.inverse,
            ];
            at = [at[0] + step[0], at[1] + step[1]];
            if step == [0.0; 2] {
                break;
            }
            let still = |k: usize| (step[k] + before[k]).abs() < STILL_CELLS;
            if round > 0 && still(0) && still(1) {
                at = [at[0] - 0.5 * step[0], at[1] - 0.5 * step[1]];
                break;
            }
            before = step;
        }
        Some(at.map(|v| v + MIDDLE))
    }
}

/// Sum of products over a window, scaled. A row's sum fits in 32 bits: values are below 2¹³, slopes
/// below 2¹².
#[inline(always)]
fn dot(a: &[i32], b: &[i32]) -> f32 {
    let mut sum = 0i64;
    for (a, b) in a.chunks_exact(WINDOW).zip(b.chunks_exact(WINDOW)) {
        let mut of_row = 0i32;
        for x in 0..WINDOW {
            of_row += a[x] * b[x];
        }
        sum += i64::from(of_row);
    }
    sum as f32 * SCALE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hill_is_followed_and_flat_land_is_lost() {
        let hill = |dy: f32, dx: f32| {
            Array2::from_shape_fn((120, 140), |(y, x)| {
                let (v, u) = (y as f32 - 60.0 - dy, x as f32 - 70.0 - dx);
                (220.0 * (-(v * v + 1.5 * u * u) / 300.0).exp()) as u8
            })
        };
        for [dy, dx] in [[0.0, 0.0], [1.5, -2.25], [-9.0, 11.0]] {
            let found = tracked(&hill(0.0, 0.0), &hill(dy, dx), &[[60, 70], [4, 4]], [0.0; 2]);
            assert_eq!(found.len(), 1, "the corner on flat land is lost");
            let [right, down] = found.moved(0).map(|v| v as f32);
            assert!((right - dx).abs() < 0.06 && (down - dy).abs() < 0.06, "{right} {down}");
        }
        let none = Array2::zeros((120, 140));
        assert!(tracked(&none, &hill(0.0, 0.0), &[[60, 70]], [0.0; 2]).is_empty());
    }
}
