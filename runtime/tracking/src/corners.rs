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

/// Strength of each cell; its border is mirrored.
fn strength(values: &Array2<u8>) -> Array2<f32> {
    let (h, w) = values.dim();
    let at = |y: isize, x: isize| i32::from(values[[mirrored(y, h), mirrored(x, w)]]);
    // Sobel gradients; whole numbers, so that all sums are exact.
    let moments = Array2::from_shape_fn((h, w), |(y, x)| {
        let (y, x) = (y as isize, x as isize);
        let column = |x: isize| at(y - 1, x) + 2 * at(y, x) + at(y + 1, x);
        let row = |y: isize| at(y, x - 1) + 2 * at(y, x) + at(y, x + 1);
        let (gx, gy) = (column(x + 1) - column(x - 1), row(y + 1) - row(y - 1));
        [gx * gx, gx * gy, gy * gy]
    });
    let sum = |a: [i32; 3], b: [i32; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
    let rows = Array2::from_shape_fn((h, w), |(y, x)| {
        let cells = (-REACH..=REACH).map(|k| moments[[y, mirrored(x as isize + k, w)]]);
        cells.fold([0; 3], sum)
    });
    let scale = (1.0 / (4.0 * 5.0 * 255.0f64)).powi(2);
    Array2::from_shape_fn((h, w), |(y, x)| {
        let cells = (-REACH..=REACH).map(|k| rows[[mirrored(y as isize + k, h), x]]);
        let [xx, xy, yy] = cells.fold([0; 3], sum).map(|v| f64::from(v) * scale);
        let (half_sum, half_gap) = (0.5 * (xx + yy), 0.5 * (xx - yy));
        (half_sum - (half_gap * half_gap + xy * xy).sqrt()) as f32
    })
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
