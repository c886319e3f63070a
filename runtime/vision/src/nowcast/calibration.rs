//! Calibration: how likely each rate of rain is at each place, from one forecast.
//!
//! A rate is as likely as it is common in the forecast around the place (Theis, Hense and Damrath
//! 2005), near and farther away, in squares that grow with the root of the lead as errors of motion
//! do. A logistic curve, one a rate, calibrates these two shares by what was observed after
//! forecasts.

use ndarray::{Array2, Array3, Array4, ArrayViewMut2, Zip, s};
use serde::{Deserialize, Serialize};

use super::blend::LEAD_S;
use crate::forecast::Chance;
use crate::rain_rate::share_of_mm_h;
use crate::summed_area::SummedArea;

/// Shares are cut to this distance from 0 and 1.
const SHARE_LEAST: f64 = 0.002;
/// Share (`crate::rain_rate`) by which a cell may miss a rate for rounding; a code is 0.0039.
const ROUNDING: f32 = 1e-4;

/// How chances follow from a forecast, fitted on forecasts whose future was observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Rates whose chance is given, mm/h, smallest first.
    pub rates_mm_h: Vec<f32>,
    /// Half a side of the near square after 5 minutes, cells; it grows with the root of the lead.
    pub near_cells: f64,
    /// The same of the far square.
    pub far_cells: f64,
    /// Leads of 5 minutes that it was fitted on; later ones are less certain.
    pub leads: usize,
    /// Of each rate the six numbers `a, b, c, d, e, f` of
    /// `logit p = a + b n + c f + (d + e n + f f) ln lead`, with `n`, `f` the logits of the shares of
    /// the near and far square that reach the rate, and the lead in steps of 5 minutes.
    pub fit: Vec<[f64; 6]>,
    /// What it was fitted on, in words.
    pub fitted_on: String,
}

impl Calibration {
    /// Chances of each rate from the shares of rain `frames` `[L, H, W]` of a forecast at the leads
    /// `lead_s`; none where there is `no_data` `[H, W]`, which counts for nothing around it.
    #[must_use]
    pub(crate) fn chance(
        &self,
        frames: &Array3<f32>,
        lead_s: &[f64],
        no_data: &Array2<bool>,
    ) -> Chance {
        let (leads, h, w) = frames.dim();
        let mut percent = Array4::from_elem((self.rates_mm_h.len(), leads, h, w), Chance::NO_DATA);
        let seen = SummedArea::of(no_data, |none| !none);
        for (l, (frame, lead_s)) in frames.outer_iter().zip(lead_s).enumerate() {
            let lead = lead_s / LEAD_S;
            let squares = [self.near_cells, self.far_cells].map(|c| Square::of(&seen, c, lead));
            for (k, rate) in self.rates_mm_h.iter().enumerate() {
                let least = share_of_mm_h(*rate) - ROUNDING;
                let wet =
                    Zip::from(&frame).and(no_data).map_collect(|v, none| !none && *v >= least);
                let out = percent.slice_mut(s![k, l, .., ..]);
                Curve::at(&self.fit[k], lead).draw(
                    &SummedArea::of(&wet, |b| *b),
                    &squares,
                    no_data,
                    out,
                );
            }
        }
        // More rain is never likelier than less.
        for k in 1..self.rates_mm_h.len() {
            let (less, mut more) =
                percent.multi_slice_mut((s![k - 1, .., .., ..], s![k, .., .., ..]));
            more.zip_mut_with(&less, |m, l| *m = (*m).min(*l));
        }
        Chance { rates_mm_h: self.rates_mm_h.clone(), percent }
    }

    /// Seconds up to which chances were checked.
    #[must_use]
    pub fn checked_s(&self) -> f64 {
        self.leads as f64 * LEAD_S
    }

    /// The first value that cannot be, in words.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let rising = self.rates_mm_h.windows(2).all(|p| p[0] < p[1]);
        let rates = rising && self.rates_mm_h.iter().all(|r| *r >= 0.1 && *r <= 600.0);
        let cells = |c: f64| (0.0..=64.0).contains(&c);
        match () {
            () if self.rates_mm_h.is_empty() || self.rates_mm_h.len() > 32 || !rates => {
                Some("rates_mm_h: 1 to 32 rates from 0.1 mm/h on, smallest first")
            }
            () if !cells(self.near_cells)
                || !(self.near_cells..=64.0).contains(&self.far_cells) =>
            {
                Some("near_cells, far_cells: 0 to 64, near_cells first")
            }
            () if self.leads == 0 => Some("leads: 1 or more"),
            () if self.fit.len() != self.rates_mm_h.len()
                || !self.fit.iter().flatten().all(|v| v.is_finite()) =>
            {
                Some("fit: six numbers a rate")
            }
            () => None,
        }
    }
}

/// A square around each cell: how many of its cells were seen.
struct Square {
    reach: usize,
    /// Cells of a whole one.
    whole: u32,
    /// Cells `[H, W]` that were seen.
    seen: Array2<u32>,
}

impl Square {
    fn of(seen: &SummedArea, cells: f64, lead: f64) -> Self {
        let reach = (cells * lead.sqrt() + 0.5).floor() as usize;
        Self { reach, whole: (2 * reach + 1).pow(2) as u32, seen: seen.around(reach) }
    }
}

/// The logistic curve of one rate at one lead.
struct Curve {
    at: f32,
    weights: [f32; 2],
}

impl Curve {
    fn at([a, b, c, d, e, f]: &[f64; 6], lead: f64) -> Self {
        let ln_lead = lead.ln();
        let [at, near, far] = [a + d * ln_lead, b + e * ln_lead, c + f * ln_lead];
        Self { at: at as f32, weights: [near as f32, far as f32] }
    }

