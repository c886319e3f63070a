//! The sun: how high it stands over a place, so that night is known from the clock.

use jiff::Timestamp;

/// The middle of the day 2000-01-01, from which astronomers count.
const J2000_S: f64 = 946_728_000.0;
const DAY_S: f64 = 86_400.0;
/// Below this a picture without light of its own shows nothing: civil twilight is half over.
const NIGHT_DEG: f64 = -3.0;
/// No clock that is right shows an earlier time; the sun of another time is not asked.
const EARLIEST_S: i64 = 1_767_225_600; // 2026-01-01

/// A place on the ground.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Site {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

impl Site {
    /// How high the middle of the sun stands over the horizon at `utc`, degrees, without refraction; right to
    /// a tenth of a degree from 1950 to 2050 (low-precision formulas of the Astronomical Almanac, page C5).
    #[must_use]
    pub fn sun_deg(self, utc: Timestamp) -> f64 {
        let days = (utc.as_second() as f64 - J2000_S) / DAY_S;
        let mean_longitude = 280.460 + 0.985_647_4 * days;
        let anomaly = (357.528 + 0.985_600_3 * days).to_radians();
        let longitude = mean_longitude + 1.915 * anomaly.sin() + 0.020 * (2.0 * anomaly).sin();
        let longitude = longitude.to_radians();
        let obliquity = (23.439 - 0.000_000_4 * days).to_radians();
        let right_ascension = (obliquity.cos() * longitude.sin()).atan2(longitude.cos());
        let declination = (obliquity.sin() * longitude.sin()).asin();
        let sidereal_deg = 280.460_618_37 + 360.985_647_366_29 * days;
        let hour_angle = (sidereal_deg + self.lon).to_radians() - right_ascension;
        let lat = self.lat.to_radians();
        let sine = lat.sin() * declination.sin() + lat.cos() * declination.cos() * hour_angle.cos();
        sine.asin().to_degrees()
    }

    /// Whether it is night there at `utc`; `None` where the clock cannot be right.
    #[must_use]
    pub fn is_night(self, utc: Timestamp) -> Option<bool> {
        (utc.as_second() >= EARLIEST_S).then(|| self.sun_deg(utc) < NIGHT_DEG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sun_stands_where_astral_says() {
        // Elevations of astral 3.2 (Python), without refraction.
        for (lat, lon, utc, want_deg) in [
            (40.0175, -105.2797, "2026-06-21T19:04:00Z", 73.42),
            (40.0175, -105.2797, "2026-12-21T14:10:00Z", -2.42),
            (40.0175, -105.2797, "2026-08-01T03:00:00Z", -8.29),
            (60.17, 24.94, "2026-06-21T21:30:00Z", -5.72),
            (-33.87, 151.21, "2026-01-10T02:00:00Z", 78.09),
            (-33.87, 151.21, "2026-01-10T14:00:00Z", -34.23),
            (69.65, 18.96, "2026-06-21T22:45:00Z", 3.09),
            (69.65, 18.96, "2026-12-21T11:00:00Z", -3.139),
            (0.0, 0.0, "2026-03-20T12:07:00Z", 89.88),
            (78.2, 15.6, "2030-03-01T06:00:00Z", -4.86),
        ] {
            let (site, utc) = (Site { lat, lon }, utc.parse().unwrap());
            let got_deg = site.sun_deg(utc);
            assert!((got_deg - want_deg).abs() < 0.1, "{lat} {lon} {utc}: {got_deg} {want_deg}");
            assert_eq!(site.is_night(utc), Some(want_deg < NIGHT_DEG));
        }
        assert_eq!(Site::default().is_night(Timestamp::UNIX_EPOCH), None);
    }
}
