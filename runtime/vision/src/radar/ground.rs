//! Ground: where a radar grid lies on the Earth, from projections, corners and affine transforms.
//!
//! Known are EPSG codes and PROJ strings that proj4rs can project; anything else is refused.

use proj4rs::Proj;
use proj4rs::transform::transform;

use crate::projection::LEAST_AXIS_M;

/// Share of a cell by which corners told twice may differ: they are rounded in files.
pub(super) const ROUNDING: f64 = 0.5;

/// A map projection, both ways.
pub(crate) struct Ground {
    proj: Proj,
    wgs84: Proj,
}

impl Ground {
    /// The projection `crs` names: `EPSG:3067` or a PROJ string.
    pub(crate) fn of(crs: &str) -> Result<Self, String> {
        let no = |e: proj4rs::errors::Error| format!("the projection '{crs}' is not known: {e}");
        let plain = crs.trim();
        let code = plain.to_ascii_uppercase().strip_prefix("EPSG:").map(|c| c.parse::<u16>());
        let proj = match code {
            Some(Ok(code)) => Proj::from_epsg_code(code).map_err(no)?,
            None if plain.starts_with('+') => Proj::from_proj_string(plain).map_err(no)?,
            _ => return Err(format!("'{crs}' is neither an EPSG code nor a PROJ string")),
        };
        let wgs84 = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").map_err(no)?;
        Ok(Self { proj, wgs84 })
    }

    /// Map coordinates of a longitude and latitude in degrees.
    pub(super) fn xy(&self, [lon_deg, lat_deg]: [f64; 2]) -> Result<[f64; 2], String> {
        if !(lon_deg.abs() <= 540.0 && lat_deg.abs() <= 90.0) {
            return Err(format!("{lon_deg} {lat_deg} is no longitude and latitude"));
        }
        let mut point = (lon_deg.to_radians(), lat_deg.to_radians(), 0.0);
        transform(&self.wgs84, &self.proj, &mut point)
            .map_err(|e| format!("{lon_deg} {lat_deg} is not on this map: {e}"))?;
        let scale = if self.is_degrees() { 1f64.to_degrees() } else { 1.0 };
        finite([point.0 * scale, point.1 * scale])
    }

    /// Longitude and latitude in degrees of map coordinates.
    pub(super) fn lon_lat(&self, [x, y]: [f64; 2]) -> Result<[f64; 2], String> {
        let degrees = self.is_degrees();
        if degrees && !(x.abs() <= 540.0 && y.abs() <= 90.0) {
            return Err(format!("{x} {y} are not degrees"));
        }
        let scale = if degrees { 1f64.to_radians() } else { 1.0 };
        let mut point = (x * scale, y * scale, 0.0);
        transform(&self.proj, &self.wgs84, &mut point)
            .map_err(|e| format!("{x} {y} is outside the projection: {e}"))?;
        finite([point.0.to_degrees(), point.1.to_degrees()])
    }

    /// Metres of one unit of its coordinates; 1 for degrees.
    pub(super) fn unit_m(&self) -> f64 {
        if self.is_degrees() {
            return 1.0;
        }
        // An Earth of 6378 "metres" is one in kilometres, coordinates and all.
        let in_km = self.proj.ellipse_parameters().0 < LEAST_AXIS_M;
        self.proj.to_meter() * if in_km { 1000.0 } else { 1.0 }
    }

    /// `x` on the side of the 180th meridian where `near` is, on a map in degrees: 263.5 for −96.5 on one
    /// from 230 to 300.
    pub(super) fn beside(&self, x: f64, near: f64) -> f64 {
        if self.is_degrees() { x + 360.0 * ((near - x) / 360.0).round() } else { x }
    }

    fn is_degrees(&self) -> bool {
        self.proj.is_latlong()
    }

    /// Refuses a transform that cannot be in this projection: its corners lie nowhere on Earth.
    pub(crate) fn check(&self, t: &[f64; 6], [h, w]: [usize; 2]) -> Result<(), String> {
        let area = t[1] * t[5] - t[2] * t[4];
        if !t.iter().all(|v| v.is_finite()) || area == 0.0 {
            return Err("its cells have no area".to_owned());
        }
        let (h, w) = (h as f64, w as f64);
        for [col, row] in [[0.0, 0.0], [w, 0.0], [0.0, h], [w, h], [w / 2.0, h / 2.0]] {
            let lon_lat =
                self.lon_lat([t[0] + col * t[1] + row * t[2], t[3] + col * t[4] + row * t[5]])?;
            if lon_lat[1].abs() > 90.0 {
                return Err("its corners are outside the projection".to_owned());
            }
        }
        Ok(())
    }

    /// Side of a cell in metres, where cells are square and the map is not in degrees.
    pub(crate) fn cell_m(&self, t: &[f64; 6]) -> Option<f64> {
        let [wide, high] = self.sides_m(t, 0.0);
        (!self.is_degrees() && (wide / high - 1.0).abs() < 0.01).then(|| (wide * high).sqrt())
    }

