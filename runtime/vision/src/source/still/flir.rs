//! FLIR's raw counts and Planck constants, as temperatures: in the APP1 segments of radiometric JPEG,
//! and in the blocks of sequences.
//!
//! T = B / ln(R1 / (R2 (S + O)) + F) − 273.15 of the counts S: apparent temperatures, of emissivity 1
//! and without air between.

use jiff::Timestamp;
use ndarray::Array3;

use super::counts;
use super::segments::Segments;
use crate::source::error::SourceError;

/// Record of the raw picture and record of the camera's constants.
const RAW: u16 = 1;
const CAMERA: u16 = 32;
/// What stands before the counts in the raw record, bytes.
const RAW_HEAD: usize = 32;
/// Where the camera's record tells the time.
const TAKEN: usize = 900;

/// Temperatures in °C `[H, W, 1]` in the JPEG file `name`; `None` where it is not FLIR's.
///
/// # Errors
/// [`SourceError::Refused`] where FLIR's data are there, but not as they are known here.
pub(super) fn celsius(
    name: &str,
    segments: &Segments<'_>,
) -> Result<Option<Array3<f32>>, SourceError> {
    let mut parts: Vec<&[u8]> =
        segments.of_marker(0xe1, b"FLIR\0").filter(|part| part.len() > 3).collect();
    if parts.is_empty() {
        return Ok(None);
    }
    // A number of the form, which part it is, the last part.
    parts.sort_by_key(|part| part[1]);
    let all: Vec<u8> = parts.iter().flat_map(|part| &part[3..]).copied().collect();
    let refused = |what: &str| {
        SourceError::refused(
            name,
            format!("a radiometric JPEG of FLIR whose {what}"),
            format!(
                "export radiometric TIFF with FLIR Thermal Studio, or take its colours by ‹kind› rgb; \
                 exiftool -b -RawThermalImage \"{name}\" > raw shows what is in it"
            ),
        )
    };
    match FlirBlock::of(&all) {
        Ok(block) => Ok(Some(block.celsius)),
        Err(fault) => Err(refused(&fault.to_string())),
    }
}

/// An FFF block: a raw picture and what belongs to it.
#[derive(Debug)]
pub(in crate::source) struct FlirBlock {
    /// Temperatures in °C `[H, W, 1]`.
    pub(in crate::source) celsius: Array3<f32>,
}

/// Why a block gives no temperatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::source) enum FlirFault {
    #[error("table of records is not known")]
    Table,
    #[error("raw picture is of an unknown form")]
    Raw,
    #[error("raw picture is JPEG-LS")]
    Lossless,
    #[error("Planck constants are missing")]
    Planck,
}

impl FlirBlock {
    /// The block in `all`.
    pub(in crate::source) fn of(all: &[u8]) -> Result<Self, FlirFault> {
        let records = Records::of(all).ok_or(FlirFault::Table)?;
        let record = records.get(RAW).ok_or(FlirFault::Raw)?;
        if record.get(RAW_HEAD..).is_some_and(|body| body.starts_with(b"\xff\xd8\xff")) {
            return Err(FlirFault::Lossless);
        }
        let raw = counts_of(record).ok_or(FlirFault::Raw)?;
        let planck = records.get(CAMERA).and_then(Planck::of).ok_or(FlirFault::Planck)?;
        Ok(Self { celsius: raw.mapv(|count| planck.celsius(count)) })
    }

    /// Bytes of the block that begins with `head`, which holds its table of records.
    pub(in crate::source) fn length(head: &[u8]) -> Option<usize> {
        let records = Records::of(head)?;
        let end = |k: usize| {
            let at = records.table + 32 * k;
            let word = |at| Some((records.word)(four(head, at)?) as usize);
            word(at + 12)?.checked_add(word(at + 16)?)
        };
        let ends: Option<Vec<usize>> = (0..records.count).map(end).collect();
        Some(ends?.into_iter().max()?.max(records.table + 32 * records.count))
    }

    /// When the picture of the block was taken, by the camera's clock: seconds since 1970 at byte 900
    /// of the camera's record, then milliseconds, as ExifTool documents it (FLIR CameraInfo).
    pub(in crate::source) fn taken(all: &[u8]) -> Option<Timestamp> {
        let record = Records::of(all)?.get(CAMERA)?;
        let little = record.first() == Some(&2);
        let word = |at| {
            let bytes = four(record, at)?;
            Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
        };
        let (seconds, millis) = (i64::from(word(TAKEN)?), i64::from(word(TAKEN + 4)? & 0xffff));
        if seconds == 0 || millis > 999 {
            return None;
        }
        Timestamp::from_millisecond(seconds * 1000 + millis).ok()
    }
}

