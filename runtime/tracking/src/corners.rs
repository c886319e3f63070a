//! Corners: points of an image that differ from their surroundings in every direction.
//!
//! The strength of a cell is the smaller eigenvalue of the gradient's second moments around it (Shi
//! and Tomasi 1994). Fine points (border, order of equals, spacing) are those of OpenCV's
//! `goodFeaturesToTrack(…, most, quality, apart, blockSize=5)`.

use ndarray::Array2;

use crate::mirror::mirrored;

/// Which corners are chosen.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Corners at most.
    pub most: usize,
    /// Share of the strongest corner's strength below which there is none.
    pub quality: f64,
    /// Cells between two corners, at least.
    pub apart_cells: i64,
}

/// Half of the window of 5 × 5 cells over which moments are summed.
const REACH: isize = 2;

/// Corners of an image `[H, W]` as (row, column), strongest first, in cells that are `allowed` `[H, W]`.
#[must_use]
pub fn corners(image: &Array2<u8>, allowed: &Array2<bool>, choice: &Choice) -> Vec<[usize; 2]> {
    let (h, w) = image.dim();
    let strength = strength(image);
    let most = strength.iter().zip(allowed).filter(|(_, a)| **a).map(|(s, _)| *s);
    let least = (f64::from(most.fold(0.0, f32::max)) * choice.quality) as f32;
    let mut peaks = Vec::new();
    for (y, x) in (1..h.max(1) - 1).flat_map(|y| (1..w.max(1) - 1).map(move |x| (y, x))) {
        let s = strength[[y, x]];
        let is_peak = || (y - 1..=y + 1).all(|v| (x - 1..=x + 1).all(|u| strength[[v, u]] <= s));
        if s > least && allowed[[y, x]] && is_peak() {
            peaks.push((s, [y, x]));
        }
    }
    // Of equals the later cell first.
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    let mut kept: Vec<[usize; 2]> = Vec::new();
    for (_, at) in peaks {
        let near = |other: &[usize; 2]| {
            let d = [0, 1].map(|k| at[k] as i64 - other[k] as i64);
            d[0] * d[0] + d[1] * d[1] < choice.apart_cells * choice.apart_cells
        };
        if kept.len() < choice.most && !kept.iter().any(near) {
            kept.push(at);
        }
    }
    kept
}

/// Strength of each cell; its border is mirrored. Gradients are Sobel's; whole numbers, so that sums are exact.
fn strength(values: &Array2<u8>) -> Array2<f32> {
    let (h, w) = values.dim();
    let mut out = Array2::zeros((h, w));
    if h == 0 || w == 0 {
        return out;
    }
    let columns: Vec<usize> = (-1..=w as isize).map(|x| mirrored(x, w)).collect();
    let line = |y: isize, out: &mut Vec<i32>| {
        let row = values.row(mirrored(y, h));
        out.clear();
        out.extend(columns.iter().map(|&x| i32::from(row[x])));
    };
    let around: Vec<usize> = (-REACH..w as isize + REACH).map(|x| mirrored(x, w)).collect();
    // Of each row, moments summed across the window's width: xx, xy, yy.
    let mut across = [0; 3].map(|_| vec![0i32; h * w]);
    let mut lines = [-1, 0, 1].map(|y| {
        let mut l = Vec::with_capacity(w + 2);
        line(y, &mut l);
        l
    });
    let mut moments = [0; 3].map(|_| vec![0i32; w]);
    let mut padded = vec![0i32; around.len()];
    for y in 0..h {
        let [above, here, below] = &lines;
        let [xx, xy, yy] = &mut moments;
        for x in 0..w {
            let column = |x: usize| above[x] + 2 * here[x] + below[x];
            let row = |line: &[i32]| line[x] + 2 * line[x + 1] + line[x + 2];
            let (gx, gy) = (column(x + 2) - column(x), row(below) - row(above));
            (xx[x], xy[x], yy[x]) = (gx * gx, gx * gy, gy * gy);
        }
        for (moment, across) in moments.iter().zip(&mut across) {
            padded.iter_mut().zip(&around).for_each(|(p, &x)| *p = moment[x]);
            let across = &mut across[y * w..(y + 1) * w];
            for (x, sum) in across.iter_mut().enumerate() {
                *sum = padded[x..=x + 2 * REACH as usize].iter().sum();
            }
        }
        lines.rotate_left(1);
        line(y as isize + 2, &mut lines[2]);
    }
    let scale = (1.0 / (4.0 * 5.0 * 255.0f64)).powi(2);
    let mut sums = [0; 3].map(|_| vec![0i32; w]);
    for (y, mut out) in out.outer_iter_mut().enumerate() {
        for (sum, across) in sums.iter_mut().zip(&across) {
            sum.fill(0);
            for k in -REACH..=REACH {
                let row = mirrored(y as isize + k, h) * w;
                sum.iter_mut().zip(&across[row..row + w]).for_each(|(s, v)| *s += v);
            }
        }
        for (x, out) in out.iter_mut().enumerate() {
            let [xx, xy, yy] = [0, 1, 2].map(|k: usize| f64::from(sums[k][x]) * scale);
            let (half_sum, half_gap) = (0.5 * (xx + yy), 0.5 * (xx - yy));
            *out = (half_sum - (half_gap * half_gap + xy * xy).sqrt()) as f32;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Choice = Choice { most: 1000, quality: 0.01, apart_cells: 10 };

    #[test]
    fn a_square_has_four_corners_and_none_where_none_is_allowed() {
        let values = Array2::from_shape_fn((60, 60), |(y, x)| {
            if (20..40).contains(&y) && (20..40).contains(&x) { 200 } else { 0 }
        });
        let mut allowed = Array2::from_elem((60, 60), true);
        let mut found = corners(&values, &allowed, &FEW);
        found.sort_unstable();
        // cv2.goodFeaturesToTrack(values, 1000, 0.01, 10, blockSize=5), OpenCV 5.0.0.
        assert_eq!(found, [[21, 21], [21, 38], [38, 21], [38, 38]]);
        allowed[[21, 21]] = false;
        let fewer = corners(&values, &allowed, &FEW);
        assert!(!fewer.contains(&[21, 21]) && fewer.len() >= 3, "{fewer:?}");
    }

    #[test]
    fn a_plain_or_tiny_image_has_none() {
        for (h, w) in [(40, 40), (1, 9), (2, 2), (0, 0)] {
            let values = Array2::from_elem((h, w), 9);
            let found = corners(&values, &Array2::from_elem((h, w), true), &FEW);
            assert!(found.is_empty(), "{h}×{w}: {found:?}");
        }
    }
}
