//! Spectrum: how much power a frame has at each wavelength; too little at short ones is blur.

use std::ops::AddAssign;

use ndarray::{Array2, ArrayRef2};
use rustfft::FftPlanner;
use rustfft::num_complex::Complex64;
use serde::Serialize;

use super::mean::ratio;

/// Power by wavelength of forecast and observed frames, that adds up over frames of one shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spectrum {
    /// Power of the forecasts by ring: ring `k` holds `k` waves across the shorter side, rounded.
    #[serde(rename = "said")]
    pub predicted: Vec<f64>,
    /// Power of the observed frames.
    #[serde(rename = "truth")]
    pub observed: Vec<f64>,
}

impl Spectrum {
    /// Power of one forecast frame `[H, W]` and of what was observed.
    #[must_use]
    pub fn of(predicted: &ArrayRef2<f32>, observed: &ArrayRef2<f32>) -> Self {
        Self { predicted: radial_power(predicted), observed: radial_power(observed) }
    }

    /// Power of the forecasts over that of the observed frames, by ring: below 1 is too smooth there.
    #[must_use]
    pub fn ratios(&self) -> Vec<Option<f64>> {
        self.predicted.iter().zip(&self.observed).map(|(&a, &b)| ratio(a, b)).collect()
    }

    /// The same over all waves at least as short as `wavelength_px`, on the shorter side of frames
    /// of `side` cells.
    #[must_use]
    pub fn ratio_below(&self, wavelength_px: f64, side: usize) -> Option<f64> {
        let from = (side as f64 / wavelength_px).ceil().max(0.0) as usize;
        let sum = |p: &[f64]| p.iter().skip(from).sum();
        ratio(sum(&self.predicted), sum(&self.observed))
    }
}

impl AddAssign<&Self> for Spectrum {
    /// Adds ring by ring; frames of another shape have other rings and must be pooled apart.
    fn add_assign(&mut self, other: &Self) {
        for (mine, theirs) in
            [(&mut self.predicted, &other.predicted), (&mut self.observed, &other.observed)]
        {
            mine.resize(mine.len().max(theirs.len()), 0.0);
            for (a, b) in mine.iter_mut().zip(theirs) {
                *a += b;
            }
        }
    }
}

/// Power of a frame `[H, W]` summed over rings of equal wavelength, from the mean (ring 0) to two
/// pixels a wave along the shorter side. Waves shorter than that (towards the corners) are left out.
#[must_use]
pub(super) fn radial_power(frame: &ArrayRef2<f32>) -> Vec<f64> {
    let (h, w) = frame.dim();
    let side = h.min(w);
    let mut rings = vec![0.0; side / 2 + 1];
    if side == 0 {
        return rings;
    }
    let waves = transform(frame);
    let cells = (h * w) as f64;
    // Waves over the whole side, to either direction.
    let signed = |i: usize, n: usize| if i > n / 2 { i as f64 - n as f64 } else { i as f64 };
    for ((y, x), wave) in waves.indexed_iter() {
        let (fy, fx) = (signed(y, h) / h as f64, signed(x, w) / w as f64);
        let ring = (fy.hypot(fx) * side as f64).round() as usize;
        if let Some(power) = rings.get_mut(ring) {
            *power += wave.norm_sqr() / cells;
        }
    }
    rings
}

/// Two-dimensional Fourier transform of a frame.
fn transform(frame: &ArrayRef2<f32>) -> Array2<Complex64> {
    let (h, w) = frame.dim();
    let mut planner = FftPlanner::new();
    let (rows, columns) = (planner.plan_fft_forward(w), planner.plan_fft_forward(h));
    let mut waves = frame.mapv(|v| Complex64::new(f64::from(v), 0.0));
    let mut line = Vec::with_capacity(h.max(w));
    for mut row in waves.rows_mut() {
        line.clear();
        line.extend(row.iter());
        rows.process(&mut line);
        row.iter_mut().zip(&line).for_each(|(v, l)| *v = *l);
    }
    for mut column in waves.columns_mut() {
        line.clear();
        line.extend(column.iter());
        columns.process(&mut line);
        column.iter_mut().zip(&line).for_each(|(v, l)| *v = *l);
    }
    waves
}
