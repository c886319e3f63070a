//! A map projection taken apart: its method and parameters, as GeoTIFF keys and CF attributes tell them.
//!
//! Weather radars come in projections of their own that no EPSG code names. What is not one of the
//! methods below is refused: a file that places rain wrongly is worse than none.

use std::collections::BTreeMap;

/// Semi-major and semi-minor axis in metres of the ellipsoids that radars are given in.
const ELLIPSOIDS: [(&str, f64, f64); 7] = [
    ("WGS84", 6_378_137.0, 6_356_752.314_245_179),
    ("GRS80", 6_378_137.0, 6_356_752.314_140_356),
    ("bessel", 6_377_397.155, 6_356_078.962_818_189),
    ("intl", 6_378_388.0, 6_356_911.946_127_946),
    ("WGS72", 6_378_135.0, 6_356_750.520_016_094),
    ("clrk66", 6_378_206.4, 6_356_583.8),
    ("sphere", 6_370_997.0, 6_370_997.0),
];

/// Axes below this are not metres.
const LEAST_AXIS_M: f64 = 100_000.0;

/// How the Earth is laid flat. Angles in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    /// Not at all: longitude and latitude.
    Degrees,
    /// Stereographic around a pole; true to scale at a latitude, else by a factor at the pole.
    PolarStereographic { pole: f64, true_lat: Option<f64>, scale: f64, lon: f64 },
    /// Lambert azimuthal equal-area.
    AzimuthalEqualArea { lat: f64, lon: f64 },
    /// Lambert conformal conic with two standard parallels.
    ConformalConic { parallels: [f64; 2], lat: f64, lon: f64 },
    /// Transverse Mercator.
    TransverseMercator { lat: f64, lon: f64, scale: f64 },
    /// Mercator, true to scale at a latitude.
    Mercator { true_lat: f64, lon: f64 },
}

/// A projection with its ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Projection {
    pub(super) method: Method,
    /// Coordinates of the origin, metres.
    pub(super) false_origin_m: [f64; 2],
    /// Semi-major and semi-minor axis, metres.
    pub(super) axes_m: [f64; 2],
    /// Metres of one unit of a coordinate.
    pub(super) unit_m: f64,
}

impl Projection {
    /// Takes a PROJ string apart.
    ///
    /// # Errors
    /// What is not known, in words.
    pub(super) fn read(proj: &str) -> Result<Self, String> {
        let words = proj.split_whitespace().filter_map(|w| w.strip_prefix('+'));
        let value: BTreeMap<&str, &str> =
            words.map(|w| w.split_once('=').unwrap_or((w, ""))).collect();
        let number = |key: &str| -> Result<Option<f64>, String> {
            let Some(text) = value.get(key) else { return Ok(None) };
            let number: Option<f64> = text.parse().ok().filter(|v: &f64| v.is_finite());
            number.map(Some).ok_or_else(|| format!("+{key}={text} is no number"))
        };
        let or = |key: &str, other: f64| number(key).map(|n| n.unwrap_or(other));
        // What moves or turns coordinates and is not told further on must not be lost.
        for other in ["towgs84", "nadgrids", "geoidgrids", "pm", "axis", "alpha", "gamma", "over"] {
            let harmless = other == "towgs84"
                && value.get(other).is_none_or(|v| v.split(',').all(|n| n.parse() == Ok(0.0)));
            let absent = value.get(other).is_none_or(|v| other == "nadgrids" && *v == "@null");
            if !absent && !harmless {
                return Err(format!("+{other} is not carried over"));
            }
        }
        let lon = or("lon_0", 0.0)?;
        let scale = match number("k_0")? {
            Some(k) => k,
            None => or("k", 1.0)?,
        };
        let method = match *value.get("proj").unwrap_or(&"none") {
            "longlat" | "latlong" | "lonlat" | "latlon" => Method::Degrees,
            "stere" if or("lat_0", 0.0)?.abs() == 90.0 => {
                let (pole, true_lat) = (or("lat_0", 0.0)?, number("lat_ts")?);
                Method::PolarStereographic { pole, true_lat, scale, lon }
            }
            "laea" => Method::AzimuthalEqualArea { lat: or("lat_0", 0.0)?, lon },
            "lcc" => {
                let first = or("lat_1", 0.0)?;
                let parallels = [first, or("lat_2", first)?];
                Method::ConformalConic { parallels, lat: or("lat_0", first)?, lon }
            }
            "tmerc" => Method::TransverseMercator { lat: or("lat_0", 0.0)?, lon, scale },
            "utm" => {
                let zone = number("zone")?.filter(|z| (1.0..=60.0).contains(z) && z.fract() == 0.0);
                let zone = zone.ok_or("+zone is not 1 to 60")?;
                Method::TransverseMercator { lat: 0.0, lon: zone * 6.0 - 183.0, scale: 0.9996 }
            }
            "merc" if scale == 1.0 => Method::Mercator { true_lat: or("lat_ts", 0.0)?, lon },
            other => return Err(format!("projection {other} is not carried over")),
        };
        let unit_m = match (value.get("units").copied(), number("to_meter")?) {
            (None | Some("m"), None) => 1.0,
            (Some("km"), None) => 1000.0,
            (_, Some(metres)) if metres == 1.0 || metres == 1000.0 => metres,
            _ => return Err("its unit is neither m nor km".to_owned()),
        };
        let false_origin_m = match value.get("proj") {
            Some(&"utm") => [5e5, if value.contains_key("south") { 1e7 } else { 0.0 }],
            _ => [or("x_0", 0.0)?, or("y_0", 0.0)?],
        };
        let axes_m = axes(&value, &number)?;
        // An Earth of 6378 "metres" is one in kilometres, coordinates and all: KNMI tells it so.
        if axes_m[0] < LEAST_AXIS_M {
            if unit_m != 1.0 {
                return Err("its axes are not in m, and its unit is said too".to_owned());
            }
            let [false_origin_m, axes_m] = [false_origin_m, axes_m].map(|v| v.map(|v| v * 1000.0));
            return Ok(Self { method, false_origin_m, axes_m, unit_m: 1000.0 });
        }
        Ok(Self { method, false_origin_m, axes_m, unit_m })
    }
}

