//! GRIB2 messages of rain on a grid of latitudes and longitudes, as MRMS gives them out.
//!
//! Sections are walked here; the packed numbers are unpacked by `grib`, which only this file names.

use grib::Grib2SubmessageDecoder;
use jiff::Timestamp;
use ndarray::{Array2, s};

use super::clock;
use super::error::RadarError;
use super::limits::CELLS_MAX;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;
use crate::note::{Note, one_line};

/// Discipline of the tables that NOAA's MRMS keeps for itself.
const MRMS: u8 = 209;
/// Seconds of an hour: rates of the common tables are per second.
const HOUR_S: f32 = 3600.0;
/// How near a number must be to one that stands for no data: numbers are packed in tenths.
const NEAR: f32 = 0.02;

/// Reads the file `name` from its bytes and hands over each message; whether any is a measurement.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
    each: &mut dyn FnMut(Raw) -> Result<(), RadarError>,
) -> Result<bool, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let (mut any, mut rest) = (false, bytes);
    while let Some(message) = Message::next(&mut rest).map_err(damaged)? {
        let mut parts = Parts::default();
        for section in message.sections {
            let Some(whole) = parts.add(section) else { continue };
            if let Some(raw) = frame(name, message.discipline, &whole, options)? {
                any = true;
                each(raw)?;
            }
        }
    }
    Ok(any)
}

/// One message: its discipline and sections.
struct Message<'a> {
    discipline: u8,
    sections: Vec<&'a [u8]>,
}

impl<'a> Message<'a> {
    /// The message at the beginning of `rest`, which is then what follows it; `None` at the end.
    fn next(rest: &mut &'a [u8]) -> Result<Option<Self>, String> {
        let all = *rest;
        if all.is_empty() {
            return Ok(None);
        }
        let short = || "it ends within a GRIB message".to_owned();
        if !all.starts_with(b"GRIB") {
            return Err("it does not begin as GRIB".to_owned());
        }
        let (discipline, edition) =
            (*all.get(6).ok_or_else(short)?, *all.get(7).ok_or_else(short)?);
        if edition != 2 {
            return Err(format!("it is GRIB of edition {edition}, and only 2 is read"));
        }
        let length = big(all, 8, 8).and_then(|n| usize::try_from(n).ok()).ok_or_else(short)?;
        let whole = all.get(..length).ok_or_else(short)?;
        let (mut at, mut sections) = (16, Vec::new());
        while whole.get(at..) != Some(b"7777") {
            let size = big(whole, at, 4).ok_or_else(short)? as usize;
            let section = at.checked_add(size).and_then(|end| whole.get(at..end));
            sections.push(section.filter(|s| s.len() >= 6).ok_or_else(short)?);
            at += size;
        }
        *rest = &all[length..];
        Ok(Some(Self { discipline, sections }))
    }
}

/// The sections that one field is made of; those before 7 stay for the next one.
#[derive(Clone, Debug, Default)]
struct Parts<'a> {
    of: [&'a [u8]; 8],
}

impl<'a> Parts<'a> {
    /// Takes a section; all of them, where it completes a field.
    fn add(&mut self, section: &'a [u8]) -> Option<Self> {
        let number = usize::from(section[4]);
        *self.of.get_mut(number)? = section;
        (number == 7).then(|| self.clone())
    }

    /// `n` bytes of a section from `octet` on, counted from 1 as in the manual.
    fn number(&self, section: usize, octet: usize, n: usize) -> Result<u64, String> {
        big(self.of[section], octet - 1, n).ok_or_else(|| format!("its section {section} is short"))
    }

    /// As [`Self::number`], its first bit the sign.
    fn signed(&self, section: usize, octet: usize, n: usize) -> Result<i64, String> {
        let all = self.number(section, octet, n)?;
        let sign = 1u64 << (8 * n - 1);
        Ok(if all & sign == 0 { all as i64 } else { -((all & !sign) as i64) })
    }
}

/// What a parameter is: its unit, what its numbers are multiplied by, and those that are no rain.
struct Parameter {
    unit: Option<RadarUnit>,
    factor: f32,
    none: &'static [f32],
    dry: &'static [f32],
}

impl Parameter {
    fn of(discipline: u8, category: u64, number: u64, minutes: Option<f64>) -> Self {
        let dbz = Some(RadarUnit::DbZ);
        let (unit, factor, none, dry): (_, _, &[f32], &[f32]) = match (discipline, category, number)
        {
            // PrecipRate: −3 is beyond all radars, −1 missing.
            (MRMS, 6, 1) => (Some(RadarUnit::MmH), 1.0, &[-1.0, -3.0], &[]),
            // SeamlessHSR, MergedReflectivityQCComposite: −99 is no echo, −999 beyond all radars.
            (MRMS, 8, 8) | (MRMS, 10, 0) => (dbz, 1.0, &[-999.0], &[-99.0]),
            (MRMS, ..) => (None, 1.0, &[], &[]),
            (0, 1, 7 | 52 | 65) | (0, 15, 17) => (Some(RadarUnit::MmH), HOUR_S, &[], &[]),
            (0, 15, 1) | (0, 16, 4 | 5 | 195 | 196) => (dbz, 1.0, &[-999.0], &[-99.0]),
            (0, 1, 8) => {
                (minutes.map(|minutes| RadarUnit::AccumulationMm { minutes }), 1.0, &[], &[])
            }
            _ => (None, 1.0, &[], &[]),
        };
        Self { unit, factor, none, dry }
    }
}

