//! A PROJ string taken apart: method and numbers, ellipsoid, datum, meridian and unit.
//!
//! Weather radars come in projections of their own that no EPSG code names. What moves or turns
//! coordinates and is not told further on is refused: a file that places rain wrongly is worse than none.

use proj4rs::Proj;

use super::method::{
    Is, LAMBERT_ONE, LAMBERT_TWO, MERCATOR_SCALED, MERCATOR_TRUE_AT, Method, NAMED,
    OBLIQUE_MERCATOR, POLAR_SCALED, POLAR_TRUE_AT, Parameter, STEREOGRAPHIC, SWEEP_X, SWEEP_Y,
    SWISS, TRANSVERSE_MERCATOR,
};
use super::words::Words;

/// Axes below this are not metres but kilometres, coordinates and all: KNMI tells its so.
pub(crate) const LEAST_AXIS_M: f64 = 100_000.0;
/// Semi-major and semi-minor axis of WGS 84, metres.
const WGS84_M: [f64; 2] = [6_378_137.0, 6_356_752.314_245];

/// Datums that PROJ knows by name and how each is moved to WGS 84: metres, arc seconds, parts per million
/// (PROJ 9, `src/datums.cpp`, and proj4js).
const DATUMS: [(&str, &[f64]); 14] = [
    ("ggrs87", &[-199.87, 74.79, 246.62]),
    ("potsdam", &[598.1, 73.7, 418.2, 0.202, 0.045, -2.455, 6.7]),
    ("carthage", &[-263.0, 6.0, 431.0]),
    ("hermannskogel", &[577.326, 90.129, 463.919, 5.137, 1.474, 5.297, 2.4232]),
    ("ire65", &[482.530, -130.596, 564.557, -1.042, -0.214, -0.631, 8.15]),
    ("nzgd49", &[59.47, -5.04, 187.44, 0.47, -0.1, 1.024, -4.5993]),
    ("osgb36", &[446.448, -125.157, 542.060, 0.1502, 0.2470, 0.8421, -20.4894]),
    ("ch1903", &[674.374, 15.056, 405.346]),
    ("osni52", &[482.530, -130.596, 564.557, -1.042, -0.214, -0.631, 8.15]),
    ("rassadiran", &[-133.63, -157.5, -158.62]),
    ("s_jtsk", &[589.0, 76.0, 480.0]),
    ("beduaram", &[-106.0, -87.0, 188.0]),
    ("gunung_segara", &[-403.0, 684.0, 41.0]),
    ("rnb72", &[106.869, -52.2978, 103.724, -0.33657, 0.456955, -1.84218, 1.0]),
];

/// Words that say nothing of the method itself.
const OF_ALL: [&str; 34] = [
    "proj",
    "x_0",
    "y_0",
    "units",
    "to_meter",
    "vunits",
    "vto_meter",
    "ellps",
    "datum",
    "towgs84",
    "nadgrids",
    "geoidgrids",
    "pm",
    "axis",
    "no_defs",
    "type",
    "wktext",
    "over",
    "a",
    "b",
    "R",
    "rf",
    "f",
    "es",
    "e",
    "R_A",
    "R_V",
    "R_a",
    "R_g",
    "R_h",
    "title",
    "south",
    "zone",
    "guam",
];

/// Words that change a method that does not always have them.
const CHANGING: [&str; 7] = ["guam", "hyperbolic", "alpha", "gamma", "k", "k_0", "south"];

/// How the Earth is laid flat.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Flat {
    /// Not at all: longitude and latitude.
    Degrees,
    /// By a method that has a name everywhere; its numbers in the order of its parameters.
    By(&'static Method, Vec<f64>),
    /// By one that only PROJ knows: its name with what goes with it, and its numbers.
    OfProj(String, Vec<(String, Is, f64)>),
}