    fn percent(&self, logits: [f32; 2]) -> u8 {
        let z = self.at + self.weights[0] * logits[0] + self.weights[1] * logits[1];
        (100.0 / (1.0 + (-z).exp())).round() as u8
    }

    /// Writes percent into `out` `[H, W]` where there is data, from how many cells are `wet`.
    fn draw(
        &self,
        wet: &SummedArea,
        squares: &[Square; 2],
        no_data: &Array2<bool>,
        mut out: ArrayViewMut2<'_, u8>,
    ) {
        // Of whole squares the logits are known beforehand: most cells have two of them.
        let logits = squares
            .each_ref()
            .map(|s| (0..=s.whole).map(|k| logit(k, s.whole)).collect::<Vec<f32>>());
        // Dry all around, and wet all around: most of a map is one or the other.
        let [dry, full] = [0, 1].map(|wet| {
            self.percent([0, 1].map(|i| logit(wet * squares[i].whole, squares[i].whole)))
        });
        let mut counts = [Vec::new(), Vec::new()];
        for (y, mut row) in out.rows_mut().into_iter().enumerate() {
            for (counts, square) in counts.iter_mut().zip(squares) {
                wet.around_row(y, [square.reach; 2], counts);
            }
            for (x, percent) in row.iter_mut().enumerate() {
                if no_data[[y, x]] {
                    continue;
                }
                let of = |i: usize| (counts[i][x], squares[i].seen[[y, x]], squares[i].whole);
                let (far, seen, whole) = of(1);
                *percent = if far == 0 {
                    dry
                } else if far == seen && seen == whole {
                    full
                } else {
                    self.percent([0, 1].map(|i| match of(i) {
                        (wet, seen, whole) if seen == whole => logits[i][wet as usize],
                        (wet, seen, _) => logit(wet, seen),
                    }))
                };
            }
        }
    }
}

/// Log odds of `k` of `n`, with the share cut to [`SHARE_LEAST`] from 0 and 1.
fn logit(k: u32, n: u32) -> f32 {
    let share = (f64::from(k) / f64::from(n.max(1))).clamp(SHARE_LEAST, 1.0 - SHARE_LEAST);
    (share / (1.0 - share)).ln() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calibration() -> Calibration {
        Calibration {
            rates_mm_h: vec![0.1, 5.0],
            near_cells: 1.0,
            far_cells: 3.0,
            leads: 12,
            fit: vec![[0.1, 0.6, 0.4, -0.2, 0.1, 0.05], [-0.5, 0.5, 0.3, 0.0, 0.0, 0.0]],
            fitted_on: "nothing".to_owned(),
        }
    }

    #[test]
    fn a_chance_is_the_curve_of_the_shares_around() {
        let mut frames = Array3::zeros((2, 12, 15));
        frames.slice_mut(s![.., 4..8, 6..]).fill(share_of_mm_h(2.0));
        frames[[1, 5, 7]] = share_of_mm_h(8.0);
        let mut no_data = Array2::from_elem((12, 15), false);
        no_data.slice_mut(s![.., 13..]).fill(true);
        let cal = calibration();
        assert_eq!(cal.fault(), None);
        let chance = cal.chance(&frames, &[300.0, 600.0], &no_data);
        for ((k, l, y, x), got) in chance.percent.indexed_iter() {
            if no_data[[y, x]] {
                assert_eq!(*got, Chance::NO_DATA);
                continue;
            }
            // By counting, cell by cell.
            let share = |k: usize, c: f64| {
                let reach = (c * (l as f64 + 1.0).sqrt() + 0.5).floor() as usize;
                let mut n = [0.0, 0.0];
                for ((j, i), none) in no_data.indexed_iter() {
                    if j.abs_diff(y) <= reach && i.abs_diff(x) <= reach && !none {
                        let wet = frames[[l, j, i]] >= share_of_mm_h(cal.rates_mm_h[k]) - 1e-4;
                        n = [n[0] + 1.0, n[1] + f64::from(u8::from(wet))];
                    }
                }
                let p = f64::clamp(n[1] / n[0], 0.002, 0.998);
                (p / (1.0 - p)).ln()
            };
            let percent = |k: usize| {
                let [a, b, c, d, e, f] = cal.fit[k];
                let (near, far, t) = (share(k, 1.0), share(k, 3.0), (l as f64 + 1.0).ln());
                let z = a + b * near + c * far + t * (d + e * near + f * far);
                100.0 / (1.0 + (-z).exp())
            };
            let want = if k == 0 { percent(0) } else { percent(1).min(percent(0)) };
            assert!((f64::from(*got) - want).abs() < 0.501, "{k} {l} {y} {x}: {got}, {want}");
        }
    }

    #[test]
    fn what_cannot_be_is_named() {
        type Spoil = fn(&mut Calibration);
        let cases: [(&str, Spoil); 6] = [
            ("rates_mm_h", |c| c.rates_mm_h = vec![5.0, 0.1]),
            ("rates_mm_h", |c| c.rates_mm_h = vec![0.0, 0.1]),
            ("far_cells", |c| c.far_cells = f64::NAN),
            ("near_cells first", |c| c.near_cells = 4.0),
            ("leads", |c| c.leads = 0),
            ("fit", |c| c.fit[1][3] = f64::INFINITY),
        ];
        for (want, spoil) in cases {
            let mut cal = calibration();
            spoil(&mut cal);
            assert!(cal.fault().unwrap().contains(want), "{want}");
        }
    }
}