    /// Width and height of a cell in metres, near latitude `lat_deg` where the map is in degrees.
    pub(super) fn sides_m(&self, t: &[f64; 6], lat_deg: f64) -> [f64; 2] {
        let [wide, high] = [t[1].hypot(t[4]), t[2].hypot(t[5])];
        if self.is_degrees() {
            const DEGREE_M: f64 = 111_195.0;
            return [wide * DEGREE_M * lat_deg.to_radians().cos(), high * DEGREE_M];
        }
        [wide * self.unit_m(), high * self.unit_m()]
    }
}

fn finite(point: [f64; 2]) -> Result<[f64; 2], String> {
    point.iter().all(|v| v.is_finite()).then_some(point).ok_or_else(|| "no such point".to_owned())
}

/// The affine transform of a north-up grid between the outer corners lower left and upper right, in
/// map coordinates.
pub(super) fn between(
    [x1, y1]: [f64; 2],
    [x2, y2]: [f64; 2],
    [h, w]: [usize; 2],
) -> Result<[f64; 6], String> {
    if !(x2 > x1 && y2 > y1) || h == 0 || w == 0 {
        return Err(format!(
            "its corners do not span a grid on this projection ({x1:.0} {y1:.0} to {x2:.0} {y2:.0})"
        ));
    }
    Ok([x1, (x2 - x1) / w as f64, 0.0, y2, 0.0, -(y2 - y1) / h as f64])
}

/// How far two transforms put the corners of a grid apart, in cells of the first.
pub(crate) fn cells_apart(a: &[f64; 6], b: &[f64; 6], [h, w]: [usize; 2]) -> f64 {
    let cell = a[1].hypot(a[4]).min(a[2].hypot(a[5]));
    let corners = [[0.0, 0.0], [w as f64, 0.0], [0.0, h as f64], [w as f64, h as f64]];
    let at = |t: &[f64; 6], [col, row]: [f64; 2]| {
        [t[0] + col * t[1] + row * t[2], t[3] + col * t[4] + row * t[5]]
    };
    let apart = corners.iter().map(|&c| {
        let ([x1, y1], [x2, y2]) = (at(a, c), at(b, c));
        (x1 - x2).hypot(y1 - y2) / cell
    });
    apart.fold(0.0, |most, v| if v.is_nan() { f64::INFINITY } else { most.max(v) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_agree_with_pyproj() {
        // Oracle: pyproj 3.7 (tests/golden/radar.py): longitude, latitude to x, y.
        for (crs, lon_lat, want) in
            [GOLDEN_FMI_STEREO, GOLDEN_OPERA_LAEA, GOLDEN_UTM35, GOLDEN_DEGREES]
        {
            let ground = Ground::of(crs).unwrap();
            let xy = ground.xy(lon_lat).unwrap();
            assert!((xy[0] - want[0]).hypot(xy[1] - want[1]) < 1e-3, "{crs}: {xy:?} for {want:?}");
            let back = ground.lon_lat(xy).unwrap();
            assert!((back[0] - lon_lat[0]).hypot(back[1] - lon_lat[1]) < 1e-8, "{crs}: {back:?}");
        }
    }

    #[test]
    fn an_earth_in_km_has_coordinates_in_km() {
        let of = |rest: &str| {
            Ground::of(&format!("+proj=stere +lat_0=90 +lat_ts=60 +lon_0=0 {rest}")).unwrap()
        };
        let t = [0.0, 1.0, 0.0, -3650.0, 0.0, -1.0];
        for (rest, unit_m) in [
            ("+a=6378.137 +b=6356.752", 1000.0),
            ("+a=6378.14 +b=6356.75 +x_0=0 +y_0=0", 1000.0),
            ("+R=6371", 1000.0),
            ("+a=6378137 +b=6356752 +units=km", 1000.0),
            ("+a=6378137 +b=6356752", 1.0),
        ] {
            let ground = of(rest);
            assert_eq!(ground.unit_m(), unit_m, "{rest}");
            assert_eq!(ground.cell_m(&t), Some(unit_m), "{rest}");
        }
    }

    type Golden = (&'static str, [f64; 2], [f64; 2]);
    include!("../../../../tests/golden/radar_ground.rs.in");

    #[test]
    fn what_is_no_projection_or_no_place_says_so() {
        for (crs, why) in [
            ("", "neither an EPSG code nor a PROJ string"),
            ("FIN_SUOMI1", "neither"),
            ("EPSG:1", "is not known"),
            ("EPSG:99999999", "neither"),
            ("+proj=nonsense", "is not known"),
        ] {
            let got = Ground::of(crs).err().unwrap();
            assert!(got.contains(why) && !got.contains('\n'), "{crs}: {got}");
        }
        let utm = [-196_593.0, 250.0, 0.0, 8_084_432.0, 0.0, -250.0];
        for (crs, t, why) in [
            ("EPSG:4326", utm, "not degrees"),
            ("EPSG:3067", [0.0; 6], "no area"),
            ("EPSG:3067", [0.0, f64::NAN, 0.0, 0.0, 0.0, -1.0], "no area"),
        ] {
            let got = Ground::of(crs).unwrap().check(&t, [100, 100]).unwrap_err();
            assert!(got.contains(why), "{got}");
        }
        assert!(between([1.0, 1.0], [0.0, 2.0], [9, 9]).is_err());
        assert!(between([f64::NAN, 1.0], [2.0, 2.0], [9, 9]).is_err());
        assert!(Ground::of("EPSG:3067").unwrap().xy([f64::NAN, 0.0]).is_err());
    }
}
