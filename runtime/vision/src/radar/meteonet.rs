//! MeteoNet of Météo-France: `.npz` files of many frames, array `data` `[T, H, W]` and their times `dates`.
//!
//! Rain is stored in hundredths of a millimetre in five minutes, −1 where nothing was measured. The times are
//! Python's own dates in a pickle, of which only the dates are read.

use std::io::{Cursor, Read};

use jiff::Timestamp;
use ndarray::Array2;
use zip::ZipArchive;

use super::clock;
use super::error::RadarError;
use super::limits::CELLS_MAX;
use super::no_data::NoData;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;
use crate::note::{Note, one_line};

/// Most bytes of the array of times.
const DATES_MAX: u64 = 1 << 24;
/// Most bytes of an array's header.
const HEADER_MAX: usize = 1 << 12;
/// What a stored step of rain is worth, mm.
const STEP_MM: f64 = 0.01;
const MISSING: f64 = -1.0;

/// Whether a `.npz` file in memory has MeteoNet's arrays.
pub(super) fn claims(file: impl Read + std::io::Seek) -> bool {
    ZipArchive::new(file).is_ok_and(|zip| {
        ["data.npy", "dates.npy"].iter().all(|array| zip.file_names().any(|n| n == *array))
    })
}

/// Reads the file `name` from its bytes and hands over each frame.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
    each: &mut dyn FnMut(Raw) -> Result<(), RadarError>,
) -> Result<(), RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let broken = |e: &dyn std::fmt::Display| {
        damaged(format!("not a whole .npz (zip) file: {}", one_line(&e.to_string())))
    };
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    let mut pickle = Vec::new();
    let dates = zip.by_name("dates.npy").map_err(|e| broken(&e))?;
    dates.take(DATES_MAX).read_to_end(&mut pickle).map_err(|e| broken(&e))?;
    let dates = dates_of(&pickle);
    let mut data = zip.by_name("data.npy").map_err(|e| broken(&e))?;
    let header = Header::read(&mut data).map_err(damaged)?;
    let [frames, h, w] = header.shape;
    if h.checked_mul(w).is_none_or(|n| n == 0 || n > CELLS_MAX) {
        return Err(damaged(format!("it says it is {h}×{w} cells")));
    }
    if dates.len() != frames {
        let has = dates.len();
        return Err(damaged(format!("it has {has} dates for {frames} frames")));
    }
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let mut notes = Vec::new();
    let is_rain = base.starts_with("rainfall") && header.kind == 'i';
    let stated = is_rain.then_some(RadarUnit::AccumulationMm { minutes: 5.0 });
    if stated.is_none() && options.unit.is_none() {
        return Err(RadarError::refused(
            name,
            "it has MeteoNet's arrays, and its name does not say rainfall: its unit is not known",
            "say ‹unit›, ‹scale› and ‹no-data›, of rainfall: \"mm in 5 min\", 0.01,0 and -1",
        ));
    }
    let unit = settle_unit(name, stated, options, &mut notes)?;
    let is_amount = matches!(unit, RadarUnit::AccumulationMm { .. }) && header.kind == 'i';
    let [gain, offset] = match options.scale {
        Some(asked) => asked,
        None if is_amount => {
            notes.push(Note::ValuesScaled { gain: STEP_MM, offset: 0.0 });
            [STEP_MM, 0.0]
        }
        None => [1.0, 0.0],
    };
    let none = NoData::asked_or(options.no_data.as_ref(), MISSING);
    notes.extend(none.first().map(|&value| Note::NoDataValue { value }));
    let mut frame = vec![0; h * w * header.bytes];
    for utc in dates {
        data.read_exact(&mut frame).map_err(|e| broken(&e))?;
        let cells = frame.chunks_exact(header.bytes).map(|cell| match header.number(cell) {
            v if v.is_nan() || none.contains(&v) => f32::NAN,
            v => (v * gain + offset) as f32,
        });
        let values = Array2::from_shape_vec((h, w), cells.collect());
        let values = values.map_err(|e| damaged(e.to_string()))?;
        each(Raw {
            name: name.to_owned(),
            values,
            unit,
            utc: Some(utc),
            crs: None,
            transform: None,
            quality: None,
            notes: notes.clone(),
        })?;
    }
    Ok(())
}

/// The dates in a pickle: eleven bytes each, ten of them the date, as `datetime` writes itself.
fn dates_of(pickle: &[u8]) -> Vec<Timestamp> {
    // A short text of ten bytes: year in two, month, day, hour, minute, second, three of microseconds.
    let at = |window: &[u8]| {
        let [b'C', 10, date @ ..] = window else { return None };
        let year = u16::from_be_bytes([date[0], date[1]]);
        let [month, day, hour, minute, second] = [date[2], date[3], date[4], date[5], date[6]];
        clock::stamp(&format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}"))
    };
    pickle.windows(12).filter_map(at).collect()
}

/// What stands before the numbers of an array `[T, H, W]`.
struct Header {
    /// `i`, `u` or `f`, and bytes of a number, the smallest first.
    kind: char,
    bytes: usize,
    shape: [usize; 3],
}

impl Header {
    fn read(from: &mut impl Read) -> Result<Self, String> {
        let short = |_| "its array data has no header".to_owned();
        let mut start = [0; 10];
        from.read_exact(&mut start).map_err(short)?;
        let size = usize::from(u16::from_le_bytes([start[8], start[9]]));
        if !start.starts_with(b"\x93NUMPY\x01") || size > HEADER_MAX {
            return Err("its array data has a header that is not read".to_owned());
        }
        let mut text = vec![0; size];
        from.read_exact(&mut text).map_err(short)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let after = |key: &str| text.split_once(key).map(|(_, rest)| rest.trim_start());
        let odd =
            || format!("its array data is {}, no [T, H, W] of numbers", one_line(text.trim()));
        let kind = after("'descr':").and_then(|rest| rest.strip_prefix('\'')).ok_or_else(odd)?;
        let (kind, bytes) = match kind.split('\'').next() {
            Some("<i2") => ('i', 2),
            Some("<i4") => ('i', 4),
            Some("|i1") => ('i', 1),
            Some("|u1") => ('u', 1),
            Some("<u2") => ('u', 2),
            Some("<f4") => ('f', 4),
            Some("<f8") => ('f', 8),
            _ => return Err(odd()),
        };
        let in_order = after("'fortran_order':").is_some_and(|rest| rest.starts_with("False"));
        let shape = after("'shape':").and_then(|rest| rest.strip_prefix('(')?.split(')').next());
        let sides: Vec<usize> = shape
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|side| !side.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| odd())?;
        let shape = sides.try_into().map_err(|_| odd())?;
        in_order.then_some(Self { kind, bytes, shape }).ok_or_else(odd)
    }

    fn number(&self, cell: &[u8]) -> f64 {
        match (self.kind, cell) {
            ('i', [a]) => f64::from(i8::from_le_bytes([*a])),
            ('i', [a, b]) => f64::from(i16::from_le_bytes([*a, *b])),
            ('i', [a, b, c, d]) => f64::from(i32::from_le_bytes([*a, *b, *c, *d])),
            ('u', [a]) => f64::from(*a),
            ('u', [a, b]) => f64::from(u16::from_le_bytes([*a, *b])),
            ('f', [a, b, c, d]) => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
            ('f', [a, b, c, d, e, f, g, h]) => f64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
            _ => f64::NAN,
        }
    }
}
