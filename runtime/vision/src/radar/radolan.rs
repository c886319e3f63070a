//! RADOLAN and RADVOR composites of the German weather service (DWD): a line of text up to the byte 3,
//! then one or two bytes a cell from the south-west corner on.
//!
//! Two bytes hold 12 bits of value and four flags. Where the grid lies is not in the file: it follows
//! from its rows and columns, and its Earth from the format's version (a sphere; WGS84 from 5 on).

use jiff::Timestamp;
use ndarray::Array2;

use super::clock;
use super::error::RadarError;
use super::limits::CELLS_MAX;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;

/// Most bytes of a header.
const HEADER_MAX: usize = 4096;
/// Ends the header.
const ETX: u8 = 3;
/// Bits of a value of two bytes, and of its flags.
const VALUE: u16 = 0x0fff;
const NOT_SEEN: u16 = 0x2000;
const NEGATIVE: u16 = 0x4000;
const CLUTTER: u16 = 0x8000;
/// Bytes of the products of one byte a cell that are clutter, not seen, and unused.
const NO_BYTES: [u8; 3] = [249, 250, 255];
/// Rain in mm within the header's interval.
const AMOUNTS: &[&str] = &[
    "RY", "RZ", "RW", "RH", "RB", "RL", "RU", "EH", "EB", "EW", "EY", "EZ", "YW", "RV", "RQ", "SQ",
    "SH", "SF", "W1", "W2", "W3", "W4",
];
/// Reflectivity of one byte a cell.
const BYTES_DBZ: &[&str] = &["RX", "EX", "WX"];
/// Reflectivity of two bytes a cell.
const WORDS_DBZ: &[&str] = &["WN"];
/// Rows and columns of the grids of DWD, km from the south-west corner to 9° E 51° N by
/// rows and columns, and the side of a cell in km ("Radarkomposits – Projektionen und Gitter", 1.01).
const GRIDS: [([usize; 2], [f64; 2], f64); 8] = [
    ([900, 900], [450.0, 450.0], 1.0),
    ([1100, 900], [550.0, 370.0], 1.0),
    ([1200, 1100], [600.0, 470.0], 1.0),
    ([1500, 1400], [800.0, 600.0], 1.0),
    ([4800, 4400], [600.0, 470.0], 0.25),
    ([450, 450], [450.0, 450.0], 2.0),
    ([460, 460], [460.0, 460.0], 2.0),
    ([2400, 2400], [1250.0, 1550.0], 1.0),
];
/// Each Earth, and 9° E 51° N on its map, metres.
const SPHERE: (&str, [f64; 2]) = (
    "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +x_0=0 +y_0=0 +R=6370040 +units=m +no_defs",
    [-73_462.166_921_856_35, -4_208_644.724_265_574],
);
const WGS84: (&str, [f64; 2]) = (
    "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs",
    [-73_696.835_217_777_76, -4_222_088.861_931_134],
);

/// Whether the beginning of a file, unpacked, is that of such a composite.
pub(super) fn claims(head: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        head.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit))
    };
    let product = head
        .get(..2)
        .is_some_and(|b| b.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()));
    product && digits(2..17) && head.get(17..19) == Some(b"BY")
}

/// One file: a frame, or a forecast, which is no measurement.
#[derive(Debug)]
pub(super) enum Composite {
    Measured(Box<Raw>),
    /// A forecast of later minutes.
    Forecast,
}

/// Reads the file `name` from its bytes, unpacked.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
) -> Result<Composite, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let (head, body) = Head::read(bytes).map_err(damaged)?;
    if head.ahead_min > 0 {
        return Ok(Composite::Forecast);
    }
    let mut notes = Vec::new();
    let stated = head.unit();
    if stated.is_none() && options.unit.is_none() {
        let what = match head.product.as_str() {
            "RE" => "it is product RE, the share of precipitation that is solid".to_owned(),
            other => format!("it is product {other}, which is not known to be rain"),
        };
        return Err(RadarError::refused(
            name,
            what,
            "give RW, RY, YW, RV, RX or WN, or say its unit with ‹unit›",
        ));
    }
    let unit = settle_unit(name, stated, options, &mut notes)?;
    let values = head.values(body, unit, options).map_err(damaged)?;
    let (crs, transform) = match head.place() {
        Some((crs, t)) => (Some(crs.to_owned()), Some(t)),
        None => (None, None),
    };
    let (name, utc) = (name.to_owned(), Some(head.utc));
    Ok(Composite::Measured(Box::new(Raw {
        name,
        values,
        unit,
        utc,
        crs,
        transform,
        quality: None,
        notes,
    })))
}

/// What stands before the cells.
#[derive(Debug)]
struct Head {
    product: String,
    utc: Timestamp,
    shape: [usize; 2],
    /// Bytes of a cell.
    cell_bytes: usize,
    /// Version of the format.
    version: u32,
    /// What one step of a value is worth.
    precision: f64,
    interval_min: Option<f64>,
    ahead_min: u32,
}

