//! One open `.npz` file: its arrays, and what the contract reads of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use half::f16;
use jiff::Timestamp;
use ndarray::Array3;
use zip::ZipArchive;

use crate::frame::{BYTES_MAX, FrameTime, Kind, Pixels, TimeSource};
use crate::grid::Grid;
use crate::note::Note;
use crate::source::about::About;
use crate::source::error::SourceError;
use crate::source::npy::{Header, NpyError};

/// Scalars of the contract; any other array beside the frames is named in a note and not read.
const FIELDS: [&str; 7] = ["dt_s", "cell_m", "pixel_km", "kind", "time_utc", "crs", "transform"];
/// Most arrays that one file may hold.
const ARRAYS_MAX: usize = 10_000;

/// One open file and the headers of its arrays.
pub(super) struct Npz {
    name: String,
    zip: ZipArchive<BufReader<File>>,
    /// Array name to its entry's place and its header, where that can be read.
    arrays: BTreeMap<String, (usize, Option<Header>)>,
}

impl Npz {
    pub(super) fn open(uri: &str, path: &Path) -> Result<Self, SourceError> {
        let name = uri.to_owned();
        let file = File::open(path).map_err(|e| SourceError::io(path, e))?;
        let damaged = |e: zip::result::ZipError| SourceError::Damaged {
            name: name.clone(),
            what: format!("not a whole .npz (zip) file: {e}"),
        };
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        if zip.len() > ARRAYS_MAX {
            return Err(SourceError::refused(
                uri,
                format!("it holds {} arrays", zip.len()),
                format!("at most {ARRAYS_MAX} are read"),
            ));
        }
        let mut arrays = BTreeMap::new();
        for i in 0..zip.len() {
            let mut entry = zip.by_index(i).map_err(damaged)?;
            let name = entry.name();
            let name = name.strip_suffix(".npy").unwrap_or(name).to_owned();
            let header = Header::read(&mut entry).ok();
            arrays.insert(name, (i, header));
        }
        Ok(Self { name, zip, arrays })
    }

    /// The frames of array `wanted`; what it says of them goes into `about`.
    pub(super) fn frames(
        &mut self,
        wanted: &str,
        about: &mut About,
    ) -> Result<Vec<Pixels>, SourceError> {
        let (_, Some(header)) = self.arrays.get(wanted).cloned().ok_or_else(|| {
            let film = |h: &Header| matches!(h.shape.len(), 3 | 4) && "bufi".contains(h.letter);
            let mut held: Vec<String> = self
                .arrays
                .iter()
                .filter_map(|(n, (_, h))| Some((n, h.as_ref()?)))
                .filter(|(_, h)| film(h))
                .map(|(n, h)| format!("{n} {}", h.describe()))
                .collect();
            if held.is_empty() {
                held.push("none of them is a film [T,H,W]".into());
            }
            let (name, wanted) = (self.name.clone(), wanted.to_owned());
            SourceError::NoArray { name, wanted, held: held.join(", ") }
        })?
        else {
            return Err(SourceError::Damaged {
                name: self.name.clone(),
                what: format!("array {wanted} cannot be read"),
            });
        };
        let refused = |what: String, fix: &str| SourceError::refused(&self.name, what, fix);
        let [t, h, stored, c] = match header.shape[..] {
            // One channel, before or behind the sides.
            [t, h, w] | [t, 1, h, w] => [t, h, w, 1],
            [t, h, w, c @ (1 | 3)] => [t, h, w, c],
            [_, 3, _, _] => {
                return Err(refused(
                    format!(
                        "array {wanted} is {}, its channels before its sides",
                        header.describe()
                    ),
                    "put them behind: frames.transpose(0, 2, 3, 1)",
                ));
            }
            _ => {
                return Err(refused(
                    format!("array {wanted} is {}", header.describe()),
                    "frames are [T,H,W] or [T,H,W,C] with 1 or 3 channels",
                ));
            }
        };
        let kind_of_values = (header.letter, header.bytes);
        if !matches!(kind_of_values, ('b', 1) | ('u' | 'i', 1 | 2 | 4 | 8) | ('f', 2 | 4 | 8)) {
            return Err(refused(
                format!("array {wanted} is {}", header.type_name()),
                "frames are uint8, uint16, float32 or bool: only numbers can be frames",
            ));
        }
        let packed_width = self.packed_width(wanted, &header);
        let w = packed_width.unwrap_or(stored);
        if t == 0 {
            return Err(refused(format!("array {wanted} holds no frames"), "give at least two"));
        }
        SourceError::check_sides(&self.name, h, w)?;
        let total = header.total_bytes().filter(|&b| b <= BYTES_MAX);
        let unpacked = (t as u64).saturating_mul((h * w * c * header.bytes) as u64);
        if total.is_none() || unpacked > BYTES_MAX {
            return Err(refused(
                format!("array {wanted} says it is {}", header.describe()),
                "at most 8 GiB of frames are read: cut the film",
            ));
        }
        let mut pixels = self.read_frames(wanted, &header, [t, h, stored, c])?;
        about.grid = Some(Grid::new(h, w));
        if let Some(width) = packed_width {
            pixels.iter_mut().for_each(|p| *p = unpack(p, width));
            about.kind = Some(Kind::Mask);
            about.notes.push(Note::MaskUnpacked { array: wanted.to_owned(), width });
        } else if header.letter == 'b' {
            about.kind = Some(Kind::Mask);
        }
        Ok(pixels)
    }

