//! The words of the CF conventions that place a field of rain: units, times and map projections, as
//! texts and numbers, wherever a file keeps them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::unit::RadarUnit;

/// Attributes of one variable of a file.
pub(super) trait Attributes {
    /// Text `key`.
    fn text(&self, key: &str) -> Option<String>;
    /// Numbers `key`, at least one.
    fn numbers(&self, key: &str) -> Option<Vec<f64>>;

    /// Number `key`.
    fn number(&self, key: &str) -> Option<f64> {
        self.numbers(key).map(|all| all[0]).filter(|v| v.is_finite())
    }
}

/// What a variable measures, as far as its unit tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Measure {
    /// In this unit once multiplied by the factor.
    Known(RadarUnit, f64),
    /// Millimetres once multiplied by the factor, in an interval that the unit does not tell.
    Amount(f64),
}

/// What a unit of the field measures; whether that is rain, its names tell.
pub(super) fn measure(unit: &str) -> Option<Measure> {
    if let Ok(unit) = unit.parse() {
        return Some(Measure::Known(unit, 1.0));
    }
    let plain: String = unit
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '^' | '.'))
        .collect::<String>()
        .to_ascii_lowercase();
    let rate = |factor| Some(Measure::Known(RadarUnit::MmH, factor));
    match plain.as_str() {
        "dbz" | "10log10(mm6m-3)" => Some(Measure::Known(RadarUnit::DbZ, 1.0)),
        "mmh-1" | "mmhr-1" | "mmhour-1" | "mm/hr" | "mm/hour" | "kgm-2h-1" | "kgm-2hr-1" => {
            rate(1.0)
        }
        "kgm-2s-1" | "kg/m2/s" | "kg/(m2s)" | "mms-1" | "mm/s" => rate(3600.0),
        "ms-1" | "m/s" => rate(3.6e6),
        "mm" | "kgm-2" | "kg/m2" | "millimeter" | "millimetre" | "millimeters" => {
            Some(Measure::Amount(1.0))
        }
        "cm" => Some(Measure::Amount(10.0)),
        "m" => Some(Measure::Amount(1000.0)),
        _ => None,
    }
}

/// A unit of time and the moment from which it is counted: `seconds since 1970-01-01 00:00:00 UTC`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Since {
    unit_s: f64,
    from: Timestamp,
}

impl Since {
    /// Reads the unit of a time coordinate with this calendar.
    pub(super) fn read(unit: &str, calendar: Option<&str>) -> Option<Self> {
        let calendar = calendar.unwrap_or("standard").to_ascii_lowercase();
        if !matches!(calendar.as_str(), "standard" | "gregorian" | "proleptic_gregorian" | "none") {
            return None;
        }
        let (word, rest) = unit.trim().split_once(char::is_whitespace)?;
        let from = rest.trim().strip_prefix("since")?.trim();
        let unit_s = match word.to_ascii_lowercase().as_str() {
            "milliseconds" | "millisecond" | "msec" | "ms" => 1e-3,
            "seconds" | "second" | "secs" | "sec" | "s" => 1.0,
            "minutes" | "minute" | "mins" | "min" => 60.0,
            "hours" | "hour" | "hrs" | "hr" | "h" => 3600.0,
            "days" | "day" | "d" => 86400.0,
            _ => return None,
        };
        Some(Self { unit_s, from: moment(from)? })
    }

    /// The time of `value`, to the millisecond.
    pub(super) fn at(self, value: f64) -> Option<Timestamp> {
        let ms = (value * self.unit_s * 1e3).round();
        let passed = (ms.abs() < 1e15).then(|| SignedDuration::from_millis(ms as i64))?;
        self.from.checked_add(passed).ok()
    }

    /// Minutes of a span of `value`.
    pub(super) fn minutes(self, value: f64) -> f64 {
        value * self.unit_s / 60.0
    }
}

