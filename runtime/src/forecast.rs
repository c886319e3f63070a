//! A forecast: frames, burn probability and arrival time for each lead, whoever made it.

use ndarray::{Array2, Array3};

use crate::grid::Grid;

/// Where and when a fire will be. Models and baselines give the same type.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Seconds after the last frame seen, one a lead, increasing.
    pub lead_s: Vec<f64>,
    /// Intensity `[L, H, W]` in 0..1 (products give it back in the input's unit).
    pub frames: Array3<f32>,
    /// Probability `[L, H, W]` in 0..1 that a cell burns or has burnt by each lead; never falls.
    pub burn_probability: Array3<f32>,
    /// Seconds until a cell burns `[H, W]`: 0 already burnt, NaN not within the horizon.
    pub arrival_s: Array2<f32>,
    /// Probability from which a cell is said to burn: lines on maps, yes-or-no scores.
    pub threshold: f32,
    /// First lead (1 is the first) that was rolled out on the forecast's own output.
    pub rollout_from_lead: Option<usize>,
    /// Vector-quantization codes of the coarse view, where a model has them (`[T, h, w]`).
    pub codes_global: Option<Array3<u16>>,
    /// Codes of the fine view (`[T, h, w]`).
    pub codes_local: Option<Array3<u16>>,
    /// Where the cells lie.
    pub grid: Grid,
    /// Things a person should know, a line each.
    pub notes: Vec<String>,
}

impl Forecast {
    /// Cells said to burn or have burnt by lead `l` (0-based).
    #[must_use]
    pub fn burnt_by(&self, l: usize) -> Array2<bool> {
        self.burn_probability.index_axis(ndarray::Axis(0), l).mapv(|p| p >= self.threshold)
    }
}

/// First lead time at which probability reaches `threshold`, interpolated linearly within the lead;
/// 0 where `burnt`, NaN where it never does.
///
/// `probability` is `[L, H, W]`, `lead_s` increasing, `burnt` `[H, W]`.
#[must_use]
pub fn arrival_from_probability(
    probability: &Array3<f32>,
    lead_s: &[f64],
    burnt: &Array2<bool>,
    threshold: f32,
) -> Array2<f32> {
    Array2::from_shape_fn(burnt.dim(), |(y, x)| {
        if burnt[[y, x]] {
            return 0.0;
        }
        let (mut p0, mut t0) = (0.0f32, 0.0f64);
        for (l, &t) in lead_s.iter().enumerate() {
            let p = probability[[l, y, x]];
            if p >= threshold {
                let f = if p > p0 { f64::from((threshold - p0) / (p - p0)) } else { 1.0 };
                return (t0 + f.clamp(0.0, 1.0) * (t - t0)) as f32;
            }
            (p0, t0) = (p, t);
        }
        f32::NAN
    })
}
