//! Image error: how near a forecast frame comes as a picture, in float64 with a data range of 1.

use std::ops::AddAssign;

use ndarray::{ArrayRef2, ArrayView1};
use serde::Serialize;

use super::mean::{Mean, ratio};

/// Reach of the SSIM window of 11 × 11 cells.
const REACH: usize = 5;
/// Width of the SSIM window, cells.
const WINDOW: usize = 2 * REACH + 1;
/// Standard deviation of its Gaussian weights, pixels.
const SIGMA_PX: f64 = 1.5;

/// Errors of pictures with values in 0..1, that add up over frames and starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ImageError {
    /// Sum of squared differences.
    pub squared: f64,
    /// Sum of absolute differences.
    pub absolute: f64,
    /// Values compared.
    pub values: u64,
    /// SSIM of each frame that is at least 11 × 11.
    pub ssim: Mean,
}

impl ImageError {
    /// Errors of one frame `[H, W]`.
    #[must_use]
    pub fn of(predicted: &ArrayRef2<f32>, observed: &ArrayRef2<f32>) -> Self {
        let mut out = Self::default();
        ndarray::Zip::from(predicted).and(observed).for_each(|&a, &b| {
            let d = f64::from(a) - f64::from(b);
            out.squared += d * d;
            out.absolute += d.abs();
            out.values += 1;
        });
        if let Some(ssim) = ssim(predicted, observed) {
            out.ssim.add(ssim);
        }
        out
    }

    /// Mean squared error.
    #[must_use]
    pub fn mse(&self) -> Option<f64> {
        ratio(self.squared, self.values as f64)
    }

    /// Mean absolute error.
    #[must_use]
    pub fn mae(&self) -> Option<f64> {
        ratio(self.absolute, self.values as f64)
    }

    /// Peak signal-to-noise ratio of the pooled mean squared error, decibels; infinite when equal.
    #[must_use]
    pub fn psnr_db(&self) -> Option<f64> {
        self.mse().map(|mse| -10.0 * mse.log10())
    }

    /// Mean over frames of the structural similarity, at most 1.
    #[must_use]
    pub fn ssim(&self) -> Option<f64> {
        self.ssim.value()
    }
}

impl AddAssign<&Self> for ImageError {
    fn add_assign(&mut self, other: &Self) {
        self.squared += other.squared;
        self.absolute += other.absolute;
        self.values += other.values;
        self.ssim += &other.ssim;
    }
}

/// Window means of both images, their squares and their product, along one row.
type Moments = [f64; 5];

/// Structural similarity of two frames `[H, W]` with values in 0..1 (Wang and others 2004): Gaussian
/// window of 11 × 11 with σ 1.5, over all windows that lie within the frame. `None` below 11 × 11.
#[must_use]
fn ssim(predicted: &ArrayRef2<f32>, observed: &ArrayRef2<f32>) -> Option<f64> {
    const C1: f64 = 0.01 * 0.01;
    const C2: f64 = 0.03 * 0.03;
    let (h, w) = predicted.dim();
    if h < WINDOW || w < WINDOW || observed.dim() != (h, w) {
        return None;
    }
    let weights = weights();
    let width = w - WINDOW + 1;
    let mut ring = vec![vec![Moments::default(); width]; WINDOW];
    let mut sums = vec![Moments::default(); width];
    let mut total = 0.0;
    for y in 0..h {
        across(predicted.row(y), observed.row(y), &weights, &mut ring[y % WINDOW]);
        let Some(top) = (y + 1).checked_sub(WINDOW) else { continue };
        sums.fill(Moments::default());
        for (k, weight) in weights.iter().enumerate() {
            for (sum, row) in sums.iter_mut().zip(&ring[(top + k) % WINDOW]) {
                for (s, v) in sum.iter_mut().zip(row) {
                    *s += weight * v;
                }
            }
        }
        for &[a, b, aa, bb, ab] in &sums {
            let (var_a, var_b, cov) = (aa - a * a, bb - b * b, ab - a * b);
            total += ((2.0 * a * b + C1) * (2.0 * cov + C2))
                / ((a * a + b * b + C1) * (var_a + var_b + C2));
        }
    }
    Some(total / ((h - WINDOW + 1) * width) as f64)
}

/// Weights of the window along one axis, sum 1.
fn weights() -> [f64; WINDOW] {
    let raw: [f64; WINDOW] =
        std::array::from_fn(|k| (-0.5 * ((k as f64 - REACH as f64) / SIGMA_PX).powi(2)).exp());
    let total: f64 = raw.iter().sum();
    raw.map(|v| v / total)
}

/// Weighted sums along one row of both images, for each window that lies within it.
#[allow(clippy::needless_pass_by_value)] // views of rows
fn across(
    a: ArrayView1<'_, f32>,
    b: ArrayView1<'_, f32>,
    weights: &[f64; WINDOW],
    out: &mut [Moments],
) {
    for (x, out) in out.iter_mut().enumerate() {
        *out = Moments::default();
        for (k, weight) in weights.iter().enumerate() {
            let (a, b) = (f64::from(a[x + k]), f64::from(b[x + k]));
            for (o, v) in out.iter_mut().zip([a, b, a * a, b * b, a * b]) {
                *o += weight * v;
            }
        }
    }
}