/// A projection with its ellipsoid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Projection {
    pub(super) flat: Flat,
    /// Coordinates of the origin, metres.
    pub(super) false_origin_m: [f64; 2],
    /// Semi-major and semi-minor axis, metres.
    pub(super) axes_m: [f64; 2],
    /// Longitude of the prime meridian, degrees east of Greenwich.
    pub(super) meridian_deg: f64,
    /// How the datum is moved to WGS 84: metres, arc seconds and parts per million, position vector.
    pub(super) to_wgs84: Option<[f64; 7]>,
    /// Whether the datum is WGS 84 itself.
    pub(super) is_wgs84: bool,
    /// Metres of one unit of a coordinate.
    pub(crate) unit_m: f64,
}

impl Projection {
    /// Takes a PROJ string apart.
    ///
    /// # Errors
    /// What is not known, in words.
    pub(crate) fn read(proj: &str) -> Result<Self, String> {
        let words = Words::of(proj);
        let known = Proj::from_proj_string(proj).map_err(|e| e.to_string())?;
        if !known.is_normalized_axis() {
            return Err(format!("+axis={} is not carried over", words.get("axis").unwrap_or("?")));
        }
        if known.is_geocent() {
            return Err("it is not a map".to_owned());
        }
        let flat = if known.is_latlong() { Flat::Degrees } else { flat(&words)? };
        let false_origin_m = match words.get("proj") {
            Some("utm") => [5e5, if words.has("south") { 1e7 } else { 0.0 }],
            Some("ups") => [2e6, 2e6],
            _ => [words.or("x_0", 0.0)?, words.or("y_0", 0.0)?],
        };
        let (major, minor) = known.ellipse_parameters();
        let is_wgs84 = words.get("datum").is_some_and(|d| d.eq_ignore_ascii_case("WGS84"))
            && ["a", "b", "R", "ellps", "towgs84", "nadgrids"].iter().all(|w| !words.has(w));
        let mut out = Self {
            flat,
            false_origin_m,
            axes_m: [major, minor],
            meridian_deg: meridian_deg(&words, known.from_greenwich())?,
            to_wgs84: to_wgs84(&words)?,
            is_wgs84,
            unit_m: known.to_meter(),
        };
        if major < LEAST_AXIS_M {
            if out.unit_m != 1.0 {
                return Err("its axes are not in m, and its unit is said too".to_owned());
            }
            out.false_origin_m = out.false_origin_m.map(|v| v * 1000.0);
            out.axes_m = out.axes_m.map(|v| v * 1000.0);
            out.unit_m = 1000.0;
        }
        // No move at all between ellipsoids that are one.
        let near = |a: f64, b: f64| (a - b).abs() < 1e-3;
        if out.to_wgs84 == Some([0.0; 7])
            && near(out.axes_m[0], WGS84_M[0])
            && near(out.axes_m[1], WGS84_M[1])
        {
            out.to_wgs84 = None;
        }
        Ok(out)
    }
}

/// Longitude of the prime meridian; as it is written where that is a number.
fn meridian_deg(words: &Words<'_>, from_greenwich_rad: f64) -> Result<f64, String> {
    Ok(words.number("pm").ok().flatten().unwrap_or_else(|| {
        // Named ones are kept to the hundredth of an arc second; radians are not.
        (from_greenwich_rad.to_degrees() * 1e12).round() / 1e12
    }))
}

/// How the datum is moved, where that is said.
fn to_wgs84(words: &Words<'_>) -> Result<Option<[f64; 7]>, String> {
    let all = |values: &[f64]| {
        let mut seven = [0.0; 7];
        seven[..values.len()].copy_from_slice(values);
        seven
    };
    match words.get("nadgrids") {
        None => {}
        Some("@null") => return Ok(None),
        Some(_) => return Err("+nadgrids is not carried over".to_owned()),
    }
    if let Some(text) = words.get("towgs84") {
        let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse()).collect();
        return match numbers.as_deref() {
            Ok(n @ ([_, _, _] | [_, _, _, _, _, _, _])) => Ok(Some(all(n))),
            _ => Err(format!("+towgs84={text} is not three or seven numbers")),
        };
    }
    let Some(datum) = words.get("datum") else { return Ok(None) };
    Ok(DATUMS.iter().find(|d| d.0.eq_ignore_ascii_case(datum)).map(|d| all(d.1)))
}

