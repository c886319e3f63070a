//! Methods: how the Earth is laid flat, and what each method and its numbers are called by PROJ, GeoTIFF,
//! CF and WKT.
//!
//! Oracle of the names: pyproj 3.7.2 and GDAL 3.9 writing the same PROJ string (`tests/golden/places.py`).

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    Degrees,
    Metres,
    Ratio,
}

/// A number of a method.
#[derive(Debug, PartialEq)]
pub(super) struct Parameter {
    /// Its word in PROJ; of a number that PROJ does not know (it is always `otherwise`) none.
    pub(super) proj: &'static str,
    pub(super) is: Is,
    /// What it is where it is not said.
    pub(super) otherwise: f64,
    pub(super) wkt: &'static str,
    /// Its attribute in CF, where there is one.
    pub(super) cf: &'static str,
    /// Its key in GeoTIFF.
    pub(super) key: u16,
}

/// How the false origin is called in WKT, and its keys in GeoTIFF.
#[derive(Debug, PartialEq)]
pub(super) struct Origin {
    pub(super) wkt: [&'static str; 2],
    pub(super) keys: [u16; 2],
}

/// A method.
#[derive(Debug, PartialEq)]
pub(super) struct Method {
    pub(super) proj: &'static str,
    pub(super) wkt: &'static str,
    /// Name of the grid mapping, where CF has it with all its numbers.
    pub(super) cf: Option<&'static str>,
    /// Code of the coordinate transformation in GeoTIFF, where it has one with all its numbers.
    pub(super) geotiff: Option<u16>,
    pub(super) parameters: &'static [Parameter],
    pub(super) origin: &'static Origin,
}

const fn degrees(proj: &'static str, wkt: &'static str, cf: &'static str, key: u16) -> Parameter {
    Parameter { proj, is: Is::Degrees, otherwise: 0.0, wkt, cf, key }
}

const fn ratio(proj: &'static str, wkt: &'static str, cf: &'static str, key: u16) -> Parameter {
    Parameter { proj, is: Is::Ratio, otherwise: 1.0, wkt, cf, key }
}

/// An angle without a key in GeoTIFF, and what it is where it is not said.
const fn said(proj: &'static str, wkt: &'static str, otherwise: f64) -> Parameter {
    Parameter { proj, is: Is::Degrees, otherwise, wkt, cf: "", key: 0 }
}

const LAT: &str = "Latitude of natural origin";
const LON: &str = "Longitude of natural origin";
const SCALE: &str = "Scale factor at natural origin";
const FIRST: &str = "Latitude of 1st standard parallel";
const SECOND: &str = "Latitude of 2nd standard parallel";
const LAT_CF: &str = "latitude_of_projection_origin";
const LON_CF: &str = "longitude_of_projection_origin";
const MERIDIAN_CF: &str = "longitude_of_central_meridian";
const PARALLEL_CF: &str = "standard_parallel";
const SCALE_CF: &str = "scale_factor_at_projection_origin";

const FALSE: Origin = Origin { wkt: ["False easting", "False northing"], keys: [3082, 3083] };
const AT_FALSE: Origin =
    Origin { wkt: ["Easting at false origin", "Northing at false origin"], keys: [3082, 3083] };
const OF_CONE: Origin = Origin { keys: [3086, 3087], ..AT_FALSE };
const AT_CENTRE: Origin = Origin {
    wkt: ["Easting at projection centre", "Northing at projection centre"],
    keys: [3082, 3083],
};

/// Around one point, with keys of a centre.
const CENTRE: [Parameter; 2] =
    [degrees("lat_0", LAT, LAT_CF, 3089), degrees("lon_0", LON, LON_CF, 3088)];
/// Around one point, with keys of a natural origin, without CF.
const ORIGIN: [Parameter; 2] = [degrees("lat_0", LAT, "", 3081), degrees("lon_0", LON, "", 3080)];
/// On one meridian.
const MERIDIAN: [Parameter; 1] = [degrees("lon_0", LON, LON_CF, 3088)];

/// A method with a false easting and northing, whose name in PROJ says all.
const fn method(
    proj: &'static str,
    wkt: &'static str,
    cf: Option<&'static str>,
    geotiff: Option<u16>,
    parameters: &'static [Parameter],
) -> Method {
    Method { proj, wkt, cf, geotiff, parameters, origin: &FALSE }
}

pub(super) static STEREOGRAPHIC: Method = method(
    "stere",
    "Stereographic",
    Some("stereographic"),
    Some(14),
    &[
        degrees("lat_0", LAT, LAT_CF, 3089),
        degrees("lon_0", LON, LON_CF, 3088),
        ratio("k", SCALE, SCALE_CF, 3092),
    ],
);

/// Scaled at the pole.
pub(super) static POLAR_SCALED: Method = method(
    "stere",
    "Polar Stereographic (variant A)",
    Some("polar_stereographic"),
    Some(15),
    &[
        degrees("lon_0", LON, "straight_vertical_longitude_from_pole", 3095),
        degrees("lat_0", LAT, LAT_CF, 3081),
        ratio("k", SCALE, SCALE_CF, 3092),
    ],
);

/// True to scale at a latitude, which is on the side of its pole.
pub(super) static POLAR_TRUE_AT: Method = method(
    "stere",
    "Polar Stereographic (variant B)",
    Some("polar_stereographic"),
    Some(15),
    &[
        degrees("lon_0", "Longitude of origin", "straight_vertical_longitude_from_pole", 3095),
        degrees("lat_ts", "Latitude of standard parallel", PARALLEL_CF, 3081),
    ],
);

pub(super) static LAMBERT_TWO: Method = Method {
    origin: &OF_CONE,
    ..method(
        "lcc",
        "Lambert Conic Conformal (2SP)",
        Some("lambert_conformal_conic"),
        Some(8),
        &[
            degrees("lat_1", FIRST, PARALLEL_CF, 3078),
            degrees("lat_2", SECOND, PARALLEL_CF, 3079),
            degrees("lon_0", "Longitude of false origin", MERIDIAN_CF, 3084),
            degrees("lat_0", "Latitude of false origin", LAT_CF, 3085),
        ],
    )
};

/// One parallel, which is the origin's, with a scale there.
pub(super) static LAMBERT_ONE: Method = method(
    "lcc",
    "Lambert Conic Conformal (1SP)",
    None,
    Some(9),
    &[
        degrees("lat_0", LAT, "", 3081),
        degrees("lon_0", LON, "", 3080),
        ratio("k_0", SCALE, "", 3092),
    ],
);

pub(super) static TRANSVERSE_MERCATOR: Method = method(
    "tmerc",
    "Transverse Mercator",
    Some("transverse_mercator"),
    Some(1),
    &[
        degrees("lon_0", LON, MERIDIAN_CF, 3080),
        degrees("lat_0", LAT, LAT_CF, 3081),
        ratio("k", SCALE, "scale_factor_at_central_meridian", 3092),
    ],
);

/// Scaled at the equator.
pub(super) static MERCATOR_SCALED: Method = method(
    "merc",
    "Mercator (variant A)",
    Some("mercator"),
    Some(7),
    &[degrees("lon_0", LON, LON_CF, 3080), ratio("k", SCALE, SCALE_CF, 3092)],
);

/// True to scale at a latitude.
pub(super) static MERCATOR_TRUE_AT: Method = method(
    "merc",
    "Mercator (variant B)",
    Some("mercator"),
    Some(7),
    &[degrees("lon_0", LON, LON_CF, 3080), degrees("lat_ts", FIRST, PARALLEL_CF, 3078)],
);

/// At its centre, where the azimuth of its line and the turn back to north are given.
pub(super) static OBLIQUE_MERCATOR: Method = Method {
    origin: &AT_CENTRE,
    ..method(
        "omerc",
        "Hotine Oblique Mercator (variant B)",
        None,
        Some(9815),
        &[
            degrees("lat_0", "Latitude of projection centre", "", 3089),
            degrees("lonc", "Longitude of projection centre", "", 3088),
            degrees("alpha", "Azimuth at projection centre", "", 3094),
            degrees("gamma", "Angle from Rectified to Skew Grid", "", 3096),
            ratio("k", "Scale factor at projection centre", "", 3093),
        ],
    )
};

pub(super) static SWISS: Method = Method {
    origin: &AT_CENTRE,
    ..method(
        "somerc",
        "Hotine Oblique Mercator (variant B)",
        None,
        Some(9815),
        &[
            degrees("lat_0", "Latitude of projection centre", "", 3089),
            degrees("lon_0", "Longitude of projection centre", "", 3088),
            Parameter { otherwise: 90.0, ..degrees("", "Azimuth at projection centre", "", 3094) },
            Parameter {
                otherwise: 90.0,
                ..degrees("", "Angle from Rectified to Skew Grid", "", 3096)
            },
            ratio("k_0", "Scale factor at projection centre", "", 3093),
        ],
    )
};

const SATELLITE: [Parameter; 2] = [
    degrees("lon_0", LON, LON_CF, 0),
    Parameter {
        proj: "h",
        is: Is::Metres,
        otherwise: 0.0,
        wkt: "Satellite Height",
        cf: "perspective_point_height",
        key: 0,
    },
];
pub(super) static SWEEP_X: Method =
    method("geos", "Geostationary Satellite (Sweep X)", Some("geostationary"), None, &SATELLITE);
pub(super) static SWEEP_Y: Method =
    method("geos", "Geostationary Satellite (Sweep Y)", Some("geostationary"), None, &SATELLITE);

/// Methods that their PROJ names tell.
pub(super) static NAMED: [Method; 16] = [
    method(
        "laea",
        "Lambert Azimuthal Equal Area",
        Some("lambert_azimuthal_equal_area"),
        Some(10),
        &[degrees("lon_0", LON, LON_CF, 3088), degrees("lat_0", LAT, LAT_CF, 3089)],
    ),
    method("aeqd", "Azimuthal Equidistant", Some("azimuthal_equidistant"), Some(12), &CENTRE),
    method("ortho", "Orthographic", Some("orthographic"), Some(21), &CENTRE),
    method("gnom", "Gnomonic", None, Some(19), &CENTRE),
    method(
        "sterea",
        "Oblique Stereographic",
        None,
        Some(16),
        &[
            degrees("lat_0", LAT, "", 3081),
            degrees("lon_0", LON, "", 3080),
            ratio("k", SCALE, "", 3092),
        ],
    ),
    Method {
        origin: &AT_FALSE,
        ..method(
            "aea",
            "Albers Equal Area",
            Some("albers_conical_equal_area"),
            Some(11),
            &[
                degrees("lat_1", FIRST, PARALLEL_CF, 3078),
                degrees("lat_2", SECOND, PARALLEL_CF, 3079),
                degrees("lon_0", "Longitude of false origin", MERIDIAN_CF, 3080),
                degrees("lat_0", "Latitude of false origin", LAT_CF, 3081),
            ],
        )
    },
    Method {
        origin: &AT_FALSE,
        ..method(
            "eqdc",
            "Equidistant Conic",
            None,
            Some(13),
            &[
                degrees("lat_1", FIRST, "", 3078),
                degrees("lat_2", SECOND, "", 3079),
                degrees("lon_0", "Longitude of false origin", "", 3080),
                degrees("lat_0", "Latitude of false origin", "", 3081),
            ],
        )
    },
    method("cass", "Cassini-Soldner", None, Some(18), &ORIGIN),
    method("poly", "American Polyconic", None, Some(22), &ORIGIN),
    method(
        "eqc",
        "Equidistant Cylindrical",
        None,
        Some(17),
        &[
            degrees("lat_ts", FIRST, "", 3078),
            degrees("lat_0", LAT, "", 3089),
            degrees("lon_0", LON, "", 3088),
        ],
    ),
    method(
        "cea",
        "Lambert Cylindrical Equal Area",
        Some("lambert_cylindrical_equal_area"),
        Some(28),
        &[degrees("lat_ts", FIRST, PARALLEL_CF, 3078), degrees("lon_0", LON, MERIDIAN_CF, 3080)],
    ),
    method(
        "krovak",
        "Krovak (North Orientated)",
        None,
        None,
        &[
            said("lat_0", "Latitude of projection centre", 49.5),
            said("lon_0", "Longitude of origin", 24.833_333_333_333_332),
            said("alpha", "Co-latitude of cone axis", 30.288_139_722_222_222),
            said("", "Latitude of pseudo standard parallel", 78.5),
            Parameter {
                otherwise: 0.9999,
                ..ratio("k", "Scale factor on pseudo standard parallel", "", 0)
            },
        ],
    ),
    method("sinu", "Sinusoidal", Some("sinusoidal"), Some(24), &MERIDIAN),
    method("moll", "Mollweide", None, None, &MERIDIAN),
    method("robin", "Robinson", None, Some(23), &MERIDIAN),
    method("eqearth", "Equal Earth", None, None, &MERIDIAN),
];

/// All methods that GeoTIFF has a code for, with that code; where two share one, all of them.
pub(super) fn by_geotiff(code: u16) -> Option<&'static Method> {
    let special = [&STEREOGRAPHIC, &LAMBERT_TWO, &LAMBERT_ONE, &TRANSVERSE_MERCATOR];
    let all = special.into_iter().chain(&NAMED);
    all.into_iter().find(|m| m.geotiff == Some(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_numbers_of_a_method_share_a_key() {
        let all = [&STEREOGRAPHIC, &POLAR_SCALED, &POLAR_TRUE_AT, &LAMBERT_ONE, &LAMBERT_TWO];
        let more = [&TRANSVERSE_MERCATOR, &MERCATOR_SCALED, &MERCATOR_TRUE_AT, &SWISS];
        let coded = NAMED.iter().filter(|m| m.geotiff.is_some());
        for m in all.into_iter().chain(more).chain([&OBLIQUE_MERCATOR]).chain(coded) {
            let mut keys: Vec<u16> = m.parameters.iter().map(|p| p.key).collect();
            keys.extend(m.origin.keys);
            keys.sort_unstable();
            let n = keys.len();
            keys.dedup();
            assert!(keys.len() == n && keys[0] > 3000, "{}: {keys:?}", m.wkt);
        }
    }
}