    /// Whether the frames `wanted` are whole numbers that are neither uint8 nor uint16.
    pub(super) fn holds_other_numbers(&self, wanted: &str) -> bool {
        let header = self.arrays.get(wanted).and_then(|(_, header)| header.as_ref());
        header.is_some_and(|h| matches!((h.letter, h.bytes), ('i', _) | ('u', 4 | 8)))
    }

    /// The true width of a mask packed 8 cells a byte: another array of the file has the same
    /// frames and rows, and eight times the columns.
    fn packed_width(&self, wanted: &str, header: &Header) -> Option<usize> {
        let [t, h, packed] = header.shape[..] else { return None };
        if (header.letter, header.bytes) != ('u', 1) {
            return None;
        }
        self.arrays.iter().filter(|(n, _)| *n != wanted).find_map(|(_, (_, other))| {
            match other.as_ref()?.shape[..] {
                [t2, h2, w, ..] if (t2, h2) == (t, h) && w > packed && w.div_ceil(8) == packed => {
                    Some(w)
                }
                _ => None,
            }
        })
    }

    fn read_frames(
        &mut self,
        array: &str,
        header: &Header,
        [t, h, w, c]: [usize; 4],
    ) -> Result<Vec<Pixels>, SourceError> {
        self.read(array, |_, from| {
            let mut bytes = vec![0u8; h * w * c * header.bytes];
            let mut frames = Vec::new();
            if header.fortran && t > 1 {
                let mut all = vec![0u8; t * bytes.len()];
                from.read_exact(&mut all)?;
                for i in 0..t {
                    // The first index is the fastest, the channel the slowest.
                    let cells = bytes.chunks_exact_mut(header.bytes).enumerate();
                    for (at, cell) in cells {
                        let (y, x, channel) = (at / (w * c), at / c % w, at % c);
                        let from = (i + t * (y + h * (x + w * channel))) * header.bytes;
                        cell.copy_from_slice(&all[from..from + header.bytes]);
                    }
                    frames.push(pixels(&bytes, header, (h, w, c))?);
                }
                return Ok(frames);
            }
            for _ in 0..t {
                from.read_exact(&mut bytes)?;
                frames.push(pixels(&bytes, header, (h, w, c))?);
            }
            Ok(frames)
        })
    }

