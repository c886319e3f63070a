//! Contrast: the background and the peak of a clip, and from which intensity on a pixel burns.

use ndarray::Array3;

use crate::quantile::nth;

/// Samples that lie above the peak of a clip: fewer hot ones may be glints or dead pixels.
const ABOVE_PEAK: usize = 16;
/// Least difference of peak and background that is fire.
pub(crate) const CONTRAST_MIN: f64 = 0.15;

/// The background and the peak of a clip, and what lies half way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Contrast {
    /// Median of all values.
    pub(crate) background: f64,
    /// The value that exactly 16 samples exceed (or equal, where values repeat).
    pub(crate) peak: f64,
}

impl Contrast {
    /// Contrast of intensities `[T, H, W]`.
    #[must_use]
    pub(crate) fn of(frames: &Array3<f32>) -> Self {
        let n = frames.len();
        let all = || frames.iter().copied();
        let middle = nth(all, n / 2);
        let background = if n % 2 == 1 { middle } else { (nth(all, n / 2 - 1) + middle) / 2.0 };
        let peak = nth(all, n.saturating_sub(ABOVE_PEAK + 1));
        Self { background: f64::from(background), peak: f64::from(peak) }
    }

    /// Whether there is fire in view.
    #[must_use]
    pub(crate) fn is_fire(&self) -> bool {
        self.peak - self.background >= CONTRAST_MIN
    }

    /// Intensity from which a pixel counts as burning.
    #[must_use]
    pub(crate) fn hot(&self) -> f32 {
        (self.background + 0.5 * (self.peak - self.background)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peak_is_what_sixteen_exceed() {
        let mut frames = Array3::from_elem((2, 8, 8), 0.1f32);
        for (i, v) in frames.iter_mut().take(17).enumerate() {
            *v = 0.5 + i as f32 * 0.01;
        }
        let c = Contrast::of(&frames);
        assert_eq!((c.background as f32, c.peak as f32), (0.1, 0.5));
        assert!(c.is_fire() && (c.hot() - 0.3).abs() < 1e-6);
        frames.iter_mut().take(1).for_each(|v| *v = 0.1);
        assert!(!Contrast::of(&frames).is_fire(), "sixteen hot samples are no fire");
    }
}
