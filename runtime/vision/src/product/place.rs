//! Where a grid lies on the Earth: its CRS, WGS 84 longitude and latitude, and true cell areas.
//!
//! Known are EPSG codes and PROJ strings that proj4rs can project without grid files; anything
//! else is refused, never guessed.

use proj4rs::Proj;
use proj4rs::transform::transform;

use super::error::ProductError;
use crate::grid::Grid;
use crate::projection::{GeoKeys, Projection};

/// WGS 84 major axis, metres, and first eccentricity squared.
pub(super) const AXIS_M: f64 = 6_378_137.0;
pub(super) const ECC2: f64 = 0.006_694_379_990_141_33;

/// A grid that is on the map.
pub struct Map {
    grid: Grid,
    crs: String,
    transform: [f64; 6],
    proj: Proj,
    wgs84: Proj,
    /// The projection taken apart, or why it cannot be.
    told: Result<Projection, String>,
}

impl std::fmt::Debug for Map {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Map").field("crs", &self.crs).finish_non_exhaustive()
    }
}

impl Map {
    /// The map of a grid, or `None` when the grid has no CRS or no transform.
    ///
    /// # Errors
    /// [`ProductError::Crs`] or [`ProductError::Transform`] when they are there but useless.
    pub fn of(grid: &Grid) -> Result<Option<Self>, ProductError> {
        let (Some(crs), Some(transform)) = (&grid.crs, grid.transform) else { return Ok(None) };
        let det = transform[1] * transform[5] - transform[2] * transform[4];
        if !transform.iter().all(|v| v.is_finite()) || det == 0.0 {
            let why = "its cells have no area";
            return Err(ProductError::Transform { transform, why });
        }
        let no = |why: String| ProductError::Crs { crs: crs.clone(), why };
        let proj = projection(crs).map_err(no)?;
        let wgs84 = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs")
            .map_err(|e| no(format!("WGS 84 itself failed: {e}")))?;
        let told = Projection::read(definition(crs));
        let map = Self { grid: grid.clone(), crs: crs.clone(), transform, proj, wgs84, told };
        // Corners and centre: a transform in another unit than the CRS shows here.
        let (h, w) = (grid.height as f64, grid.width as f64);
        for (col, row) in [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h), (w / 2.0, h / 2.0)] {
            map.lon_lat(col, row)?;
        }
        Ok(Some(map))
    }

    /// Longitude and latitude in degrees of a point in pixel units (0,0 is the upper left corner
    /// of the first cell).
    ///
    /// # Errors
    /// [`ProductError::Crs`] for a point outside the projection's domain.
    pub fn lon_lat(&self, col: f64, row: f64) -> Result<[f64; 2], ProductError> {
        let t = self.transform;
        let (x, y) = (t[0] + col * t[1] + row * t[2], t[3] + col * t[4] + row * t[5]);
        let outside = |why: String| ProductError::Crs {
            crs: self.crs.clone(),
            why: format!("point {x} {y} of the grid is outside it ({why})"),
        };
        let [lon, lat] = if self.proj.is_latlong() {
            // Degrees in, degrees out; a datum other than WGS 84 still has to be shifted.
            let mut point = (x.to_radians(), y.to_radians(), 0.0);
            if x.abs() > 540.0 || y.abs() > 90.0 {
                return Err(outside("not degrees".to_owned()));
            }
            transform(&self.proj, &self.wgs84, &mut point).map_err(|e| outside(e.to_string()))?;
            // Kept on the side of the 180th meridian where the grid is.
            let lon = point.0.to_degrees();
            [around(lon, x), point.1.to_degrees()]
        } else {
            let mut point = (x, y, 0.0);
            transform(&self.proj, &self.wgs84, &mut point).map_err(|e| outside(e.to_string()))?;
            [point.0.to_degrees(), point.1.to_degrees()]
        };
        if !(lon.is_finite() && lat.is_finite() && lat.abs() <= 90.0) {
            return Err(outside("no latitude".to_owned()));
        }
        Ok([lon, lat])
    }

    /// Column and row, in pixel units as [`Map::lon_lat`] takes them, of a longitude and latitude in
    /// degrees; they may lie off the grid. `None` where the projection has no such point.
    #[must_use]
    pub fn col_row(&self, [lon_deg, lat_deg]: [f64; 2]) -> Option<[f64; 2]> {
        let mut point = (lon_deg.to_radians(), lat_deg.to_radians(), 0.0);
        transform(&self.wgs84, &self.proj, &mut point).ok()?;
        let t = self.transform;
        let (mut x, mut y) = (point.0, point.1);
        if self.proj.is_latlong() {
            let middle =
                t[0] + 0.5 * (self.grid.width as f64 * t[1] + self.grid.height as f64 * t[2]);
            (x, y) = (around(x.to_degrees(), middle), y.to_degrees());
        }
        let (dx, dy) = (x - t[0], y - t[3]);
        let area = t[1] * t[5] - t[2] * t[4];
        let found = [(dx * t[5] - dy * t[2]) / area, (dy * t[1] - dx * t[4]) / area];
        found.iter().all(|v| v.is_finite()).then_some(found)
    }

    /// Ground area in square metres of one cell of each row, on the WGS 84 ellipsoid.
    ///
    /// # Errors
    /// As [`Map::lon_lat`].
    pub fn cell_m2_by_row(&self) -> Result<Vec<f64>, ProductError> {
        let col = (self.grid.width / 2) as f64;
        (0..self.grid.height)
            .map(|row| {
                let row = row as f64;
                let a = self.lon_lat(col, row)?;
                let (u, v) = (self.lon_lat(col + 1.0, row)?, self.lon_lat(col, row + 1.0)?);
                let centre = self.lon_lat(col + 0.5, row + 0.5)?[1].to_radians();
                let cross = (u[0] - a[0]) * (v[1] - a[1]) - (u[1] - a[1]) * (v[0] - a[0]);
                let s = 1.0 - ECC2 * centre.sin().powi(2);
                let meridian_m = AXIS_M * (1.0 - ECC2) / s.powf(1.5);
                let parallel_m = AXIS_M / s.sqrt() * centre.cos();
                let rad2 = cross.abs() * 1f64.to_radians().powi(2);
                Ok(rad2 * meridian_m * parallel_m)
            })
            .collect()
    }

    /// The longer side of the grid, cells.
    pub(super) fn longest_side(&self) -> f64 {
        self.grid.height.max(self.grid.width) as f64
    }

    /// The affine transform in GDAL order.
    #[must_use]
    pub fn transform(&self) -> [f64; 6] {
        self.transform
    }

    /// Whether coordinates are degrees.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        self.proj.is_latlong()
    }

    /// The CRS as GeoTIFF tells it: by its EPSG code, else in full.
    ///
    /// # Errors
    /// Why it cannot, in words.
    pub(super) fn geo_keys(&self) -> Result<GeoKeys, String> {
        if let Some(code) = self.code() {
            return Ok(GeoKeys::coded(code, self.is_geographic()));
        }
        let keys = GeoKeys::of(self.told.as_ref().map_err(Clone::clone)?);
        keys.ok_or_else(|| {
            format!("GeoTIFF has no code for the projection {}", self.proj.projname())
        })
    }

    /// The EPSG code, where it has one.
    pub(super) fn code(&self) -> Option<u16> {
        code(&self.crs).or_else(|| coded_string(&self.crs))
    }

    /// The projection taken apart, where that is possible.
    pub(super) fn projection(&self) -> Option<&Projection> {
        self.told.as_ref().ok()
    }

    /// The CRS as given.
    pub(super) fn crs(&self) -> &str {
        &self.crs
    }
}

