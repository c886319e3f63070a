//! TIFF pictures, every page one: grey and colour, strips and tiles, as the crate tiff decodes them.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use ndarray::Array3;
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{PhotometricInterpretation, Tag};

use super::convert;
use super::deep;
use super::exif;
use super::facts::Facts;
use super::no_data;
use super::place::Place;
use super::still::Still;
use super::turn::Turn;
use crate::frame::{BYTES_MAX, Pixels};
use crate::radar::{Crs, GeoTags};
use crate::source::error::SourceError;

/// Most memory one picture may take while it is decoded, bytes.
const PICTURE_MAX: usize = 1 << 30;
/// Whole numbers up to this are exact as float32.
const EXACT_MAX: f64 = 16_777_216.0;

/// Reads the TIFF file `name` from its bytes: every page that is a picture of its own.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Vec<Still>, SourceError> {
    let mut file = open(Cursor::new(bytes)).map_err(|e| broken(name, &e))?;
    let (mut stills, mut total) = (Vec::new(), 0);
    let turn = facts(&mut file, || bytes.to_vec()).turn;
    let said = pictures_said(&mut file);
    for page in 1.. {
        let here = if page == 1 { name.to_owned() } else { format!("{name}, page {page}") };
        match Role::of(&mut file) {
            Role::Smaller => {}
            Role::Mask => refuse_masked(&here, &mut file)?,
            Role::Picture => {
                let mut still = picture(&here, &mut file)?;
                still.turned = turn != Turn::UPRIGHT;
                still.pixels = turn.upright(still.pixels);
                still.page = page;
                total += still.pixels.bytes();
                stills.push(still);
            }
        }
        if total > BYTES_MAX {
            return Err(SourceError::refused(
                &here,
                "the pages up to here are over 8 GiB",
                "give fewer or smaller frames",
            ));
        }
        if !file.more_images() {
            break;
        }
        file.next_image().map_err(|e| broken(&here, &e))?;
    }
    match (stills.len(), said) {
        (0, _) => Err(SourceError::undecodable(name, "it holds no picture but smaller copies")),
        (found, Some(said)) if found < said => Err(SourceError::refused(
            name,
            format!("it says it holds {said} pictures, but has {found} pages"),
            "write a page for each: python3 -c \"import tifffile; \
             tifffile.imwrite('pages.tif', tifffile.imread('IN.tif'), photometric='minisblack', metadata=None)\""
                .replace("IN.tif", name),
        )),
        _ => Ok(stills),
    }
}

/// What the file `path` says besides its pixels; nothing where it cannot be read.
pub(super) fn peek(path: &Path) -> Facts {
    let Ok(Ok(mut file)) = File::open(path).map(|f| open(BufReader::new(f))) else {
        return Facts::default();
    };
    let mut facts = facts(&mut file, || std::fs::read(path).unwrap_or_default());
    let said = pictures_said(&mut file);
    let mut pages = usize::from(Role::of(&mut file) == Role::Picture);
    while file.more_images() && file.next_image().is_ok() {
        pages += usize::from(Role::of(&mut file) == Role::Picture);
    }
    facts.pages = pages.max(1).max(said.unwrap_or(1));
    facts
}

/// What the first page of a file of these `bytes` says; nothing where it cannot be read.
pub(super) fn facts_of(bytes: &[u8]) -> Facts {
    let file = open(Cursor::new(bytes));
    file.map(|mut file| facts(&mut file, || bytes.to_vec())).unwrap_or_default()
}

/// What the first page says; `all` are the file's bytes.
fn facts<R: Read + Seek>(file: &mut Decoder<R>, all: impl Fn() -> Vec<u8>) -> Facts {
    let place = place(file);
    let number = file.find_tag_unsigned::<u16>(Tag::Orientation).ok().flatten();
    // Programs for maps pass over this tag, and so do the corners of a map.
    let turn = number.filter(|_| place.is_none()).map_or(Turn::UPRIGHT, Turn::of);
    let taken = match file.find_tag(Tag::ExifDirectory) {
        Ok(Some(_)) => exif::facts(&all()).taken,
        _ => None,
    };
    Facts { turn, taken, place, pages: 1 }
}

fn place<R: Read + Seek>(file: &mut Decoder<R>) -> Option<Place> {
    let tags = GeoTags::read(file).ok()?;
    let (w, h) = file.dimensions().ok()?;
    let crs = match tags.crs {
        Crs::Epsg(code) => Some(format!("EPSG:{code}")),
        Crs::Proj(proj) => Some(proj),
        Crs::UserDefined => None,
        Crs::Unstated => return None,
    };
    Some(Place { shape: [h as usize, w as usize], crs, transform: tags.transform? })
}

/// What a page is for.
#[derive(PartialEq)]
enum Role {
    Picture,
    /// A smaller copy of another page.
    Smaller,
    /// Where another page has data.
    Mask,
}