/// A moment `1970-1-1 00:00:0.0 UTC`; where it names no zone, UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let plain = text
        .strip_suffix("UTC")
        .or_else(|| text.strip_suffix("GMT"))
        .or_else(|| text.strip_suffix('Z'))
        .unwrap_or(text)
        .trim();
    let (date, rest) = match plain.find([' ', 'T']) {
        Some(at) => (&plain[..at], plain[at + 1..].trim()),
        None => (plain, ""),
    };
    let mut parts = date.splitn(3, '-');
    let year: i16 = parts.next()?.parse().ok()?;
    let (month, day): (i8, i8) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (time, zone_s) = match rest.find(['+', '-', ' ']) {
        Some(at) => (&rest[..at], zone_s(rest[at..].trim())?),
        None => (rest, 0),
    };
    let mut parts = time.split(':').filter(|part| !part.is_empty());
    let mut next = || parts.next().map_or(Some(0.0), |part| part.parse::<f64>().ok());
    let (hour, minute, second) = (next()?, next()?, next()?);
    // Before 1583 the calendar is not the one of today.
    let civil = DateTime::new(year, month, day, 0, 0, 0, 0).ok().filter(|_| year >= 1583)?;
    let midnight = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let passed_s = hour * 3600.0 + minute * 60.0 + second - f64::from(zone_s);
    let passed = SignedDuration::from_millis((passed_s * 1e3).round() as i64);
    midnight.checked_add(passed).ok().filter(|_| passed_s.abs() < 1e6)
}

/// Seconds that a zone `+02:00`, `-1` or `0:00` is ahead of UTC.
fn zone_s(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// A projection as a grid mapping tells it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mapping {
    /// `EPSG:n` or a PROJ string in metres.
    pub(super) crs: String,
    /// Whether the shape of the Earth is told.
    pub(super) tells_earth: bool,
}

/// Names of attributes that hold a PROJ string.
const PROJ_TEXTS: [&str; 6] =
    ["proj4", "proj4_params", "proj4_string", "proj4text", "proj_string", "proj"];

/// The projection of a grid mapping whose axes are counted in `axis_m` metres.
pub(super) fn mapping(of: &dyn Attributes, axis_m: f64) -> Result<Mapping, String> {
    let proj = PROJ_TEXTS.iter().find_map(|key| of.text(key)).filter(|t| t.trim().starts_with('+'));
    if let Some(text) = proj {
        let tells_earth = true;
        return Ok(Mapping { crs: text.trim().to_owned(), tells_earth });
    }
    let wkt = ["crs_wkt", "spatial_ref", "wkt"].iter().find_map(|key| of.text(key));
    let code = of.text("epsg_code").or_else(|| of.text("EPSG")).or_else(|| {
        let code = of.number("epsg_code").or_else(|| of.number("epsg"))?;
        Some(code.to_string())
    });
    let code = code.and_then(|code| code.trim().trim_start_matches("EPSG:").parse::<u16>().ok());
    if let Some(code) = code.or_else(|| wkt.as_deref().and_then(epsg_of_wkt)) {
        return Ok(Mapping { crs: format!("EPSG:{code}"), tells_earth: true });
    }
    let name = of.text("grid_mapping_name").unwrap_or_default();
    let all = words(of, &name, axis_m)?;
    let (earth, tells_earth) = earth(of);
    Ok(Mapping { crs: format!("{all} {earth} +no_defs"), tells_earth })
}

