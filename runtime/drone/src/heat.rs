//! Heat: which cells of a picture burn, by the film's own contrast.

use emberline_vision::quantile::quantile;
use ndarray::Array2;

/// Share of a picture's cells that lie below its top.
const TOP: f64 = 0.9995;
/// Share of the pictures whose contrast lies below the film's: fire is not always in view.
const CONTRAST_AT: f64 = 0.75;
/// Share of the way from a picture's middle to the film's contrast from which on a cell burns.
const WARM: f32 = 0.5;
/// Contrast below which nothing burns, of the range of values.
const LEAST_CONTRAST: f32 = 0.15;
/// Pictures whose contrast is kept.
const KEPT: usize = 600;

/// The contrast of a film so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heat {
    contrasts: Vec<f32>,
    next: usize,
}

impl Heat {
    /// Takes a picture's contrast into account; grey levels 0 to 255.
    pub(crate) fn learn(&mut self, grey: &Array2<f32>) {
        let contrast = share(grey, TOP) - share(grey, 0.5);
        if self.contrasts.len() < KEPT {
            self.contrasts.push(contrast);
        } else {
            self.contrasts[self.next] = contrast;
            self.next = (self.next + 1) % KEPT;
        }
    }

    /// Contrast of the film, grey levels.
    fn contrast(&self) -> f32 {
        let mut all = self.contrasts.clone();
        if all.is_empty() {
            return 0.0;
        }
        let at = ((all.len() - 1) as f64 * CONTRAST_AT) as usize;
        *all.select_nth_unstable_by(at, f32::total_cmp).1
    }

    /// What burns in a picture.
    pub(crate) fn burning(&self, grey: &Array2<f32>) -> Array2<bool> {
        let contrast = self.contrast();
        if contrast < LEAST_CONTRAST * 255.0 {
            return Array2::from_elem(grey.dim(), false);
        }
        let limit = share(grey, 0.5) + WARM * contrast;
        grey.mapv(|v| v >= limit)
    }
}

/// The value that this share of a picture's cells lie below.
fn share(grey: &Array2<f32>, q: f64) -> f32 {
    quantile(|| grey.iter().copied(), grey.len(), q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fire_burns_and_warm_ground_alone_does_not() {
        let ground = Array2::from_shape_fn((60, 80), |(y, x)| 60.0 + ((x * 7 + y * 3) % 11) as f32);
        let mut fire = ground.clone();
        fire.slice_mut(ndarray::s![20..30, 30..40]).fill(220.0);
        let mut heat = Heat::default();
        heat.learn(&ground);
        assert!(!heat.burning(&ground).iter().any(|&b| b), "no fire yet");
        (0..9).for_each(|_| heat.learn(&fire));
        assert_eq!(heat.burning(&fire).iter().filter(|&&b| b).count(), 100);
        assert!(!heat.burning(&ground).iter().any(|&b| b), "the fire is out of view");
    }
}
