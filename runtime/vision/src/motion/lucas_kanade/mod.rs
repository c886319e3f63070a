//! Motion of rain: corners of the rain field are followed from frame to frame (Lucas and Kanade).
//!
//! As the usual chain of rain nowcasting does it: small specks are taken out, corners are chosen
//! (Shi and Tomasi 1994), each is followed by a pyramid of windows (Bouguet 2001), vectors that
//! differ from their neighbours are thrown out, the rest is thinned, and every cell takes a mean of
//! the nearest vectors. The oracle is `pysteps.motion.lucaskanade.dense_lucaskanade` (1.21.5,
//! defaults, OpenCV 5.0.0) on dBR with −15 for dry; see `tests/radar.rs`.

use ndarray::{Array2, ArrayRef3, Axis};

use crate::motion::farneback::Flow;

mod corners;
mod picture;
mod pyramid;
mod spread;
mod track;
mod vectors;

use picture::Picture;
use vectors::Vectors;

/// Frames at the end of a film that are looked at.
const FRAMES: usize = 3;

/// Motion at the end of a film `[T, H, W]` of rain shares (`crate::rain_rate`; NaN is no data), cells a
/// frame: of its last three frames, or two. No motion where nothing can be followed: a film of one
/// frame, without rain, or of nothing but no data. A pair with a frame that shows one value only
/// (no rain at all, say) tells nothing and is left out.
#[must_use]
pub fn rain_motion(frames: &ArrayRef3<f32>) -> Flow {
    let (t, h, w) = frames.dim();
    let pictures: Vec<Picture> = (t.saturating_sub(FRAMES)..t)
        .map(|k| Picture::of(&frames.index_axis(Axis(0), k)))
        .collect();
    let mut found = Vectors::default();
    for pair in pictures.windows(2) {
        if !pair.iter().any(Picture::is_flat) {
            let corners = corners::corners(&pair[0]);
            found.extend(track::followed(&pair[0].codes, &pair[1].codes, &corners));
        }
    }
    let [right, down] = spread::spread(&found.without_outliers().thinned(), (h, w));
    let narrow = |a: Array2<f64>| a.mapv(|v| v as f32);
    Flow { right_px: narrow(right), down_px: narrow(down) }
}

#[cfg(test)]
mod tests;
