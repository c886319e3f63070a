//! GeoTIFF rain frames: one band of rates, reflectivity or accumulations, as GDAL and FMI write them.

use std::io::Cursor;

use ndarray::Array2;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use super::clock;
use super::error::RadarError;
use super::geotags::{Crs, GeoTags};
use super::limits::CELLS_MAX;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;
use crate::note::Note;

/// Names under which files keep the time of the frame.
const TIMES: [&str; 4] = ["Observation time", "valid_time", "time", "datetime"];

/// Reads the `.tif` file `name` from its bytes.
pub(super) fn read(name: &str, bytes: &[u8], options: &RadarOptions) -> Result<Raw, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let broken = |e: tiff::TiffError| {
        damaged(format!("not a whole TIFF file, or of a kind that is not read: {e}"))
    };
    let mut file = open(bytes).map_err(broken)?;
    let (w, h) = file.dimensions().map_err(broken)?;
    let (h, w) = (h as usize, w as usize);
    if h.checked_mul(w).is_none_or(|n| n == 0 || n > CELLS_MAX) {
        return Err(damaged(format!("it says it is {h}×{w} cells")));
    }
    let bands = file.colortype().map_err(broken)?.num_samples();
    if bands != 1 {
        return Err(RadarError::refused(
            name,
            format!("it has {bands} bands"),
            "a rain frame has one: write one file a time",
        ));
    }
    let tags = GeoTags::read(&mut file).map_err(damaged)?;
    let mut notes = Vec::new();
    let unit = settle_unit(name, stated_unit(&tags), options, &mut notes)?;
    let values = file.read_image().map_err(broken)?;
    let stated = (tags.number("scale", "Gain").map_err(damaged)?, tags.number("offset", "Offset"));
    let stated = (stated.0, stated.1.map_err(damaged)?);
    let [gain, offset] =
        options.scale.unwrap_or([stated.0.unwrap_or(1.0), stated.1.unwrap_or(0.0)]);
    if gain == 0.0 {
        return Err(damaged("its gain is 0".to_owned()));
    }
    if (gain, offset) != (1.0, 0.0) {
        notes.push(Note::ValuesScaled { gain, offset });
    }
    let no_data = match options.no_data.or(tags.no_data) {
        Some(v) => Some(v),
        None => tags.number("", "Nodata").map_err(damaged)?,
    };
    match no_data {
        Some(value) => notes.push(Note::NoDataValue { value }),
        None => notes.push(Note::NoDataUnnamed),
    }
    let dry = tags.number("", "Undetect").map_err(damaged)?;
    let value = |v: f64, narrow: bool| {
        let is = |stated: Option<f64>| {
            stated.is_some_and(|t| v == t || (narrow && v as f32 == t as f32))
        };
        match v {
            v if v.is_nan() || is(no_data) => f32::NAN,
            _ if is(dry) => unit.dry(),
            v => (v * gain + offset) as f32,
        }
    };
    let cells = numbers(values, value)
        .ok_or_else(|| damaged("its values are of a type that is not read".to_owned()))?;
    let values = Array2::from_shape_vec((h, w), cells).map_err(|e| damaged(e.to_string()))?;
    let crs = match &tags.crs {
        Crs::Epsg(code) => Some(format!("EPSG:{code}")),
        Crs::Proj(proj) => Some(proj.clone()),
        Crs::UserDefined => {
            notes.push(Note::ProjectionNotRead);
            None
        }
        Crs::Unstated => None,
    };
    let utc = tags
        .item(|i| TIMES.iter().any(|t| i.name.eq_ignore_ascii_case(t)))
        .map(|i| {
            clock::written(&i.text)
                .ok_or_else(|| damaged(format!("its {} '{}' is no time", i.name, i.text)))
        })
        .transpose()?;
    let (name, transform) = (name.to_owned(), tags.transform);
    Ok(Raw { name, values, unit, utc, crs, transform, quality: None, notes })
}

/// Whether the file at hand says that it holds rain.
pub(super) fn tells_rain(bytes: &[u8]) -> bool {
    open(bytes)
        .ok()
        .and_then(|mut file| GeoTags::read(&mut file).ok())
        .is_some_and(|tags| stated_unit(&tags).is_some())
}

fn open(bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, tiff::TiffError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = CELLS_MAX * 8;
    limits.intermediate_buffer_size = 1 << 28;
    Ok(Decoder::new(Cursor::new(bytes))?.with_limits(limits))
}

/// The unit in the file's words, where they are known.
fn stated_unit(tags: &GeoTags) -> Option<RadarUnit> {
    let parsed = |text: &str| text.parse::<RadarUnit>().ok();
    tags.item(|i| i.role == "unittype" && parsed(&i.text).is_some())
        .and_then(|i| parsed(&i.text))
        .or_else(|| tags.item(|i| parsed(&i.unit).is_some()).and_then(|i| parsed(&i.unit)))
        .or_else(|| {
            let named = |n: &str| n.eq_ignore_ascii_case("unit") || n.eq_ignore_ascii_case("units");
            tags.item(|i| named(&i.name)).and_then(|i| parsed(&i.text))
        })
}

/// Each stored number through `value`, which also hears whether it was a float32.
fn numbers(stored: DecodingResult, value: impl Fn(f64, bool) -> f32) -> Option<Vec<f32>> {
    fn all<T: Copy>(stored: &[T], each: impl Fn(T) -> f32) -> Option<Vec<f32>> {
        Some(stored.iter().map(|&v| each(v)).collect())
    }
    match stored {
        DecodingResult::U8(v) => all(&v, |v| value(f64::from(v), false)),
        DecodingResult::U16(v) => all(&v, |v| value(f64::from(v), false)),
        DecodingResult::U32(v) => all(&v, |v| value(f64::from(v), false)),
        DecodingResult::I8(v) => all(&v, |v| value(f64::from(v), false)),
        DecodingResult::I16(v) => all(&v, |v| value(f64::from(v), false)),
        DecodingResult::I32(v) => all(&v, |v| value(f64::from(v), false)),
        DecodingResult::F32(v) => all(&v, |v| value(f64::from(v), true)),
        DecodingResult::F64(v) => all(&v, |v| value(v, false)),
        _ => None,
    }
}
