//! NIMROD files of the UK Met Office: one field as three Fortran records, header, names and cells, the
//! largest byte first.

use jiff::Timestamp;
use ndarray::{Array2, s};

use super::clock;
use super::error::RadarError;
use super::limits::CELLS_MAX;
use super::no_data::NoData;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;
use crate::note::Note;

/// Bytes of the header, and of what holds its length on either side.
const HEADER: usize = 512;
const MARK: usize = 4;
/// The National Grid of Great Britain.
const NATIONAL_GRID: &str = "EPSG:27700";

/// Whether the beginning of a file, unpacked, is that of a NIMROD field.
pub(super) fn claims(head: &[u8]) -> bool {
    let mark = (HEADER as u32).to_be_bytes();
    let known = |at: usize, range: std::ops::RangeInclusive<i64>| {
        word(head, at).is_some_and(|v| range.contains(&v))
    };
    head.starts_with(&mark)
        && head.get(MARK + HEADER..).is_none_or(|rest| rest.is_empty() || rest.starts_with(&mark))
        && known(0, 1950..=2100)
        && known(1, 1..=12)
}

/// Header word `i` of two bytes, counted from 0.
fn word(bytes: &[u8], i: usize) -> Option<i64> {
    let at = MARK + 2 * i;
    Some(i64::from(i16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

/// Header number `i` of four bytes, counted from 0.
fn real(bytes: &[u8], i: usize) -> Option<f64> {
    let at = MARK + 62 + 4 * i;
    let number = f32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
    Some(f64::from(number)).filter(|v| v.is_finite())
}

/// Reads the file `name` from its bytes; `None` where it is a forecast.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
) -> Result<Option<Raw>, RadarError> {
    let damaged = |what: &str| RadarError::Damaged { name: name.to_owned(), what: what.to_owned() };
    if !claims(bytes) || bytes.len() < 2 * MARK + HEADER {
        return Err(damaged("it does not begin as a NIMROD field"));
    }
    let int = |i: usize| word(bytes, i).unwrap_or(0);
    let text = |at: usize, n: usize| {
        let bytes = bytes.get(MARK + at..MARK + at + n).unwrap_or_default();
        String::from_utf8_lossy(bytes).trim_matches(|c: char| c == '\0' || c == ' ').to_owned()
    };
    let utc = time(bytes, 0).ok_or_else(|| damaged("its time is no time"))?;
    // The time of the data that a forecast was made from is earlier than its own.
    if time(bytes, 6).is_some_and(|made| made < utc) {
        return Ok(None);
    }
    let (h, w) = (int(15), int(16));
    let cells = usize::try_from(h).ok().zip(usize::try_from(w).ok());
    let cells = cells.filter(|(h, w)| (1..=CELLS_MAX).contains(&(h * w)));
    let (h, w) = cells.ok_or_else(|| damaged("it says it has no cells"))?;
    let (kind, size) = (int(11), int(12));
    let start = 3 * MARK + HEADER;
    let body = bytes.get(start..start + h * w * size.clamp(1, 4) as usize);
    let body = body.ok_or_else(|| damaged("it holds fewer cells than it says"))?;
    let stored: Vec<f64> = match (kind, size) {
        (1, 1) => body.iter().map(|b| f64::from(*b)).collect(),
        (1, 2) => {
            body.chunks_exact(2).map(|b| f64::from(i16::from_be_bytes([b[0], b[1]]))).collect()
        }
        (1, 4) => body
            .chunks_exact(4)
            .map(|b| f64::from(i32::from_be_bytes([b[0], b[1], b[2], b[3]])))
            .collect(),
        (0, 4) => body
            .chunks_exact(4)
            .map(|b| f64::from(f32::from_be_bytes([b[0], b[1], b[2], b[3]])))
            .collect(),
        _ => return Err(damaged("its cells are of a kind that is not read")),
    };
    let mut notes = Vec::new();
    let (units, title) = (text(354, 8), text(386, 24));
    let (stated, told) = unit(&units, &title, int(25));
    if stated.is_none() && options.unit.is_none() {
        return Err(RadarError::refused(
            name,
            format!("it holds '{title}' in '{units}', which is not known to be rain"),
            "give rain rates (mm/h*32), or say ‹unit› and ‹scale›",
        ));
    }
    let unit = settle_unit(name, stated, options, &mut notes)?;
    let [gain, offset] = match (options.scale, told) {
        (Some(asked), _) => asked,
        (None, Some(divisor)) => [1.0 / divisor, 0.0],
        (None, None) => [1.0, 0.0],
    };
    if (gain, offset) != (1.0, 0.0) {
        notes.push(Note::ValuesScaled { gain, offset });
    }
    let missing = match kind {
        0 => real(bytes, 6).unwrap_or(-1.0),
        _ => int(24) as f64,
    };
    let none = NoData::asked_or(options.no_data.as_ref(), missing);
    notes.extend(none.first().map(|&value| Note::NoDataValue { value }));
    let values = stored.into_iter().map(|v| match v {
        v if v.is_nan() || none.contains(&v) || (options.no_data.is_none() && v == -1.0) => {
            f32::NAN
        }
        v => (v * gain + offset) as f32,
    });
    let values = Array2::from_shape_vec((h, w), values.collect());
    let values = values.map_err(|e| damaged(&e.to_string()))?;
    let place = place(bytes, &mut notes);
    // Where the first cell is: 0 upper left, 1 lower left, 2 upper right, 3 lower right.
    let values = match int(23) {
        0 => values,
        1 => values.slice(s![..;-1, ..]).to_owned(),
        2 => values.slice(s![.., ..;-1]).to_owned(),
        3 => values.slice(s![..;-1, ..;-1]).to_owned(),
        _ => return Err(damaged("it does not tell where its first cell is")),
    };
    let (crs, transform) = place.map_or((None, None), |(crs, t)| (Some(crs), Some(t)));
    let transform = transform.map(|[x, dx, a, y, b, dy]| {
        let (wide, high) = (dx * w as f64, -dy * h as f64);
        match int(23) {
            1 => [x, dx, a, y + high, b, dy],
            2 => [x - wide, dx, a, y, b, dy],
            3 => [x - wide, dx, a, y + high, b, dy],
            _ => [x, dx, a, y, b, dy],
        }
    });
    let (name, utc) = (name.to_owned(), Some(utc));
    Ok(Some(Raw { name, values, unit, utc, crs, transform, quality: None, notes }))
}

/// The unit, and by what the unit's text says that values were multiplied.
fn unit(units: &str, title: &str, minutes: i64) -> (Option<RadarUnit>, Option<f64>) {
    let plain: String =
        units.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let (word, times) = plain.split_once('*').unwrap_or((&plain, ""));
    let told = times.parse::<f64>().ok().filter(|f| *f > 0.0);
    let is_rain = title.to_ascii_lowercase().contains("rain")
        || title.to_ascii_lowercase().contains("precip");
    let unit = match word {
        "mm/h" | "mm/hr" | "mmh-1" => Some(RadarUnit::MmH),
        "dbz" => Some(RadarUnit::DbZ),
        "mm" if is_rain && minutes > 0 => {
            Some(RadarUnit::AccumulationMm { minutes: minutes as f64 })
        }
        _ => None,
    };
    (unit, told)
}

/// The time in five header words from `i` on, to the minute.
fn time(bytes: &[u8], i: usize) -> Option<Timestamp> {
    let part = |i: usize| word(bytes, i).filter(|v| *v >= 0);
    let [year, month, day, hour, minute] =
        [part(i)?, part(i + 1)?, part(i + 2)?, part(i + 3)?, part(i + 4)?];
    clock::stamp(&format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}"))
}

/// Projection and the transform of a grid whose first cell is the north-western one.
fn place(bytes: &[u8], notes: &mut Vec<Note>) -> Option<(String, [f64; 6])> {
    let kind = word(bytes, 14)?;
    let (north, row, west, col) =
        (real(bytes, 2)?, real(bytes, 3)?, real(bytes, 4)?, real(bytes, 5)?);
    if kind != 0 || row <= 0.0 || col <= 0.0 {
        notes.push(Note::ProjectionUnknown { name: format!("NIMROD grid {kind}") });
        return None;
    }
    Some((NATIONAL_GRID.to_owned(), [west - col / 2.0, col, 0.0, north + row / 2.0, 0.0, -row]))
}
