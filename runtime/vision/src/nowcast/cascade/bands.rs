//! Bands: rain split by scale, and what each scale keeps for how long.
//!
//! Rain of 2 km lives for minutes, rain of 64 km for hours (Seed 2003). A field of decibels is split into
//! differences of Gaussian means of what is seen. Of each band the correlation along the motion is measured at
//! the ages of the older frames, and falls as exp(−(t / life)^power): the power is fixed by scale, because
//! errors of motion make the correlation of large scales fall ever faster; the life is the event's own,
//! drawn to what is common where little is known. Means and deviations of a lead follow.

use ndarray::{Array2, ArrayRef2, Zip};

use super::bell::Bell;

/// Standard deviations of the Gaussian means, km.
const SCALES_KM: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
/// By band, finest first (finer than 1 km … coarser than 32 km): power of time, and usual life.
const POWER: [f64; 7] = [0.8, 0.95, 1.0, 1.15, 1.35, 1.5, 1.4];
const LIFE_MIN: [f64; 7] = [3.0, 10.5, 19.0, 36.0, 65.0, 125.0, 280.0];
/// Weight of the usual life beside one measured lag.
const USUAL: f64 = 0.5;
/// A deviation narrower than this many cells is left out.
const LEAST_PX: f64 = 0.5;
/// Around each cell the power of a band is a mean over twice its scale, of the coarsest over this, km.
const WIDEST_KM: f64 = 64.0;
/// Cells that must be seen in both frames for a correlation.
const LEAST_SEEN: usize = 100;
/// Correlations are cut to these.
const CORRELATION: [f64; 2] = [0.02, 0.9995];

/// An older frame, carried to the time of the last one.
pub(super) struct Older {
    pub(super) age_min: f64,
    /// dBR `[H, W]`, and which cells of it are known.
    pub(super) db: Array2<f32>,
    pub(super) known: Array2<bool>,
}

/// Bands of the last frame, coarsest last, and how they fade.
pub(super) struct Bands {
    mean_db: f32,
    /// Bands `[H, W]`, and their mean squares around each cell.
    bands: Vec<Array2<f32>>,
    squares: Vec<Array2<f32>>,
    /// Of each band: mean square over the view, life, power of time.
    total: Vec<f64>,
    life_min: Vec<f64>,
    power: Vec<f64>,
}

impl Bands {
    /// Of the last frame `db` `[H, W]`, filled, of which the cells `seen` are seen.
    pub(super) fn of(
        db: &ArrayRef2<f32>,
        seen: &ArrayRef2<bool>,
        older: &[Older],
        cell_km: f64,
    ) -> Self {
        let which = which(cell_km);
        let (mean_db, bands) = split(db, seen, &which, cell_km);
        let power: Vec<f64> = which.iter().map(|k| POWER[*k]).collect();
        let mut ln_life: Vec<f64> = which.iter().map(|k| USUAL * LIFE_MIN[*k].ln()).collect();
        let mut weight = vec![USUAL; which.len()];
        for past in older {
            let both = Zip::from(seen).and(&past.known).map_collect(|a, b| *a && *b);
            if both.iter().filter(|both| **both).count() < LEAST_SEEN {
                continue;
            }
            let (_, other) = split(&past.db, &past.known, &which, cell_km);
            for (k, (a, b)) in bands.iter().zip(&other).enumerate() {
                let correlation = correlation(a, b, &both);
                ln_life[k] += past.age_min.ln() - (-correlation.ln()).ln() / power[k];
                weight[k] += 1.0;
            }
        }
        let life_min = ln_life.iter().zip(&weight).map(|(ln, weight)| (ln / weight).exp());
        let squares = which.iter().zip(&bands).map(|(k, band)| {
            let km = SCALES_KM.get(*k).map_or(WIDEST_KM, |scale| 2.0 * scale);
            let mut square = band.mapv(|v| v * v);
            hide(&mut square, seen);
            Bell::over(seen, km / cell_km).mean(&square)
        });
        let total = bands.iter().map(|band| {
            band.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / band.len().max(1) as f64
        });
        Self {
            mean_db,
            total: total.collect(),
            squares: squares.collect(),
            life_min: life_min.collect(),
            bands,
            power,
        }
    }

    /// Correlation of each band so many minutes ahead.
    fn kept(&self, minutes: f64) -> Vec<f64> {
        let both = self.life_min.iter().zip(&self.power);
        both.map(|(life, power)| (-(minutes / life).powf(*power)).exp()).collect()
    }

    /// Expected dBR so many minutes ahead and its deviation around each cell, dB, row by row, not yet carried.
    pub(super) fn fading(&self, minutes: f64) -> Vec<[f32; 2]> {
        let mut out = vec![[self.mean_db, 0.0]; self.bands[0].len()];
        let both = self.bands.iter().zip(&self.squares);
        for (kept, (band, square)) in self.kept(minutes).into_iter().zip(both) {
            let (kept, lost) = (kept as f32, (1.0 - kept * kept) as f32);
            let (Some(band), Some(square)) = (band.as_slice(), square.as_slice()) else { continue };
            for (out, (band, square)) in out.iter_mut().zip(band.iter().zip(square)) {
                out[0] += kept * band;
                out[1] += lost * square;
            }
        }
        out.iter_mut().for_each(|[_, sigma]| *sigma = sigma.max(0.0).sqrt());
        out
    }

