//! GeoTIFF keys that tell a coordinate reference system (OGC 19-008r4): its code, or all of it; both ways.

use super::method::{
    Is, LAMBERT_ONE, MERCATOR_SCALED, MERCATOR_TRUE_AT, Method, OBLIQUE_MERCATOR, POLAR_SCALED,
    POLAR_TRUE_AT, SWISS, by_geotiff,
};
use super::projection::{Flat, Projection};

/// "Defined here", in place of a code.
const USER: u16 = 32767;
/// The tag that holds numbers of keys.
const DOUBLES: u16 = 34736;

const MODEL: u16 = 1024;
const RASTER: u16 = 1025;
const GEOGRAPHIC: u16 = 2048;
const DATUM: u16 = 2050;
const MERIDIAN: u16 = 2051;
const ANGULAR_UNIT: u16 = 2054;
const ELLIPSOID: u16 = 2056;
const MAJOR: u16 = 2057;
const MINOR: u16 = 2058;
const INVERSE_FLATTENING: u16 = 2059;
const MERIDIAN_LON: u16 = 2061;
const TO_WGS84: u16 = 2062;
const PROJECTED: u16 = 3072;
const PROJECTION: u16 = 3074;
const METHOD: u16 = 3075;
const UNIT: u16 = 3076;
const UNIT_SIZE: u16 = 3077;
const SCALE: u16 = 3092;

const DEGREE: u16 = 9102;
/// Codes of units of length, and metres of each.
const UNITS: [(u16, f64); 6] = [
    (9001, 1.0),
    (9002, 0.3048),
    (9003, 1200.0 / 3937.0),
    (9036, 1000.0),
    (9030, 1852.0),
    (9093, 1609.344),
];
/// Keys that programs use for the same number: of the origin's longitude and latitude, its coordinates,
/// and the scale.
const ALIKE: [&[u16]; 5] = [
    &[3080, 3084, 3088, 3095],
    &[3081, 3085, 3089],
    &[3082, 3086, 3090],
    &[3083, 3087, 3091],
    &[3092, 3093],
];

/// The directory of keys and the numbers it points to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GeoKeys {
    pub(crate) keys: Vec<u16>,
    pub(crate) doubles: Vec<f64>,
}

impl GeoKeys {
    /// A CRS by its EPSG code.
    pub(crate) fn coded(code: u16, is_geographic: bool) -> Self {
        let (model, key) = if is_geographic { (2, GEOGRAPHIC) } else { (1, PROJECTED) };
        Self::default().begun(model).short(key, code).done()
    }

    /// A CRS told in full; none where GeoTIFF has no code for its method.
    pub(crate) fn of(p: &Projection) -> Option<Self> {
        let geographic = p.flat == Flat::Degrees;
        let keys = Self::default().begun(if geographic { 2 } else { 1 });
        // Datum and ellipsoid by the latter's axes; angles in degrees.
        let datum = if p.is_wgs84 { 6326 } else { USER };
        let mut keys = keys.short(GEOGRAPHIC, USER).short(DATUM, datum);
        if p.meridian_deg != 0.0 {
            keys = keys.short(MERIDIAN, USER);
        }
        keys = keys.short(ANGULAR_UNIT, DEGREE).short(ELLIPSOID, USER);
        keys = keys.numbers(MAJOR, &[p.axes_m[0]]).numbers(MINOR, &[p.axes_m[1]]);
        if p.meridian_deg != 0.0 {
            keys = keys.numbers(MERIDIAN_LON, &[p.meridian_deg]);
        }
        if let Some(moves) = p.to_wgs84 {
            keys = keys.numbers(TO_WGS84, &moves);
        }
        if geographic {
            return Some(keys.done());
        }
        let (method, mut numbers) = method(p)?;
        keys = keys.short(PROJECTED, USER).short(PROJECTION, USER).short(METHOD, method);
        let unit = UNITS.iter().find(|u| (u.1 / p.unit_m - 1.0).abs() < 1e-12);
        keys = keys.short(UNIT, unit.map_or(USER, |u| u.0));
        if unit.is_none() {
            keys = keys.numbers(UNIT_SIZE, &[p.unit_m]);
        }
        numbers.sort_unstable_by_key(|n| n.0);
        for (key, value) in numbers {
            keys = keys.numbers(key, &[value]);
        }
        Some(keys.done())
    }

    /// Model type and raster type (a pixel is an area), behind room for the header.
    fn begun(mut self, model: u16) -> Self {
        self.keys.extend([1, 1, 0, 0]);
        self.short(MODEL, model).short(RASTER, 1)
    }

    fn short(mut self, key: u16, value: u16) -> Self {
        self.keys.extend([key, 0, 1, value]);
        self
    }

