//! HDF5 in KNMI's own layout: one image of the Netherlands, reflectivity or accumulated rain.
//!
//! Stored values become physical ones by a formula in text (`GEO=0.5*PV+-32`); the projection counts in
//! kilometres; times are written `26-AUG-2010;00:05:00.000`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ndarray::Array2;

use super::error::RadarError;
use super::ground::{Ground, cells_apart};
use super::hdf5::Container;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;
use crate::note::Note;

const IMAGE: &str = "/image1";
const CALIBRATION: &str = "/image1/calibration";
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/// Share of a cell that the corners told may lie off the grid: they are rounded to a thousandth of a
/// degree.
const CORNERS_OFF: f64 = 0.6;

/// Whether an HDF5 file has KNMI's layout: an image and no ODIM object.
pub(super) fn claims(file: &Container) -> bool {
    let is = |group: &str| file.has(group).unwrap_or(false);
    (is(IMAGE) || is("/scan1")) && is("/overview")
}

/// Reads the open file `name`.
pub(super) fn read(
    name: &str,
    file: &Container,
    options: &RadarOptions,
) -> Result<Raw, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    if !file.has(IMAGE).map_err(damaged)? {
        return Err(RadarError::refused(
            name,
            "it holds scans of one radar (KNMI volume)",
            "give composites (RAD_NL25_…): scans have no map yet",
        ));
    }
    if file.has("/image2").map_err(damaged)? {
        return Err(RadarError::refused(
            name,
            "it holds several images, which KNMI's forecasts do",
            "give files of one image each (RAD_NL25_PCP, RAD_NL25_RAC): forecasts are no measurement",
        ));
    }
    let mut notes = Vec::new();
    let parameter = file.text(IMAGE, "image_geo_parameter").map_err(damaged)?.unwrap_or_default();
    let at = |key: &str| time(file, key);
    let (start, end) = (
        at("product_datetime_start").map_err(damaged)?,
        at("product_datetime_end").map_err(damaged)?,
    );
    let stated = unit(&parameter, start, end);
    if stated.is_none() && options.unit.is_none() && !parameter.is_empty() {
        return Err(RadarError::refused(
            name,
            format!("it holds '{parameter}', which is not known to be rain"),
            "give another product, or say its unit with ‹unit›",
        ));
    }
    let unit = settle_unit(name, stated, options, &mut notes)?;
    let values = values(file, unit, options, &mut notes).map_err(damaged)?;
    let (crs, transform) = place(file, options, values.dim()).map_err(|what| {
        RadarError::refused(name, what, "correct the file, or say its projection with ‹crs›")
    })?;
    let (name, utc) = (name.to_owned(), end.or(start));
    Ok(Raw { name, values, unit, utc, crs, transform, quality: None, notes })
}

/// What the image is measured in.
fn unit(parameter: &str, start: Option<Timestamp>, end: Option<Timestamp>) -> Option<RadarUnit> {
    let plain = parameter.to_ascii_uppercase();
    if plain.contains("[DBZ]") {
        return Some(RadarUnit::DbZ);
    }
    if plain.contains("[MM/H]") || plain.contains("[MM/HR]") {
        return Some(RadarUnit::MmH);
    }
    let minutes = end?.duration_since(start?).as_secs_f64() / 60.0;
    (plain.contains("[MM]") && minutes > 0.0).then_some(RadarUnit::AccumulationMm { minutes })
}