impl Head {
    /// The header, and the bytes after it.
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), String> {
        if !claims(bytes) {
            return Err("it does not begin as a RADOLAN composite".to_owned());
        }
        let end = bytes.iter().take(HEADER_MAX).position(|&b| b == ETX);
        let end = end.ok_or("its header does not end")?;
        let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
        // Digits of day, hour and minute, five of the place, month and year.
        let at = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
        let stamp = format!("20{}{}{}{}", at(15..17), at(13..15), at(2..4), at(4..8));
        let utc = clock::stamp(&stamp).ok_or_else(|| format!("its time {stamp} is no time"))?;
        let fields = text.get(17..).ok_or("its header is short")?;
        // The stations in `MS…<…>` are names, in which any field could seem to stand.
        let fields = &fields[..fields.find("MS").unwrap_or(fields.len())];
        let after = |key: &str, width: usize| {
            let from = fields.find(key)? + key.len();
            fields.get(from..(from + width).min(fields.len())).map(str::trim)
        };
        let whole = |key: &str, width: usize| -> Result<Option<u32>, String> {
            let Some(text) = after(key, width) else { return Ok(None) };
            text.parse().map(Some).map_err(|_| format!("its {key} '{text}' is no number"))
        };
        let shape = after("GP", 9).and_then(|grid| {
            let (rows, cols) = grid.split_once('x')?;
            Some([rows.trim().parse().ok()?, cols.trim().parse().ok()?])
        });
        let shape: [usize; 2] = shape.ok_or("its header tells no grid (GP)")?;
        let [h, w] = shape;
        let cells = h.checked_mul(w).filter(|n| (1..=CELLS_MAX).contains(n));
        let cells = cells.ok_or_else(|| format!("it says it is {h}×{w} cells"))?;
        let precision = match after("PR", 5) {
            None => 1.0,
            Some(text) => {
                let ten = text.strip_prefix('E').and_then(|e| e.parse::<i32>().ok());
                let ten = ten.filter(|e| (-9..=9).contains(e));
                10f64.powi(ten.ok_or_else(|| format!("its precision '{text}' is no power of ten"))?)
            }
        };
        let days = after("INT", 6).is_some_and(|text| text.ends_with("U1"));
        let interval = whole("INT", 4)?.map(f64::from).filter(|&minutes| minutes > 0.0);
        let body = &bytes[end + 1..];
        let cell_bytes = match body.len() {
            n if n == cells => 1,
            n if n == 2 * cells => 2,
            n => {
                return Err(format!(
                    "it says {h}×{w} cells of one or two bytes, but holds {n} bytes"
                ));
            }
        };
        let head = Self {
            product: at(0..2).to_owned(),
            utc,
            shape,
            cell_bytes,
            version: whole("VS", 2)?.unwrap_or(0),
            precision,
            interval_min: interval.map(|n| if days { n * 1440.0 } else { n }),
            ahead_min: whole("VV", 4)?.unwrap_or(0),
        };
        Ok((head, body))
    }

    fn is(&self, products: &[&str]) -> bool {
        products.contains(&self.product.as_str())
    }

    fn unit(&self) -> Option<RadarUnit> {
        if (self.is(BYTES_DBZ) && self.cell_bytes == 1)
            || (self.is(WORDS_DBZ) && self.cell_bytes == 2)
        {
            return Some(RadarUnit::DbZ);
        }
        let minutes = self.interval_min.filter(|_| self.is(AMOUNTS) && self.cell_bytes == 2)?;
        Some(RadarUnit::AccumulationMm { minutes })
    }

    /// Values in `unit`, row 0 north.
    fn values(
        &self,
        body: &[u8],
        unit: RadarUnit,
        options: &RadarOptions,
    ) -> Result<Array2<f32>, String> {
        let is_dbz = self.is(BYTES_DBZ) || self.is(WORDS_DBZ);
        let [gain, offset] = match options.scale {
            Some(asked) => asked,
            // Half a decibel a step, of WN a tenth of that: RVP6 units.
            None if is_dbz && self.cell_bytes == 1 => [0.5, -32.5],
            None if is_dbz => [0.5 * self.precision, -32.5],
            None => [self.precision, 0.0],
        };
        let asked: Vec<f64> = options.no_data.iter().flat_map(|none| none.values()).collect();
        let value = |stored: f64, is_seen: bool| match is_seen && !asked.contains(&stored) {
            false => f32::NAN,
            true if is_dbz && stored == 0.0 => unit.dry(),
            true => (stored * gain + offset) as f32,
        };
        let of_word = |word: u16| {
            let sign = if word & NEGATIVE == 0 { 1.0 } else { -1.0 };
            value(sign * f64::from(word & VALUE), word & (NOT_SEEN | CLUTTER) == 0)
        };
        let [h, w] = self.shape;
        let cells: Vec<f32> = match self.cell_bytes {
            1 => body.iter().map(|b| value(f64::from(*b), !NO_BYTES.contains(b))).collect(),
            _ => body.chunks_exact(2).map(|b| of_word(u16::from_le_bytes([b[0], b[1]]))).collect(),
        };
        let from_south = Array2::from_shape_vec((h, w), cells).map_err(|e| e.to_string())?;
        Ok(from_south.slice(ndarray::s![..;-1, ..]).to_owned())
    }

    /// Projection and transform of the grid of this size.
    fn place(&self) -> Option<(&'static str, [f64; 6])> {
        let (_, [south, west], km) = GRIDS.iter().find(|(shape, ..)| *shape == self.shape)?;
        let (crs, [x, y]) = if self.version >= 5 { WGS84 } else { SPHERE };
        let cell_m = 1000.0 * km;
        let top = y - 1000.0 * south + cell_m * self.shape[0] as f64;
        Some((crs, [x - 1000.0 * west, cell_m, 0.0, top, 0.0, -cell_m]))
    }
}