/// `lon` on the side of the 180th meridian where `middle` is, degrees.
fn around(lon: f64, middle: f64) -> f64 {
    lon + 360.0 * ((middle - lon) / 360.0).round()
}

/// The PROJ string of a code; anything else as it is.
fn definition(crs: &str) -> &str {
    code(crs).and_then(crs_definitions::from_code).map_or(crs, |d| d.proj4)
}

/// `EPSG:n` in any case, with one or two colons, or `OGC:CRS84`.
fn code(crs: &str) -> Option<u16> {
    let crs = crs.trim().to_ascii_uppercase();
    if crs == "OGC:CRS84" {
        return Some(4326);
    }
    let number = crs
        .strip_prefix("URN:OGC:DEF:CRS:EPSG::")
        .or_else(|| crs.strip_prefix("EPSG:"))
        .or_else(|| crs.strip_prefix("+INIT=EPSG:"))?;
    number.split_whitespace().next()?.parse().ok()
}

fn projection(crs: &str) -> Result<Proj, String> {
    if let Some(code) = code(crs) {
        return Proj::from_epsg_code(code).map_err(|e| e.to_string());
    }
    if !crs.trim_start().starts_with('+') {
        return Err("neither an EPSG code nor a PROJ string".to_owned());
    }
    Proj::from_proj_string(crs).map_err(|e| e.to_string())
}

