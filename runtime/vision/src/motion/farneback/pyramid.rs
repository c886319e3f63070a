//! The pyramid of an image: smoothed and halved, level by level from the full size.

use ndarray::Array2;

use emberline_tracking::mirrored;

/// Rows and columns of an image at `level`, rounded to the nearest, halves to even.
pub(super) fn shape((h, w): (usize, usize), level: u32) -> (usize, usize) {
    let scale = 0.5f64.powi(level as i32);
    let round = |n: usize| ((n as f64 * scale).round_ties_even() as usize).max(1);
    (round(h), round(w))
}

/// An image `[H, W]` at `level`: smoothed as much as it shrinks, then resampled to `shape`.
pub(super) fn reduce(image: &Array2<f32>, level: u32, shape: (usize, usize)) -> Array2<f32> {
    let weights = weights(level);
    let smooth = blur_rows(&blur_columns(image, &weights), &weights);
    resize(&smooth, shape)
}

/// A level's flow on the grid of the next finer one: twice as far; zero where there is none yet.
pub(super) fn enlarge_flow(flow: &Array2<f32>, shape: (usize, usize)) -> Array2<f32> {
    if flow.is_empty() { Array2::zeros(shape) } else { resize(flow, shape) * 2.0 }
}

/// Half of the smoothing weights of a level, the middle one first.
fn weights(level: u32) -> Vec<f32> {
    let sigma = 0.5 * (f64::from(1u32 << level) - 1.0);
    if level == 0 {
        return vec![0.5, 0.25];
    }
    let size = ((sigma * 5.0).round_ties_even() as usize | 1).max(3);
    let raw: Vec<f64> = (0..=size / 2).map(|k| (-0.5 * (k as f64 / sigma).powi(2)).exp()).collect();
    let total = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
    raw.iter().map(|r| (r / total) as f32).collect()
}

fn blur_columns(image: &Array2<f32>, weights: &[f32]) -> Array2<f32> {
    let h = image.dim().0;
    let mut out = image.mapv(|v| v * weights[0]);
    for (y, mut row) in out.outer_iter_mut().enumerate() {
        for (k, &weight) in weights.iter().enumerate().skip(1) {
            for at in [mirrored(y as isize - k as isize, h), mirrored((y + k) as isize, h)] {
                row.zip_mut_with(&image.row(at), |o, v| *o += weight * v);
            }
        }
    }
    out
}

fn blur_rows(image: &Array2<f32>, weights: &[f32]) -> Array2<f32> {
    let w = image.dim().1;
    let mut out = image.mapv(|v| v * weights[0]);
    let reach = weights.len() - 1;
    let mut wide = vec![0.0f32; w + 2 * reach];
    for (row, mut out) in image.outer_iter().zip(out.outer_iter_mut()) {
        for (i, v) in wide.iter_mut().enumerate() {
            *v = row[mirrored(i as isize - reach as isize, w)];
        }
        for (k, &weight) in weights.iter().enumerate().skip(1) {
            let (left, right) = (&wide[reach - k..], &wide[reach + k..]);
            for ((o, l), r) in out.iter_mut().zip(left).zip(right) {
                *o += weight * (l + r);
            }
        }
    }
    out
}

/// Left neighbour and the share of the right one, for each of `to` positions over `from` cells.
fn taps(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let scale = from as f64 / to as f64;
    (0..to)
        .map(|i| {
            let at = ((i as f64 + 0.5) * scale - 0.5) as f32;
            if at <= 0.0 {
                return (0, 0, 0.0);
            }
            let left = at.floor() as usize;
            if left + 1 >= from {
                return (from - 1, from - 1, 0.0);
            }
            (left, left + 1, at - at.floor())
        })
        .collect()
}

/// Bilinear resampling to `shape`, cell centres aligned, the border repeats.
fn resize(image: &Array2<f32>, shape: (usize, usize)) -> Array2<f32> {
    if image.dim() == shape {
        return image.clone();
    }
    let (rows, cols) = (taps(image.dim().0, shape.0), taps(image.dim().1, shape.1));
    Array2::from_shape_fn(shape, |(y, x)| {
        let ((top, bottom, fy), (left, right, fx)) = (rows[y], cols[x]);
        let above = image[[top, left]] * (1.0 - fx) + image[[top, right]] * fx;
        let below = image[[bottom, left]] * (1.0 - fx) + image[[bottom, right]] * fx;
        above * (1.0 - fy) + below * fy
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_takes_the_mean_of_four() {
        let image = Array2::from_shape_fn((4, 6), |(y, x)| (y * 6 + x) as f32);
        let half = resize(&image, (2, 3));
        assert_eq!(half[[0, 0]], (0.0 + 1.0 + 6.0 + 7.0) / 4.0);
        assert_eq!(half[[1, 2]], (16.0 + 17.0 + 22.0 + 23.0) / 4.0);
    }
}
