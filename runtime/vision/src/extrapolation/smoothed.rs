//! Smoothed extrapolation: the baseline called "honest" in rows and tables.
//!
//! Much of what a network gains over plain extrapolation needs no network: the border flows in, and
//! what is no longer predictable is blurred. This baseline does both, so that what of a network's gain
//! is left against it needs the network (`advect.py` of the benchmark in `export/`).

use ndarray::{Array3, ArrayRef2};

use super::gaussian::gaussian_filtered;
use super::probability_matching::ProbabilityMatching;
use super::semi_lagrangian::{Inflow, extrapolate};
use crate::motion::MotionField;

/// Standard deviation of the blur at lead 1, cells; it grows with the root of the lead.
const BLUR_CELLS: f64 = 0.8;

/// Frame `now` `[H, W]` at each of `leads` steps after it, `[L, H, W]`, along `motion` (cells a step):
/// the border flows in, each lead is blurred more than the one before and then takes the values of
/// the last frame by probability matching.
#[must_use]
pub fn smoothed_extrapolation(
    now: &ArrayRef2<f32>,
    motion: &MotionField,
    leads: usize,
) -> Array3<f32> {
    let mut frames = extrapolate(now, motion, leads, Inflow::Border);
    let matching = ProbabilityMatching::to(now);
    for (lead, mut frame) in frames.outer_iter_mut().enumerate() {
        let blurred = gaussian_filtered(&frame, BLUR_CELLS * ((lead + 1) as f64).sqrt());
        frame.assign(&blurred);
        matching.apply(frame, |_| true);
    }
    frames
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn nothing_in_nothing_out() {
        let motion = MotionField {
            down_px: Array2::from_elem((4, 4), 9.0),
            right_px: Array2::from_elem((4, 4), -9.0),
        };
        let no_data = Array2::from_elem((4, 4), f32::NAN);
        assert!(smoothed_extrapolation(&no_data, &motion, 2).iter().all(|v| v.is_nan()));
        let dry = Array2::zeros((4, 4));
        assert!(smoothed_extrapolation(&dry, &motion, 2).iter().all(|&v| v == 0.0));
    }
}