/// The words of a PROJ string that say the projection.
fn words(of: &dyn Attributes, name: &str, axis_m: f64) -> Result<String, String> {
    let one = |key: &str| of.number(key);
    let need = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| one(key));
        found.ok_or_else(|| format!("its grid mapping {name} tells no {}", keys[0]))
    };
    let lat_0 = || need(&["latitude_of_projection_origin"]);
    let lon_0 = || need(&["longitude_of_projection_origin", "longitude_of_central_meridian"]);
    let parallels = || of.numbers("standard_parallel").unwrap_or_default();
    let mut text = match name {
        "latitude_longitude" => return Ok("+proj=longlat".to_owned()),
        "albers_conical_equal_area" | "lambert_conformal_conic" => {
            let short = if name.starts_with('a') { "aea" } else { "lcc" };
            let parallels = parallels();
            let first = *parallels.first().ok_or("its grid mapping tells no standard_parallel")?;
            let second = parallels.get(1).copied().unwrap_or(first);
            let lon = need(&["longitude_of_central_meridian", "longitude_of_projection_origin"])?;
            let lat = one("latitude_of_projection_origin").unwrap_or(first);
            format!("+proj={short} +lat_1={first} +lat_2={second} +lat_0={lat} +lon_0={lon}")
        }
        "azimuthal_equidistant" => format!("+proj=aeqd +lat_0={} +lon_0={}", lat_0()?, lon_0()?),
        "lambert_azimuthal_equal_area" => {
            format!("+proj=laea +lat_0={} +lon_0={}", lat_0()?, lon_0()?)
        }
        "lambert_cylindrical_equal_area" => {
            let lat = parallels().first().copied().unwrap_or(0.0);
            let lon = need(&["longitude_of_central_meridian"])?;
            format!("+proj=cea +lat_ts={lat} +lon_0={lon}")
        }
        "mercator" => {
            let lat = parallels().first().copied().unwrap_or(0.0);
            let scale = one("scale_factor_at_projection_origin").unwrap_or(1.0);
            format!("+proj=merc +lat_ts={lat} +k={scale} +lon_0={}", lon_0()?)
        }
        "polar_stereographic" => {
            let lon =
                need(&["straight_vertical_longitude_from_pole", "longitude_of_projection_origin"])?;
            let told = one("latitude_of_projection_origin");
            let parallel = parallels().first().copied();
            let pole = match told.or(parallel) {
                Some(lat) if lat < 0.0 => -90.0,
                Some(_) => 90.0,
                None => return Err("its polar grid mapping tells no pole".to_owned()),
            };
            match (parallel, one("scale_factor_at_projection_origin")) {
                (Some(lat), _) => format!("+proj=stere +lat_0={pole} +lat_ts={lat} +lon_0={lon}"),
                (None, Some(k)) => format!("+proj=stere +lat_0={pole} +k={k} +lon_0={lon}"),
                (None, None) => {
                    return Err("its grid mapping tells no standard_parallel".to_owned());
                }
            }
        }
        "stereographic" => {
            let scale = one("scale_factor_at_projection_origin").unwrap_or(1.0);
            format!("+proj=stere +lat_0={} +lon_0={} +k={scale}", lat_0()?, lon_0()?)
        }
        "transverse_mercator" => {
            let scale = one("scale_factor_at_central_meridian").unwrap_or(1.0);
            let lon = need(&["longitude_of_central_meridian"])?;
            format!("+proj=tmerc +lat_0={} +lon_0={lon} +k={scale}", lat_0()?)
        }
        "orthographic" => format!("+proj=ortho +lat_0={} +lon_0={}", lat_0()?, lon_0()?),
        "geostationary" => {
            let height = need(&["perspective_point_height"])?;
            let sweep = of.text("sweep_angle_axis").unwrap_or_else(|| {
                let fixed = of.text("fixed_angle_axis");
                if fixed.as_deref() == Some("y") { "x".to_owned() } else { "y".to_owned() }
            });
            format!("+proj=geos +lon_0={} +h={height} +sweep={sweep}", lon_0()?)
        }
        "" => return Err("its grid mapping names no projection".to_owned()),
        other => return Err(format!("its grid mapping {other} is not known")),
    };
    for (word, key) in [("x_0", "false_easting"), ("y_0", "false_northing")] {
        let metres = one(key).unwrap_or(0.0) * axis_m;
        text.push_str(&format!(" +{word}={metres}"));
    }
    Ok(format!("{text} +units=m"))
}