impl Role {
    fn of<R: Read + Seek>(file: &mut Decoder<R>) -> Self {
        let mut number = |tag| file.find_tag_unsigned::<u32>(tag).ok().flatten().unwrap_or(0);
        match (number(Tag::NewSubfileType), number(Tag::SubfileType)) {
            (bits, _) if bits & 4 != 0 => Self::Mask,
            (bits, old) if bits & 1 != 0 || old == 2 => Self::Smaller,
            _ => Self::Picture,
        }
    }
}

/// How many pictures a file of ImageJ or tifffile says it holds: behind the first they may lie
/// without a page of their own.
fn pictures_said<R: Read + Seek>(file: &mut Decoder<R>) -> Option<usize> {
    let text = file.get_tag_ascii_string(Tag::ImageDescription).ok()?;
    if text.starts_with("ImageJ=") {
        return text.lines().find_map(|line| line.strip_prefix("images=")?.trim().parse().ok());
    }
    let shape = text.strip_prefix("{\"shape\": [")?;
    if !shape.contains("\"truncated\": true") {
        return None;
    }
    shape.split(',').next()?.trim().parse().ok()
}

fn open<R: Read + Seek>(from: R) -> Result<Decoder<R>, tiff::TiffError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = PICTURE_MAX;
    limits.intermediate_buffer_size = PICTURE_MAX;
    limits.ifd_value_size = PICTURE_MAX;
    Ok(Decoder::new(from)?.with_limits(limits))
}

fn broken(name: &str, e: &tiff::TiffError) -> SourceError {
    match e {
        tiff::TiffError::UnsupportedError(e) => plain(name, &format!("this TIFF is not read: {e}")),
        e => SourceError::undecodable(name, &e.to_string()),
    }
}

/// How to convert the files beside `name`, into the folder `out`.
fn convert_all(name: &str, out: &str, command: &str) -> String {
    format!("convert all: {}", convert::each(name, out, command))
}

/// Refuses a TIFF that GDAL can write more plainly.
fn plain(name: &str, what: &str) -> SourceError {
    let command = "gdal_translate -co COMPRESS=DEFLATE \"$f\"";
    SourceError::refused(name, what, convert_all(name, "plain", command))
}

/// The picture of the page at hand.
fn picture<R: Read + Seek>(name: &str, file: &mut Decoder<R>) -> Result<Still, SourceError> {
    let broken = |e: tiff::TiffError| broken(name, &e);
    let (w, h) = file.dimensions().map_err(broken)?;
    let (h, w) = (h as usize, w as usize);
    SourceError::check_sides(name, h, w)?;
    let meaning = file.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).ok().flatten();
    if meaning == Some(PhotometricInterpretation::RGBPalette.to_u16()) {
        let command = "gdal_translate -expand rgb \"$f\"";
        let fix = convert_all(name, "plain", command);
        return Err(SourceError::refused(name, "its colours are those of a palette", fix));
    }
    let colour = file.colortype().map_err(broken)?;
    let alpha = file.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
    let with_alpha = alpha.is_some_and(|extra| matches!(extra[..], [1 | 2]));
    // Channels that are stored, and those of them that are kept.
    let (stored, kept) = match colour {
        ColorType::Gray(1 | 8 | 16 | 32 | 64) => (1, 1),
        ColorType::Multiband { bit_depth: 8 | 16 | 32 | 64, num_samples: 2 } if with_alpha => {
            (2, 1)
        }
        ColorType::RGB(8 | 16) => (3, 3),
        ColorType::RGBA(8 | 16) => (4, 3),
        ColorType::CMYK(8) => (4, 4),
        ColorType::Multiband { num_samples, .. } => {
            let fix = convert_all(name, "band1", "gdal_translate -b 1 \"$f\"");
            return Err(SourceError::refused(name, format!("it has {num_samples} bands"), fix));
        }
        ColorType::Gray(bits) => {
            let command = "gdal_translate -ot UInt16 \"$f\"";
            let fix = convert_all(name, "plain", command);
            return Err(SourceError::refused(name, format!("it is grey of {bits} bit"), fix));
        }
        other => return Err(plain(name, &format!("pixels of type {other:?} are not read"))),
    };
    let no_data = GeoTags::read(file).map_err(|e| SourceError::undecodable(name, &e))?.no_data;
    let mut values = DecodingResult::U8(Vec::new());
    let layout = file.read_image_to_buffer(&mut values).map_err(broken)?;
    if values.as_buffer(0).as_bytes().len() < layout.complete_len {
        return Err(SourceError::undecodable(name, "it takes too much memory"));
    }
    let shape = Shape { h, w, stored, kept, apart: layout.planes > 1 };
    let pixels = match (values, colour) {
        (DecodingResult::U8(bits), ColorType::Gray(1)) => {
            shape.array(spread(&bits, w)).map(Pixels::U8)
        }
        (DecodingResult::U8(v), ColorType::CMYK(_)) => {
            let inks = shape.pixels(&v);
            let light = Shape { kept: 3, ..shape };
            light.array(inks.chunks_exact(4).flat_map(rgb).collect()).map(Pixels::U8)
        }
        (DecodingResult::U8(v), _) => shape.array(shape.pixels(&v)).map(Pixels::U8),
        (DecodingResult::U16(v), _) => shape.array(shape.pixels(&v)).map(Pixels::U16),
        (_, ColorType::RGB(_) | ColorType::RGBA(_)) => {
            return Err(plain(name, "its colours are no whole numbers of 8 bit"));
        }
        (values, _) => {
            let values = floats(name, &values)?;
            shape.array(shape.pixels(&values)).map(Pixels::F32)
        }
    };
    let pixels =
        pixels.ok_or_else(|| SourceError::undecodable(name, "its pixels do not fill its size"))?;
    let pixels = match pixels {
        Pixels::U16(a) if kept == 3 => deep::grey(name, &a)?,
        pixels => pixels,
    };
    if let Some(value) = no_data.filter(|_| kept == 1) {
        no_data::refuse(name, &pixels, value)?;
    }
    let transparent = with_alpha || matches!(colour, ColorType::RGBA(_));
    Ok(Still { transparent, ..Still::opaque(pixels) })
}

