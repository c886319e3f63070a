//! Sine and cosine of degrees in single precision throughout: on a processor without floating point the
//! usual ones bring double precision along, 7 KB of it.

/// Sine and cosine of an angle, degrees; within 5e-7 for angles of two turns, less exact beyond.
pub(crate) fn sin_cos_deg(deg: f32) -> (f32, f32) {
    let quarters = libm::roundf(deg / 90.0);
    let x = (deg - quarters * 90.0).to_radians(); // -π/4 to π/4
    let xx = x * x;
    // Taylor's series; the first term left out is below 4e-7.
    let sin = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0)));
    let cos = 1.0 - xx / 2.0 * (1.0 - xx / 12.0 * (1.0 - xx / 30.0 * (1.0 - xx / 56.0)));
    match quarters as i32 & 3 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: the standard library's, in double precision.
    #[test]
    fn agrees_with_double_precision() {
        for tenths in -7_200..=7_200 {
            let deg = tenths as f32 / 10.0;
            let (sin, cos) = sin_cos_deg(deg);
            let want = f64::from(deg).to_radians().sin_cos();
            let worst = (f64::from(sin) - want.0).abs().max((f64::from(cos) - want.1).abs());
            assert!(worst < 5e-7, "{deg}: {worst:e}");
        }
    }
}
