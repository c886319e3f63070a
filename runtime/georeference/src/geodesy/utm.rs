//! UTM: the map that a flight is put on, north up, in metres.

use proj4rs::Proj;
use thiserror::Error;

use crate::pose::Place;

/// Degrees of latitude over which a map's turn and scale are taken.
const SMALL_DEG: f64 = 1e-4;

/// One zone of the Universal Transverse Mercator map, WGS 84.
#[derive(Debug)]
pub struct Utm {
    zone: u8,
    is_south: bool,
    map: Proj,
    degrees: Proj,
}

/// How a map lies on the ground at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Local {
    /// Degrees from true north clockwise to the map's north.
    pub convergence_deg: f64,
    /// Map metres of a real metre.
    pub scale: f64,
}

/// Why a place is not on the map.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum UtmError {
    /// The map ends there.
    #[error("latitude {0}° is outside the UTM map, which reaches from 80° south to 84° north")]
    Polar(f64),
    /// No number.
    #[error("{lat_deg}, {lon_deg} is no place on the Earth")]
    NoPlace {
        /// Degrees north.
        lat_deg: f64,
        /// Degrees east.
        lon_deg: f64,
    },
    /// The library's words.
    #[error("the map of zone {zone} cannot be made: {why}")]
    Map {
        /// Which.
        zone: u8,
        /// Its words.
        why: String,
    },
}

impl Utm {
    /// The zone that a place lies in.
    ///
    /// # Errors
    /// [`UtmError`].
    pub fn around(place: Place) -> Result<Self, UtmError> {
        let Place { lat_deg, lon_deg } = place;
        if !(lat_deg.abs() <= 90.0 && lon_deg.abs() <= 360.0) {
            return Err(UtmError::NoPlace { lat_deg, lon_deg });
        }
        if !(-80.0..=84.0).contains(&lat_deg) {
            return Err(UtmError::Polar(lat_deg));
        }
        let turned = (lon_deg + 180.0).rem_euclid(360.0);
        Self::zone((turned / 6.0) as u8 % 60 + 1, lat_deg < 0.0)
    }

    /// A zone by its number, 1 to 60.
    fn zone(zone: u8, is_south: bool) -> Result<Self, UtmError> {
        let made = |words: &str| {
            Proj::from_proj_string(words)
                .map_err(|why| UtmError::Map { zone, why: why.to_string() })
        };
        let south = if is_south { " +south" } else { "" };
        let map = made(&format!("+proj=utm +zone={zone}{south} +datum=WGS84 +units=m"))?;
        Ok(Self { zone, is_south, map, degrees: made("+proj=longlat +datum=WGS84")? })
    }

    /// As `EPSG:32633`.
    #[must_use]
    pub fn crs(&self) -> String {
        format!("EPSG:{}", if self.is_south { 32700 } else { 32600 } + u32::from(self.zone))
    }

    /// East and north of a place, metres.
    ///
    /// # Errors
    /// [`UtmError::NoPlace`], also of places far from the zone.
    pub fn project(&self, place: Place) -> Result<[f64; 2], UtmError> {
        let Place { lat_deg, lon_deg } = place;
        let mut point = (lon_deg.to_radians(), lat_deg.to_radians(), 0.0);
        let wrong = UtmError::NoPlace { lat_deg, lon_deg };
        if !(lat_deg.abs() <= 90.0 && lon_deg.abs() <= 360.0) {
            return Err(wrong);
        }
        proj4rs::transform::transform(&self.degrees, &self.map, &mut point).map_err(|_| wrong)?;
        Ok([point.0, point.1])
    }

    /// The place at metres east and north.
    ///
    /// # Errors
    /// [`UtmError::NoPlace`] outside the map.
    pub fn place(&self, [east, north]: [f64; 2]) -> Result<Place, UtmError> {
        let mut point = (east, north, 0.0);
        proj4rs::transform::transform(&self.map, &self.degrees, &mut point)
            .map_err(|_| UtmError::NoPlace { lat_deg: f64::NAN, lon_deg: f64::NAN })?;
        Ok(Place { lat_deg: point.1.to_degrees(), lon_deg: point.0.to_degrees() })
    }