/// How the values of a picture lie.
#[derive(Clone, Copy)]
struct Shape {
    h: usize,
    w: usize,
    /// Channels in the file, and the first of them that are kept.
    stored: usize,
    kept: usize,
    /// Whether each channel is a plane of its own.
    apart: bool,
}

impl Shape {
    /// The channels that are kept, pixel by pixel.
    fn pixels<T: Copy>(self, values: &[T]) -> Vec<T> {
        if self.apart {
            let plane = self.h * self.w;
            let one = |i: usize| (0..self.kept).filter_map(move |c| values.get(c * plane + i));
            return (0..plane).flat_map(one).copied().collect();
        }
        values.chunks_exact(self.stored).flat_map(|v| &v[..self.kept]).copied().collect()
    }

    fn array<T>(self, values: Vec<T>) -> Option<Array3<T>> {
        Array3::from_shape_vec((self.h, self.w, self.kept), values).ok()
    }
}

/// 0 or 255 a pixel from 8 pixels a byte, in rows of `width`.
fn spread(bits: &[u8], width: usize) -> Vec<u8> {
    let one = |row: &[u8], x: usize| 255 * ((row[x / 8] >> (7 - x % 8)) & 1);
    let row = |row: &[u8]| (0..width).map(|x| one(row, x)).collect::<Vec<u8>>();
    bits.chunks_exact(width.div_ceil(8)).flat_map(row).collect()
}

/// Red, green and blue of shares of four inks.
fn rgb(inks: &[u8]) -> [u8; 3] {
    let light = 1.0 - f32::from(inks[3]) / 255.0;
    [0, 1, 2].map(|c| ((255.0 - f32::from(inks[c])) * light) as u8)
}

/// Values of any type as float32; whole numbers that this would round are refused.
fn floats(name: &str, values: &DecodingResult) -> Result<Vec<f32>, SourceError> {
    fn whole<T: Copy>(values: &[T], of: impl Fn(T) -> f64) -> Option<Vec<f32>> {
        let one = |&v: &T| Some(of(v)).filter(|v| v.abs() <= EXACT_MAX).map(|v| v as f32);
        values.iter().map(one).collect()
    }
    let exact = match values {
        DecodingResult::F16(v) => Some(v.iter().map(|v| v.to_f32()).collect()),
        DecodingResult::F32(v) => Some(v.clone()),
        DecodingResult::F64(v) => Some(v.iter().map(|&v| v as f32).collect()),
        DecodingResult::I8(v) => whole(v, f64::from),
        DecodingResult::I16(v) => whole(v, f64::from),
        DecodingResult::I32(v) => whole(v, f64::from),
        DecodingResult::U32(v) => whole(v, f64::from),
        DecodingResult::I64(v) => whole(v, |v| v as f64),
        DecodingResult::U64(v) => whole(v, |v| v as f64),
        DecodingResult::U8(_) | DecodingResult::U16(_) => None,
    };
    exact.ok_or_else(|| {
        let fix = convert_all(name, "plain", "gdal_translate -ot Float32 \"$f\"");
        SourceError::refused(name, "its whole numbers are over 16777216, where float32 rounds", fix)
    })
}

/// Refuses the page at hand, a mask, where it says that some cells hold no data.
fn refuse_masked<R: Read + Seek>(name: &str, file: &mut Decoder<R>) -> Result<(), SourceError> {
    let mask = picture(name, file)?.pixels;
    let cells = mask.values().filter(|v| *v == 0.0).count();
    if cells == 0 {
        return Ok(());
    }
    Err(SourceError::refused(
        name,
        format!("it is a mask by which {cells} cells hold no data"),
        "a fire film has none: cut them off in all frames, with gdal_translate -srcwin",
    ))
}
