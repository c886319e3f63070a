//! Heat: how surely cells of a picture burn, by the film's own contrast.

use emberline_vision::quantile::quantile;
use ndarray::Array2;

/// Share of a picture's cells that lie below its top.
const TOP: f64 = 0.999;
/// Shares of the way from a picture's middle to the film's contrast at which a cell begins to burn, and at which it
/// surely does: half way between lies the front.
const WARM: [f32; 2] = [0.25, 0.75];
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

    /// Contrast of the film, grey levels: the middle one of all pictures that show a fire. `None` where none does.
    fn contrast(&self) -> Option<f32> {
        let mut fires: Vec<f32> =
            self.contrasts.iter().copied().filter(|c| *c >= LEAST_CONTRAST * 255.0).collect();
        let middle = fires.len() / 2;
        (!fires.is_empty()).then(|| *fires.select_nth_unstable_by(middle, f32::total_cmp).1)
    }

    /// How surely cells of a picture burn, 0 to 1.
    pub(crate) fn burning(&self, grey: &Array2<f32>) -> Array2<f32> {
        let Some(contrast) = self.contrast() else { return Array2::zeros(grey.dim()) };
        let middle = share(grey, 0.5);
        let [from, to] = WARM.map(|share| middle + share * contrast);
        grey.mapv(|v| ((v - from) / (to - from)).clamp(0.0, 1.0))
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
        assert!(!heat.burning(&ground).iter().any(|&b| b > 0.0), "no fire yet");
        (0..9).for_each(|_| heat.learn(&fire));
        assert_eq!(heat.burning(&fire).iter().filter(|&&b| b == 1.0).count(), 100);
        assert!(!heat.burning(&ground).iter().any(|&b| b > 0.0), "the fire is out of view");
    }
}
