//! Flame intensity of colour frames: how surely a pixel of an ordinary video is flame, 0..1.
//!
//! ```text
//! intensity = ramp(R, 180, 240) · ramp(R − B, 25, 75)      ramp(v, a, b) = clamp((v − a)/(b − a), 0, 1)
//! ```
//!
//! Flames glow as hot soot does: red is close to its maximum, blue lags behind. The first factor
//! needs light (dry straw, brick and bare soil are warm but dim), the second warmth (smoke, sky, ash
//! and white walls are bright but grey). The product never falls as red grows or blue
//! drops. Green is not used: it decides between orange and yellow, not between flame and ground.
//! A core so bright that all three channels are full looks like sky and scores 0; flames around it
//! enclose it, and the burnt area closes such holes. The four numbers were set by eye and by
//! comparison on three public films (a pine-straw bed, a burning doll's house, a fireplace); light
//! at dusk, orange lamps and red cloth will be taken for flame, blue or alcohol flames will not.

use ndarray::{Array2, Array3, s};

/// Red from which a pixel begins to be bright enough, and at which it is, 8 bit.
const BRIGHT: [f32; 2] = [180.0, 240.0];
/// Red less blue from which a pixel begins to be warm enough, and at which it is, 8 bit.
const WARM: [f32; 2] = [25.0, 75.0];

/// Flame intensity `[H, W]` in 0..1 of an 8-bit colour frame `[H, W, 3]`, red first.
#[must_use]
pub fn flame_intensity(rgb: &Array3<u8>) -> Array2<f32> {
    let (red, blue) = (rgb.slice(s![.., .., 0]), rgb.slice(s![.., .., 2]));
    ndarray::Zip::from(red).and(blue).map_collect(|&r, &b| {
        let (r, b) = (f32::from(r), f32::from(b));
        ramp(r, BRIGHT) * ramp(r - b, WARM)
    })
}

fn ramp(v: f32, [low, high]: [f32; 2]) -> f32 {
    ((v - low) / (high - low)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