/// The method and its numbers, by PROJ's own rules of what stands for what is not said.
fn flat(words: &Words<'_>) -> Result<Flat, String> {
    let scale = match words.number("k_0")? {
        Some(k) => k,
        None => words.or("k", 1.0)?,
    };
    let (lat, lon) = (words.or("lat_0", 0.0)?, words.or("lon_0", 0.0)?);
    let of = |name: &str| words.or(name, 0.0);
    let by = |method: &'static Method, numbers: &[f64]| Ok(Flat::By(method, numbers.to_vec()));
    match words.get("proj").unwrap_or("none") {
        "utm" => {
            let zone = words.number("zone")?.filter(|z| (1.0..=60.0).contains(z));
            let zone = zone.filter(|z| z.fract() == 0.0).ok_or("+zone is not 1 to 60")?;
            by(&TRANSVERSE_MERCATOR, &[zone * 6.0 - 183.0, 0.0, 0.9996])
        }
        "tmerc" | "etmerc" => by(&TRANSVERSE_MERCATOR, &[lon, lat, scale]),
        "ups" => {
            let pole = if words.has("south") { -90.0 } else { 90.0 };
            by(&POLAR_SCALED, &[0.0, pole, 0.994])
        }
        "stere" if lat.abs() == 90.0 => match words.number("lat_ts")?.map(f64::abs) {
            Some(true_at) if true_at != 90.0 => by(&POLAR_TRUE_AT, &[lon, true_at * lat.signum()]),
            _ => by(&POLAR_SCALED, &[lon, lat, scale]),
        },
        "stere" => by(&STEREOGRAPHIC, &[lat, lon, scale]),
        "lcc" => {
            let first = of("lat_1")?;
            let (second, lat) = match words.number("lat_2")? {
                Some(second) => (second, lat),
                None => (first, words.or("lat_0", first)?),
            };
            match scale == 1.0 {
                true => by(&LAMBERT_TWO, &[first, second, lon, lat]),
                false if first == second && first == lat => by(&LAMBERT_ONE, &[lat, lon, scale]),
                false => of_proj(words, "lcc"),
            }
        }
        "merc" => match words.number("lat_ts")? {
            Some(0.0) => by(&MERCATOR_SCALED, &[lon, 1.0]),
            Some(true_at) => by(&MERCATOR_TRUE_AT, &[lon, true_at]),
            None => by(&MERCATOR_SCALED, &[lon, scale]),
        },
        "somerc" => by(&SWISS, &[lat, lon, 90.0, 90.0, scale]),
        "omerc" if words.has("alpha") && !words.has("no_uoff") && !words.has("no_off") => {
            let azimuth = of("alpha")?;
            let gamma = words.or("gamma", azimuth)?;
            by(&OBLIQUE_MERCATOR, &[lat, of("lonc")?, azimuth, gamma, scale])
        }
        "geos" if lat == 0.0 => {
            let sweep = if words.get("sweep") == Some("x") { &SWEEP_X } else { &SWEEP_Y };
            by(sweep, &[lon, of("h")?])
        }
        name => match NAMED.iter().find(|m| m.proj == name) {
            // Words of a method that are not among its numbers change it.
            Some(method) if extra(words, method).is_none() => {
                let numbers = method.parameters.iter().map(|p| words.or(p.proj, p.otherwise));
                Ok(Flat::By(method, numbers.collect::<Result<_, _>>()?))
            }
            _ => of_proj(words, name),
        },
    }
}

