//! A lead: what is known of each cell there, and the chance of each rate.

use ndarray::{Array2, ArrayViewMut2, ArrayViewMut3, Axis};

use super::curves::{Curves, chances, ln_of};
use super::ending::Ending;
use super::likely::{Counted, Cuts};
use super::of_lead::{OfLead, SHORT_DB};
use super::rate::OfRate;
use super::row::Row;
use crate::extrapolation::Lattice;
use crate::forecast::Chance;
use crate::rain_rate;

/// How far a cell may fall short of a rate and still be counted as reaching it, dB: rounding.
const SHORT_COUNTED_DB: f32 = 5e-3;
/// Steps in which chances are kept between being found and being decided on.
const KEPT: f32 = 65_535.0;
/// Codes of rain (`crate::rain_rate`) in which likely rain is told, parts of one: to a five-hundredth. Upwards,
/// so that a rate which passes is not told as a little less.
const CODE_PARTS: f32 = 16.0 * 254.0;
/// Least chance whose logarithm is taken, and a fall of logarithms from which on it is none.
const CHANCE_LEAST: f32 = 1e-6;
const LEVEL: f32 = 1e-3;
/// Bits of an expected rate that are not told: it is rounded to a four-thousandth, and files are smaller.
const UNTOLD: u32 = 0xfff;

/// Where a lead is written.
pub(super) struct Written<'a> {
    /// Percent `[K, H, W]`.
    pub(super) percent: ArrayViewMut3<'a, u8>,
    /// Expected rate `[H, W]`, mm/h.
    pub(super) mm_h: ArrayViewMut2<'a, f32>,
    /// Rain that is likely, shares `[H, W]`.
    pub(super) likely: ArrayViewMut2<'a, f32>,
}

/// Writes what is forecast at lead `l` of `lattice`.
pub(super) fn write(
    ending: &Ending,
    curves: &Curves,
    lattice: &Lattice,
    (l, minutes): (usize, f64),
    no_data: &Array2<bool>,
    mut out: Written<'_>,
) {
    let chances = Chances::of(ending, curves, lattice, (l, minutes));
    let cuts = Cuts::of(&chances.counted, &curves.rates_mm_h, minutes);
    let least: Vec<u32> = cuts.least(KEPT);
    let width = no_data.dim().1;
    let mut top = vec![0u8; width];
    for (y, none) in no_data.rows().into_iter().enumerate() {
        let kept = |k: usize| &chances.kept[k][y * width..][..width];
        top.fill(0);
        for (k, least) in least.iter().enumerate() {
            for (top, kept) in top.iter_mut().zip(kept(k)) {
                *top = if u32::from(*kept) >= *least { k as u8 + 1 } else { *top };
            }
        }
        let rows = out.likely.row_mut(y).into_iter().zip(out.mm_h.row_mut(y));
        let cells = top.iter().zip(&chances.mm_h[y * width..]).zip(&none);
        for (x, ((likely, mm_h), ((top, expected), none))) in rows.zip(cells).enumerate() {
            (*likely, *mm_h) = match (none, usize::from(*top)) {
                (true, _) => (0.0, f32::NAN),
                (false, 0) => (0.0, told_mm_h(*expected)),
                (false, top) => {
                    let ln = cuts.ln_mm_h(top - 1, |k| f32::from(kept(k)[x]) / KEPT);
                    (told_share(rain_rate::share_of_ln(ln)), told_mm_h(*expected))
                }
            };
        }
        for (k, mut percent) in out.percent.axis_iter_mut(Axis(0)).enumerate() {
            let row = percent.row_mut(y).into_iter().zip(kept(k).iter().zip(&none));
            row.for_each(|(percent, (kept, none))| {
                *percent = match none {
                    true => Chance::NO_DATA,
                    false => ((u32::from(*kept) * 100 + 32_767) / 65_535) as u8,
                };
            });
        }
    }
}

/// A share of rain as it is told.
fn told_share(share: f32) -> f32 {
    ((share * CODE_PARTS - 1e-3).ceil() / CODE_PARTS).min(1.0)
}

/// A rate as it is told, mm/h.
fn told_mm_h(mm_h: f32) -> f32 {
    f32::from_bits((mm_h.to_bits() + UNTOLD / 2) & !UNTOLD)
}

/// Chances of one lead.
pub(super) struct Chances {
    /// Chance of each rate at each cell, row by row, in steps of 1 in 65,535; none above that of a smaller
    /// rate.
    kept: Vec<Vec<u16>>,
    /// Expected rate, mm/h.
    mm_h: Vec<f32>,
    counted: Vec<Counted>,
}