/// The words of a PROJ string that say the shape of the Earth, and whether the mapping tells it.
fn earth(of: &dyn Attributes) -> (String, bool) {
    let major = of.number("semi_major_axis").filter(|a| *a > 0.0);
    let minor = of.number("semi_minor_axis").filter(|b| *b > 0.0);
    let flattening = of.number("inverse_flattening");
    let shape = match (major, minor, flattening, of.number("earth_radius")) {
        (Some(a), Some(b), ..) if a == b => format!("+R={a}"),
        (Some(a), Some(b), ..) => format!("+a={a} +b={b}"),
        (Some(a), None, Some(0.0) | None, _) => format!("+R={a}"),
        (Some(a), None, Some(rf), _) => format!("+a={a} +rf={rf}"),
        (None, _, _, Some(radius)) => format!("+R={radius}"),
        _ => {
            let name = of.text("reference_ellipsoid_name").unwrap_or_default();
            let datum = of.text("horizontal_datum_name").unwrap_or_default();
            let is_wgs84 = name.replace(' ', "").eq_ignore_ascii_case("WGS84")
                || datum.to_ascii_uppercase().contains("WGS");
            return ("+ellps=WGS84".to_owned(), is_wgs84);
        }
    };
    let shift = of.numbers("towgs84").filter(|v| matches!(v.len(), 3 | 6 | 7));
    let shift = shift.map(|v| v.iter().map(f64::to_string).collect::<Vec<_>>().join(","));
    (shift.map_or_else(|| shape.clone(), |v| format!("{shape} +towgs84={v}")), true)
}

