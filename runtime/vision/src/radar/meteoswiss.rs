//! GIF pictures of MeteoSwiss whose colours are numbers: the accumulations AQC and CPC of the Swiss radars.
//!
//! A comment in the picture names product and time. How a colour's number becomes rain is MeteoSwiss's
//! "8bit" scale as pysteps reads it; other products show colours of which no table is known.

use std::io::Cursor;

use gif::{ColorOutput, DecodeOptions, MemoryLimit};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ndarray::Array2;

use super::error::RadarError;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;

/// Rows and columns of the Swiss radar map, and where it lies on the Swiss grid, 1 km a cell.
const SHAPE: [usize; 2] = [640, 710];
const PLACE: [f64; 6] = [255_000.0, 1000.0, 0.0, 480_000.0, 0.0, -1000.0];
const SWISS_GRID: &str = "EPSG:21781";
/// Most bytes of a picture, unpacked.
const MOST: u64 = 1 << 24;
/// Colours that are dry, from the last of rain on, and the one that is not seen.
const LAST_RAIN: u8 = 250;
const NOT_SEEN: u8 = 255;

/// Whether the beginning of a file is a GIF of MeteoSwiss.
pub(super) fn claims(head: &[u8]) -> bool {
    head.starts_with(b"GIF8") && find(head, b"Meteoswiss").is_some()
}

/// Where `what` begins in `bytes`.
fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|at| at == what)
}

/// Reads the file `name` from its bytes.
pub(super) fn read(name: &str, bytes: &[u8], options: &RadarOptions) -> Result<Raw, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let text = |key: &[u8], n: usize| {
        let from = find(bytes, key)? + key.len();
        Some(String::from_utf8_lossy(bytes.get(from..from + n)?).into_owned())
    };
    let product = text(b"PRDT=", 12).ok_or_else(|| damaged("it names no product".to_owned()))?;
    let (kind, when) = product.split_at_checked(3).unwrap_or(("", ""));
    if !matches!(kind, "AQC" | "CPC") {
        return Err(RadarError::refused(
            name,
            format!("it is product {kind}, whose colours have no table here"),
            "give AQC or CPC, or the product as HDF5",
        ));
    }
    let utc = time(when).ok_or_else(|| damaged(format!("its time {when} is no time YYDDDHHMM")))?;
    let minutes = text(b"ACCUm=", 6).and_then(|n| n.trim().parse::<f64>().ok());
    let stated = minutes.filter(|&m| m > 0.0).map(|minutes| RadarUnit::AccumulationMm { minutes });
    let mut notes = Vec::new();
    let unit = settle_unit(name, stated, options, &mut notes)?;
    let mut decode = DecodeOptions::new();
    decode.set_color_output(ColorOutput::Indexed);
    if let Some(most) = std::num::NonZeroU64::new(MOST) {
        decode.set_memory_limit(MemoryLimit::Bytes(most));
    }
    let broken = |e: gif::DecodingError| damaged(format!("not a whole GIF: {e}"));
    let mut file = decode.read_info(Cursor::new(bytes)).map_err(broken)?;
    let frame = file.read_next_frame().map_err(broken)?;
    let frame = frame.ok_or_else(|| damaged("it holds no picture".to_owned()))?;
    let shape = [usize::from(frame.height), usize::from(frame.width)];
    if shape != SHAPE || frame.buffer.len() != SHAPE[0] * SHAPE[1] {
        let [h, w] = shape;
        return Err(damaged(format!("it is {h}×{w} cells, and the Swiss radar map is 640×710")));
    }
    let of_colour: Vec<f32> = (0..=u8::MAX).map(amount_mm).collect();
    let cells = frame.buffer.iter().map(|&c| of_colour[usize::from(c)]).collect();
    let values = Array2::from_shape_vec((shape[0], shape[1]), cells);
    let values = values.map_err(|e| damaged(e.to_string()))?;
    let (name, utc, crs) = (name.to_owned(), Some(utc), Some(SWISS_GRID.to_owned()));
    Ok(Raw { name, values, unit, utc, crs, transform: Some(PLACE), quality: None, notes })
}

/// Rain of a colour, mm: reflectivity in half decibels from −35.75 on, by Z = 316 R^1.5.
fn amount_mm(colour: u8) -> f32 {
    match colour {
        NOT_SEEN => f32::NAN,
        c if !(2..=LAST_RAIN).contains(&c) => 0.0,
        c => ((10f64.powf((f64::from(c) - 71.5) / 20.0) / 316.0).powf(1.0 / 1.5)) as f32,
    }
}

/// The time of `YYDDDHHMM`: year, day of the year, hour and minute.
fn time(text: &str) -> Option<Timestamp> {
    if text.len() != 9 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text[from..to].parse::<i16>().ok();
    let (year, day) = (2000 + part(0, 2)?, part(2, 5)?);
    let (hour, minute) = (part(5, 7)?, part(7, 9)?);
    let new_year = Date::new(year, 1, 1).ok().filter(|d| (1..=d.days_in_year()).contains(&day))?;
    let passed = i64::from(day - 1) * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60;
    let start = new_year.to_zoned(TimeZone::UTC).ok().filter(|_| hour < 24 && minute < 60)?;
    start.timestamp().checked_add(SignedDuration::from_secs(passed)).ok()
}