    fn numbers(mut self, key: u16, values: &[f64]) -> Self {
        self.keys.extend([key, DOUBLES, values.len() as u16, self.doubles.len() as u16]);
        self.doubles.extend(values);
        self
    }

    /// With the number of keys in the header.
    fn done(mut self) -> Self {
        self.keys[3] = (self.keys.len() / 4 - 1) as u16;
        self
    }
}

/// Code of the method and its numbers by key; distances in the CRS's own unit.
fn method(p: &Projection) -> Option<(u16, Vec<(u16, f64)>)> {
    let Flat::By(method, values) = &p.flat else { return None };
    let mut numbers: Vec<(u16, f64)> =
        method.parameters.iter().zip(values).map(|(p, v)| (p.key, *v)).collect();
    numbers.extend(method.origin.keys.into_iter().zip(p.false_origin_m.map(|v| v / p.unit_m)));
    if std::ptr::eq(*method, &POLAR_TRUE_AT) {
        numbers.push((SCALE, 1.0));
    }
    if std::ptr::eq(*method, &MERCATOR_SCALED) || std::ptr::eq(*method, &MERCATOR_TRUE_AT) {
        numbers.push((3081, 0.0));
    }
    Some((method.geotiff?, numbers))
}

/// Value of a key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Code(u16),
    Numbers(Vec<f64>),
}

/// The PROJ string that keys without a code spell out.
///
/// # Errors
/// What is not read, in words.
pub(crate) fn proj_of_keys(key: impl Fn(u16) -> Option<Key>) -> Result<String, String> {
    let code = |k: u16| match key(k) {
        Some(Key::Code(code)) => Some(code),
        _ => None,
    };
    let number = |k: u16| match key(k) {
        Some(Key::Numbers(n)) => n.first().copied().filter(|v| v.is_finite()),
        _ => None,
    };
    if code(ANGULAR_UNIT).is_some_and(|unit| unit != DEGREE) {
        return Err("its angles are not in degrees".to_owned());
    }
    let datum = datum(&key, &code, &number)?;
    let Some(method_code) = code(METHOD) else {
        return match (code(MODEL), code(PROJECTED)) {
            (Some(2), _) | (_, None) => Ok(format!("+proj=longlat{datum} +no_defs")),
            _ => Err("its keys name no method".to_owned()),
        };
    };
    let like = |k: u16| {
        let alike = ALIKE.iter().find(|a| a.contains(&k));
        number(k).or_else(|| alike?.iter().find_map(|k| number(*k)))
    };
    let (method, also) = choose(method_code, &number, &like)?;
    let mut out = format!("+proj={}", method.proj);
    for parameter in method.parameters.iter().filter(|p| !p.proj.is_empty()) {
        let value = like(parameter.key);
        if value.is_none() && parameter.is == Is::Degrees && parameter.key < 3080 {
            return Err(format!("its keys do not say +{}", parameter.proj));
        }
        out += &format!(" +{}={}", parameter.proj, value.unwrap_or(parameter.otherwise));
    }
    out += &also;
    let unit_m = match code(UNIT) {
        None => 1.0,
        Some(USER) => number(UNIT_SIZE).ok_or("its keys do not say their unit")?,
        Some(code) => {
            let known = UNITS.iter().find(|u| u.0 == code).map(|u| u.1);
            known.ok_or_else(|| format!("its unit {code} is not read"))?
        }
    };
    for (name, k) in ["x_0", "y_0"].into_iter().zip(method.origin.keys) {
        out += &format!(" +{name}={}", like(k).unwrap_or(0.0) * unit_m);
    }
    out += &datum;
    out += &match unit_m {
        1.0 => " +units=m".to_owned(),
        1000.0 => " +units=km".to_owned(),
        metres => format!(" +to_meter={metres}"),
    };
    Ok(out + " +no_defs")
}

/// The method of a code, and what its PROJ string says besides its numbers.
fn choose(
    code: u16,
    number: &impl Fn(u16) -> Option<f64>,
    like: &impl Fn(u16) -> Option<f64>,
) -> Result<(&'static Method, String), String> {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    Ok(match code {
        15 => {
            let lat = like(3081).ok_or("its keys do not say its latitude")?;
            let scale = like(SCALE).unwrap_or(1.0);
            match near(lat.abs(), 90.0) {
                true => (&POLAR_SCALED, String::new()),
                false if scale == 1.0 => {
                    (&POLAR_TRUE_AT, format!(" +lat_0={}", 90f64.copysign(lat)))
                }
                false => return Err("its keys give both a true latitude and a scale".to_owned()),
            }
        }
        7 => match number(3078) {
            Some(_) => (&MERCATOR_TRUE_AT, String::new()),
            None if like(3081).is_none_or(|lat| lat == 0.0) => (&MERCATOR_SCALED, String::new()),
            None => return Err("its Mercator projection is not around the equator".to_owned()),
        },
        9 => (&LAMBERT_ONE, format!(" +lat_1={}", like(3081).unwrap_or(0.0))),
        9815 => {
            let straight = |k: u16| number(k).is_some_and(|v| near(v, 90.0));
            let swiss = straight(3094) && straight(3096);
            (if swiss { &SWISS } else { &OBLIQUE_MERCATOR }, String::new())
        }
        _ => {
            let known = by_geotiff(code).ok_or_else(|| format!("its method {code} is not read"))?;
            (known, String::new())
        }
    })
}