/// A word that changes `method` and is none of its numbers, where the string has one; PROJ passes over all
/// others.
fn extra<'a>(words: &Words<'a>, method: &Method) -> Option<&'a str> {
    let is_scale = |name: &str| matches!(name, "k" | "k_0");
    words.iter().map(|w| w.0).find(|name| {
        let told = |p: &Parameter| p.proj == *name || is_scale(p.proj) && is_scale(name);
        let neutral = is_scale(name) && words.number(name) == Ok(Some(1.0));
        CHANGING.contains(name) && !neutral && !method.parameters.iter().any(told)
    })
}

/// A method in PROJ's own words.
fn of_proj(words: &Words<'_>, name: &str) -> Result<Flat, String> {
    let (mut said, mut numbers) = (format!("PROJ {name}"), Vec::new());
    for (word, value) in words.iter() {
        if OF_ALL.contains(&word) && !matches!(word, "south" | "guam") {
            continue;
        }
        match words.number(word) {
            Ok(Some(number)) => {
                let is = match word {
                    "h" => Is::Metres,
                    "k" | "k_0" | "m" | "n" | "q" | "W" | "M" => Is::Ratio,
                    _ => Is::Degrees,
                };
                numbers.push((word.to_owned(), is, number));
            }
            _ if value.is_empty() => said += &format!(" {word}"),
            _ => said += &format!(" {word}={value}"),
        }
    }
    Ok(Flat::OfProj(said, numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a PROJ string comes to: the method by its WKT name, its numbers.
    fn told(proj: &str) -> (String, Vec<f64>) {
        match Projection::read(proj).expect(proj).flat {
            Flat::Degrees => ("degrees".to_owned(), vec![]),
            Flat::By(method, numbers) => (method.wkt.to_owned(), numbers),
            Flat::OfProj(method, numbers) => (method, numbers.iter().map(|n| n.2).collect()),
        }
    }

    #[test]
    fn radar_projections_are_taken_apart() {
        for (proj, method, numbers) in [
            (
                "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=25 +x_0=380886 +y_0=3395677 +R=6371288",
                "Polar Stereographic (variant B)",
                vec![25.0, 60.0],
            ),
            (
                "+proj=stere +lat_0=-90 +lat_ts=60 +lon_0=25",
                "Polar Stereographic (variant B)",
                vec![25.0, -60.0],
            ),
            (
                "+proj=stere +lon_0=25E +lat_0=90N +lat_ts=60 +a=6371288",
                "Polar Stereographic (variant B)",
                vec![25.0, 60.0],
            ),
            (
                "+proj=stere +lat_0=90 +k=0.93",
                "Polar Stereographic (variant A)",
                vec![0.0, 90.0, 0.93],
            ),
            ("+proj=ups +south", "Polar Stereographic (variant A)", vec![0.0, -90.0, 0.994]),
            ("+proj=stere +lat_0=56 +lon_0=10.5666", "Stereographic", vec![56.0, 10.5666, 1.0]),
            (
                "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3",
                "Lambert Conic Conformal (2SP)",
                vec![49.0, 44.0, 3.0, 46.5],
            ),
            (
                "+proj=lcc +lat_1=49 +lat_2=44",
                "Lambert Conic Conformal (2SP)",
                vec![49.0, 44.0, 0.0, 0.0],
            ),
            ("+proj=lcc +lat_1=49", "Lambert Conic Conformal (2SP)", vec![49.0, 49.0, 0.0, 49.0]),
            (
                "+proj=lcc +lat_1=49 +k_0=.99",
                "Lambert Conic Conformal (1SP)",
                vec![49.0, 0.0, 0.99],
            ),
            ("+proj=lcc +lat_1=49 +lat_2=44 +k_0=.99", "PROJ lcc", vec![0.99, 49.0, 44.0]),
            ("+proj=utm +zone=33 +south", "Transverse Mercator", vec![15.0, 0.0, 0.9996]),
            ("+proj=merc +lat_ts=30 +k=0.9", "Mercator (variant B)", vec![0.0, 30.0]),
            ("+proj=merc +k=0.9", "Mercator (variant A)", vec![0.0, 0.9]),
            (
                "+proj=geos +h=35785831 +sweep=x",
                "Geostationary Satellite (Sweep X)",
                vec![0.0, 35_785_831.0],
            ),
            (
                "+proj=omerc +lat_0=4 +lonc=115 +alpha=53 +no_uoff",
                "PROJ omerc no_uoff",
                vec![53.0, 4.0, 115.0],
            ),
            ("+proj=sinu +lat_0=0 +k_0=1 +lat_ts=5", "Sinusoidal", vec![0.0]),
            ("+proj=aeqd +lat_0=13 +guam", "PROJ aeqd guam", vec![13.0]),
            (
                "+proj=krovak +ellps=bessel",
                "Krovak (North Orientated)",
                vec![49.5, 24.833_333_333_333_332, 30.288_139_722_222_222, 78.5, 0.9999],
            ),
            ("+proj=tpers +h=5500000 +lat_0=40", "PROJ tpers", vec![5.5e6, 40.0]),
            ("+proj=longlat +datum=WGS84 +no_defs", "degrees", vec![]),
        ] {
            assert_eq!(told(proj), (method.to_owned(), numbers), "{proj}");
        }
    }

    #[test]
    fn the_earth_and_its_unit_are_taken_apart() {
        let intl = [6_378_388.0, 6_356_911.946_127_946];
        for (proj, axes_m, unit_m, to_wgs84) in [
            ("+proj=laea +a=6378.14 +b=6356.75", [6_378_140.0, 6_356_750.0], 1000.0, None),
            ("+proj=laea +ellps=intl", intl, 1.0, None),
            ("+proj=laea +ellps=intl +towgs84=0,0,0", intl, 1.0, Some([0.0; 7])),
            ("+proj=laea +ellps=WGS84 +towgs84=0,0,0", WGS84_M, 1.0, None),
            (
                "+proj=laea +ellps=intl +units=km +towgs84=1,2,3,4,5,6,7",
                intl,
                1000.0,
                Some([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]),
            ),
            ("+proj=laea +R=6371000 +units=us-ft", [6.371e6; 2], 1200.0 / 3937.0, None),
            (
                "+proj=laea +datum=carthage",
                [6_378_249.2, 6_356_515.0],
                1.0,
                Some([-263.0, 6.0, 431.0, 0.0, 0.0, 0.0, 0.0]),
            ),
        ] {
            let read = Projection::read(proj).expect(proj);
            let apart = read.axes_m.iter().zip(axes_m).map(|(a, b)| (a - b).abs());
            assert!(apart.fold(0.0, f64::max) < 1e-5, "{proj}: {:?}", read.axes_m);
            assert_eq!((read.unit_m, read.to_wgs84), (unit_m, to_wgs84), "{proj}");
        }
        let paris = Projection::read("+proj=tmerc +ellps=clrk80ign +pm=paris").unwrap();
        assert!((paris.meridian_deg - 2.337_229_166_667).abs() < 1e-11);
    }

    #[test]
    fn what_cannot_be_carried_over_is_refused() {
        for (proj, want) in [
            ("+proj=laea +R=6371 +units=km", "its axes are not in m, and its unit is said too"),
            ("+proj=utm +zone=61", "Invalid"),
            ("nothing", "proj"),
            ("+proj=laea +lat_0=x", "parameter"),
            ("+proj=laea +ellps=moon", "ellipsoid"),
            ("+proj=laea +towgs84=1,0", "towgs84"),
            ("+proj=tmerc +axis=wsu", "+axis=wsu is not carried over"),
            ("+proj=geocent", "it is not a map"),
        ] {
            let got = Projection::read(proj).expect_err(proj);
            let found = got.to_lowercase().contains(&want.to_lowercase());
            assert!(found && got.lines().count() == 1, "{proj}: {got}");
        }
    }
}
