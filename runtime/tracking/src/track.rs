//! Tracks: where each corner of one image is in the next (pyramidal Lucas–Kanade, Bouguet 2001).
//!
//! Sums are whole numbers and weights have 14 bits, as in OpenCV's `calcOpticalFlowPyrLK(…,
//! winSize=(WINDOW, WINDOW), maxLevel=halvings, criteria=(3, 10, 0), minEigThreshold=1e-4)`, the oracle.

use ndarray::Array2;

use crate::pyramid::{Level, Pyramid, SlopedPyramid, Slopes};

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

/// Where (row, column) a point of the first picture is in the second, sought from `guess` away on; `None` when
/// it is lost.
#[must_use]
pub fn follow<const WINDOW: usize>(
    first: &SlopedPyramid<WINDOW>,
    second: &Pyramid<WINDOW>,
    from: [f32; 2],
    guess: [f32; 2],
) -> Option<[f32; 2]> {
    pulp::Arch::new().dispatch(Follow { first, second, from, guess })
}

/// What [`follow`] is given: compiled for each processor's widest registers.
struct Follow<'a, const WINDOW: usize> {
    first: &'a SlopedPyramid<WINDOW>,
    second: &'a Pyramid<WINDOW>,
    from: [f32; 2],
    guess: [f32; 2],
}

impl<const WINDOW: usize> pulp::WithSimd for Follow<'_, WINDOW> {
    type Output = Option<[f32; 2]>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Self::Output {
        let Self { first, second, from, guess } = self;
        let (levels, others) = (&first.picture.levels, &second.levels);
        let middle = (WINDOW as f32 - 1.0) * 0.5;
        let coarsest = levels.len().min(others.len()) - 1;
        let scale = |level: usize| 1.0 / (1u32 << level) as f32;
        let mut to = [from[0] + guess[0], from[1] + guess[1]].map(|v| v * scale(coarsest));
        for level in (0..=coarsest).rev() {
            if level < coarsest {
                to = to.map(|v| v * 2.0);
            }
            let (a, slopes, b) = (&levels[level], &first.slopes[level], &others[level]);
            let patch = Patch::of(a, slopes, from.map(|v| v * scale(level) - middle));
            match patch.and_then(|patch| patch.sought_in(b, to)) {
                Some(found) => to = found,
                None if level == 0 => return None,
                None => {} // a finer level may know more
            }
        }
        Corner::of(&others[0], to.map(|v| v - middle)).map(|_| to)
    }
}

/// The first cell of a window in a level with its room around, and the weights of the four cells
/// around each of its points.
struct Corner {
    cell: [usize; 2],
    weights: [i32; 4],
}

impl Corner {
    /// `None` where the window would leave the room around the level.
    fn of<const WINDOW: usize>(level: &Level<WINDOW>, [row, col]: [f32; 2]) -> Option<Self> {
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
    fn window<const WINDOW: usize>(&self, image: &Array2<i16>, bits: u32, out: &mut [i32]) {
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
struct Patch<const WINDOW: usize> {
    values: Vec<i32>,
    right: Vec<i32>,
    down: Vec<i32>,
    rr: f32,
    rd: f32,
    dd: f32,
    inverse: f32,
}

impl<const WINDOW: usize> Patch<WINDOW> {
    /// The window whose first point is `at`; `None` outside, and where slopes are too alike.
    #[inline(always)]
    fn of(level: &Level<WINDOW>, slopes: &Slopes, at: [f32; 2]) -> Option<Self> {
        let corner = Corner::of(level, at)?;
        let room = || vec![0i32; WINDOW * WINDOW];
        let (mut values, mut right, mut down) = (room(), room(), room());
        corner.window::<WINDOW>(&level.values, WEIGHT_BITS - VALUE_BITS, &mut values);
        corner.window::<WINDOW>(&slopes.right, WEIGHT_BITS, &mut right);
        corner.window::<WINDOW>(&slopes.down, WEIGHT_BITS, &mut down);
        let (rr, rd, dd) = (
            dot::<WINDOW>(&right, &right),
            dot::<WINDOW>(&right, &down),
            dot::<WINDOW>(&down, &down),
        );
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
    fn sought_in(&self, level: &Level<WINDOW>, to: [f32; 2]) -> Option<[f32; 2]> {
        let middle = (WINDOW as f32 - 1.0) * 0.5;
        let mut at = to.map(|v| v - middle);
        let mut before = [0.0f32; 2];
        let mut gaps = vec![0i32; WINDOW * WINDOW];
        for round in 0..ROUNDS {
            let corner = Corner::of(level, at)?;
            corner.window::<WINDOW>(&level.values, WEIGHT_BITS - VALUE_BITS, &mut gaps);
            for (gap, value) in gaps.iter_mut().zip(&self.values) {
                *gap -= value;
            }
            let (r, d) = (dot::<WINDOW>(&gaps, &self.right), dot::<WINDOW>(&gaps, &self.down));
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
        Some(at.map(|v| v + middle))
    }
}

/// Sum of products over a window, scaled. A row's sum fits in 32 bits: values are below 2¹³, slopes
/// below 2¹².
#[inline(always)]
fn dot<const WINDOW: usize>(a: &[i32], b: &[i32]) -> f32 {
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
            let [first, second] = [hill(0.0, 0.0), hill(dy, dx)].map(|p| Pyramid::<50>::of(&p, 3));
            let first = first.sloped();
            assert_eq!(follow(&first, &second, [4.0; 2], [0.0; 2]), None, "flat land is lost");
            let [y, x] = follow(&first, &second, [60.0, 70.0], [0.0; 2]).unwrap();
            assert!((x - 70.0 - dx).abs() < 0.06 && (y - 60.0 - dy).abs() < 0.06, "{y} {x}");
            let [narrow, other] = [hill(0.0, 0.0), hill(dy, dx)].map(|p| Pyramid::<21>::of(&p, 3));
            let [y, x] = follow(&narrow.sloped(), &other, [60.0, 70.0], [0.0; 2]).unwrap();
            assert!((x - 70.0 - dx).abs() < 0.2 && (y - 60.0 - dy).abs() < 0.2, "{y} {x}");
        }
        let none = Pyramid::<50>::of(&Array2::zeros((120, 140)), 3).sloped();
        assert_eq!(follow(&none, &Pyramid::of(&hill(0.0, 0.0), 3), [60.0, 70.0], [0.0; 2]), None);
    }
}
