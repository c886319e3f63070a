//! Fields of view from focal lengths.

/// Half the diagonal of a 35 mm frame, 36 × 24 mm.
const HALF_DIAGONAL_MM: f64 = 21.633_307_65;

/// Degrees that a picture of this size takes in with this focal length, in the same unit.
pub(crate) fn of_focal_length(size: f64, focal_length: f64) -> Option<f64> {
    let deg = 2.0 * (0.5 * size / focal_length).atan().to_degrees();
    (size > 0.0 && focal_length > 0.0 && deg > 0.1 && deg < 179.0).then_some(deg)
}

/// Degrees across and up of a picture of `width` × `height` whose diagonal is that of 35 mm film with this focal
/// length.
pub(crate) fn of_35mm(focal_mm: f64, width: f64, height: f64) -> Option<[f64; 2]> {
    let diagonal = width.hypot(height);
    let size = |side: f64| of_focal_length(2.0 * HALF_DIAGONAL_MM * side / diagonal, focal_mm);
    Some([size(width)?, size(height)?])
}

/// A field of view that can be one.
pub(crate) fn plausible(deg: f64) -> Option<f64> {
    (deg > 0.1 && deg < 179.0).then_some(deg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_36_mm_frame_at_18_mm_takes_in_a_right_angle() {
        assert!((of_focal_length(36.0, 18.0).unwrap() - 90.0).abs() < 1e-9);
        let [h, v] = of_35mm(18.0, 36.0, 24.0).unwrap();
        assert!((h - 90.0).abs() < 1e-6 && (v - 67.380_135).abs() < 1e-6);
        assert_eq!(of_focal_length(36.0, 0.0), None);
        assert_eq!(of_focal_length(f64::NAN, 18.0), None);
        assert_eq!(of_35mm(18.0, 0.0, 0.0), None);
    }
}
