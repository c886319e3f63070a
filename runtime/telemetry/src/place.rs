//! Places that can be one.

use emberline_georeference::pose::Place;

/// A place, `None` where it cannot be: not finite, beyond the poles, or 0, 0 as receivers without a fix have it.
/// Longitudes from 0 to 360 become those from −180 to 180.
pub(crate) fn checked(lat_deg: f64, lon_deg: f64) -> Option<Place> {
    let is_one = lat_deg.abs() <= 90.0 && (-180.0..=360.0).contains(&lon_deg);
    let is_nothing = lat_deg.abs() < 1e-6 && lon_deg.abs() < 1e-6;
    let lon_deg = if lon_deg > 180.0 { lon_deg - 360.0 } else { lon_deg };
    (is_one && !is_nothing).then_some(Place { lat_deg, lon_deg })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_place_is_none() {
        for (lat, lon, want) in [
            (40.0, -105.0, Some((40.0, -105.0))),
            (40.0, 255.0, Some((40.0, -105.0))),
            (0.0, 0.0, None),
            (0.0, 9.0, Some((0.0, 9.0))),
            (91.0, 0.0, None),
            (40.0, 361.0, None),
            (f64::NAN, 0.0, None),
            (40.0, f64::INFINITY, None),
        ] {
            assert_eq!(checked(lat, lon).map(|p| (p.lat_deg, p.lon_deg)), want, "{lat} {lon}");
        }
    }
}
