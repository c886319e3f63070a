//! Contrast: a picture prepared for following, local contrast of what is cold.
//!
//! Automatic gain and haze change brightness and contrast from place to place and time to time; each cell is told in
//! deviations from the cold cells around it. What is hot moves and flickers: it is neutral and does not count.

use ndarray::Array2;

use super::box_sums::BoxSums;

/// Standard deviation of the blur, cells.
const BLUR: f32 = 1.3;
/// Half of the square that a cell is compared with, cells.
const REACH: usize = 20;
/// Cells that what is hot is grown by.
const GROWN: usize = 3;
/// Share of the way from the middle value to the hottest from which on a cell is hot.
const HOT: f32 = 0.3;
/// Grey levels between the middle value and the hottest below which nothing is hot.
const LEAST_HEAT: f32 = 30.0;
/// Cells hotter than the hottest that counts.
const ABOVE: usize = 16;
/// Codes of one deviation.
const CODES: f64 = 48.0;
/// Deviation that is added: noise, in times of its own deviation.
const NOISE_TIMES: f64 = 2.5;
/// Noise that is taken for granted, grey levels.
const LEAST_NOISE: f64 = 0.4;
const MOST_NOISE: f64 = 8.0;

/// A picture at the size in which it is followed.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Grey levels `[H, W]`, 0 to 255 where the camera's own range is known.
    pub grey: Array2<f32>,
    /// What is too hot to be ground, where the camera's kind tells it; by brightness otherwise.
    pub hot: Option<Array2<bool>>,
    /// Where nothing is shown: beyond the lens, or burnt-in text.
    pub blind: Option<Array2<bool>>,
}

/// A picture prepared.
#[derive(Debug)]
pub(super) struct Contrast {
    /// `[H, W]`, 128 where nothing differs.
    pub(super) codes: Array2<f32>,
    /// What is cold, and not next to what is hot.
    pub(super) cold: Array2<bool>,
}

impl Contrast {
    pub(super) fn of(picture: &Picture) -> Self {
        let shape = picture.grey.dim();
        let (h, w) = shape;
        let mut hot = picture.hot.clone().unwrap_or_else(|| hot(&picture.grey));
        if let Some(blind) = picture.blind.as_ref().filter(|b| b.dim() == shape) {
            hot.zip_mut_with(blind, |hot, &blind| *hot |= blind);
        }
        let hot = hot.as_slice().unwrap_or(&[]);
        let soft = blurred(&picture.grey);
        let soft = soft.as_slice().unwrap_or(&[]);
        let near = BoxSums::of(shape, |k| f64::from(u8::from(hot[k])));
        let count = BoxSums::of(shape, |k| f64::from(u8::from(!hot[k])));
        let value = |k: usize| if hot[k] { 0.0 } else { f64::from(soft[k]) };
        let (sum, squares) =
            (BoxSums::of(shape, value), BoxSums::of(shape, |k| value(k) * value(k)));
        let least = NOISE_TIMES * noise(&picture.grey).clamp(LEAST_NOISE, MOST_NOISE);
        let mut codes = Array2::from_elem(shape, 128.0);
        let mut cold = Array2::from_elem(shape, false);
        for y in 0..h {
            for x in 0..w {
                let k = y * w + x;
                cold[[y, x]] = near.around(y, x, GROWN) < 0.5;
                if hot[k] {
                    continue;
                }
                let n = count.around(y, x, REACH).max(1.0);
                let mean = sum.around(y, x, REACH) / n;
                let deviation = (squares.around(y, x, REACH) / n - mean * mean).max(0.0).sqrt();
                let z = (f64::from(soft[k]) - mean) / (deviation + least);
                codes[[y, x]] = (128.0 + CODES * z).clamp(0.0, 255.0) as f32;
            }
        }
        Self { codes, cold }
    }
}

/// What is hot by brightness: well above the middle value, where there is heat at all.
fn hot(grey: &Array2<f32>) -> Array2<bool> {
    let mut sorted: Vec<f32> = grey.iter().copied().collect();
    let n = sorted.len();
    if n <= ABOVE {
        return Array2::from_elem(grey.dim(), false);
    }
    let high = *sorted.select_nth_unstable_by(n - 1 - ABOVE, f32::total_cmp).1;
    let middle = *sorted.select_nth_unstable_by(n / 2, f32::total_cmp).1;
    let limit =
        if high - middle < LEAST_HEAT { f32::INFINITY } else { middle + HOT * (high - middle) };
    grey.mapv(|v| v >= limit)
}

