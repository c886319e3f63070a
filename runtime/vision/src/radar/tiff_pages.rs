//! Pages of a TIFF file as numbers: each band as it is stored, and where a mask says that it was not seen.

use std::io::Cursor;
use std::path::Path;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::error::RadarError;
use super::geotags::GeoTags;
use super::limits::CELLS_MAX;

/// Photometric interpretations: 0 is white (values are stored as they are all the same), and colours of a palette.
const WHITE_IS_ZERO: u16 = 0;
const PALETTE: u16 = 3;
/// The tag of what values mean, and the meaning of a mask.
const PHOTOMETRIC: u64 = 262;
const TRANSPARENCY_MASK: u64 = 4;
/// Most pages that are looked at.
const PAGES_MAX: usize = 4096;

/// One page that is a picture of its own.
pub(super) struct Page {
    /// Counted from 1.
    pub(super) number: usize,
    /// Rows and columns.
    pub(super) shape: [usize; 2],
    /// The numbers of each band, in reading order.
    pub(super) bands: Vec<Numbers>,
    /// Whether each cell was seen, where a mask or a band of transparency tells it.
    pub(super) seen: Option<Vec<bool>>,
    pub(super) tags: GeoTags,
    /// What its tag of date and time says.
    pub(super) dated: Option<String>,
}

/// Stored numbers of one band.
pub(super) struct Numbers {
    stored: std::rc::Rc<DecodingResult>,
    /// Where in `stored` the first lies, how far apart they are, and how many.
    first: usize,
    step: usize,
    count: usize,
    /// Whether the decoder has turned them over (0 is white).
    inverted: bool,
}

impl Numbers {
    /// Whether they are whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        use DecodingResult::{F16, F32, F64};
        !matches!(*self.stored, F16(_) | F32(_) | F64(_))
    }

    /// Hands each over as it is stored in the file.
    pub(super) fn each(&self, take: &mut dyn FnMut(f64)) {
        fn all<T: Copy>(n: &Numbers, v: &[T], real: impl Fn(T) -> f64, take: &mut dyn FnMut(f64)) {
            let from = v.get(n.first..).unwrap_or_default();
            from.iter().step_by(n.step).take(n.count).for_each(|&v| take(real(v)));
        }
        match (&*self.stored, self.inverted) {
            (DecodingResult::U8(v), false) => all(self, v, f64::from, take),
            (DecodingResult::U8(v), true) => all(self, v, |v| f64::from(!v), take),
            (DecodingResult::U16(v), false) => all(self, v, f64::from, take),
            (DecodingResult::U16(v), true) => all(self, v, |v| f64::from(!v), take),
            (DecodingResult::U32(v), false) => all(self, v, f64::from, take),
            (DecodingResult::U32(v), true) => all(self, v, |v| f64::from(!v), take),
            (DecodingResult::U64(v), false) => all(self, v, |v| v as f64, take),
            (DecodingResult::U64(v), true) => all(self, v, |v| !v as f64, take),
            (DecodingResult::I8(v), _) => all(self, v, f64::from, take),
            (DecodingResult::I16(v), _) => all(self, v, f64::from, take),
            (DecodingResult::I32(v), _) => all(self, v, f64::from, take),
            (DecodingResult::I64(v), _) => all(self, v, |v| v as f64, take),
            (DecodingResult::F16(v), _) => all(self, v, |v| v.to_f64(), take),
            (DecodingResult::F32(v), _) => all(self, v, f64::from, take),
            (DecodingResult::F64(v), _) => all(self, v, |v| v, take),
        }
    }
}

/// The pages of the file `name`, at least one; smaller copies are passed over.
pub(super) fn pages(name: &str, bytes: &[u8]) -> Result<Vec<Page>, RadarError> {
    let broken = |e: tiff::TiffError| broken(name, &e);
    let plain_masks = with_plain_masks(bytes);
    let mut file = open(plain_masks.as_deref().unwrap_or(bytes)).map_err(broken)?;
    let mut out: Vec<Page> = Vec::new();
    for number in 1..=PAGES_MAX {
        let mut flag = |tag| file.find_tag_unsigned::<u32>(tag).ok().flatten().unwrap_or(0);
        let (bits, old) = (flag(Tag::NewSubfileType), flag(Tag::SubfileType));
        match (bits & 4 != 0, bits & 1 != 0 || old == 2) {
            (true, _) => mask(name, &mut file, out.last_mut())?,
            (false, true) => {}
            (false, false) => out.push(page(name, &mut file, number)?),
        }
        if !file.more_images() {
            break;
        }
        file.next_image().map_err(broken)?;
    }
    if out.is_empty() {
        let what = "it holds no frame but smaller copies or masks".to_owned();
        return Err(RadarError::Damaged { name: name.to_owned(), what });
    }
    Ok(out)
}