/// The EPSG code of a PROJ string that says UTM, longitude/latitude or web Mercator on WGS 84.
fn coded_string(crs: &str) -> Option<u16> {
    let mut value = std::collections::BTreeMap::new();
    for word in crs.split_whitespace().filter_map(|w| w.strip_prefix('+')) {
        let (k, v) = word.split_once('=').unwrap_or((word, ""));
        value.insert(k, v);
    }
    let on_wgs84 = value.get("datum").is_some_and(|d| d.eq_ignore_ascii_case("WGS84"));
    let metres = value.get("units").is_none_or(|u| *u == "m");
    let known = |allowed: &[&str]| value.keys().all(|k| allowed.contains(k));
    match *value.get("proj")? {
        "utm" if on_wgs84 && metres => {
            let zone: u16 = value.get("zone")?.parse().ok()?;
            let north = !value.contains_key("south");
            let plain = known(&["proj", "zone", "south", "datum", "units", "no_defs", "type"]);
            (plain && (1..=60).contains(&zone)).then_some(if north {
                32600 + zone
            } else {
                32700 + zone
            })
        }
        "longlat" | "latlong" if on_wgs84 => {
            known(&["proj", "datum", "no_defs", "type"]).then_some(4326)
        }
        "merc" if metres => {
            let sphere = |k| value.get(k).and_then(|v| v.parse::<f64>().ok()) == Some(AXIS_M);
            let zero = |k| value.get(k).is_none_or(|v| v.parse::<f64>().ok() == Some(0.0));
            let plain = ["lat_ts", "lon_0", "x_0", "y_0"].into_iter().all(zero)
                && value.get("k").is_none_or(|k| k.parse::<f64>().ok() == Some(1.0));
            (sphere("a") && sphere("b") && plain).then_some(3857)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(crs: &str, transform: [f64; 6]) -> Result<Map, ProductError> {
        let grid =
            Grid { crs: Some(crs.to_owned()), transform: Some(transform), ..Grid::new(100, 200) };
        Ok(Map::of(&grid)?.unwrap())
    }

    #[test]
    fn points_and_cell_areas_agree_with_pyproj() {
        // Oracle: pyproj 3.7.2, tests/golden/product_place.py: longitude and latitude of (col 10,
        // row 20), and the geodesic area of the cell (col 100, row 20).
        for (crs, transform, lon_lat, cell_m2, epsg) in [
            GOLDEN_UTM_NORTH,
            GOLDEN_UTM_SOUTH,
            GOLDEN_WEB_MERCATOR,
            GOLDEN_DEGREES,
            GOLDEN_ETRS_LAEA,
        ] {
            let map = map(crs, transform).unwrap();
            let [lon, lat] = map.lon_lat(10.0, 20.0).unwrap();
            let off_deg = (lon - lon_lat[0]).abs().max((lat - lon_lat[1]).abs());
            assert!(off_deg < 2e-8, "{crs}: {lon} {lat}");
            let back = map.col_row([lon, lat]).unwrap();
            assert!((back[0] - 10.0).hypot(back[1] - 20.0) < 1e-5, "{crs}: {back:?}");
            let found = map.cell_m2_by_row().unwrap()[20];
            assert!((found / cell_m2 - 1.0).abs() < 1e-4, "{crs}: {found} for {cell_m2}");
            assert_eq!(map.code(), Some(epsg));
        }
    }

    type Golden = (&'static str, [f64; 6], [f64; 2], f64, u16);
    include!("../../../../tests/golden/product_place.rs.in");

    #[test]
    fn what_cannot_be_placed_is_refused_in_one_line() {
        let utm = [5e5, 30.0, 0.0, 4e6, 0.0, -30.0];
        for (crs, transform, want) in [
            ("", utm, "neither an EPSG code nor a PROJ string"),
            ("EPSG:0", utm, "CRS \"EPSG:0\""),
            ("EPSG:99999999", utm, "CRS \"EPSG:99999999\""),
            ("WGS 84 / UTM zone 11N", utm, "neither"),
            ("+proj=nonsense", utm, "CRS"),
            ("EPSG:4326", utm, "not degrees"),
            ("EPSG:32611", [5e5, 30.0, 0.0, 4e6, 0.0, 0.0], "its cells have no area"),
            ("EPSG:32611", [f64::NAN, 30.0, 0.0, 4e6, 0.0, 1.0], "its cells have no area"),
            ("EPSG:32611", [1e30, 30.0, 0.0, 4e6, 0.0, -30.0], "outside"),
        ] {
            let error = map(crs, transform).unwrap_err().to_string();
            assert!(error.contains(want) && error.lines().count() == 1, "{error}");
        }
    }

    #[test]
    fn common_proj_strings_have_their_code_and_others_are_taken_apart() {
        let at = [5e5, 30.0, 0.0, 4e6, 0.0, -30.0];
        for (crs, want) in [
            ("+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs", Some(32611)),
            ("+proj=utm +zone=55 +south +datum=WGS84", Some(32755)),
            ("+proj=utm +zone=11 +ellps=GRS80", None),
            ("+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1", Some(3857)),
            ("+proj=laea +lat_0=52 +lon_0=10 +ellps=GRS80", None),
            ("epsg:32611", Some(32611)),
            ("urn:ogc:def:crs:EPSG::32611", Some(32611)),
        ] {
            assert_eq!(map(crs, at).unwrap().code(), want, "{crs}");
        }
    }
}
