//! Blend: a network's rain and extrapolated rain, mixed by lead.

use ndarray::{Array3, ArrayRef2, Zip, s};
use serde::{Deserialize, Serialize};

use crate::extrapolation::{Inflow, extrapolate};
use crate::motion::MotionField;

/// Seconds of the lead by which weights and chances count: they were fitted on frames 5 minutes apart.
pub(super) const LEAD_S: f64 = 300.0;

/// The last frame `now` `[H, W]` at each lead `[L, H, W]`, every `lead_steps` steps of `motion` (cells a
/// step): carried along it, sharp, with the border flowing in.
#[must_use]
pub(crate) fn extrapolated(
    now: &ArrayRef2<f32>,
    motion: &MotionField,
    leads: usize,
    lead_steps: usize,
) -> Array3<f32> {
    let every_step = extrapolate(now, motion, leads * lead_steps, Inflow::Border);
    every_lead(every_step, lead_steps)
}

/// Every `lead_steps`-th of frames `[L, H, W]`.
#[must_use]
pub(crate) fn every_lead<T: Clone>(frames: Array3<T>, lead_steps: usize) -> Array3<T> {
    match lead_steps {
        0 | 1 => frames,
        n => frames.slice(s![n - 1..;n, .., ..]).to_owned(),
    }
}

/// How extrapolation is blended into a network's forecast.
///
/// Both are shares of rain (see [`crate::rain_rate`]), so the mean is one of decibels, as networks see
/// rain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blend {
    /// Weight of extrapolation after 5 minutes, 0 to 1.
    pub extrapolation: f32,
    /// Power of the lead, in steps of 5 minutes, by which that weight falls: 0.5 is with its root.
    pub falls: f32,
}

impl Blend {
    /// Weight of extrapolation after so many seconds, 1 at most.
    #[must_use]
    fn weight(&self, lead_s: f64) -> f32 {
        (self.extrapolation * ((lead_s / LEAD_S) as f32).powf(-self.falls)).min(1.0)
    }

    /// Blends `moved`, the last frame at each lead ([`extrapolated`]), into `frames`; both `[L, H, W]`,
    /// at the leads `lead_s`.
    pub(crate) fn mix(&self, frames: &mut Array3<f32>, moved: &Array3<f32>, lead_s: &[f64]) {
        let both = frames.outer_iter_mut().zip(moved.outer_iter());
        for ((mut frame, moved), lead_s) in both.zip(lead_s) {
            let weight = self.weight(*lead_s);
            Zip::from(&mut frame).and(&moved).for_each(|f, m| *f += weight * (m - *f));
        }
    }

    /// The first value that cannot be, in words.
    pub(super) fn fault(&self) -> Option<&'static str> {
        match () {
            () if !(0.0..=1.0).contains(&self.extrapolation) => Some("extrapolation: 0 to 1"),
            () if !(0.0..=4.0).contains(&self.falls) => Some("falls: 0 to 4"),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3};

    use super::*;

    #[test]
    fn extrapolation_weighs_less_the_longer_the_lead() {
        let now = Array2::from_shape_fn((1, 9), |(_, x)| if x == 2 { 0.8 } else { 0.0 });
        let motion = MotionField { down_px: Array2::zeros((1, 9)), right_px: Array2::ones((1, 9)) };
        for (extrapolation, falls, weights) in
            [(0.5, 0.5, [0.5, 0.353_553, 0.25]), (0.0, 0.5, [0.0; 3]), (1.0, 0.0, [1.0; 3])]
        {
            let blend = Blend { extrapolation, falls };
            assert_eq!(blend.fault(), None);
            let mut frames = Array3::from_elem((4, 1, 9), 0.2f32);
            let lead_s = [300.0, 600.0, 900.0, 1200.0];
            blend.mix(&mut frames, &extrapolated(&now, &motion, 4, 1), &lead_s);
            for (lead, weight) in [1, 2, 4].into_iter().zip(weights) {
                let at = |x: usize| -> f32 { frames[[lead - 1, 0, x]] };
                let (wet, dry) = (0.2 + weight * 0.6, 0.2 - weight * 0.2);
                assert!((at(2 + lead) - wet).abs() < 1e-6, "{lead}: {} not {wet}", at(2 + lead));
                assert!((at(8) - dry).abs() < 1e-6, "{lead}: {}", at(8));
            }
        }
        for wrong in [(-0.1, 0.5), (1.1, 0.5), (f32::NAN, 0.5), (0.5, -1.0), (0.5, f32::NAN)] {
            assert!(
                Blend { extrapolation: wrong.0, falls: wrong.1 }.fault().is_some(),
                "{wrong:?}"
            );
        }
    }
}