/// Values in `unit`, by the image's formula.
fn values(
    file: &Container,
    unit: RadarUnit,
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Result<Array2<f32>, String> {
    let (stored, _) = file.array(&format!("{IMAGE}/image_data"))?;
    let [gain, offset] = match (options.scale, file.text(CALIBRATION, "calibration_formulas")?) {
        (Some(asked), _) => asked,
        (None, Some(text)) => {
            formula(&text).ok_or_else(|| format!("its formula '{text}' is not GEO=a*PV+b"))?
        }
        (None, None) => return Err("it tells no formula of its values".to_owned()),
    };
    let number = |key: &str| file.number(CALIBRATION, key);
    let outside: Vec<f64> = match &options.no_data {
        Some(asked) => asked.values().collect(),
        None => number("calibration_out_of_image")?.into_iter().collect(),
    };
    let missing = match &options.no_data {
        None => number("calibration_missing_data")?,
        Some(_) => None,
    };
    // KNMI's reflectivities name 0 "missing", which is what a cell without an echo holds.
    let dry = missing.filter(|&v| unit == RadarUnit::DbZ && v == 0.0 && !outside.contains(&0.0));
    let missing = missing.filter(|_| dry.is_none());
    match outside.first().copied().or(missing) {
        Some(value) => notes.push(Note::NoDataValue { value }),
        None => notes.push(Note::NoDataUnnamed),
    }
    if let Some(value) = dry {
        notes.push(Note::MissingIsDry { value });
    }
    Ok(stored.mapv(|v| match v {
        v if v.is_nan() || outside.contains(&v) || missing == Some(v) => f32::NAN,
        v if dry == Some(v) => unit.dry(),
        v => (v * gain + offset) as f32,
    }))
}

/// Gain and offset of `GEO=0.5*PV+-32`.
fn formula(text: &str) -> Option<[f64; 2]> {
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let (gain, rest) = plain.strip_prefix("GEO=")?.split_once("*PV")?;
    let offset = rest.strip_prefix('+').unwrap_or(rest);
    let offset = if offset.is_empty() { "0" } else { offset };
    let both: [f64; 2] = [gain.parse().ok()?, offset.parse().ok()?];
    (both.iter().all(|v| v.is_finite()) && both[0] != 0.0).then_some(both)
}

/// A time of the overview.
fn time(file: &Container, key: &str) -> Result<Option<Timestamp>, String> {
    let Some(text) = file.text("/overview", key)? else { return Ok(None) };
    stamp(&text).map(Some).ok_or_else(|| format!("its {key} '{text}' is no time"))
}

/// The time of `26-AUG-2010;00:05:00.000`, which is UTC.
fn stamp(text: &str) -> Option<Timestamp> {
    let (date, time) = text.trim().split_once(';')?;
    let mut date = date.split('-');
    let day: i8 = date.next()?.parse().ok()?;
    let month = date.next()?.to_ascii_uppercase();
    let month = MONTHS.iter().position(|m| *m == month)? as i8 + 1;
    let year: i16 = date.next()?.parse().ok().filter(|y| (1950..=2100).contains(y))?;
    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse().ok()?, time.next()?.parse().ok()?);
    let second = time.next().unwrap_or("0").split('.').next()?.parse().ok()?;
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Projection and transform in metres.
fn place(
    file: &Container,
    options: &RadarOptions,
    (h, w): (usize, usize),
) -> Result<(Option<String>, Option<[f64; 6]>), String> {
    let number = |key: &str| file.number("/geographic", key);
    for (key, is) in [("geo_number_columns", w), ("geo_number_rows", h)] {
        if let Some(stated) = number(key)?.filter(|&stated| stated != is as f64) {
            return Err(format!("its {key} is {stated}, but its image has {is}"));
        }
    }
    let stated = file.text("/geographic/map_projection", "projection_proj4_params")?;
    let stated = stated.map(|text| in_metres(&text));
    if stated.is_none() && options.crs.is_none() {
        return Ok((None, None));
    }
    let unit_m = match file.text("/geographic", "geo_dim_pixel")?.as_deref() {
        None | Some("KM,KM") => 1000.0,
        Some("M,M") => 1.0,
        Some(other) => return Err(format!("its cells are measured in '{other}'")),
    };
    let all = [
        number("geo_column_offset")?,
        number("geo_pixel_size_x")?,
        number("geo_row_offset")?,
        number("geo_pixel_size_y")?,
    ];
    let [Some(col), Some(dx), Some(row), Some(dy)] = all else {
        return Err("it does not tell where its cells lie".to_owned());
    };
    let t = [col * dx * unit_m, dx * unit_m, 0.0, row * dy * unit_m, 0.0, dy * unit_m];
    let crs = options.crs.clone().or_else(|| stated.clone()).unwrap_or_default();
    let ground = Ground::of(&crs)?;
    // Corners lower left, upper left, upper right, lower right: longitude and latitude of each.
    let corners = file.numbers("/geographic", "geo_product_corners")?;
    if let Some([x1, y1, _, _, x2, y2, ..]) = corners.as_deref() {
        let ([left, low], [right, top]) = (ground.xy([*x1, *y1])?, ground.xy([*x2, *y2])?);
        let (wide, high) = ((right - left) / w as f64, (top - low) / h as f64);
        let told = [left, wide, 0.0, top, 0.0, -high];
        let apart = cells_apart(&t, &told, [h, w]);
        if apart > CORNERS_OFF {
            return Err(format!(
                "its corners lie {apart:.1} cells off its grid on this projection"
            ));
        }
    }
    Ok((stated, Some(t)))
}

/// A PROJ string whose Earth is told in kilometres, in metres.
fn in_metres(text: &str) -> String {
    let words = text.split_whitespace().filter(|w| *w != "+units=km" && *w != "+units=m");
    let words: Vec<String> = words
        .map(|word| match word.split_once('=') {
            Some((key @ ("+a" | "+b" | "+R"), v)) => match v.parse::<f64>() {
                Ok(km) if km.abs() < 1e5 => format!("{key}={}", (km * 1e6).round() / 1e3),
                _ => word.to_owned(),
            },
            _ => word.to_owned(),
        })
        .collect();
    format!("{} +units=m +no_defs", words.join(" ").replace(" +no_defs", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_knmi_are_read() {
        for (text, want) in [
            ("GEO=0.5*PV+-32", Some([0.5, -32.0])),
            ("GEO = 0.01 * PV + 0.0", Some([0.01, 0.0])),
            ("GEO=0.500000*PV-31.5", Some([0.5, -31.5])),
            ("GEO=2*PV", Some([2.0, 0.0])),
            ("GEO=0*PV+1", None),
            ("GEO=PV", None),
            ("", None),
        ] {
            assert_eq!(formula(text), want, "{text}");
        }
        for (text, want) in [
            ("26-AUG-2010;00:05:00.000", Some("2010-08-26T00:05:00Z")),
            ("1-jan-2024;23:59", Some("2024-01-01T23:59:00Z")),
            ("31-FEB-2024;00:00:00", None),
            ("2010-08-26;00:05", None),
            ("", None),
        ] {
            assert_eq!(stamp(text), want.map(|t| t.parse().unwrap()), "{text}");
        }
        let km =
            "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0";
        assert_eq!(
            in_metres(km),
            "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378137 +b=6356752 +x_0=0 +y_0=0 \
             +units=m +no_defs"
        );
    }
}
