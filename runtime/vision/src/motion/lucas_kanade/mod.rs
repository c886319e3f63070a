//! Motion of rain: corners of the rain field are followed from frame to frame (Lucas and Kanade).
//!
//! The usual chain of rain nowcasting: small specks are removed, corners are chosen (Shi and Tomasi
//! 1994), each is followed by a pyramid of windows (Bouguet 2001), vectors that differ from their
//! neighbours are removed, clusters of the rest become one vector each, and every cell takes a mean
//! of the nearest vectors. The oracle is `pysteps.motion.lucaskanade.dense_lucaskanade` (1.21.5,
//! defaults, OpenCV 5.0.0) on dBR with −15 for dry; see `tests/radar.rs`.

use ndarray::{Array2, ArrayRef3, ArrayView2, Axis};

use crate::motion::field::MotionField;

mod corners;
mod inverse_distance;
mod rain_image;
mod track;
mod vectors;

use rain_image::RainImage;
use vectors::Vectors;

/// Frames at the end of a film that motion is taken from.
pub(crate) const FRAMES: usize = 3;

/// Steps from which on two frames are far apart.
const LONG: f64 = 1.5;

/// A frame of rain with the time at which it was seen.
#[derive(Clone, Copy, Debug)]
pub struct TimedRain<'a> {
    /// Shares of rain `[H, W]` (`crate::rain_rate`); NaN is no data.
    pub shares: ArrayView2<'a, f32>,
    /// Seconds since any moment.
    pub time_s: f64,
}

/// Motion at the end of a film `[T, H, W]` of rain shares (`crate::rain_rate`; NaN is no data), cells a
/// frame: of its last three frames, or two.
#[must_use]
pub fn rain_motion(frames: &ArrayRef3<f32>) -> MotionField {
    let (t, h, w) = frames.dim();
    let timed = |k: usize| TimedRain { shares: frames.index_axis(Axis(0), k), time_s: k as f64 };
    let newest: Vec<TimedRain<'_>> = (t.saturating_sub(FRAMES)..t).map(timed).collect();
    rain_motion_between(&newest, 1.0, (h, w))
}

/// Motion that frames of shape `(H, W)`, oldest first, show, cells in `step_s` seconds: what moves between
/// two of them took the time between these two. No motion where nothing can be followed: one frame,
/// no rain, or nothing but no data. A pair with a frame that shows one value only (no rain at all,
/// say) has no motion to follow and is left out.
#[must_use]
pub fn rain_motion_between(
    frames: &[TimedRain<'_>],
    step_s: f64,
    shape: (usize, usize),
) -> MotionField {
    let images: Vec<RainImage> = frames.iter().map(|f| RainImage::of(&f.shares)).collect();
    let took_s: Vec<f64> = frames.windows(2).map(|p| p[1].time_s - p[0].time_s).collect();
    let shortest_s = took_s.iter().copied().fold(f64::INFINITY, f64::min);
    let mut pairs: Vec<Vectors> = vec![Vectors::default(); took_s.len()];
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|a, b| took_s[*a].total_cmp(&took_s[*b]));
    // Of the pairs so far, shorter ones first: cells a second.
    let mut speed: Option<[f64; 2]> = None;
    for k in order {
        let (pair, took_s) = (&images[k..=k + 1], took_s[k]);
        if took_s <= 0.0 || pair.iter().any(RainImage::is_flat) {
            continue;
        }
        let corners = corners::corners(&pair[0]);
        let from = |guess| track::tracked(&pair[0].values, &pair[1].values, &corners, guess);
        // What moved far is found by where it should be.
        let is_long = took_s > LONG * step_s;
        let by_others = speed.filter(|_| is_long && took_s > shortest_s);
        let mut moved = from(by_others.map_or([0.0; 2], |speed| speed.map(|v| v * took_s)));
        if is_long && by_others.is_none() {
            moved = moved.median().map_or(moved, &from);
        }
        speed = speed.or_else(|| Some(moved.median()?.map(|v| v / took_s)));
        pairs[k] = moved.scaled(step_s / took_s);
    }
    let mut found = Vectors::default();
    pairs.into_iter().for_each(|pair| found.extend(pair));
    let [right, down] =
        inverse_distance::interpolated(&found.without_outliers().declustered(), shape);
    let narrow = |a: Array2<f64>| a.mapv(|v| v as f32);
    MotionField { right_px: narrow(right), down_px: narrow(down) }
}

#[cfg(test)]
mod tests;
