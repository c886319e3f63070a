//! A lead: what is known of each cell there, and the chance of each rate.

use ndarray::{Array2, ArrayViewMut2, ArrayViewMut3, Axis};

use super::curves::{Curves, Feature, NUMBERS, chances};
use super::ending::{Between, Ending, GROWTH_MIN};
use super::lanes::{LANES, Lanes, MeanWindow, Window};
use super::likely::{Counted, Cuts};
use super::squares::square_max;
use crate::extrapolation::Lattice;
use crate::forecast::Chance;

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
/// Rounding that keeps a rate which passes from being told as a little less.
const UP: f64 = 2e-6;

/// Where a lead is written.
pub(super) struct Written<'a> {
    /// Percent `[K, H, W]`.
    pub(super) percent: ArrayViewMut3<'a, u8>,
    /// Expected rate `[H, W]`, mm/h.
    pub(super) mm_h: ArrayViewMut2<'a, f32>,
    /// Rain that is likely, shares `[H, W]`.
    pub(super) likely: ArrayViewMut2<'a, f32>,
}

/// The last frame and what follows from it, carried to a lead; rows of the view one after the other.
struct Carried {
    db: Vec<f32>,
    past_db: Vec<f32>,
    mean: Vec<f32>,
    sigma: Vec<f32>,
    /// Cells beyond the border from which each comes.
    beyond: Vec<f32>,
}

impl Carried {
    fn to(ending: &Ending, lattice: &Lattice, l: usize, minutes: f64) -> Self {
        let (mean, sigma) = (ending.bands.mean(minutes), ending.bands.sigma_near(minutes));
        let (h, w) = ending.db.dim();
        let fields: Vec<[f32; 4]> = ending
            .db
            .iter()
            .zip(&ending.past_db)
            .zip(mean.iter().zip(&sigma))
            .map(|((db, past), (mean, sigma))| [*db, *past, *mean, *sigma])
            .collect();
        drop((mean, sigma));
        let room = || Vec::with_capacity(h * w);
        let mut all =
            Self { db: room(), past_db: room(), mean: room(), sigma: room(), beyond: room() };
        let mut places = Vec::with_capacity(w);
        let past = |at: f32, n: usize| (-at).max(at - (n - 1) as f32).max(0.0);
        for y in 0..h {
            lattice.row(l, y, &mut places);
            for place in &places {
                let [db, before, mean, sigma] = Between::of(*place, (h, w)).means(&fields, w);
                all.db.push(db);
                all.past_db.push(before);
                all.mean.push(mean);
                all.sigma.push(sigma.max(SIGMA_NEAR_LEAST));
                all.beyond.push(past(place[0], h).max(past(place[1], w)));
            }
        }
        all
    }
}

/// Everything of one lead that is the same in all its cells.
struct Common<'a> {
    width: usize,
    /// dBR of each rate; of those there are not, out of reach.
    level: Lanes<f32>,
    /// Numbers of the curves by feature, the constant first.
    numbers: [Lanes<f32>; NUMBERS],
    /// What a chance of each rate adds to the expected rate, mm/h.
    adds: Lanes<f32>,
    /// Log odds of the share of each square, by count: near, mid, far.
    odds: [Vec<f32>; 3],
    /// What a cell more in the squares mid and far than before counts.
    growth: [f32; 2],
    cell_km: f32,
    carried: &'a Carried,
    highest: &'a [f32],
    risen: &'a [f32],
    reached: &'a [u8],
    reached_before: &'a [u8],
    reach: [usize; 4],
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
    let rates = curves.rates_mm_h.len();
    let cuts = Cuts::of(&chances.counted[..rates], &curves.rates_mm_h, minutes);
    let least = curves.rates_mm_h[0].min(0.1);
    let share = |ln_mm_h: f64| share(ln_mm_h.max(f64::from(least).ln()) + UP);
    let width = no_data.dim().1;
    for (y, none) in no_data.rows().into_iter().enumerate() {
        let kept = &chances.kept[y * width..][..width];
        let rows = out.likely.row_mut(y).into_iter().zip(out.mm_h.row_mut(y));
        let cells = kept.iter().zip(&chances.mm_h[y * width..]).zip(&none);
        for ((likely, mm_h), ((kept, expected), none)) in rows.zip(cells) {
            let ln_mm_h = cuts.ln_mm_h(|k| f32::from(kept[k]) / KEPT);
            (*likely, *mm_h) = match none {
                true => (0.0, f32::NAN),
                false => (ln_mm_h.map_or(0.0, share), *expected),
            };
        }
        for (k, mut percent) in out.percent.axis_iter_mut(Axis(0)).enumerate() {
            let row = percent.row_mut(y).into_iter().zip(kept.iter().zip(&none));
            row.for_each(|(percent, (kept, none))| {
                *percent = match none {
                    true => Chance::NO_DATA,
                    false => (f32::from(kept[k]) * (100.0 / KEPT) + 0.5) as u8,
                };
            });
        }
    }
}

