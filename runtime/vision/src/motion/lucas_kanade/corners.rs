//! Corners of rain: cells that differ from their surroundings in every direction, as pysteps chooses them.

use emberline_tracking::Choice;
use ndarray::Array2;

use super::rain_image::RainImage;

/// OpenCV's `goodFeaturesToTrack(…, 1000, 0.01, 10, blockSize=5)`.
const CHOICE: Choice = Choice { most: 1000, quality: 0.01, apart_cells: 10 };

/// Corners of an image as (row, column), strongest first; none near cells without data.
pub(super) fn corners(image: &RainImage) -> Vec<[usize; 2]> {
    emberline_tracking::corners(&sharp_edged(image), &allowed(&image.no_data), &CHOICE)
}

/// The image that corners are sought in: its first row counts as dry, and its second too where
/// any cell has no data. pysteps 1.21.5 does so; kept for the same corners.
fn sharp_edged(image: &RainImage) -> Array2<u8> {
    let rows = 1 + usize::from(image.no_data.iter().any(|&u| u));
    let mut values = image.values.clone();
    values.outer_iter_mut().take(rows).for_each(|mut row| row.fill(0));
    values
}

/// Cells that have data, and so do all in the 5 × 5 cells around them.
fn allowed(no_data: &Array2<bool>) -> Array2<bool> {
    let (h, w) = no_data.dim();
    let mut out = Array2::from_elem((h, w), true);
    for (y, x) in no_data.indexed_iter().filter(|(_, u)| **u).map(|(at, _)| at) {
        let around = |at: usize, n: usize| at.saturating_sub(2)..(at + 3).min(n);
        around(y, h).for_each(|y| around(x, w).for_each(|x| out[[y, x]] = false));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_four_corners_and_none_by_a_hole() {
        let values = Array2::from_shape_fn((60, 60), |(y, x)| {
            if (20..40).contains(&y) && (20..40).contains(&x) { 200 } else { 0 }
        });
        let mut no_data = Array2::from_elem((60, 60), false);
        let mut found = corners(&RainImage { values: values.clone(), no_data: no_data.clone() });
        found.sort_unstable();
        // cv2.goodFeaturesToTrack(values, 1000, 0.01, 10, blockSize=5), OpenCV 5.0.0.
        assert_eq!(found, [[21, 21], [21, 38], [38, 21], [38, 38]]);
        no_data[[20, 20]] = true;
        let fewer = corners(&RainImage { values, no_data });
        assert!(
            !fewer.iter().any(|&[y, x]| y.abs_diff(20) <= 2 && x.abs_diff(20) <= 2),
            "{fewer:?}"
        );
        assert!(fewer.len() >= 3);
    }

    #[test]
    fn a_plain_or_tiny_image_has_none() {
        for (h, w) in [(40, 40), (1, 9), (2, 2), (0, 0)] {
            let values = Array2::from_elem((h, w), 9);
            let found = corners(&RainImage { values, no_data: Array2::from_elem((h, w), false) });
            assert!(found.len() <= 2, "{h}×{w}: {found:?}"); // the dry first row makes an edge
        }
    }
}
