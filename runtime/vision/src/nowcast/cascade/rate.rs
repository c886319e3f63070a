//! A rate: how many cells around each reach it, and the log odds that follow.

use super::curves::{Feature, NUMBERS};
use super::of_lead::OfLead;
use super::row::Row;
use super::windows::Counts;

/// Steps of dB in which distances from a rate are told, as one over them, and their most.
const PER_STEP_DB: f32 = 0.2;
const STEPS: f32 = 3.0;
/// Most deviations, and most growth, that are told.
const DEVIATIONS: f32 = 4.0;
const GROWTH_DB: f32 = 5.0;

/// What is kept of one rate from row to row.
pub(super) struct OfRate {
    k: u8,
    /// dBR.
    pub(super) level: f32,
    numbers: [f32; NUMBERS],
    /// Whether any cell reaches it, now or in the older frame.
    is_met: bool,
    near: Counts,
    mid: Counts,
    far: Counts,
    mid_before: Counts,
    far_before: Counts,
    /// Log odds of the shares of a row's squares, and by how many cells they grew.
    near_odds: Vec<f32>,
    mid_odds: Vec<f32>,
    far_odds: Vec<f32>,
    mid_more: Vec<f32>,
    far_more: Vec<f32>,
}

impl OfRate {
    /// The `k`-th rate, of so many dBR, with the numbers of its curve at the lead.
    pub(super) fn new(of: &OfLead<'_>, level: f32, k: usize, mut numbers: [f32; NUMBERS]) -> Self {
        // What is the same in every cell goes to the constant.
        numbers[0] += numbers[1 + Feature::LnSigma as usize] * of.ln_sigma;
        let counts = |i: usize| Counts::new(of.reach[i], of.width);
        let k = k as u8;
        let meets = |reached: &[u8]| reached.iter().any(|n| *n > k);
        // Where no cell reaches it, none does in any square.
        let of_none = |i: usize| vec![of.odds[i][0]; of.width];
        Self {
            k,
            level,
            numbers,
            is_met: meets(&of.carried.reached) || meets(&of.carried.reached_before),
            near: counts(0),
            mid: counts(1),
            far: counts(2),
            mid_before: counts(1),
            far_before: counts(2),
            near_odds: of_none(0),
            mid_odds: of_none(1),
            far_odds: of_none(2),
            mid_more: vec![0.0; of.width],
            far_more: vec![0.0; of.width],
        }
    }

    /// Counts in the squares around the cells of row `y`.
    #[inline(always)]
    pub(super) fn count(&mut self, of: &OfLead<'_>, y: usize) {
        if !self.is_met {
            return;
        }
        let w = of.width;
        let (now, then) = (&of.carried.reached, &of.carried.reached_before);
        for counts in [&mut self.near, &mut self.mid, &mut self.far] {
            counts.go_to_row(now, self.k, w, y);
        }
        for counts in [&mut self.mid_before, &mut self.far_before] {
            counts.go_to_row(then, self.k, w, y);
        }
        let (mut n, mut m, mut f) = (self.near.first(), self.mid.first(), self.far.first());
        let (mut mb, mut fb) = (self.mid_before.first(), self.far_before.first());
        let (near, mid, far) = (self.near.turns(w), self.mid.turns(w), self.far.turns(w));
        let (mid_before, far_before) = (self.mid_before.turns(w), self.far_before.turns(w));
        let [near_of, mid_of, far_of] = &of.odds;
        let (near_odds, mid_odds) = (&mut self.near_odds[..w], &mut self.mid_odds[..w]);
        let (far_odds, mid_more) = (&mut self.far_odds[..w], &mut self.mid_more[..w]);
        let far_more = &mut self.far_more[..w];
        for x in 0..w {
            near_odds[x] = near_of[n as usize];
            mid_odds[x] = mid_of[m as usize];
            far_odds[x] = far_of[f as usize];
            mid_more[x] = (m - mb) as f32;
            far_more[x] = (f - fb) as f32;
            n += near.0[x] - near.1[x];
            m += mid.0[x] - mid.1[x];
            f += far.0[x] - far.1[x];
            mb += mid_before.0[x] - mid_before.1[x];
            fb += far_before.0[x] - far_before.1[x];
        }
    }

    /// Log odds of the cells of `row`, counted before, into `odds`.
    #[inline(always)]
    pub(super) fn odds(&self, of: &OfLead<'_>, row: &Row, odds: &mut [f32]) {
        let (w, level) = (of.width, self.level);
        let odds = &mut odds[..w];
        let number = |feature: Feature| self.numbers[1 + feature as usize];
        let (db, risen) = (of.row(&of.carried.db, row.y()), of.row(&of.carried.risen, row.y()));
        let highest = of.row(&of.highest, row.y());
        let (mean, per_sigma) = (&row.mean[..w], &row.per_sigma[..w]);
        let [own, was, max, z] = [Feature::Own, Feature::Was, Feature::Max, Feature::Z].map(number);
        let per_weight = 1.0 / of.weight;
        for x in 0..w {
            odds[x] = self.numbers[0]
                + own * within((db[x] - level) * PER_STEP_DB, STEPS)
                + was * within((db[x] - risen[x] * per_weight - level) * PER_STEP_DB, STEPS)
                + max * within((highest[x] - level) * PER_STEP_DB, STEPS)
                + z * within((mean[x] - level) * per_sigma[x], DEVIATIONS);
        }
        let [near, mid, far] = [Feature::Near, Feature::Mid, Feature::Far].map(number);
        let mid_growth = number(Feature::GrowthMid) * of.growth[0];
        let far_growth = number(Feature::GrowthFar) * of.growth[1];
        let (near_odds, mid_odds) = (&self.near_odds[..w], &self.mid_odds[..w]);
        let (far_odds, mid_more) = (&self.far_odds[..w], &self.mid_more[..w]);
        let far_more = &self.far_more[..w];
        for x in 0..w {
            odds[x] += near * near_odds[x]
                + mid * mid_odds[x]
                + far * far_odds[x]
                + mid_growth * mid_more[x]
                + far_growth * far_more[x];
        }
        let [sigma, grown, wide, beyond] =
            [Feature::LnSigmaNear, Feature::GrowthDb, Feature::GrowthWideDb, Feature::Beyond]
                .map(number);
        let (ln_sigma, ln_beyond) = (&row.ln_sigma[..w], &row.ln_beyond[..w]);
        let (by_far, by_wide) = (&row.grown[..w], &row.grown_wide[..w]);
        for x in 0..w {
            odds[x] += sigma * ln_sigma[x]
                + grown * within(by_far[x], GROWTH_DB)
                + wide * within(by_wide[x], GROWTH_DB)
                + beyond * ln_beyond[x];
        }
    }
}

/// A number cut to `most` from 0.
#[inline(always)]
fn within(v: f32, most: f32) -> f32 {
    let v = if v > most { most } else { v };
    if v < -most { -most } else { v }
}
