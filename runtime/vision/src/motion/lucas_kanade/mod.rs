//! Motion of rain: corners of the rain field are followed from frame to frame (Lucas and Kanade).
//!
//! The usual chain of rain nowcasting: small specks are removed, corners are chosen (Shi and Tomasi
//! 1994), each is followed by a pyramid of windows (Bouguet 2001), vectors that differ from their
//! neighbours are removed, clusters of the rest become one vector each, and every cell takes a mean
//! of the nearest vectors. The oracle is `pysteps.motion.lucaskanade.dense_lucaskanade` (1.21.5,
//! defaults, OpenCV 5.0.0) on dBR with −15 for dry; see `tests/radar.rs`.

use ndarray::{Array2, ArrayRef3, Axis};

use crate::motion::field::MotionField;

mod corners;
mod inverse_distance;
mod pyramid;
mod rain_image;
mod track;
mod vectors;

use rain_image::RainImage;
use vectors::Vectors;

/// Frames at the end of a film that motion is taken from.
const FRAMES: usize = 3;

/// Motion at the end of a film `[T, H, W]` of rain shares (`crate::rain_rate`; NaN is no data), cells a
/// frame: of its last three frames, or two. No motion where nothing can be followed: a film of one
/// frame, without rain, or of nothing but no data. A pair with a frame that shows one value only
/// (no rain at all, say) has no motion to follow and is left out.
#[must_use]
pub fn rain_motion(frames: &ArrayRef3<f32>) -> MotionField {
    let (t, h, w) = frames.dim();
    let images: Vec<RainImage> = (t.saturating_sub(FRAMES)..t)
        .map(|k| RainImage::of(&frames.index_axis(Axis(0), k)))
        .collect();
    let mut found = Vectors::default();
    for pair in images.windows(2) {
        if !pair.iter().any(RainImage::is_flat) {
            let corners = corners::corners(&pair[0]);
            found.extend(track::tracked(&pair[0].values, &pair[1].values, &corners));
        }
    }
    let [right, down] =
        inverse_distance::interpolated(&found.without_outliers().declustered(), (h, w));
    let narrow = |a: Array2<f64>| a.mapv(|v| v as f32);
    MotionField { right_px: narrow(right), down_px: narrow(down) }
}

#[cfg(test)]
mod tests;