    /// Opens `array`, hands its header and what follows to `get`, and sees that nothing is left
    /// (at the end the checksum is compared).
    fn read<T>(
        &mut self,
        array: &str,
        get: impl FnOnce(&Header, &mut dyn Read) -> Result<T, NpyError>,
    ) -> Result<T, SourceError> {
        let name = self.name.clone();
        let failed = |cause| SourceError::Array { name, array: array.to_owned(), cause };
        let Some(&(i, _)) = self.arrays.get(array) else {
            return Err(failed(NpyError::Layout("it is not in the file")));
        };
        let mut entry = match self.zip.by_index(i) {
            Ok(entry) => entry,
            Err(e) => return Err(failed(std::io::Error::other(e).into())),
        };
        let got = Header::read(&mut entry).and_then(|header| {
            let got = get(&header, &mut entry)?;
            match entry.read(&mut [0u8])? {
                0 => Ok(got),
                _ => Err(NpyError::Layout("it is longer than its header says")),
            }
        });
        got.map_err(failed)
    }

    /// The numbers of `field`, which must be `such`.
    fn numbers(
        &mut self,
        field: &'static str,
        such: &str,
    ) -> Result<Option<Vec<f64>>, SourceError> {
        if !self.arrays.contains_key(field) {
            return Ok(None);
        }
        let read = self.read(field, |header, mut from| header.numbers(&mut from));
        worded(read, &self.name, field, such).map(Some)
    }

    /// The texts of `field`, which must be `such`.
    fn texts(
        &mut self,
        field: &'static str,
        such: &str,
    ) -> Result<Option<Vec<String>>, SourceError> {
        if !self.arrays.contains_key(field) {
            return Ok(None);
        }
        let read = self.read(field, |header, mut from| header.texts(&mut from));
        worded(read, &self.name, field, such).map(Some)
    }

    /// The optional scalars, into `about`; times of the `frames` frames, where the file has them.
    pub(super) fn fields(
        &mut self,
        frames: usize,
        about: &mut About,
    ) -> Result<Option<Vec<FrameTime>>, SourceError> {
        let name = self.name.clone();
        let bad = |field, what: String| SourceError::Field { name: name.clone(), field, what };
        let mut positive = |field| -> Result<Option<f64>, SourceError> {
            match self.numbers(field, "a number such as 60")?.as_deref() {
                None => Ok(None),
                Some([v]) if v.is_finite() && *v > 0.0 => Ok(Some(*v)),
                Some(v) => Err(bad(field, format!("must be one number above 0, is {v:?}"))),
            }
        };
        about.step_s = positive("dt_s")?;
        // As archives of radar have it.
        let pixel_m = positive("pixel_km")?.map(|km| km * 1000.0);
        let cell_m = match (positive("cell_m")?, pixel_m) {
            (Some(cell_m), Some(pixel_m)) if (cell_m / pixel_m - 1.0).abs() > 1e-3 => {
                let what = format!("is {cell_m}, and pixel_km says {pixel_m} m: leave one out");
                return Err(bad("cell_m", what));
            }
            (cell_m, pixel_m) => cell_m.or(pixel_m),
        };
        if let Some(kind) = self.texts("kind", "a text such as thermal")? {
            let word = kind.first().map(|word| word.trim().to_ascii_lowercase());
            let kind = match word.as_deref() {
                Some("thermal") => Kind::Thermal,
                Some("mask") => Kind::Mask,
                Some("rgb") => Kind::Rgb,
                Some("rain") => Kind::Rain,
                _ => {
                    let other = kind.first().map_or("", String::as_str);
                    return Err(bad(
                        "kind",
                        format!("must be thermal, mask, rgb or rain, is '{other}'"),
                    ));
                }
            };
            about.kind = Some(kind);
        }
        let crs = match self.texts("crs", "a text such as EPSG:32611")? {
            Some(crs) if crs.len() == 1 && !crs[0].trim().is_empty() => {
                Some(crs[0].trim().to_owned())
            }
            Some(_) => return Err(bad("crs", "must be one text such as EPSG:32611".into())),
            None => None,
        };
        let mut transform = None;
        if let Some(v) =
            self.numbers("transform", "6 numbers in GDAL order (x0, dx, 0, y0, 0, -dy)")?
        {
            if let [dx, _, x0, 0.0, dy, y0, ..] = v[..]
                && v[1] == 0.0
                && matches!(v[6..], [] | [0.0, 0.0, 1.0])
                && dx != 0.0
                && dy != 0.0
            {
                return Err(bad(
                    "transform",
                    format!(
                        "is in the order of rasterio (dx, 0, x0, 0, -dy, y0); give GDAL's (x0, dx, 0, y0, \
                         0, -dy): transform.to_gdal(), here [{x0}, {dx}, 0, {y0}, 0, {dy}]"
                    ),
                ));
            }
            let six: Option<[f64; 6]> = v.as_slice().try_into().ok();
            let flat = |t: &[f64; 6]| (t[1] * t[5] - t[2] * t[4]).abs() <= 0.0;
            transform = six.filter(|t| t.iter().all(|x| x.is_finite()) && !flat(t));
            if transform.is_none() {
                let what = "must be 6 numbers in GDAL order (x0, dx, 0, y0, 0, -dy)";
                return Err(bad("transform", format!("{what}, is {v:?}")));
            }
        }
        if let Some(grid) = &mut about.grid {
            *grid = Grid { cell_m, crs, transform, ..grid.clone() };
        }
        let times = self.times(frames)?;
        if times.is_some() && about.step_s.is_some() {
            about.notes.push(Note::TimesOverStep);
        }
        Ok(times)
    }

