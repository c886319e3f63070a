//! Floors: how far above its background the hottest ground must be before anything is called a fire.

use crate::frame::Pixels;
use crate::kind::Kind;

/// Share of the range of 8-bit values and of real values in 0..1.
const SHARE: f32 = 0.15;
/// Kelvin, of values that are temperatures.
const KELVIN: f32 = 30.0;
/// Share of the background, of values in an unknown unit.
const OF_BACKGROUND: f32 = 0.1;

/// Least contrast of a fire over a background of the value `background`, in the unit of `pixels`.
///
/// | values | least contrast |
/// |---|---|
/// | 8 bit, colour, real values of 0..1 | .15 of the range |
/// | real values with a background of −60 to 60 (°C) or 200 to 340 (K) | 30 K |
/// | 16 bit, other real values | a tenth of the background: 30 K of centikelvin at 300 K |
#[must_use]
pub(crate) fn least_contrast(kind: Kind, pixels: &Pixels, background: f32, top: f32) -> f32 {
    match pixels {
        _ if kind == Kind::Rgb => SHARE,
        Pixels::U8(_) => SHARE * f32::from(u8::MAX),
        Pixels::F32(_) if (0.0..=1.0).contains(&background) && top <= 1.0 => SHARE,
        Pixels::F32(_) if (-60.0..=60.0).contains(&background) => KELVIN,
        Pixels::F32(_) if (200.0..=340.0).contains(&background) => KELVIN,
        Pixels::U16(_) | Pixels::F32(_) => {
            (OF_BACKGROUND * background.abs()).max(f32::MIN_POSITIVE)
        }
    }
}