/// The bytes of the file with its masks said to be grey, which the decoder reads; `None` where it has none.
fn with_plain_masks(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let mut file = open(bytes).ok()?;
    let big = matches!(bytes.get(2..4), Some([43, 0] | [0, 43]));
    let order = file.byte_order();
    let number = |at: usize, n: usize| {
        let part = bytes.get(at..at.checked_add(n)?)?;
        let digit = |sum: u64, b: &u8| sum << 8 | u64::from(*b);
        Some(match order {
            tiff::tags::ByteOrder::LittleEndian => part.iter().rev().fold(0, digit),
            tiff::tags::ByteOrder::BigEndian => part.iter().fold(0, digit),
        })
    };
    for _ in 0..PAGES_MAX {
        let at = usize::try_from(file.ifd_pointer()?.0).ok()?;
        let (head, entry, value) = if big { (8, 20, 12) } else { (2, 12, 8) };
        let count = usize::try_from(number(at, head)?).ok()?.min(PAGES_MAX);
        for i in 0..count {
            let here = at.checked_add(head + i * entry)?;
            if number(here, 2)? == PHOTOMETRIC && number(here + value, 2)? == TRANSPARENCY_MASK {
                let grey = match order {
                    tiff::tags::ByteOrder::LittleEndian => [1, 0],
                    tiff::tags::ByteOrder::BigEndian => [0, 1],
                };
                let all = out.get_or_insert_with(|| bytes.to_vec());
                all.get_mut(here + value..here + value + 2)?.copy_from_slice(&grey);
            }
        }
        if !file.more_images() || file.next_image().is_err() {
            break;
        }
    }
    out
}

/// The tags of the first page, where there is one.
pub(super) fn peek(bytes: &[u8]) -> Option<GeoTags> {
    open(bytes).ok().and_then(|mut file| GeoTags::read(&mut file).ok())
}

/// The tags of the file `path`, where it is a TIFF.
pub(crate) fn tags_of(path: &Path) -> Option<GeoTags> {
    let file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
    GeoTags::read(&mut Decoder::new(file).ok()?).ok()
}

fn open(bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, tiff::TiffError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = CELLS_MAX * 8;
    limits.intermediate_buffer_size = 1 << 28;
    Ok(Decoder::new(Cursor::new(bytes))?.with_limits(limits))
}

fn broken(name: &str, e: &tiff::TiffError) -> RadarError {
    match e {
        tiff::TiffError::UnsupportedError(e) => {
            plain(name, &format!("this TIFF is not read: {e}"), "-co COMPRESS=DEFLATE")
        }
        e => RadarError::Damaged {
            name: name.to_owned(),
            what: format!("not a whole TIFF file, or of a kind that is not read: {e}"),
        },
    }
}

/// Refuses what GDAL can write more plainly.
fn plain(name: &str, what: &str, how: &str) -> RadarError {
    let folder = name.rsplit_once(['/', '\\']).map_or(".", |(folder, _)| folder);
    let each = format!(
        "convert all: mkdir plain; for f in \"{folder}\"/*.tif; do gdal_translate {how} \"$f\" \
         plain/\"$(basename \"$f\")\"; done"
    );
    RadarError::refused(name, what, each)
}