/// The EPSG code that a WKT names for the whole of it: in its last AUTHORITY or ID.
fn epsg_of_wkt(wkt: &str) -> Option<u16> {
    let plain: String = wkt.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.strip_suffix(']')?;
    let from = plain.rfind("AUTHORITY[").or_else(|| plain.rfind("ID["))?;
    let inside = plain[from..].split_once('[')?.1.strip_suffix(']')?;
    let (name, code) = inside.split_once(',')?;
    let is_epsg = name.trim_matches('"').eq_ignore_ascii_case("EPSG");
    // Brackets that are open before it belong to a part of the system.
    let open = plain[..from].matches('[').count() - plain[..from].matches(']').count().min(1 << 20);
    let whole = open == 1;
    (is_epsg && whole).then(|| code.trim_matches('"').parse().ok())?
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    struct Table(BTreeMap<&'static str, (&'static str, Vec<f64>)>);

    impl Attributes for Table {
        fn text(&self, key: &str) -> Option<String> {
            self.0.get(key).filter(|(_, v)| v.is_empty()).map(|(t, _)| (*t).to_owned())
        }

        fn numbers(&self, key: &str) -> Option<Vec<f64>> {
            self.0.get(key).map(|(_, v)| v.clone()).filter(|v| !v.is_empty())
        }
    }

    fn table(text: &[(&'static str, &'static str)], numbers: &[(&'static str, &[f64])]) -> Table {
        let texts = text.iter().map(|(k, v)| (*k, (*v, Vec::new())));
        Table(texts.chain(numbers.iter().map(|(k, v)| (*k, ("", v.to_vec())))).collect())
    }

    #[test]
    fn units_of_the_field_are_known() {
        let rate = |factor| Some(Measure::Known(RadarUnit::MmH, factor));
        for (unit, want) in [
            ("mm/h", rate(1.0)),
            ("mm h-1", rate(1.0)),
            ("mm hr-1", rate(1.0)),
            ("mm h**-1", rate(1.0)),
            ("kg m-2 s-1", rate(3600.0)),
            ("kg m**-2 s**-1", rate(3600.0)),
            ("m s-1", rate(3.6e6)),
            ("dBZ", Some(Measure::Known(RadarUnit::DbZ, 1.0))),
            ("mm", Some(Measure::Amount(1.0))),
            ("kg m-2", Some(Measure::Amount(1.0))),
            ("m", Some(Measure::Amount(1000.0))),
            ("K", None),
            ("1", None),
            ("", None),
        ] {
            // A millimetre a second is 3600 an hour, whichever is told.
            let got = match measure(unit) {
                Some(Measure::Known(RadarUnit::MmS, factor)) => rate(3600.0 * factor),
                other => other,
            };
            assert_eq!(got, want, "{unit}");
        }
    }

    #[test]
    fn times_of_cf_are_read() {
        // Oracle: cftime 1.6 by netCDF4.num2date.
        for (unit, value, want) in [
            ("seconds since 1970-01-01 00:00:00 UTC", 1604102400.0, Some("2020-10-31T00:00:00Z")),
            ("seconds since 1970-01-01 00:00:00 +00:00", 60.0, Some("1970-01-01T00:01:00Z")),
            ("minutes since 2020-10-31T00:00:00Z", 7.5, Some("2020-10-31T00:07:30Z")),
            ("hours since 1900-01-01 00:00:0.0", 0.5, Some("1900-01-01T00:30:00Z")),
            ("days since 2000-1-1", 0.5, Some("2000-01-01T12:00:00Z")),
            ("hours since 2000-01-01 00:00 +02:00", 3.0, Some("2000-01-01T01:00:00Z")),
            ("seconds since 1-1-1 00:00:00", 0.0, None),
            ("months since 2000-01-01", 1.0, None),
            ("seconds", 1.0, None),
            ("seconds since yesterday", 1.0, None),
        ] {
            let got = Since::read(unit, None).and_then(|since| since.at(value));
            assert_eq!(got, want.map(|t| t.parse().unwrap()), "{unit}");
        }
        assert!(Since::read("days since 2000-01-01", Some("360_day")).is_none());
        assert!(Since::read("days since 2000-01-01", None).unwrap().at(f64::NAN).is_none());
    }

    #[test]
    fn grid_mappings_become_projections() {
        let wkt =
            "PROJCS[\"a\",GEOGCS[\"b\",AUTHORITY[\"EPSG\",\"4258\"]],AUTHORITY[\"EPSG\",\"3035\"]]";
        let part = "PROJCS[\"a\",GEOGCS[\"b\",AUTHORITY[\"EPSG\",\"4258\"]]]";
        for (case, of, want) in [
            (
                "PROJ string",
                table(&[("proj4", "+proj=lcc +lat_0=63")], &[]),
                Ok("+proj=lcc +lat_0=63"),
            ),
            ("WKT", table(&[("crs_wkt", wkt)], &[]), Ok("EPSG:3035")),
            ("code", table(&[("epsg_code", "EPSG:3067")], &[]), Ok("EPSG:3067")),
            ("code of a part", table(&[("spatial_ref", part)], &[]), Err("names no projection")),
            (
                "BoM",
                table(
                    &[("grid_mapping_name", "albers_conical_equal_area")],
                    &[
                        ("standard_parallel", &[-26.2, -29.3]),
                        ("longitude_of_central_meridian", &[153.24]),
                        ("latitude_of_projection_origin", &[-27.7178]),
                        ("semi_major_axis", &[6378137.0]),
                        ("semi_minor_axis", &[6356752.31414]),
                    ],
                ),
                Ok(
                    "+proj=aea +lat_1=-26.2 +lat_2=-29.3 +lat_0=-27.7178 +lon_0=153.24 +x_0=0 +y_0=0 \
                    +units=m +a=6378137 +b=6356752.31414 +no_defs",
                ),
            ),
            (
                "polar",
                table(
                    &[("grid_mapping_name", "polar_stereographic")],
                    &[
                        ("standard_parallel", &[60.0]),
                        ("straight_vertical_longitude_from_pole", &[10.0]),
                        ("latitude_of_projection_origin", &[90.0]),
                        ("false_easting", &[2.5]),
                        ("earth_radius", &[6370040.0]),
                    ],
                ),
                Ok(
                    "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +x_0=2500 +y_0=0 +units=m +R=6370040 \
                    +no_defs",
                ),
            ),
            (
                "rotated",
                table(&[("grid_mapping_name", "rotated_latitude_longitude")], &[]),
                Err("is not known"),
            ),
            (
                "half told",
                table(&[("grid_mapping_name", "lambert_azimuthal_equal_area")], &[]),
                Err("tells no latitude_of_projection_origin"),
            ),
        ] {
            match (mapping(&of, 1000.0), want) {
                (Ok(got), Ok(want)) => assert_eq!(got.crs, want, "{case}"),
                (Err(got), Err(want)) => assert!(got.contains(want), "{case}: {got}"),
                (got, _) => panic!("{case}: {got:?}"),
            }
        }
    }
}