/// The frame of one field; `None` where it is a forecast.
fn frame(
    name: &str,
    discipline: u8,
    parts: &Parts,
    options: &RadarOptions,
) -> Result<Option<Raw>, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let refused = |what: String, fix: &str| RadarError::refused(name, what, fix);
    let number =
        |section: usize, octet: usize, n: usize| parts.number(section, octet, n).map_err(damaged);
    let (template, category, parameter) = (number(4, 8, 2)?, number(4, 10, 1)?, number(4, 11, 1)?);
    let is_interval = template == 8;
    let (significance, type_of_data) = (number(1, 12, 1)?, number(1, 21, 1)?);
    let is_ahead = matches!(template, 0 | 8) && significance == 1 && number(4, 19, 4)? > 0;
    if type_of_data == 1 || is_ahead {
        return Ok(None);
    }
    let minutes = match is_interval {
        // Of one range of minutes or hours.
        true => match (number(4, 42, 1)?, number(4, 49, 1)?, number(4, 50, 4)?) {
            (1, 0, n) if n > 0 => Some(n as f64),
            (1, 1, n) if n > 0 => Some(60.0 * n as f64),
            _ => None,
        },
        false => None,
    };
    let utc = match is_interval {
        true => time(parts, 4, 35),
        false => time(parts, 1, 13),
    };
    let utc = Some(utc.map_err(damaged)?);
    let known = Parameter::of(discipline, category, parameter, minutes);
    if known.unit.is_none() && options.unit.is_none() {
        return Err(refused(
            format!("its parameter {discipline}-{category}-{parameter} is not known to be rain"),
            "give PrecipRate or MergedReflectivityQCComposite, or say its unit with ‹unit›",
        ));
    }
    let mut notes = Vec::new();
    let unit = settle_unit(name, known.unit, options, &mut notes)?;
    let grid = number(3, 13, 2)?;
    if grid != 0 {
        return Err(refused(
            format!("its grid is of template 3.{grid}, and only latitudes and longitudes are read"),
            "convert it: gdal_translate IN.grib2 OUT.tif, and say ‹unit›",
        ));
    }
    let (w, h) = (number(3, 31, 4)? as usize, number(3, 35, 4)? as usize);
    let cells = h.checked_mul(w).filter(|n| (4..=CELLS_MAX).contains(n) && h > 1 && w > 1);
    let cells = cells.ok_or_else(|| damaged(format!("it says it is {h}×{w} cells")))?;
    let stored = unpack(parts, cells).map_err(damaged)?;
    let near = |v: f32, all: &[f32]| all.iter().any(|n| (v - n).abs() < NEAR);
    let [gain, offset] = options.scale.unwrap_or([f64::from(known.factor), 0.0]);
    let none: Vec<f32> = match &options.no_data {
        Some(asked) => asked.values().map(|v| v as f32).collect(),
        None => known.none.to_vec(),
    };
    match none.first() {
        Some(&value) => notes.push(Note::NoDataValue { value: f64::from(value) }),
        None if !stored.iter().any(|v| v.is_nan()) => notes.push(Note::NoDataUnnamed),
        None => {}
    }
    let values = stored.into_iter().map(|v| match v {
        v if v.is_nan() || near(v, &none) => f32::NAN,
        v if near(v, known.dry) => unit.dry(),
        v => (f64::from(v) * gain + offset) as f32,
    });
    let values = Array2::from_shape_vec((h, w), values.collect());
    let values = values.map_err(|e| damaged(e.to_string()))?;
    let scan = number(3, 72, 1)?;
    if scan & 0x3f != 0 {
        return Err(refused(
            format!("its cells are in an order that is not read (scanning mode {scan})"),
            "convert it: gdal_translate IN.grib2 OUT.tif, and say ‹unit›",
        ));
    }
    let (is_east_left, is_south_up) = (scan & 0x80 != 0, scan & 0x40 != 0);
    let values = match (is_south_up, is_east_left) {
        (false, false) => values,
        (true, false) => values.slice(s![..;-1, ..]).to_owned(),
        (false, true) => values.slice(s![.., ..;-1]).to_owned(),
        (true, true) => values.slice(s![..;-1, ..;-1]).to_owned(),
    };
    let transform = place(parts, [h, w], is_south_up, is_east_left).map_err(damaged)?;
    let (crs, transform) = (Some("EPSG:4326".to_owned()), Some(transform));
    let name = name.to_owned();
    Ok(Some(Raw { name, values, unit, utc, crs, transform, quality: None, notes }))
}