/// The page at hand.
fn page(name: &str, file: &mut Decoder<Cursor<&[u8]>>, number: usize) -> Result<Page, RadarError> {
    let broken = |e: tiff::TiffError| broken(name, &e);
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let (w, h) = file.dimensions().map_err(broken)?;
    let (h, w) = (h as usize, w as usize);
    if h.checked_mul(w).is_none_or(|n| n == 0 || n > CELLS_MAX) {
        return Err(damaged(format!("it says it is {h}×{w} cells")));
    }
    let meaning = file.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).ok().flatten();
    if meaning == Some(PALETTE) {
        return Err(plain(
            name,
            "its values are numbers of colours in a palette",
            "-co PHOTOMETRIC=MINISBLACK",
        ));
    }
    let colour = file.colortype().map_err(broken)?;
    let stored = usize::from(colour.num_samples());
    let extra = file.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
    let transparent = stored == 2 && extra.is_some_and(|extra| matches!(extra[..], [1 | 2]));
    if matches!(
        colour,
        ColorType::RGB(_)
            | ColorType::RGBA(_)
            | ColorType::CMYK(_)
            | ColorType::CMYKA(_)
            | ColorType::YCbCr(_)
            | ColorType::Lab(_)
    ) {
        return Err(RadarError::refused(
            name,
            "it is a picture in colour, not values of rain",
            "give the data that the picture was made of, as GeoTIFF of one band",
        ));
    }
    let tags = GeoTags::read(file).map_err(damaged)?;
    let dated = file.get_tag_ascii_string(Tag::DateTime).ok();
    let white = meaning == Some(WHITE_IS_ZERO);
    let mut values = DecodingResult::U8(Vec::new());
    let layout = file.read_image_to_buffer(&mut values).map_err(broken)?;
    if values.as_buffer(0).as_bytes().len() < layout.complete_len {
        return Err(damaged("it takes too much memory".to_owned()));
    }
    if let ColorType::Gray(bits @ 1..8) = colour {
        return Err(plain(name, &format!("its values have {bits} bit"), "-co NBITS=8"));
    }
    if white
        && matches!(
            values,
            DecodingResult::F16(_) | DecodingResult::F32(_) | DecodingResult::F64(_)
        )
    {
        return Err(plain(
            name,
            "its values are stored with 0 for white",
            "-co PHOTOMETRIC=MINISBLACK",
        ));
    }
    // The decoder turns grey values over, of several bands none.
    let inverted = white && matches!(colour, ColorType::Gray(_));
    let (values, count) = (std::rc::Rc::new(values), h * w);
    let apart = layout.planes > 1;
    let band = |i: usize| {
        let (first, step) = if apart { (i * count, 1) } else { (i, stored) };
        Numbers { stored: std::rc::Rc::clone(&values), first, step, count, inverted }
    };
    let seen = transparent.then(|| {
        let mut seen = Vec::with_capacity(count);
        band(1).each(&mut |v| seen.push(v != 0.0));
        seen
    });
    let bands = (0..if transparent { 1 } else { stored }).map(band).collect();
    Ok(Page { number, shape: [h, w], bands, seen, tags, dated })
}

/// The mask at hand goes to the page before it where it is of its size; else it is a smaller copy.
fn mask(
    name: &str,
    file: &mut Decoder<Cursor<&[u8]>>,
    of: Option<&mut Page>,
) -> Result<(), RadarError> {
    let broken = |e: tiff::TiffError| broken(name, &e);
    let (w, h) = file.dimensions().map_err(broken)?;
    let (h, w) = (h as usize, w as usize);
    let Some(page) = of.filter(|page| page.shape == [h, w]) else { return Ok(()) };
    let colour = file.colortype().map_err(broken)?;
    let values = file.read_image().map_err(broken)?;
    let seen: Option<Vec<bool>> = match (colour, &values) {
        (ColorType::Gray(1), DecodingResult::U8(bits)) => {
            let row = |row: &[u8]| (0..w).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 1).collect();
            let rows: Vec<Vec<bool>> = bits.chunks_exact(w.div_ceil(8)).map(row).collect();
            Some(rows.concat())
        }
        (ColorType::Gray(8), DecodingResult::U8(v)) => Some(v.iter().map(|&v| v != 0).collect()),
        _ => None,
    };
    match seen.filter(|seen| seen.len() == h * w) {
        Some(seen) => page.seen = Some(seen),
        None => {
            let how = "--config GDAL_TIFF_INTERNAL_MASK NO -mask none";
            return Err(plain(name, "it has a mask of a kind that is not read", how));
        }
    }
    Ok(())
}
