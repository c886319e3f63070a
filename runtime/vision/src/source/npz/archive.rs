//! One open `.npz` file: its arrays, and what the contract reads of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

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
const FIELDS: [&str; 6] = ["dt_s", "cell_m", "kind", "time_utc", "crs", "transform"];
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
            [t, h, w] => [t, h, w, 1],
            [t, h, w, c @ (1 | 3)] => [t, h, w, c],
            _ => {
                return Err(refused(
                    format!("array {wanted} is {}", header.describe()),
                    "frames are [T,H,W] or [T,H,W,C] with 1 or 3 channels",
                ));
            }
        };
        let kind_of_values = (header.letter, header.bytes);
        if !matches!(kind_of_values, ('b' | 'u', 1) | ('u', 2) | ('f', 4)) {
            let fix = match kind_of_values {
                ('f', _) => "frames.astype(numpy.float32)",
                ('i' | 'u', _) => "frames.astype(numpy.uint16) where 0..65535 is enough",
                _ => "only numbers can be frames",
            };
            return Err(refused(
                format!("array {wanted} is {}", header.type_name()),
                &format!("frames are uint8, uint16, float32 or bool: {fix}"),
            ));
        }
        if header.fortran && header.shape.len() > 1 {
            return Err(refused(
                format!("array {wanted} is stored in Fortran order"),
                "save numpy.ascontiguousarray(frames)",
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
            for _ in 0..t {
                from.read_exact(&mut bytes)?;
                frames.push(pixels(&bytes, header, (h, w, c)));
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

    fn numbers(&mut self, array: &str) -> Result<Option<Vec<f64>>, SourceError> {
        if !self.arrays.contains_key(array) {
            return Ok(None);
        }
        self.read(array, |header, mut from| header.numbers(&mut from)).map(Some)
    }

    fn texts(&mut self, array: &str) -> Result<Option<Vec<String>>, SourceError> {
        if !self.arrays.contains_key(array) {
            return Ok(None);
        }
        self.read(array, |header, mut from| header.texts(&mut from)).map(Some)
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
            match self.numbers(field)?.as_deref() {
                None => Ok(None),
                Some([v]) if v.is_finite() && *v > 0.0 => Ok(Some(*v)),
                Some(v) => Err(bad(field, format!("must be one number above 0, is {v:?}"))),
            }
        };
        about.step_s = positive("dt_s")?;
        let cell_m = positive("cell_m")?;
        if let Some(kind) = self.texts("kind")? {
            let kind = match kind.first().map(String::as_str) {
                Some("thermal") => Kind::Thermal,
                Some("mask") => Kind::Mask,
                Some("rgb") => Kind::Rgb,
                Some("rain") => Kind::Rain,
                other => {
                    let other = other.unwrap_or("");
                    return Err(bad(
                        "kind",
                        format!("must be thermal, mask, rgb or rain, is '{other}'"),
                    ));
                }
            };
            about.kind = Some(kind);
        }
        let crs = match self.texts("crs")? {
            Some(crs) if crs.len() == 1 && !crs[0].trim().is_empty() => {
                Some(crs[0].trim().to_owned())
            }
            Some(_) => return Err(bad("crs", "must be one text such as EPSG:32611".into())),
            None => None,
        };
        let mut transform = None;
        if let Some(v) = self.numbers("transform")? {
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
        let stamps: Vec<Option<Timestamp>> =
            if header.is_some_and(|h| matches!(h.letter, 'U' | 'S')) {
                let texts = self.texts("time_utc")?.unwrap_or_default();
                texts.iter().map(|t| timestamp(t)).collect()
            } else {
                let seconds = self.numbers("time_utc")?.unwrap_or_default();
                seconds.iter().map(|&s| epoch(s)).collect()
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

    pub(super) fn note_the_rest(&self, wanted: &str, about: &mut About) {
        let other = |n: &&String| *n != wanted && !FIELDS.contains(&n.as_str());
        let arrays: Vec<String> = self.arrays.keys().filter(other).cloned().collect();
        if !arrays.is_empty() {
            about.notes.push(Note::ArraysNotRead { arrays });
        }
    }
}

fn pixels(bytes: &[u8], header: &Header, shape: (usize, usize, usize)) -> Pixels {
    let build = "the buffer is as long as its shape";
    match header.bytes {
        1 => {
            let v = bytes.iter().map(|&b| if header.letter == 'b' { u8::from(b != 0) } else { b });
            Pixels::U8(Array3::from_shape_vec(shape, v.collect()).expect(build))
        }
        2 => {
            let two = |b: &[u8]| match header.big_endian {
                true => u16::from_be_bytes([b[0], b[1]]),
                false => u16::from_le_bytes([b[0], b[1]]),
            };
            let v = bytes.chunks_exact(2).map(two).collect();
            Pixels::U16(Array3::from_shape_vec(shape, v).expect(build))
        }
        _ => {
            let four = |b: &[u8]| match header.big_endian {
                true => f32::from_be_bytes([b[0], b[1], b[2], b[3]]),
                false => f32::from_le_bytes([b[0], b[1], b[2], b[3]]),
            };
            let v = bytes.chunks_exact(4).map(four).collect();
            Pixels::F32(Array3::from_shape_vec(shape, v).expect(build))
        }
    }
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
