//! Gaussian filter: a frame blurred with weights that fall like a bell.

use ndarray::{Array2, ArrayRef2};

/// Standard deviations after which the weights end.
const REACH: f64 = 4.0;

/// A frame `[H, W]` blurred with standard deviation `sigma_cells`; the border repeats. NaN stays
/// and counts for nothing around it. Without NaN it is `scipy.ndimage.gaussian_filter(…,
/// mode="nearest")`.
#[must_use]
pub(super) fn gaussian_filtered(frame: &ArrayRef2<f32>, sigma_cells: f64) -> Array2<f32> {
    let weights = weights(sigma_cells);
    let seen = frame.mapv(|v| f64::from(u8::from(!v.is_nan())));
    let value = frame.mapv(|v| if v.is_nan() { 0.0 } else { f64::from(v) });
    let blur =
        |a: &Array2<f64>| across(&across(a, &weights).reversed_axes(), &weights).reversed_axes();
    let (value, weight) = (blur(&value), blur(&seen));
    Array2::from_shape_fn(frame.dim(), |at| {
        if frame[at].is_nan() { f32::NAN } else { (value[at] / weight[at]) as f32 }
    })
}

/// Half of the weights, the middle one first; the sum of both halves is 1.
fn weights(sigma: f64) -> Vec<f64> {
    let reach = (REACH * sigma + 0.5) as usize;
    let raw: Vec<f64> = (0..=reach).map(|k| (-0.5 * (k as f64 / sigma).powi(2)).exp()).collect();
    if reach == 0 {
        return vec![1.0];
    }
    let total = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
    raw.iter().map(|r| r / total).collect()
}

/// Weighted means along each row.
fn across(image: &Array2<f64>, weights: &[f64]) -> Array2<f64> {
    let w = image.dim().1;
    Array2::from_shape_fn(image.dim(), |(y, x)| {
        let pair = |k: usize| image[[y, x.saturating_sub(k)]] + image[[y, (x + k).min(w - 1)]];
        let sides: f64 = (1..weights.len()).map(|k| weights[k] * pair(k)).sum();
        weights[0] * image[[y, x]] + sides
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_a_bell_and_a_hole_stays_a_hole() {
        let mut frame = Array2::zeros((21, 21));
        frame[[10, 10]] = 1.0;
        let blurred = gaussian_filtered(&frame, 0.8);
        // scipy.ndimage.gaussian_filter(point, 0.8, mode="nearest"), scipy 1.17.1.
        for (at, want) in [([10, 10], 0.248_678), ([10, 11], 0.113_853), ([9, 9], 0.052_126)] {
            assert!((blurred[at] - want).abs() < 1e-5, "{at:?}: {}", blurred[at]);
        }
        assert!((blurred.sum() - 1.0).abs() < 1e-5);
        let mut flat = Array2::from_elem((9, 9), 2.0);
        flat[[4, 4]] = f32::NAN;
        let blurred = gaussian_filtered(&flat, 1.5);
        assert!(blurred.indexed_iter().all(|(at, v)| (at == (4, 4)) == v.is_nan()));
        assert!(blurred.iter().all(|v| v.is_nan() || (v - 2.0).abs() < 1e-6));
        assert_eq!(gaussian_filtered(&flat, 0.0)[[0, 0]], 2.0);
    }
}