    /// `time_utc`: one for each of the `frames` frames, increasing.
    fn times(&mut self, frames: usize) -> Result<Option<Vec<FrameTime>>, SourceError> {
        let Some((_, header)) = self.arrays.get("time_utc").cloned() else { return Ok(None) };
        let name = self.name.clone();
        let bad = |what: String| SourceError::Field { name, field: "time_utc", what };
        const TIMES: &str =
            "times such as 2026-08-01T12:00:00Z, seconds since 1970 or NumPy dates (datetime64)";
        let stamps: Vec<Option<Timestamp>> = match header.map(|h| h.letter) {
            Some('U' | 'S') => {
                let texts = self.texts("time_utc", TIMES)?.unwrap_or_default();
                texts.iter().map(|t| timestamp(t)).collect()
            }
            Some('M') => {
                let read = self.read("time_utc", |header, mut from| header.dates_ns(&mut from));
                let dates = worded(read, &self.name, "time_utc", TIMES)?;
                dates.iter().map(|ns| Timestamp::from_nanosecond((*ns)?).ok()).collect()
            }
            _ => {
                let seconds = self.numbers("time_utc", TIMES)?.unwrap_or_default();
                seconds.iter().map(|&s| epoch(s)).collect()
            }
        };
        if stamps.len() != frames {
            let has = stamps.len();
            return Err(bad(format!("has {has} times for {frames} frames; give one a frame")));
        }
        let mut times: Vec<FrameTime> = Vec::with_capacity(frames);
        for (i, stamp) in stamps.iter().enumerate() {
            let (Some(now), Some(first)) = (*stamp, stamps[0]) else {
                return Err(bad(format!(
                    "of frame {i} is no time; write 2026-08-01T12:00:00Z or epoch seconds"
                )));
            };
            let time = FrameTime::stamped(now, first, TimeSource::Utc);
            if times.last().is_some_and(|last| time.elapsed <= last.elapsed) {
                return Err(bad(format!(
                    "of frame {i} is not after that of frame {}; sort the frames and drop repeats",
                    i - 1
                )));
            }
            times.push(time);
        }
        Ok(Some(times))
    }