/// Axes of the ellipsoid: said as radius, axes, flattening, ellipsoid or datum; GRS 80 else, as in
/// PROJ.
fn axes(
    value: &BTreeMap<&str, &str>,
    number: &impl Fn(&str) -> Result<Option<f64>, String>,
) -> Result<[f64; 2], String> {
    if let Some(radius) = number("R")? {
        return Ok([radius, radius]);
    }
    if let Some(a) = number("a")? {
        if let Some(b) = number("b")? {
            return Ok([a, b]);
        }
        let f = match (number("rf")?, number("f")?) {
            (Some(rf), _) if rf != 0.0 => 1.0 / rf,
            (None, Some(f)) => f,
            _ => 0.0,
        };
        return Ok([a, a * (1.0 - f)]);
    }
    let name = match (value.get("ellps"), value.get("datum").copied()) {
        (Some(name), _) => name,
        (None, Some("WGS84")) => "WGS84",
        (None, Some("NAD83") | None) => "GRS80",
        (None, Some(other)) => return Err(format!("datum {other} is not carried over")),
    };
    let known = ELLIPSOIDS.iter().find(|e| e.0 == name);
    known.map(|e| [e.1, e.2]).ok_or_else(|| format!("ellipsoid {name} is not known"))
}

/// A value of a CF attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Attribute {
    Word(&'static str),
    Numbers(Vec<f64>),
}