/// Datum and ellipsoid as PROJ says them, from their codes or from the axes.
fn datum(
    key: &impl Fn(u16) -> Option<Key>,
    code: &impl Fn(u16) -> Option<u16>,
    number: &impl Fn(u16) -> Option<f64>,
) -> Result<String, String> {
    let mut out = String::new();
    let coded = |code: u16| {
        let known = crs_definitions::from_code(code)?.proj4;
        let rest = known.strip_prefix("+proj=longlat")?;
        Some(rest.replace(" +no_defs", "").replace(" +type=crs", ""))
    };
    let of_system = code(GEOGRAPHIC).filter(|c| *c != USER).and_then(coded);
    // EPSG numbers most datums 2000 above their longitudes and latitudes.
    let of_datum = || code(DATUM).filter(|c| *c != USER).and_then(|c| coded(c.checked_sub(2000)?));
    if let Some(words) = of_system.or_else(of_datum) {
        return Ok(words);
    }
    match (number(MAJOR), number(MINOR), number(INVERSE_FLATTENING)) {
        (Some(a), Some(b), _) => out += &format!(" +a={a} +b={b}"),
        (Some(a), None, Some(rf)) if rf > 1.0 => out += &format!(" +a={a} +rf={rf}"),
        (Some(a), None, _) => out += &format!(" +R={a}"),
        (None, ..) => match code(ELLIPSOID) {
            Some(7030) => out += " +ellps=WGS84",
            Some(7019) => out += " +ellps=GRS80",
            Some(7004) => out += " +ellps=bessel",
            Some(7022) => out += " +ellps=intl",
            Some(7001) => out += " +ellps=airy",
            Some(7024) => out += " +ellps=krass",
            Some(7035) => out += " +R=6371000",
            _ => return Err("its keys do not say its ellipsoid".to_owned()),
        },
    }
    if let Some(Key::Numbers(moves)) = key(TO_WGS84) {
        let words: Vec<String> = moves.iter().map(f64::to_string).collect();
        out += &format!(" +towgs84={}", words.join(","));
    }
    match number(MERIDIAN_LON) {
        Some(lon) if lon != 0.0 => out += &format!(" +pm={lon}"),
        None if code(MERIDIAN).is_some_and(|m| m != 8901) => {
            return Err("its prime meridian is not read".to_owned());
        }
        _ => {}
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(all: &GeoKeys, code: u16) -> Option<Key> {
        match *all.keys.chunks_exact(4).skip(1).find(|k| k[0] == code)? {
            [_, 0, _, here] => Some(Key::Code(here)),
            [_, _, n, at] => {
                let (n, at) = (usize::from(n), usize::from(at));
                Some(Key::Numbers(all.doubles[at..at + n].to_vec()))
            }
            _ => None,
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(
            GeoKeys::coded(32611, false).keys,
            [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32611]
        );
        for proj in [
            "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=25 +x_0=1 +y_0=2 +R=6371288",
            "+proj=stere +lat_0=-90 +lat_ts=-60 +lon_0=25 +x_0=1 +y_0=2 +R=6371288",
            "+proj=stere +lat_0=90 +k=0.93 +lon_0=10 +a=6378.14 +b=6356.75",
            "+proj=stere +lat_0=56 +lon_0=10.5666 +ellps=WGS84",
            "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +ellps=WGS84",
            "+proj=lcc +lat_1=49 +lat_0=49 +k_0=.99 +lon_0=3 +ellps=clrk80ign +pm=paris",
            "+proj=merc +lat_ts=30 +lon_0=7",
            "+proj=merc +k=0.9 +lon_0=7",
            "+proj=laea +lat_0=55 +lon_0=10 +datum=WGS84",
            "+proj=laea +lat_0=55 +lon_0=10 +R=6370000 +units=us-ft +x_0=1000",
            "+proj=aeqd +lat_0=52 +lon_0=19 +ellps=sphere +to_meter=17",
            "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996 +x_0=4e5 +y_0=-1e5 +units=km \
             +towgs84=446.4,-125.2,542.1,0.15,0.247,0.842,-20.489 +ellps=airy",
            "+proj=utm +zone=33 +south +ellps=intl",
            "+proj=aea +lat_1=-18 +lat_2=-36 +lat_0=0 +lon_0=132 +ellps=GRS80",
            "+proj=somerc +lat_0=46.95 +lon_0=7.44 +k_0=1 +x_0=6e5 +y_0=2e5 +ellps=bessel \
             +towgs84=674.374,15.056,405.346",
            "+proj=omerc +lat_0=4 +lonc=115 +alpha=53.3 +gamma=53.1 +k=.99984 +x_0=5 +y_0=6",
            "+proj=sterea +lat_0=52.1 +lon_0=5.3 +k=0.9999079 +x_0=155000 +ellps=bessel",
            "+proj=gnom +lat_0=52 +lon_0=19 +R=6370000",
            "+proj=ortho +lat_0=52 +lon_0=19",
            "+proj=cass +lat_0=52 +lon_0=19",
            "+proj=eqc +lat_ts=40 +lon_0=5",
            "+proj=cea +lat_ts=30 +lon_0=5",
            "+proj=eqdc +lat_1=40 +lat_2=50 +lat_0=45 +lon_0=5",
            "+proj=poly +lat_0=45 +lon_0=5",
            "+proj=sinu +lon_0=5 +R=6371007",
            "+proj=robin +lon_0=5",
            "+proj=longlat +R=6371000",
            "+proj=longlat +ellps=intl +pm=-17.5 +towgs84=1,2,3",
        ] {
            let p = Projection::read(proj).expect(proj);
            let all = GeoKeys::of(&p).expect(proj);
            let (header, keys) = all.keys.split_at(4);
            assert_eq!(usize::from(header[3]), keys.len() / 4, "{proj}");
            let ids: Vec<u16> = keys.chunks_exact(4).map(|k| k[0]).collect();
            assert!(ids.is_sorted(), "{proj}: {ids:?}");
            let back = proj_of_keys(|code| value(&all, code)).expect(proj);
            let mut read = Projection::read(&back).expect(&back);
            for (a, b) in read.axes_m.iter().zip(p.axes_m) {
                assert!((a - b).abs() < 1e-6, "{proj}: {back}");
            }
            read.axes_m = p.axes_m;
            for (a, b) in read.false_origin_m.iter().zip(p.false_origin_m) {
                assert!((a - b).abs() < 1e-6, "{proj}: {back}");
            }
            read.false_origin_m = p.false_origin_m;
            assert_eq!(read, p, "{proj}: {back}");
        }
        for proj in ["+proj=geos +h=35785831", "+proj=moll", "+proj=tpers +h=1e6"] {
            assert_eq!(GeoKeys::of(&Projection::read(proj).expect(proj)), None, "{proj}");
        }
    }

    #[test]
    fn keys_of_other_programs_are_read_or_told() {
        // Keys as GDAL, libgeotiff's examples and ArcGIS write them.
        let code = Key::Code;
        let one = |v: f64| Key::Numbers(vec![v]);
        type Case = (Vec<(u16, Key)>, Result<&'static str, &'static str>);
        let cases: [Case; 6] = [
            (
                vec![
                    (GEOGRAPHIC, code(4326)),
                    (PROJECTED, code(USER)),
                    (METHOD, code(10)),
                    (3080, one(10.0)),
                    (3081, one(55.0)),
                ],
                Ok("+proj=laea +lon_0=10 +lat_0=55 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"),
            ),
            (
                vec![
                    (DATUM, code(6258)),
                    (METHOD, code(15)),
                    (UNIT, code(9036)),
                    (3081, one(60.0)),
                    (3082, one(5.0)),
                    (3095, one(10.0)),
                    (PROJECTED, code(USER)),
                ],
                Ok("+proj=stere +lon_0=10 +lat_ts=60 +lat_0=90 +x_0=5000 +y_0=0 +ellps=GRS80 \
                    +towgs84=0,0,0,0,0,0,0 +units=km +no_defs"),
            ),
            (vec![(PROJECTED, code(USER))], Err("its keys do not say its ellipsoid")),
            (vec![(PROJECTED, code(USER)), (MAJOR, one(6.37e6))], Err("its keys name no method")),
            (
                vec![(PROJECTED, code(USER)), (MAJOR, one(6.37e6)), (METHOD, code(27))],
                Err("its method 27 is not read"),
            ),
            (
                vec![(GEOGRAPHIC, code(4326)), (ANGULAR_UNIT, code(9105))],
                Err("its angles are not in degrees"),
            ),
        ];
        for (keys, want) in cases {
            let found = |k: u16| keys.iter().find(|(code, _)| *code == k).map(|(_, v)| v.clone());
            let got = proj_of_keys(found);
            assert_eq!(got.as_deref().map_err(String::as_str), want, "{keys:?}");
        }
    }
}
