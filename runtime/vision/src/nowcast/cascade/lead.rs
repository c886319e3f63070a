//! A lead: what is known of each cell there, and the chance of each rate.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, ArrayViewMut3, Axis};

use super::curves::{Curves, Feature, NUMBERS, chances, ln_of};
use super::ending::{Between, Ending, GROWTH_MIN};
use super::likely::{Counted, Cuts};
use super::squares::square_max;
use super::windows::{Counts, Means};
use crate::extrapolation::Lattice;
use crate::forecast::Chance;
use crate::rain_rate;

/// Half sides of squares at 30 minutes, km: near, mid, far, wide.
const SQUARES_KM: [f64; 4] = [2.0, 6.0, 16.0, 48.0];
/// Lead at which they have these sides, minutes.
const SQUARES_MIN: f64 = 30.0;
/// Shares are cut to this distance from 0 and 1 where their log odds are taken.
const SHARE_LEAST: f64 = 0.002;
/// How far a cell may fall short of a rate and still reach it, dB: rounding; and where it is only counted.
const SHORT_DB: f32 = 1e-3;
const SHORT_COUNTED_DB: f32 = 5e-3;
/// Least deviations that are told, dB.
const SIGMA_NEAR_LEAST: f32 = 0.5;
const SIGMA_LEAST: f64 = 0.1;
/// Weights of growth in squares.
const GROWTH: [f32; 2] = [4.0, 8.0];
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
        let cell_km = ending.cell_km;
        let reach = SQUARES_KM.map(|km| {
            let cells = (km * (minutes / SQUARES_MIN).sqrt() / cell_km + 0.5).floor();
            (cells as usize).max(1)
        });
        let levels = curves.rates_mm_h.iter().map(|rate| 10.0 * rate.log10());
        let levels: Vec<f32> = levels.collect();
        let weight = (GROWTH_MIN / ending.past_age_min) as f32;
        let carried = Carried::to(ending, lattice, l, &levels, weight);
        let side = |i: usize| 2 * reach[i] + 1;
        let common = Common {
            width: w,
            reach,
            cell_km: cell_km as f32,
            weight,
            ln_sigma: ending.bands.sigma(minutes).max(SIGMA_LEAST).ln() as f32,
            odds: [0, 1, 2].map(|i| odds(side(i) * side(i))),
            growth: [1, 2].map(|i| GROWTH[i - 1] * weight / (side(i) * side(i)) as f32),
            fading: ending.bands.fading(minutes),
            highest: carried.highest(h, reach[1]),
            carried,
            lattice,
            l,
        };
        let rate = |k: usize| OfRate::new(&common, levels[k], k, curves.at(k, minutes));
        let mut of_rates: Vec<OfRate> = (0..rates).map(rate).collect();
        let mut out = Self {
            kept: vec![vec![0; h * w]; rates],
            mm_h: vec![0.0; h * w],
            counted: levels
                .iter()
                .map(|level| Counted::new(ending.reach(*level - SHORT_DB)))
                .collect(),
        };
        if h > 0 && w > 0 {
            rows(&common, &mut of_rates, &curves.rates_mm_h, &mut out);
        }
        out
    }

    /// Chance of rate `k` at the cell `i` in order of rows.
    pub(super) fn at(&self, k: usize, i: usize) -> f32 {
        f32::from(self.kept[k][i]) / KEPT
    }
}

/// The last frame carried to a lead, row by row.
struct Carried {
    /// dBR, and what it grew by in ten minutes.
    db: Vec<f32>,
    risen: Vec<f32>,
    /// How many rates each cell reaches, and did in the older frame.
    reached: Vec<u8>,
    reached_before: Vec<u8>,
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

/// Everything of one lead that is the same for all rates.
struct Common<'a> {
    width: usize,
    /// Cells to each side of the squares near, mid, far, wide.
    reach: [usize; 4],
    cell_km: f32,
    /// Ten minutes over the age of the older frame.
    weight: f32,
    ln_sigma: f32,
    /// Log odds of the share of the squares near, mid, far, by count.
    odds: [Vec<f32>; 3],
    /// What a cell more in the squares mid and far than before counts.
    growth: [f32; 2],
    /// Expected dBR and its deviation around each cell, not yet carried.
    fading: Vec<[f32; 2]>,
    highest: Vec<f32>,
    carried: Carried,
    lattice: &'a Lattice,
    l: usize,
}