/// The numbers of a field as they are stored, NaN where its bitmap says that there is none.
fn unpack(parts: &Parts, cells: usize) -> Result<Vec<f32>, String> {
    if parts.number(3, 7, 4)? as usize != cells || parts.number(5, 6, 4)? as usize > cells {
        return Err("its sections tell different numbers of cells".to_owned());
    }
    let template = parts.number(5, 10, 2)?;
    if !matches!(template, 0 | 41) {
        return Err(format!(
            "it is packed by template 5.{template}, and 5.0 and 5.41 (PNG) are read"
        ));
    }
    let body = &parts.of[7][5..];
    let bits = parts.number(5, 20, 1)? as usize;
    let held = parts.number(5, 6, 4)?;
    if template == 41 && bits > 0 {
        // Width and height of the picture, before room is made for it.
        let (wide, high) = (big(body, 16, 4).unwrap_or(0), big(body, 20, 4).unwrap_or(0));
        if !body.starts_with(b"\x89PNG") || wide.checked_mul(high) != Some(held) {
            return Err("its picture has another size than its grid".to_owned());
        }
    }
    if template == 0 && (bits > 32 || body.len() < (held as usize * bits).div_ceil(8)) {
        return Err("it holds fewer numbers than it says".to_owned());
    }
    let line = |e: &dyn std::fmt::Display| format!("its numbers: {}", one_line(&e.to_string()));
    let [mut five, six, seven] = [5, 6, 7].map(|n: usize| parts.of[n].to_vec());
    if let (41, 1.., Some(depth)) = (template, bits, five.get_mut(19)) {
        // ecCodes says how many bits its numbers need; how many they take, the picture says.
        *depth = match (body.get(24), body.get(25)) {
            (Some(grey @ (1 | 2 | 4 | 8 | 16)), Some(0)) => *grey,
            (Some(8), Some(2)) => 24,
            (Some(8), Some(6)) => 32,
            _ => return Err("its picture is of a kind that is not read".to_owned()),
        };
    }
    let decoder = Grib2SubmessageDecoder::new(cells, five, six, seven).map_err(|e| line(&e))?;
    let values: Vec<f32> = decoder.dispatch().map_err(|e| line(&e))?.take(cells).collect();
    match values.len() == cells {
        true => Ok(values),
        false => Err(format!("it holds {} of {cells} numbers", values.len())),
    }
}

/// A time of seven bytes from an octet of a section on.
fn time(parts: &Parts, section: usize, octet: usize) -> Result<Timestamp, String> {
    let year = parts.number(section, octet, 2)?;
    let mut digits = format!("{year:04}");
    for at in 0..5 {
        digits.push_str(&format!("{:02}", parts.number(section, octet + 2 + at, 1)?));
    }
    clock::stamp(&digits).ok_or_else(|| format!("its time {digits} is no time"))
}

/// The transform of the grid, degrees, west of Greenwich below 0.
fn place(
    parts: &Parts,
    [h, w]: [usize; 2],
    is_south_up: bool,
    is_east_left: bool,
) -> Result<[f64; 6], String> {
    let unit = match (parts.number(3, 39, 4)?, parts.number(3, 43, 4)?) {
        (0 | 0xffff_ffff, _) | (_, 0 | 0xffff_ffff) => 1e-6,
        (basic, parts) => basic as f64 / parts as f64,
    };
    let degrees = |octet: usize| parts.signed(3, octet, 4).map(|n| n as f64 * unit);
    let ([lat_1, lon_1], [lat_2, lon_2]) =
        ([degrees(47)?, degrees(51)?], [degrees(56)?, degrees(60)?]);
    let (top, bottom) = if is_south_up { (lat_2, lat_1) } else { (lat_1, lat_2) };
    let (left, right) = if is_east_left { (lon_2, lon_1) } else { (lon_1, lon_2) };
    let right = if right < left { right + 360.0 } else { right };
    let (dx, dy) = ((right - left) / (w - 1) as f64, (top - bottom) / (h - 1) as f64);
    if !(dx > 0.0 && dy > 0.0 && top <= 90.0 && bottom >= -90.0 && right - left <= 360.0) {
        return Err(format!("its corners {lat_1} {lon_1} and {lat_2} {lon_2} span no grid"));
    }
    let left = if left >= 180.0 { left - 360.0 } else { left };
    Ok([left - dx / 2.0, dx, 0.0, top + dy / 2.0, 0.0, -dy])
}

/// The number of `n` bytes at `at`, the largest first.
fn big(bytes: &[u8], at: usize, n: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(n)?)?;
    Some(bytes.iter().fold(0, |all, b| all << 8 | u64::from(*b)))
}
