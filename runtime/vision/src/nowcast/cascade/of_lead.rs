//! What is the same for all rates at a lead: the last frame carried there, and what fades.

use ndarray::ArrayView2;

use super::ending::{Ending, GROWTH_MIN};
use super::squares::square_max;
use crate::extrapolation::Lattice;
use crate::motion::bilinear::Between;

/// Half sides of squares at 30 minutes, km: near, mid, far, wide.
const SQUARES_KM: [f64; 4] = [2.0, 6.0, 16.0, 48.0];
/// Lead at which they have these sides, minutes.
const SQUARES_MIN: f64 = 30.0;
/// Shares are cut to this distance from 0 and 1 where their log odds are taken.
const SHARE_LEAST: f64 = 0.002;
/// How far a cell may fall short of a rate and still reach it, dB: rounding.
pub(super) const SHORT_DB: f32 = 1e-3;
/// Least logarithm of the view's deviation in dB at 30 minutes, and what it rises by with the logarithm of the
/// lead: the least of the events that taught the curves. A nearly dry view has far less, and beyond what
/// they saw the curves would promise rain under a clear sky.
const LN_SIGMA_LEAST: f64 = 0.45;
const LN_SIGMA_RISES: f64 = 0.29;
/// Weights of growth in squares.
const GROWTH: [f32; 2] = [4.0, 8.0];

/// Everything of one lead that is the same for all rates.
pub(super) struct OfLead<'a> {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Cells to each side of the squares near, mid, far, wide.
    pub(super) reach: [usize; 4],
    pub(super) cell_km: f32,
    /// Ten minutes over the age of the older frame.
    pub(super) weight: f32,
    pub(super) ln_sigma: f32,
    /// Log odds of the share of the squares near, mid, far, by count.
    pub(super) odds: [Vec<f32>; 3],
    /// What a cell more in the squares mid and far than before counts.
    pub(super) growth: [f32; 2],
    /// Expected dBR and its deviation around each cell, not yet carried.
    pub(super) fading: Vec<[f32; 2]>,
    /// Largest dBR around each cell.
    pub(super) highest: Vec<f32>,
    pub(super) carried: Carried,
    pub(super) lattice: &'a Lattice,
    /// Which lead of the lattice.
    pub(super) l: usize,
}

impl<'a> OfLead<'a> {
    /// Of lead `l` of `lattice`, for rates of these dBR.
    pub(super) fn new(
        ending: &Ending,
        lattice: &'a Lattice,
        (l, minutes): (usize, f64),
        levels: &[f32],
    ) -> Self {
        let (height, width) = ending.shape();
        let reach = SQUARES_KM.map(|km| {
            let cells = (km * (minutes / SQUARES_MIN).sqrt() / ending.cell_km + 0.5).floor();
            (cells as usize).max(1)
        });
        let weight = (GROWTH_MIN / ending.past_age_min) as f32;
        let carried = Carried::to(ending, lattice, l, levels, weight);
        let side = |i: usize| 2 * reach[i] + 1;
        Self {
            height,
            width,
            reach,
            cell_km: ending.cell_km as f32,
            weight,
            ln_sigma: ln_sigma(ending.bands.sigma(minutes), minutes),
            odds: [0, 1, 2].map(|i| odds(side(i) * side(i))),
            growth: [1, 2].map(|i| GROWTH[i - 1] * weight / (side(i) * side(i)) as f32),
            fading: ending.bands.fading(minutes),
            highest: carried.highest(height, reach[1]),
            carried,
            lattice,
            l,
        }
    }

    /// Row `y` of values that stand row by row.
    #[inline(always)]
    pub(super) fn row<'v>(&self, values: &'v [f32], y: usize) -> &'v [f32] {
        &values[y * self.width..][..self.width]
    }
}

/// Logarithm of the view's deviation, dB, at a lead, as it is told.
fn ln_sigma(sigma: f64, minutes: f64) -> f32 {
    let least = LN_SIGMA_LEAST + LN_SIGMA_RISES * (minutes / SQUARES_MIN).ln();
    sigma.ln().max(least) as f32
}

/// Log odds of shares of `cells` cells, by count.
fn odds(cells: usize) -> Vec<f32> {
    let of = |count: usize| {
        let share = (count as f64 / cells as f64).clamp(SHARE_LEAST, 1.0 - SHARE_LEAST);
        (share / (1.0 - share)).ln() as f32
    };
    (0..=cells).map(of).collect()
}

/// The last frame carried to a lead, row by row.
pub(super) struct Carried {
    /// dBR, and what it grew by in ten minutes.
    pub(super) db: Vec<f32>,
    pub(super) risen: Vec<f32>,
    /// How many rates each cell reaches, and did in the older frame.
    pub(super) reached: Vec<u8>,
    pub(super) reached_before: Vec<u8>,
}

impl Carried {
    fn to(ending: &Ending, lattice: &Lattice, l: usize, levels: &[f32], weight: f32) -> Self {
        let (h, w) = ending.shape();
        let mut places = Vec::with_capacity(w);
        let (mut db, mut before) = (Vec::with_capacity(h * w), Vec::with_capacity(h * w));
        for y in 0..h {
            lattice.row(l, y, &mut places);
            for place in &places {
                let [now, then] = Between::of(*place, (h, w)).means(&ending.frames, w);
                db.push(now);
                before.push(then);
            }
        }
        let reached_of = |db: &[f32]| {
            let mut reached = vec![0u8; db.len()];
            for level in levels {
                let level = level - SHORT_DB;
                reached.iter_mut().zip(db).for_each(|(n, v)| *n += u8::from(*v >= level));
            }
            reached
        };
        let (reached, reached_before) = (reached_of(&db), reached_of(&before));
        let mut risen = before;
        risen.iter_mut().zip(&db).for_each(|(then, now)| *then = (now - *then) * weight);
        Self { db, risen, reached, reached_before }
    }

    /// Largest dBR within `reach` cells to each side.
    fn highest(&self, height: usize, reach: usize) -> Vec<f32> {
        let width = self.db.len() / height.max(1);
        match ArrayView2::from_shape((height, width), &self.db) {
            Ok(db) => square_max(&db, reach).into_raw_vec_and_offset().0,
            Err(_) => Vec::new(),
        }
    }
}