    /// How the map lies at a place: by a small step north along its meridian.
    ///
    /// # Errors
    /// As [`Self::project`].
    pub fn local(&self, place: Place) -> Result<Local, UtmError> {
        let at = |d: f64| self.project(Place { lat_deg: place.lat_deg + d, ..place });
        let (below, above) = (at(-SMALL_DEG)?, at(SMALL_DEG)?);
        let (east, north) = (above[0] - below[0], above[1] - below[1]);
        let real = 2.0 * SMALL_DEG.to_radians() * meridian_radius_m(place.lat_deg);
        Ok(Local {
            convergence_deg: (-east).atan2(north).to_degrees(),
            scale: east.hypot(north) / real,
        })
    }
}

/// Radius of the meridian's bend on the ellipsoid of WGS 84.
fn meridian_radius_m(lat_deg: f64) -> f64 {
    const A: f64 = 6_378_137.0;
    const E2: f64 = 6.694_379_990_14e-3;
    let s = lat_deg.to_radians().sin();
    A * (1.0 - E2) / (1.0 - E2 * s * s).powf(1.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// pyproj 3.7 (PROJ 9): `Proj(epsg)(lon, lat)`, `get_factors`: meridian_convergence, meridional_scale.
    /// Latitude, longitude, map, east and north, convergence and scale.
    type Known = (f64, f64, &'static str, [f64; 2], [f64; 2]);
    const PLACES: [Known; 4] = [
        (40.0, -105.3, "EPSG:32613", [474392.06959, 4427800.31234], [-0.19283733, 0.9996080727]),
        (47.2, 11.9, "EPSG:32632", [719643.00401, 5231469.94440], [2.12866343, 1.0001929412]),
        (-33.7, 150.2, "EPSG:32756", [240480.61737, 6267586.52000], [1.55443287, 1.0004303843]),
        (-5.0, -62.9, "EPSG:32720", [511085.44025, 9447334.85999], [-0.00871558, 0.9996015211]),
    ];

    #[test]
    fn places_lie_where_pyproj_has_them() {
        for (lat_deg, lon_deg, crs, want, [convergence, scale]) in PLACES {
            let place = Place { lat_deg, lon_deg };
            let utm = Utm::around(place).unwrap();
            assert_eq!(utm.crs(), crs);
            let got = utm.project(place).unwrap();
            assert!((got[0] - want[0]).hypot(got[1] - want[1]) < 1e-3, "{crs} {got:?}");
            let back = utm.place(got).unwrap();
            assert!((back.lat_deg - lat_deg).abs() < 1e-9 && (back.lon_deg - lon_deg).abs() < 1e-9);
            let local = utm.local(place).unwrap();
            assert!((local.convergence_deg - convergence).abs() < 1e-5, "{crs} {local:?}");
            assert!((local.scale - scale).abs() < 1e-8, "{crs} {local:?}");
        }
    }

    #[test]
    fn places_off_the_map_are_refused() {
        for (lat_deg, lon_deg) in
            [(85.0, 0.0), (-81.0, 0.0), (f64::NAN, 0.0), (91.0, 0.0), (0.0, 999.0)]
        {
            assert!(Utm::around(Place { lat_deg, lon_deg }).is_err(), "{lat_deg} {lon_deg}");
        }
        assert_eq!(
            Utm::around(Place { lat_deg: 1.0, lon_deg: 180.0 }).unwrap().crs(),
            "EPSG:32601"
        );
        assert_eq!(
            Utm::around(Place { lat_deg: -1.0, lon_deg: -180.0 }).unwrap().crs(),
            "EPSG:32701"
        );
    }
}