/// The records of an FFF block.
struct Records<'a> {
    all: &'a [u8],
    word: fn([u8; 4]) -> u32,
    short: fn([u8; 2]) -> u16,
    table: usize,
    count: usize,
}

impl<'a> Records<'a> {
    fn of(all: &'a [u8]) -> Option<Self> {
        if !all.starts_with(b"FFF\0") {
            return None;
        }
        let place = |word: fn([u8; 4]) -> u32| {
            Some((word(four(all, 24)?) as usize, word(four(all, 28)?) as usize))
        };
        let fits = |&(table, count): &(usize, usize)| {
            (1..1000).contains(&count) && table.saturating_add(32 * count) <= all.len()
        };
        if let Some((table, count)) = place(u32::from_be_bytes).filter(fits) {
            let (word, short) =
                (u32::from_be_bytes as fn(_) -> _, u16::from_be_bytes as fn(_) -> _);
            return Some(Self { all, word, short, table, count });
        }
        let (table, count) = place(u32::from_le_bytes).filter(fits)?;
        let (word, short) = (u32::from_le_bytes as fn(_) -> _, u16::from_le_bytes as fn(_) -> _);
        Some(Self { all, word, short, table, count })
    }

    /// The bytes of the first record of this kind.
    fn get(&self, kind: u16) -> Option<&'a [u8]> {
        (0..self.count).find_map(|k| {
            let at = self.table + 32 * k;
            let this = (self.short)(two(self.all, at)?) == kind;
            let from = (self.word)(four(self.all, at + 12)?) as usize;
            let length = (self.word)(four(self.all, at + 16)?) as usize;
            let bytes = self.all.get(from..from.checked_add(length)?)?;
            (this && !bytes.is_empty()).then_some(bytes)
        })
    }
}

fn two(bytes: &[u8], at: usize) -> Option<[u8; 2]> {
    bytes.get(at..at + 2)?.try_into().ok()
}

fn four(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at + 4)?.try_into().ok()
}

/// The counts of the raw record: plain, or a PNG whose bytes are mostly swapped.
fn counts_of(record: &[u8]) -> Option<Array3<u16>> {
    let little = record.first() == Some(&2);
    let short = if little { u16::from_le_bytes } else { u16::from_be_bytes };
    let sides = [short(two(record, 4)?) as usize, short(two(record, 2)?) as usize];
    let body = record.get(RAW_HEAD..)?;
    let readings = if body.starts_with(b"\x89PNG") {
        let mut file = png::Decoder::new(std::io::Cursor::new(body)).read_info().ok()?;
        let (h, w) = (file.info().height as usize, file.info().width as usize);
        if file.output_color_type() != (png::ColorType::Grayscale, png::BitDepth::Sixteen) {
            return None;
        }
        let mut values = vec![0; file.output_buffer_size()?];
        file.next_frame(&mut values).ok()?;
        let read = |value| counts::of(&values, [h, w], value);
        vec![read(u16::from_le_bytes)?, read(u16::from_be_bytes)?]
    } else {
        vec![counts::of(body, sides, short)?]
    };
    let rough = |a: &Array3<u16>| counts::high_steps(a);
    readings.into_iter().min_by(|a, b| rough(a).total_cmp(&rough(b))).filter(|a| a.len() > 1)
}

/// The constants by which counts become temperatures.
struct Planck {
    r1: f32,
    r2: f32,
    b: f32,
    f: f32,
    o: f32,
}

impl Planck {
    fn of(record: &[u8]) -> Option<Self> {
        let little = record.first() == Some(&2);
        let bits = |at| {
            let bytes = four(record, at)?;
            Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
        };
        let real = |at| Some(f32::from_bits(bits(at)?)).filter(|v| v.is_finite());
        let (r1, b, f, r2) = (real(88)?, real(92)?, real(96)?, real(780)?);
        let o = bits(776)?.cast_signed() as f32;
        (r1 > 0.0 && b > 0.0 && r2 > 0.0).then_some(Self { r1, r2, b, f, o })
    }

    fn celsius(&self, count: u16) -> f32 {
        let [r1, r2, b, f, o] = [self.r1, self.r2, self.b, self.f, self.o].map(f64::from);
        (b / (r1 / (r2 * (f64::from(count) + o)) + f).ln() - 273.15) as f32
    }
}