impl Chances {
    pub(super) fn of(
        ending: &Ending,
        curves: &Curves,
        lattice: &Lattice,
        (l, minutes): (usize, f64),
    ) -> Self {
        let ((h, w), rates) = (ending.shape(), curves.rates_mm_h.len());
        let levels = curves.rates_mm_h.iter().map(|rate| 10.0 * rate.log10());
        let levels: Vec<f32> = levels.collect();
        let of = OfLead::new(ending, lattice, (l, minutes), &levels);
        let rate = |k: usize| OfRate::new(&of, levels[k], k, curves.at(k, minutes));
        let mut of_rates: Vec<OfRate> = (0..rates).map(rate).collect();
        let counted = |level: &f32| Counted::new(ending.reach(*level - SHORT_DB));
        let mut out = Self {
            kept: vec![vec![0; h * w]; rates],
            mm_h: vec![0.0; h * w],
            counted: levels.iter().map(counted).collect(),
        };
        if h > 0 && w > 0 {
            rows(&of, &mut of_rates, &curves.rates_mm_h, &mut out);
        }
        out
    }

    /// Chance of rate `k` at the cell `i` in order of rows.
    pub(super) fn at(&self, k: usize, i: usize) -> f32 {
        f32::from(self.kept[k][i]) / KEPT
    }
}

/// Chances row by row.
#[pulp::with_simd(rows = pulp::Arch::new())]
#[inline(always)]
fn rows_by<S: pulp::Simd>(
    _: S,
    of: &OfLead<'_>,
    rates: &mut [OfRate],
    rates_mm_h: &[f32],
    out: &mut Chances,
) {
    let w = of.width;
    let mut row = Row::new(of);
    let (mut odds, mut bins) = (vec![0f32; w], vec![0u16; w]);
    let mut before = Before { chance: vec![0.0; w], ln: vec![0.0; w] };
    for y in 0..of.height {
        let cells = y * w..(y + 1) * w;
        row.go_to(of, y);
        let db = of.row(&of.carried.db, y);
        for (k, rate) in rates.iter_mut().enumerate() {
            rate.count(of, y);
            rate.odds(of, &row, &mut odds);
            chances(&mut odds);
            before.go_on(k, rates_mm_h, &mut odds, &mut out.mm_h[cells.clone()]);
            let (odds, bins) = (&odds[..w], &mut bins[..w]);
            let kept = &mut out.kept[k][cells.clone()][..w];
            for x in 0..w {
                kept[x] = (odds[x] * KEPT + 0.5) as i32 as u16;
                bins[x] = Counted::bin(odds[x]);
            }
            let reaches = rate.level - SHORT_COUNTED_DB;
            let carried: u32 = db.iter().map(|v| u32::from(*v >= reaches)).sum();
            out.counted[k].add(bins, odds, carried);
        }
    }
}

/// The rate before, in a row: its chances and their logarithms.
struct Before {
    chance: Vec<f32>,
    ln: Vec<f32>,
}

impl Before {
    /// Goes on to rate `k` of `rates_mm_h`: its chances become no larger than those before, and what they add
    /// to the expected rate, mm/h, is added.
    ///
    /// The rate to expect is the integral of the chances over the rates. Up to the first rate they are its
    /// own, from rate to rate their logarithms go by straight lines, as rain has it, and beyond the last they
    /// fall by straight lines to nothing at twice it.
    #[inline(always)]
    fn go_on(&mut self, k: usize, rates_mm_h: &[f32], chance: &mut [f32], expected: &mut [f32]) {
        let w = chance.len();
        let (before, ln_before) = (&mut self.chance[..w], &mut self.ln[..w]);
        if k > 0 {
            for (p, before) in chance.iter_mut().zip(before.iter()) {
                *p = if *p > *before { *before } else { *p };
            }
        }
        let step_mm_h = if k > 0 { rates_mm_h[k] - rates_mm_h[k - 1] } else { 0.0 };
        let end_mm_h = match k {
            0 => rates_mm_h[0],
            k if k + 1 == rates_mm_h.len() => rates_mm_h[k] / 2.0,
            _ => 0.0,
        };
        let expected = &mut expected[..w];
        for x in 0..w {
            let (p, q) = (chance[x], before[x]);
            let ln = ln_of(if p > CHANCE_LEAST { p } else { CHANCE_LEAST });
            let falls = ln_before[x] - ln;
            let is_steep = falls > LEVEL;
            let mean = if is_steep { (q - p) / falls } else { (q + p) / 2.0 };
            expected[x] += step_mm_h * mean + end_mm_h * p;
            (before[x], ln_before[x]) = (p, ln);
        }
    }
}
