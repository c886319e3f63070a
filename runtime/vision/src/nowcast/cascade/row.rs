//! A row: what is known of its cells for all rates alike.

use super::of_lead::OfLead;
use super::windows::Means;
use crate::motion::bilinear::Between;

/// Least deviation around a cell that is told, dB.
const SIGMA_LEAST: f32 = 0.5;

/// A row's cells, as rows go on.
pub(super) struct Row {
    y: usize,
    /// Expected dBR.
    pub(super) mean: Vec<f32>,
    /// One over the deviation from it, and the deviation's logarithm.
    pub(super) per_sigma: Vec<f32>,
    pub(super) ln_sigma: Vec<f32>,
    /// What the mean around it grew by in ten minutes, dB: far and wide.
    pub(super) grown: Vec<f32>,
    pub(super) grown_wide: Vec<f32>,
    /// Logarithm of one more than the kilometres beyond the border from which it comes.
    pub(super) ln_beyond: Vec<f32>,
    far: Means,
    wide: Means,
    places: Vec<[f32; 2]>,
}

impl Row {
    /// Above the first row.
    pub(super) fn new(of: &OfLead<'_>) -> Self {
        let room = || vec![0f32; of.width];
        Self {
            y: 0,
            mean: room(),
            per_sigma: room(),
            ln_sigma: room(),
            grown: room(),
            grown_wide: room(),
            ln_beyond: room(),
            far: Means::new(of.reach[2], of.width),
            wide: Means::new(of.reach[3], of.width),
            places: Vec::with_capacity(of.width),
        }
    }

    /// Which row it is.
    #[inline(always)]
    pub(super) fn y(&self) -> usize {
        self.y
    }

    /// Goes on to row `y`.
    #[inline(always)]
    pub(super) fn go_to(&mut self, of: &OfLead<'_>, y: usize) {
        let (w, h) = (of.width, of.height);
        self.y = y;
        self.far.row(&of.carried.risen, w, y, &mut self.grown);
        self.wide.row(&of.carried.risen, w, y, &mut self.grown_wide);
        of.lattice.row(of.l, y, &mut self.places);
        let beyond = |at: f32, n: usize| (-at).max(at - (n - 1) as f32).max(0.0);
        let (mean, sigma) = (&mut self.mean[..w], &mut self.per_sigma[..w]);
        let (ln_sigma, ln_beyond) = (&mut self.ln_sigma[..w], &mut self.ln_beyond[..w]);
        for (x, place) in self.places[..w].iter().enumerate() {
            [mean[x], sigma[x]] = Between::of(*place, (h, w)).means(&of.fading, w);
            let beyond = beyond(place[0], h).max(beyond(place[1], w));
            ln_beyond[x] = if beyond > 0.0 { (beyond * of.cell_km).ln_1p() } else { 0.0 };
        }
        for (ln, sigma) in ln_sigma.iter_mut().zip(sigma.iter_mut()) {
            let told = sigma.max(SIGMA_LEAST);
            (*ln, *sigma) = (told.ln(), 1.0 / told);
        }
    }
}