/// Share of rain (`crate::rain_rate`) of a rate given by its logarithm.
fn share(ln_mm_h: f64) -> f32 {
    const CODES: f64 = 254.0;
    let code = (ln_mm_h / std::f64::consts::LN_10 + 1.0) / 0.015 + 1.0;
    (code / CODES).min(1.0) as f32
}

/// Chances of one lead.
pub(super) struct Chances {
    /// Chance of each rate at each cell, in steps of 1 in 65,535; none above that of a smaller rate.
    pub(super) kept: Vec<Lanes<u16>>,
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
        let (h, w) = ending.db.dim();
        let cell_km = ending.cell_km;
        let reach = SQUARES_KM.map(|km| {
            let cells = (km * (minutes / SQUARES_MIN).sqrt() / cell_km + 0.5).floor();
            (cells as usize).max(1)
        });
        let carried = Carried::to(ending, lattice, l, minutes);
        let level: Lanes<f32> = std::array::from_fn(|k| {
            curves.rates_mm_h.get(k).map_or(f32::MAX, |rate| 10.0 * rate.log10())
        });
        let reached_of = |db: &Vec<f32>| -> Vec<u8> {
            let of = |v: &f32| level.iter().filter(|level| *v >= **level - SHORT_DB).count() as u8;
            db.iter().map(of).collect()
        };
        let (reached, reached_before) = (reached_of(&carried.db), reached_of(&carried.past_db));
        let weight = (GROWTH_MIN / ending.past_age_min) as f32;
        let risen =
            carried.db.iter().zip(&carried.past_db).map(|(now, then)| (now - then) * weight);
        let risen: Vec<f32> = risen.collect();
        let of_carried = ndarray::ArrayView2::from_shape((h, w), &carried.db);
        let highest = of_carried.map_or_else(
            |_| Vec::new(),
            |db| square_max(&db, reach[1]).into_raw_vec_and_offset().0,
        );
        let mut numbers = [[0f32; LANES]; NUMBERS];
        for k in 0..LANES {
            // A rate that there is not has no chance.
            let of_rate = match curves.rates_mm_h.get(k) {
                Some(_) => curves.at(k, minutes),
                None => std::array::from_fn(|i| if i == 0 { f32::MIN / 4.0 } else { 0.0 }),
            };
            numbers.iter_mut().zip(of_rate).for_each(|(lanes, v)| lanes[k] = v);
        }
        // What is the same in every cell goes to the constant.
        let at = |feature: Feature| 1 + feature as usize;
        let ln_sigma = ending.bands.sigma(minutes).max(SIGMA_LEAST).ln() as f32;
        for k in 0..LANES {
            numbers[0][k] += numbers[at(Feature::LnSigma)][k] * ln_sigma;
        }
        let side = |i: usize| 2 * reach[i] + 1;
        let cells = |i: usize| (side(i) * side(i)) as f32;
        let common = Common {
            width: w,
            level: level.map(|v| if v == f32::MAX { 99.0 } else { v }),
            numbers,
            adds: adds(&curves.rates_mm_h),
            odds: [0, 1, 2].map(|i| odds(side(i) * side(i))),
            growth: [1, 2].map(|i| GROWTH[i - 1] * weight / cells(i)),
            cell_km: cell_km as f32,
            carried: &carried,
            highest: &highest,
            risen: &risen,
            reached: &reached,
            reached_before: &reached_before,
            reach,
        };
        let mut out = Self {
            kept: vec![[0; LANES]; h * w],
            mm_h: vec![0.0; h * w],
            counted: (0..LANES).map(|_| Counted::new()).collect(),
        };
        if h > 0 && w > 0 {
            rows(&common, &mut out);
        }
        out
    }
}