/// What is kept of one rate from row to row.
struct OfRate {
    k: u8,
    /// dBR.
    level: f32,
    numbers: [f32; NUMBERS],
    /// Whether any cell reaches it, now or in the older frame.
    is_met: bool,
    near: Counts,
    mid: Counts,
    far: Counts,
    mid_before: Counts,
    far_before: Counts,
}

impl OfRate {
    fn new(of: &Common<'_>, level: f32, k: usize, mut numbers: [f32; NUMBERS]) -> Self {
        // What is the same in every cell goes to the constant.
        numbers[0] += numbers[1 + Feature::LnSigma as usize] * of.ln_sigma;
        let counts = |i: usize| Counts::new(of.reach[i], of.width);
        let k = k as u8;
        let meets = |reached: &[u8]| reached.iter().any(|n| *n > k);
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
        }
    }
}

/// Log odds of shares of `cells` cells, by count.
fn odds(cells: usize) -> Vec<f32> {
    let of = |count: usize| {
        let share = (count as f64 / cells as f64).clamp(SHARE_LEAST, 1.0 - SHARE_LEAST);
        (share / (1.0 - share)).ln() as f32
    };
    (0..=cells).map(of).collect()
}

/// Chances row by row.
#[pulp::with_simd(rows = pulp::Arch::new())]
#[inline(always)]
fn rows_by<S: pulp::Simd>(
    _: S,
    of: &Common<'_>,
    rates: &mut [OfRate],
    rates_mm_h: &[f32],
    out: &mut Chances,
) {
    let (w, height) = (of.width, out.mm_h.len() / of.width);
    let row = || vec![0f32; w];
    let mut far_db = Means::new(of.reach[2], w);
    let mut wide_db = Means::new(of.reach[3], w);
    let (mut grown, mut grown_wide, mut ln_beyond) = (row(), row(), row());
    let (mut mean, mut sigma, mut ln_sigma) = (row(), row(), row());
    let (mut near, mut mid, mut far, mut odds) = (row(), row(), row(), row());
    let (mut more_mid, mut more_far) = (row(), row());
    let (mut bins, mut least, mut ln_least) = (vec![0u16; w], row(), row());
    let mut places = Vec::with_capacity(w);
    let beyond = |at: f32, n: usize| (-at).max(at - (n - 1) as f32).max(0.0);
    // All as long as a row, which spares every cell the question.
    let (grown, grown_wide, ln_beyond) =
        (&mut grown[..w], &mut grown_wide[..w], &mut ln_beyond[..w]);
    let (mean, sigma, ln_sigma) = (&mut mean[..w], &mut sigma[..w], &mut ln_sigma[..w]);
    let (near, mid, far, odds) = (&mut near[..w], &mut mid[..w], &mut far[..w], &mut odds[..w]);
    let (more_mid, more_far) = (&mut more_mid[..w], &mut more_far[..w]);
    let (bins, least, ln_least) = (&mut bins[..w], &mut least[..w], &mut ln_least[..w]);
    for y in 0..height {
        let cells = y * w..(y + 1) * w;
        far_db.row(&of.carried.risen, w, y, grown);
        wide_db.row(&of.carried.risen, w, y, grown_wide);
        of.lattice.row(of.l, y, &mut places);
        for (x, place) in places[..w].iter().enumerate() {
            [mean[x], sigma[x]] = Between::of(*place, (height, w)).means(&of.fading, w);
            let beyond = beyond(place[0], height).max(beyond(place[1], w));
            ln_beyond[x] = if beyond > 0.0 { (beyond * of.cell_km).ln_1p() } else { 0.0 };
        }
        for (ln, sigma) in ln_sigma.iter_mut().zip(sigma.iter_mut()) {
            let told = sigma.max(SIGMA_NEAR_LEAST);
            (*ln, *sigma) = (told.ln(), 1.0 / told);
        }
        let db = &of.carried.db[cells.clone()][..w];
        let risen = &of.carried.risen[cells.clone()][..w];
        let highest = &of.highest[cells.clone()][..w];
        let expected = &mut out.mm_h[cells.clone()][..w];
        for (k, rate) in rates.iter_mut().enumerate() {
            if rate.is_met {
                let OfRate { near: n, mid: m, far: f, mid_before: mb, far_before: fb, .. } = rate;
                let (now, then) = (&of.carried.reached, &of.carried.reached_before);
                [&mut *n, m, f].into_iter().for_each(|c| c.go_to_row(now, rate.k, w, y));
                [&mut *mb, fb].into_iter().for_each(|c| c.go_to_row(then, rate.k, w, y));
                let (mut cn, mut cm, mut cf) = (n.first(), m.first(), f.first());
                let (mut cmb, mut cfb) = (mb.first(), fb.first());
                let (n, m, f, mb, fb) =
                    (n.turns(w), m.turns(w), f.turns(w), mb.turns(w), fb.turns(w));
                let [log_n, log_m, log_f] = &of.odds;
                for x in 0..w {
                    near[x] = log_n[cn as usize];
                    mid[x] = log_m[cm as usize];
                    far[x] = log_f[cf as usize];
                    more_mid[x] = (cm - cmb) as f32;
                    more_far[x] = (cf - cfb) as f32;
                    cn += n.0[x] - n.1[x];
                    cm += m.0[x] - m.1[x];
                    cf += f.0[x] - f.1[x];
                    cmb += mb.0[x] - mb.1[x];
                    cfb += fb.0[x] - fb.1[x];
                }
            } else {
                near.fill(of.odds[0][0]);
                mid.fill(of.odds[1][0]);
                far.fill(of.odds[2][0]);
                more_mid.fill(0.0);
                more_far.fill(0.0);
            }
            let level = rate.level;
            let number = |feature: Feature| rate.numbers[1 + feature as usize];
            let within = |v: f32, most: f32| {
                let v = if v > most { most } else { v };
                if v < -most { -most } else { v }
            };
            let [own, was, max, z] =
                [Feature::Own, Feature::Was, Feature::Max, Feature::Z].map(number);
            let steps = 0.2;
            let per_weight = 1.0 / of.weight;
            for x in 0..w {
                odds[x] = rate.numbers[0]
                    + own * within((db[x] - level) * steps, 3.0)
                    + was * within((db[x] - risen[x] * per_weight - level) * steps, 3.0)
                    + max * within((highest[x] - level) * steps, 3.0)
                    + z * within((mean[x] - level) * sigma[x], 4.0);
            }
            let [near_n, mid_n, far_n] = [Feature::Near, Feature::Mid, Feature::Far].map(number);
            let grown_mid = number(Feature::GrowthMid) * of.growth[0];
            let grown_far = number(Feature::GrowthFar) * of.growth[1];
            for x in 0..w {
                odds[x] += near_n * near[x]
                    + mid_n * mid[x]
                    + far_n * far[x]
                    + grown_mid * more_mid[x]
                    + grown_far * more_far[x];
            }
            let [ln, db_n, wide_n, beyond_n] =
                [Feature::LnSigmaNear, Feature::GrowthDb, Feature::GrowthWideDb, Feature::Beyond]
                    .map(number);
            for x in 0..w {
                odds[x] += ln * ln_sigma[x]
                    + db_n * within(grown[x], 5.0)
                    + wide_n * within(grown_wide[x], 5.0)
                    + beyond_n * ln_beyond[x];
            }
            chances(odds);
            // No rate is likelier than a smaller one.
            if k > 0 {
                for (p, least) in odds.iter_mut().zip(least.iter()) {
                    *p = if *p > *least { *least } else { *p };
                }
            }
            // The rate to expect is the integral of the chances over the rates. Up to the first rate they are
            // its own, from rate to rate their logarithms go by straight lines, as rain has it, and beyond
            // the last they fall by straight lines to nothing at twice it.
            let step_mm_h = if k > 0 { rates_mm_h[k] - rates_mm_h[k - 1] } else { 0.0 };
            let end_mm_h = match k {
                0 => rates_mm_h[0],
                k if k + 1 == rates_mm_h.len() => rates_mm_h[k] / 2.0,
                _ => 0.0,
            };
            for x in 0..w {
                let (p, q) = (odds[x], least[x]);
                let ln = ln_of(if p > CHANCE_LEAST { p } else { CHANCE_LEAST });
                let falls = ln_least[x] - ln;
                let is_steep = falls > LEVEL;
                let mean = if is_steep { (q - p) / falls } else { (q + p) / 2.0 };
                expected[x] += step_mm_h * mean + end_mm_h * p;
                (least[x], ln_least[x]) = (p, ln);
            }
            let kept = &mut out.kept[k][cells.clone()][..w];
            for x in 0..w {
                kept[x] = (odds[x] * KEPT + 0.5) as i32 as u16;
                bins[x] = Counted::bin(odds[x]);
            }
            let reaches = level - SHORT_COUNTED_DB;
            let carried: u32 = db.iter().map(|v| u32::from(*v >= reaches)).sum();
            out.counted[k].add(bins, odds, carried);
        }
    }
}