    /// Notes the arrays that are not read, and gives their names.
    pub(super) fn note_the_rest(&self, wanted: &str, about: &mut About) -> Vec<String> {
        let other = |n: &&String| *n != wanted && !FIELDS.contains(&n.as_str());
        let arrays: Vec<String> = self.arrays.keys().filter(other).cloned().collect();
        if !arrays.is_empty() {
            about.notes.push(Note::ArraysNotRead { arrays: arrays.clone() });
        }
        arrays
    }
}

/// What was read of `field`, or that it must be `such` where its type is wrong.
fn worded<T>(
    read: Result<T, SourceError>,
    name: &str,
    field: &'static str,
    such: &str,
) -> Result<T, SourceError> {
    read.map_err(|e| match e {
        SourceError::Array { cause: NpyError::Type(held), .. } => SourceError::Field {
            name: name.to_owned(),
            field,
            what: format!("must be {such}, it holds {held}"),
        },
        e => e,
    })
}

fn pixels(bytes: &[u8], header: &Header, shape: (usize, usize, usize)) -> Result<Pixels, NpyError> {
    let fill = |_| NpyError::Layout("its frames do not fill their shape");
    let mut bytes = bytes.to_vec();
    if header.big_endian {
        bytes.chunks_exact_mut(header.bytes.max(1)).for_each(<[u8]>::reverse);
    }
    match (header.letter, header.bytes) {
        ('b', _) => {
            let v = bytes.iter().map(|&b| u8::from(b != 0)).collect();
            Ok(Pixels::U8(Array3::from_shape_vec(shape, v).map_err(fill)?))
        }
        ('u', 1) => Ok(Pixels::U8(Array3::from_shape_vec(shape, bytes).map_err(fill)?)),
        ('u', 2) => {
            let v = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
            Ok(Pixels::U16(Array3::from_shape_vec(shape, v).map_err(fill)?))
        }
        ('f', 4) => {
            let four = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            let v = bytes.chunks_exact(4).map(four).collect();
            Ok(Pixels::F32(Array3::from_shape_vec(shape, v).map_err(fill)?))
        }
        _ => {
            let v: Option<Vec<f32>> =
                bytes.chunks_exact(header.bytes).map(|b| as_f32(header.letter, b)).collect();
            let v = v.ok_or(NpyError::Rounded)?;
            Ok(Pixels::F32(Array3::from_shape_vec(shape, v).map_err(fill)?))
        }
    }
}

/// A number of another type than frames have, little-endian, as float32: rounded where it is a float,
/// `None` where it is a whole number that would be.
fn as_f32(letter: char, b: &[u8]) -> Option<f32> {
    const EXACT: i128 = 1 << 24;
    if letter == 'f' {
        return match *b {
            [a, b] => Some(f16::from_le_bytes([a, b]).to_f32()),
            _ => Some(f64::from_le_bytes(b.try_into().ok()?) as f32),
        };
    }
    let negative = letter == 'i' && b.last().is_some_and(|high| high & 0x80 != 0);
    let mut wide = [if negative { 0xff } else { 0 }; 16];
    wide[..b.len()].copy_from_slice(b);
    Some(i128::from_le_bytes(wide)).filter(|v| v.abs() <= EXACT).map(|v| v as f32)
}

/// One cell a value from 8 cells a byte, most significant bit first.
fn unpack(packed: &Pixels, width: usize) -> Pixels {
    let Pixels::U8(a) = packed else { return packed.clone() };
    let h = a.dim().0;
    Pixels::U8(Array3::from_shape_fn((h, width, 1), |(y, x, _)| {
        (a[[y, x / 8, 0]] >> (7 - x % 8)) & 1
    }))
}

/// A time as written, UTC where it names no zone.
fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}

fn epoch(seconds: f64) -> Option<Timestamp> {
    if !(seconds.is_finite() && seconds.abs() < 1e11) {
        return None;
    }
    Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()
}
