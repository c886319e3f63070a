//! Bell: Gaussian means of the cells that are seen.
//!
//! A wide bell is laid over means of blocks of cells, as many as make it at least three blocks wide: it is as
//! wide as the narrow one would be, to a thousandth of what it smooths, and costs next to nothing.

use ndarray::{Array2, ArrayRef2, Zip};

use crate::rain_rate::DRY_DBR;

/// Standard deviations after which a bell ends.
const REACH: f64 = 3.0;
/// Least weight of what is seen around a cell: nothing is divided by nothing.
const LEAST: f32 = 1e-6;
/// Standard deviation of a bell in blocks, at least, where there is more than a cell in a block.
const LEAST_BLOCKS: f64 = 3.0;

/// Standard deviation within which what is seen stands in for what is not, and its least weight there.
const NEAR_KM: f64 = 8.0;
const NEAR_LEAST: f32 = 0.01;

/// A bell of a standard deviation over the cells of a view that are seen.
pub(super) struct Bell {
    /// Sides of a block, cells.
    block: usize,
    /// The middle weight and those to one side of it; both sides are 1 together.
    weights: Vec<f32>,
    /// Weight of what is seen around each block.
    seen: Array2<f32>,
}

impl Bell {
    /// A bell of `sigma_px` cells over a view of which the cells `seen` `[H, W]` count.
    pub(super) fn over(seen: &ArrayRef2<bool>, sigma_px: f64) -> Self {
        let mut block = 1;
        while sigma_px / (2 * block) as f64 >= LEAST_BLOCKS {
            block *= 2;
        }
        // Means of blocks, and straight lines between them, widen a bell by themselves.
        let squared = (block * block) as f64;
        let widened = if block > 1 { (squared - 1.0) / 12.0 + squared / 6.0 } else { 0.0 };
        let weights = weights((sigma_px * sigma_px - widened).sqrt() / block as f64);
        let ones = seen.mapv(|seen| f32::from(u8::from(seen)));
        let seen = blurred(&blocks(&ones, block), &weights).mapv(|v| v.max(LEAST));
        Self { block, weights, seen }
    }

    /// Weight of what is seen around each cell of a view of this shape, 0..1.
    pub(super) fn weight(&self, shape: (usize, usize)) -> Array2<f32> {
        spread(&self.seen, self.block, shape)
    }

    /// Mean of the seen cells around each of `field` `[H, W]`, which is 0 where nothing is seen.
    pub(super) fn mean(&self, field: &ArrayRef2<f32>) -> Array2<f32> {
        let mut out = blurred(&blocks(field, self.block), &self.weights);
        out.zip_mut_with(&self.seen, |v, weight| *v /= weight);
        if self.block == 1 { out } else { spread(&out, self.block, field.dim()) }
    }
}

/// Half of a bell's weights, the middle one first.
fn weights(sigma: f64) -> Vec<f32> {
    let reach = (REACH * sigma + 0.5) as usize;
    let raw: Vec<f64> =
        (0..=reach).map(|k| (-0.5 * (k as f64 / sigma.max(1e-9)).powi(2)).exp()).collect();
    let total = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
    raw.iter().map(|v| (v / total) as f32).collect()
}

/// Means of blocks of `side` × `side` cells; what a block lacks at the end of the view is 0.
fn blocks(field: &ArrayRef2<f32>, side: usize) -> Array2<f32> {
    let (h, w) = field.dim();
    if side == 1 {
        return field.to_owned();
    }
    let mut out = Array2::zeros((h.div_ceil(side), w.div_ceil(side)));
    for (y, row) in field.rows().into_iter().enumerate() {
        let sums = out.row_mut(y / side);
        let parts = row.axis_chunks_iter(ndarray::Axis(0), side);
        sums.into_iter().zip(parts).for_each(|(sum, part)| *sum += part.sum());
    }
    let cells = (side * side) as f32;
    out.mapv_inplace(|v: f32| v / cells);
    out
}

/// Values between the centres of blocks by straight lines; beyond the outermost centres theirs.
fn spread(of_blocks: &Array2<f32>, side: usize, (h, w): (usize, usize)) -> Array2<f32> {
    if side == 1 {
        return of_blocks.clone();
    }
    let at = |i: usize, n: usize| {
        let place = ((i as f64 + 0.5) / side as f64 - 0.5).clamp(0.0, (n - 1) as f64);
        let first = place as usize;
        (first, (first + 1).min(n - 1), (place - first as f64) as f32)
    };
    let (rows, cols) = of_blocks.dim();
    let across: Vec<_> = (0..w).map(|x| at(x, cols)).collect();
    let mut out = Array2::zeros((h, w));
    let mut line = vec![0f32; cols];
    for (y, mut to) in out.rows_mut().into_iter().enumerate() {
        let (above, below, down) = at(y, rows);
        let both = of_blocks.row(above).into_iter().zip(of_blocks.row(below));
        line.iter_mut().zip(both).for_each(|(v, (a, b))| *v = a + (b - a) * down);
        to.iter_mut().zip(&across).for_each(|(to, &(a, b, right))| {
            *to = line[a] + (line[b] - line[a]) * right;
        });
    }
    out
}