/// What a chance of each rate adds to the expected rate, mm/h: the integral of the chances, which are taken
/// to go from rate to rate by straight lines, to be that of the first rate below it, and to end at twice
/// the last.
fn adds(rates_mm_h: &[f32]) -> Lanes<f32> {
    let rate = |k: usize| rates_mm_h[k.min(rates_mm_h.len() - 1)];
    std::array::from_fn(|k| match k {
        k if k >= rates_mm_h.len() => 0.0,
        k => {
            let below = if k == 0 { rate(0) } else { (rate(k) - rate(k - 1)) / 2.0 };
            let above = if k + 1 == rates_mm_h.len() { rate(k) } else { rate(k + 1) - rate(k) };
            below + above / 2.0
        }
    })
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
fn rows_by<S: pulp::Simd>(_: S, of: &Common<'_>, out: &mut Chances) {
    let w = of.width;
    let window = |i: usize| Window::new(of.reach[i], w);
    let (mut near, mut mid, mut far) = (window(0), window(1), window(2));
    let (mut mid_before, mut far_before) = (window(1), window(2));
    let (mut far_db, mut wide_db) =
        (MeanWindow::new(of.reach[2], w), MeanWindow::new(of.reach[3], w));
    let (mut grown, mut grown_wide) = (vec![0f32; w], vec![0f32; w]);
    let (mut ln_sigma, mut ln_beyond) = (vec![0f32; w], vec![0f32; w]);
    let number = |feature: Feature| &of.numbers[1 + feature as usize];
    let [own, was, max, z] = [Feature::Own, Feature::Was, Feature::Max, Feature::Z].map(number);
    let [w_near, w_mid, w_far] = [Feature::Near, Feature::Mid, Feature::Far].map(number);
    let [g_mid, g_far] = [Feature::GrowthMid, Feature::GrowthFar].map(number);
    let common = [Feature::LnSigmaNear, Feature::GrowthDb, Feature::GrowthWideDb, Feature::Beyond]
        .map(number);
    let mut counts = [0u32; LANES];
    for y in 0..out.mm_h.len() / w {
        near.to_row(of.reached, w, y);
        mid.to_row(of.reached, w, y);
        far.to_row(of.reached, w, y);
        mid_before.to_row(of.reached_before, w, y);
        far_before.to_row(of.reached_before, w, y);
        far_db.row(of.risen, w, y, &mut grown);
        wide_db.row(of.risen, w, y, &mut grown_wide);
        let row = y * w..(y + 1) * w;
        let [db, past, mean] =
            [&of.carried.db, &of.carried.past_db, &of.carried.mean].map(|v| &v[row.clone()]);
        let (sigma, beyond) = (&of.carried.sigma[row.clone()], &of.carried.beyond[row.clone()]);
        let highest = &of.highest[row.clone()];
        ln_sigma.iter_mut().zip(sigma).for_each(|(ln, v)| *ln = v.ln());
        ln_beyond.iter_mut().zip(beyond).for_each(|(ln, v)| {
            *ln = if *v > 0.0 { (v * of.cell_km).ln_1p() } else { 0.0 };
        });
        let (mut n, mut m, mut f) = (near.first(), mid.first(), far.first());
        let (mut mb, mut fb) = (mid_before.first(), far_before.first());
        let (kept, mm_h) = (&mut out.kept[row.clone()], &mut out.mm_h[row]);
        for x in 0..w {
            let mut odds = of.numbers[0];
            let (now, then, high) = (db[x], past[x], highest[x]);
            let (expected, per_sigma) = (mean[x], 1.0 / sigma[x]);
            let within = |v: f32, most: f32| v.max(-most).min(most);
            for k in 0..LANES {
                let level = of.level[k];
                odds[k] += own[k] * within((now - level) * 0.2, 3.0)
                    + was[k] * within((then - level) * 0.2, 3.0)
                    + max[k] * within((high - level) * 0.2, 3.0)
                    + z[k] * within((expected - level) * per_sigma, 4.0);
                counts[k] += u32::from(now >= level - SHORT_COUNTED_DB);
            }
            for k in 0..LANES {
                odds[k] += w_near[k] * of.odds[0][n[k] as usize]
                    + w_mid[k] * of.odds[1][m[k] as usize]
                    + w_far[k] * of.odds[2][f[k] as usize]
                    + g_mid[k] * (of.growth[0] * (m[k] - mb[k]) as f32)
                    + g_far[k] * (of.growth[1] * (f[k] - fb[k]) as f32);
            }
            let (grown, wide) = (within(grown[x], 5.0), within(grown_wide[x], 5.0));
            for k in 0..LANES {
                odds[k] += common[0][k] * ln_sigma[x]
                    + common[1][k] * grown
                    + common[2][k] * wide
                    + common[3][k] * ln_beyond[x];
            }
            chances(&mut odds);
            let mut expected = 0.0;
            for k in 1..LANES {
                odds[k] = odds[k].min(odds[k - 1]);
            }
            for k in 0..LANES {
                expected += of.adds[k] * odds[k];
                kept[x][k] = (odds[k] * KEPT + 0.5) as u16;
            }
            mm_h[x] = expected;
            for k in 0..LANES {
                out.counted[k].add(odds[k]);
            }
            near.on(&mut n, x);
            mid.on(&mut m, x);
            far.on(&mut f, x);
            mid_before.on(&mut mb, x);
            far_before.on(&mut fb, x);
        }
    }
    out.counted.iter_mut().zip(counts).for_each(|(c, count)| c.carried = count as usize);
}