    /// Deviation of the whole view from it, dB.
    pub(super) fn sigma(&self, minutes: f64) -> f64 {
        let lost = self.kept(minutes).into_iter().zip(&self.total);
        lost.map(|(kept, total)| (1.0 - kept * kept) * total).sum::<f64>().sqrt()
    }
}

/// Bands that a view of such cells has.
fn which(cell_km: f64) -> Vec<usize> {
    let last = SCALES_KM.len();
    (0..last).filter(|k| SCALES_KM[*k] / cell_km >= LEAST_PX).chain([last]).collect()
}

/// Mean of what is seen, and the bands `[H, W]`, which are `db` together with it.
fn split(
    db: &ArrayRef2<f32>,
    seen: &ArrayRef2<bool>,
    which: &[usize],
    cell_km: f64,
) -> (f32, Vec<Array2<f32>>) {
    let mean = mean_of(db, seen);
    let mut known = db.to_owned();
    hide(&mut known, seen);
    let mut finer = db.to_owned();
    let mut bands = Vec::with_capacity(which.len());
    for k in &which[..which.len() - 1] {
        let low = Bell::over(seen, SCALES_KM[*k] / cell_km).mean(&known);
        finer.zip_mut_with(&low, |v, low| *v -= low);
        bands.push(std::mem::replace(&mut finer, low));
    }
    finer.mapv_inplace(|v| v - mean);
    bands.push(finer);
    (mean, bands)
}

/// Mean of the seen cells; of all where none is.
fn mean_of(db: &ArrayRef2<f32>, seen: &ArrayRef2<bool>) -> f32 {
    let mean = |all: bool| {
        let cells = db.iter().zip(seen).filter(|(_, seen)| all || **seen);
        let (sum, n) = cells.fold((0.0f64, 0u32), |(sum, n), (v, _)| (sum + f64::from(*v), n + 1));
        (n > 0).then(|| (sum / f64::from(n)) as f32)
    };
    mean(false).or_else(|| mean(true)).unwrap_or(0.0)
}

/// Correlation about nought of two bands over the cells `both`.
fn correlation(a: &Array2<f32>, b: &Array2<f32>, both: &Array2<bool>) -> f64 {
    let (mut aa, mut bb, mut ab) = (0.0f64, 0.0f64, 0.0f64);
    Zip::from(a).and(b).and(both).for_each(|a, b, both| {
        if *both {
            let (a, b) = (f64::from(*a), f64::from(*b));
            (aa, bb, ab) = (aa + a * a, bb + b * b, ab + a * b);
        }
    });
    let power = (aa * bb).sqrt();
    let correlation = if power > 0.0 { ab / power } else { 0.0 };
    correlation.clamp(CORRELATION[0], CORRELATION[1])
}

/// Puts 0 where nothing is seen.
fn hide(field: &mut Array2<f32>, seen: &ArrayRef2<bool>) {
    field.zip_mut_with(seen, |v, seen| *v = if *seen { *v } else { 0.0 });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_scales_fade_first_and_large_ones_stay() {
        let wave = |x: usize, cells: f32| (std::f32::consts::TAU * x as f32 / cells).sin();
        let now =
            Array2::from_shape_fn((96, 128), |(_, x)| 5.0 * wave(x, 4.0) + 5.0 * wave(x, 64.0));
        // Ten minutes ago the small waves were elsewhere, the large ones where they are.
        let past =
            Array2::from_shape_fn((96, 128), |(y, x)| 5.0 * wave(x + y, 4.0) + 5.0 * wave(x, 64.0));
        let seen = Array2::from_elem((96, 128), true);
        let older = Older { age_min: 10.0, db: past, known: seen.clone() };
        let bands = Bands::of(&now, &seen, &[older], 1.0);
        assert_eq!(bands.bands.len(), 7);
        let at = |minutes: f64, part: usize| {
            let of = bands.fading(minutes).iter().map(|both| both[part]).collect();
            Array2::from_shape_vec((96, 128), of).unwrap()
        };
        let whole = at(0.0, 0);
        assert!((&whole - &now).iter().all(|v| v.abs() < 1e-3), "all bands together are the field");
        assert!(bands.sigma(0.0) < 1e-6 && at(0.0, 1)[[40, 40]] < 1e-3);
        let later = at(20.0, 0);
        let swing = |field: &Array2<f32>, cells: f32| {
            let row = (32..96).map(|x| field[[48, x]] * wave(x, cells)).sum::<f32>();
            row / 32.0
        };
        let (small, large) = (swing(&later, 4.0), swing(&later, 64.0));
        assert!(small.abs() < 0.5 && large > 3.5, "{small} {large}");
        let sigma = bands.sigma(20.0);
        assert!(sigma > 2.0 && sigma < 4.5, "{sigma}");
    }
}