/// Weighted sums along columns and rows; beyond the border is 0.
fn blurred(field: &Array2<f32>, weights: &[f32]) -> Array2<f32> {
    let (h, w) = field.dim();
    let (values, mut out) = (field.as_standard_layout(), Array2::zeros((h, w)));
    if let (Some(values), Some(out)) = (values.as_slice(), out.as_slice_mut())
        && w > 0
    {
        blur(values, w, weights, out);
    }
    out
}

/// The same of rows of `width` cells one after the other.
#[pulp::with_simd(blur = pulp::Arch::new())]
#[inline(always)]
fn blur_by<S: pulp::Simd>(_: S, values: &[f32], width: usize, weights: &[f32], out: &mut [f32]) {
    let (height, reach) = (values.len() / width, weights.len() - 1);
    let row = |y: usize| &values[y * width..(y + 1) * width];
    // A row with its surroundings, which are 0.
    let mut framed = vec![0f32; width + 2 * reach];
    for (y, to) in out.chunks_exact_mut(width).enumerate() {
        let sum = &mut framed[reach..reach + width];
        sum.iter_mut().zip(row(y)).for_each(|(s, v)| *s = weights[0] * v);
        for (k, weight) in weights.iter().enumerate().skip(1) {
            for from in [y.checked_sub(k), Some(y + k).filter(|y| *y < height)] {
                let Some(from) = from else { continue };
                sum.iter_mut().zip(row(from)).for_each(|(s, v)| *s += weight * v);
            }
        }
        to.iter_mut().zip(&framed[reach..]).for_each(|(to, v)| *to = weights[0] * v);
        for (k, weight) in weights.iter().enumerate().skip(1) {
            let (before, after) = (&framed[reach - k..], &framed[reach + k..]);
            let both = before.iter().zip(after);
            to.iter_mut().zip(both).for_each(|(to, (a, b))| *to += weight * (a + b));
        }
    }
}

/// dBR `[H, W]` in which no data is the mean of what is seen within some 8 km, or dry.
pub(super) fn filled(db: &ArrayRef2<f32>, cell_km: f64) -> Array2<f32> {
    if !db.iter().any(|v| v.is_nan()) {
        return db.to_owned();
    }
    let seen = db.mapv(|v| !v.is_nan());
    let known = db.mapv(|v| if v.is_nan() { 0.0 } else { v });
    let bell = Bell::over(&seen, NEAR_KM / cell_km);
    let (near, weight) = (bell.mean(&known), bell.weight(db.dim()));
    Zip::from(db).and(&near).and(&weight).map_collect(|v, near, weight| match v.is_nan() {
        false => *v,
        true if *weight > NEAR_LEAST => *near,
        true => DRY_DBR as f32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bells_are_scipys_and_leave_out_what_is_not_seen() {
        // scipy.ndimage.gaussian_filter(point, 0.8, mode="constant", truncate=3), scipy 1.17.1.
        let mut point = Array2::zeros((21, 21));
        point[[10, 10]] = 1.0;
        let all = Array2::from_elem((21, 21), true);
        let got = Bell::over(&all, 0.8).mean(&point);
        for (at, want) in [([10, 10], 0.249_117), ([10, 11], 0.114_054), ([9, 9], 0.052_218)] {
            assert!((got[at] - want).abs() < 2e-4, "{at:?}: {}", got[at]);
        }
        for sigma in [1.5, 20.0] {
            let mut seen = all.clone();
            seen[[4, 4]] = false;
            let mut flat = Array2::from_elem((21, 21), 2.0);
            flat[[4, 4]] = 0.0;
            let bell = Bell::over(&seen, sigma);
            assert!(bell.mean(&flat).iter().all(|v| (v - 2.0).abs() < 1e-5), "{sigma}");
            assert!(bell.weight((21, 21))[[4, 4]] < 1.0);
        }
    }

    #[test]
    fn a_bell_over_blocks_is_as_wide_as_one_over_cells() {
        let all = Array2::from_elem((160, 150), true);
        let field = Array2::from_shape_fn((160, 150), |(y, x)| {
            let d2 = (y as f32 - 70.0).powi(2) / 90.0 + (x as f32 - 64.5).powi(2) / 200.0;
            10.0 * (-d2).exp() + (y * 37 + x * 91) as f32 % 17.0 / 17.0
        });
        for sigma in [6.0, 8.0, 16.0, 27.0] {
            let by_blocks = Bell::over(&all, sigma);
            assert!(by_blocks.block > 1);
            let weights = weights(sigma);
            let ones = blurred(&Array2::ones((160, 150)), &weights);
            let by_cells = blurred(&field, &weights) / &ones;
            let off = (&by_blocks.mean(&field) - &by_cells).mapv(f32::abs);
            let most = off.iter().copied().fold(0.0, f32::max);
            assert!(most < 0.04, "{sigma}: {most}");
        }
    }
}