impl Projection {
    /// Attributes of a grid mapping by the CF conventions (Appendix F), name first.
    pub(super) fn cf(&self) -> Vec<(&'static str, Attribute)> {
        let one = |v: f64| Attribute::Numbers(vec![v]);
        let (name, mut rest) = match self.method {
            Method::Degrees => ("latitude_longitude", vec![]),
            Method::PolarStereographic { pole, true_lat, scale, lon } => (
                "polar_stereographic",
                vec![
                    ("straight_vertical_longitude_from_pole", one(lon)),
                    ("latitude_of_projection_origin", one(pole)),
                    match true_lat {
                        Some(lat) => ("standard_parallel", one(lat)),
                        None => ("scale_factor_at_projection_origin", one(scale)),
                    },
                ],
            ),
            Method::AzimuthalEqualArea { lat, lon } => (
                "lambert_azimuthal_equal_area",
                vec![
                    ("longitude_of_projection_origin", one(lon)),
                    ("latitude_of_projection_origin", one(lat)),
                ],
            ),
            Method::ConformalConic { parallels, lat, lon } => (
                "lambert_conformal_conic",
                vec![
                    ("standard_parallel", Attribute::Numbers(parallels.to_vec())),
                    ("longitude_of_central_meridian", one(lon)),
                    ("latitude_of_projection_origin", one(lat)),
                ],
            ),
            Method::TransverseMercator { lat, lon, scale } => (
                "transverse_mercator",
                vec![
                    ("longitude_of_central_meridian", one(lon)),
                    ("latitude_of_projection_origin", one(lat)),
                    ("scale_factor_at_central_meridian", one(scale)),
                ],
            ),
            Method::Mercator { true_lat, lon } => (
                "mercator",
                vec![
                    ("longitude_of_projection_origin", one(lon)),
                    ("standard_parallel", one(true_lat)),
                ],
            ),
        };
        let mut all = vec![("grid_mapping_name", Attribute::Word(name))];
        all.append(&mut rest);
        if self.method != Method::Degrees {
            all.push(("false_easting", one(self.false_origin_m[0])));
            all.push(("false_northing", one(self.false_origin_m[1])));
        }
        all.push(("semi_major_axis", one(self.axes_m[0])));
        all.push(("semi_minor_axis", one(self.axes_m[1])));
        all.push(("longitude_of_prime_meridian", one(0.0)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radar_projections_are_taken_apart() {
        let wgs84 = [6_378_137.0, 6_356_752.314_245_179];
        for (proj, method, axes_m, unit_m) in [
            (
                "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=25 +x_0=380886 +y_0=3395677 +R=6371288 \
                 +units=m +no_defs",
                Method::PolarStereographic {
                    pole: 90.0,
                    true_lat: Some(60.0),
                    scale: 1.0,
                    lon: 25.0,
                },
                [6_371_288.0; 2],
                1.0,
            ),
            (
                "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378.14 +b=6356.75",
                Method::PolarStereographic {
                    pole: 90.0,
                    true_lat: Some(60.0),
                    scale: 1.0,
                    lon: 0.0,
                },
                [6_378_140.0, 6_356_750.0],
                1000.0,
            ),
            (
                "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +datum=WGS84",
                Method::AzimuthalEqualArea { lat: 55.0, lon: 10.0 },
                wgs84,
                1.0,
            ),
            (
                "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +ellps=WGS84",
                Method::ConformalConic { parallels: [49.0, 44.0], lat: 46.5, lon: 3.0 },
                wgs84,
                1.0,
            ),
            ("+proj=longlat +datum=WGS84 +no_defs", Method::Degrees, wgs84, 1.0),
            (
                "+proj=utm +zone=33 +south +datum=WGS84",
                Method::TransverseMercator { lat: 0.0, lon: 15.0, scale: 0.9996 },
                wgs84,
                1.0,
            ),
        ] {
            let read = Projection::read(proj).expect(proj);
            assert_eq!((read.method, read.axes_m, read.unit_m), (method, axes_m, unit_m), "{proj}");
        }
    }

    #[test]
    fn what_cannot_be_carried_over_is_refused() {
        for (proj, want) in [
            ("+proj=stere +lat_0=50 +lon_0=8", "projection stere is not carried over"),
            ("+proj=gnom +lat_0=50", "projection gnom is not carried over"),
            ("+proj=laea +R=6371 +units=km", "its axes are not in m, and its unit is said too"),
            ("+proj=utm +zone=61", "+zone is not 1 to 60"),
            ("nothing", "projection none is not carried over"),
            ("+proj=laea +lat_0=x", "+lat_0=x is no number"),
            ("+proj=laea +ellps=moon", "ellipsoid moon is not known"),
            ("+proj=laea +datum=potsdam", "datum potsdam is not carried over"),
            ("+proj=laea +units=us-ft", "its unit is neither m nor km"),
            ("+proj=laea +towgs84=1,0,0", "+towgs84 is not carried over"),
            ("+proj=tmerc +pm=paris", "+pm is not carried over"),
        ] {
            assert_eq!(Projection::read(proj).err().as_deref(), Some(want), "{proj}");
        }
    }
}