/// Deviation of the noise, grey levels: how much cells differ from the mean of their four neighbours (Immerkær 1996
/// has the idea), in the middle.
fn noise(grey: &Array2<f32>) -> f64 {
    let (h, w) = grey.dim();
    let mut off: Vec<f32> = Vec::with_capacity(h * w / 9);
    for y in (1..h.saturating_sub(1)).step_by(3) {
        for x in (1..w.saturating_sub(1)).step_by(3) {
            let around = grey[[y - 1, x]] + grey[[y + 1, x]] + grey[[y, x - 1]] + grey[[y, x + 1]];
            off.push((grey[[y, x]] - 0.25 * around).abs());
        }
    }
    if off.is_empty() {
        return 0.0;
    }
    let n = off.len();
    // The median of |N(0, σ²)| is 0.6745 σ; the mean of four adds a quarter of their variance.
    f64::from(*off.select_nth_unstable_by(n / 2, f32::total_cmp).1) / 0.6745 / 1.25f64.sqrt()
}

/// A picture blurred both ways; its border is repeated.
fn blurred(grey: &Array2<f32>) -> Array2<f32> {
    let (h, w) = grey.dim();
    let mut taps =
        [-3, -2, -1, 0, 1, 2, 3].map(|i: i32| (-(i * i) as f32 / (2.0 * BLUR * BLUR)).exp());
    let sum: f32 = taps.iter().sum();
    taps.iter_mut().for_each(|t| *t /= sum);
    let mut across = Array2::<f32>::zeros((h, w));
    let mut padded = vec![0.0f32; w + 6];
    for (line, mut out) in grey.outer_iter().zip(across.outer_iter_mut()) {
        for (k, p) in padded.iter_mut().enumerate() {
            *p = line[k.saturating_sub(3).min(w - 1)];
        }
        for (x, o) in out.iter_mut().enumerate() {
            *o = taps.iter().zip(&padded[x..]).map(|(t, v)| t * v).sum();
        }
    }
    let mut out = Array2::<f32>::zeros((h, w));
    for (y, mut line) in out.outer_iter_mut().enumerate() {
        for (k, tap) in taps.iter().enumerate() {
            let row = across.row((y + k).saturating_sub(3).min(h - 1));
            line.zip_mut_with(&row, |o, v| *o += tap * v);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(gain: f32, lift: f32) -> Array2<f32> {
        Array2::from_shape_fn((80, 100), |(y, x)| {
            let wave = (0.31 * x as f32).sin() * (0.23 * y as f32).cos();
            lift + gain * (60.0 + 20.0 * wave)
        })
    }

    #[test]
    fn gain_and_lift_change_little() {
        let plain = Contrast::of(&Picture { grey: ground(1.0, 0.0), hot: None, blind: None });
        let other = Contrast::of(&Picture { grey: ground(1.25, 40.0), hot: None, blind: None });
        let most =
            plain.codes.iter().zip(&other.codes).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(most < 8.0, "{most}");
        assert!(plain.codes.iter().any(|&c| c > 170.0) && plain.cold.iter().all(|&c| c));
    }

    #[test]
    fn what_is_hot_is_neutral_and_so_are_its_neighbours_not_cold() {
        let mut grey = ground(1.0, 0.0);
        grey.slice_mut(ndarray::s![30..40, 50..60]).fill(250.0);
        let c = Contrast::of(&Picture { grey, hot: None, blind: None });
        assert_eq!(
            (c.codes[[35, 55]], c.cold[[35, 55]], c.cold[[28, 55]], c.cold[[26, 55]]),
            (128.0, false, false, true)
        );
    }

    #[test]
    fn noise_is_what_it_is() {
        let mut seed = 1u64;
        let mut next = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 40) as f32 / (1u64 << 24) as f32
        };
        let grey = Array2::from_shape_fn((120, 160), |(_, x)| {
            x as f32 + 2.0 * (0..12).map(|_| next()).sum::<f32>()
        });
        assert!((noise(&grey) - 2.0).abs() < 0.15, "{}", noise(&grey));
    }
}
