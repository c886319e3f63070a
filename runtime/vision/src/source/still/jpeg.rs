//! JPEG pictures, decoded by zune-jpeg: grey or colour of 8 bit; a file that is cut or damaged is
//! refused, though most of a picture could be shown.

use std::borrow::Cow;

use ndarray::Array3;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::dji;
use super::exif;
use super::facts::Facts;
use super::flir;
use super::segments::Segments;
use super::still::Still;
use super::turn::Turn;
use crate::frame::Pixels;
use crate::note::Radiometry;
use crate::source::error::SourceError;

/// Markers of segments.
const HUFFMAN_TABLE: u8 = 0xc4;
const START_OF_SCAN: u8 = 0xda;
/// A segment that says that the picture is one of a video stream.
const OF_A_STREAM: [u8; 16] = *b"\xff\xe0\x00\x0eAVI1\0\0\0\0\0\0\0\0";

/// Reads the JPEG file `name` from its bytes: raw values of a thermal camera where it holds them and the
/// picture is not wanted `as_shown`.
pub(super) fn read(name: &str, bytes: &[u8], as_shown: bool) -> Result<Still, SourceError> {
    let damaged = |e: String| SourceError::undecodable(name, &e);
    let options = DecoderOptions::default().set_strict_mode(true);
    let segments = Segments::of(bytes);
    let coded = with_tables(bytes, &segments);
    let mut head = JpegDecoder::new_with_options(ZCursor::new(&*coded), options);
    head.decode_headers().map_err(|e| damaged(e.to_string()))?;
    let (w, h) = head.dimensions().ok_or_else(|| damaged("it tells no size".into()))?;
    SourceError::check_sides(name, h, w)?;
    let turn = facts(&segments).turn;
    let turned = turn != Turn::UPRIGHT;
    if !as_shown && let Some((pixels, radiometry)) = raw(name, &segments, [h, w])? {
        let [h, w, _] = pixels.shape();
        SourceError::check_sides(name, h, w)?;
        let radiometry = Some(radiometry);
        return Ok(Still { turned, radiometry, ..Still::opaque(turn.upright(pixels)) });
    }
    // Raw values stand before the picture, which some cameras leave without an end.
    if !segments.whole {
        return Err(damaged("the file is cut short: its end-of-image marker is missing".into()));
    }
    let (space, channels) = match head.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, 1),
        _ => (ColorSpace::RGB, 3),
    };
    let options = options.jpeg_set_out_colorspace(space);
    let values = JpegDecoder::new_with_options(ZCursor::new(&*coded), options)
        .decode()
        .map_err(|e| damaged(e.to_string()))?;
    let pixels = Array3::from_shape_vec((h, w, channels), values);
    let pixels = pixels.map_err(|_| damaged("its pixels do not fill its size".into()))?;
    Ok(Still { turned, ..Still::opaque(turn.upright(Pixels::U8(pixels))) })
}

/// The file with Huffman tables: pictures of a video stream leave them out, for there they are always the same,
/// and the decoder fills them in where it is told that it reads such a stream.
fn with_tables<'a>(bytes: &'a [u8], segments: &Segments<'_>) -> Cow<'a, [u8]> {
    let has = |wanted| segments.all.iter().any(|(marker, _)| *marker == wanted);
    if has(HUFFMAN_TABLE) || !has(START_OF_SCAN) {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned([&bytes[..2], &OF_A_STREAM, &bytes[2..]].concat())
}

/// Raw values behind the picture of these sides, and what they mean.
fn raw(
    name: &str,
    segments: &Segments<'_>,
    shown: [usize; 2],
) -> Result<Option<(Pixels, Radiometry)>, SourceError> {
    if let Some(celsius) = flir::celsius(name, segments)? {
        return Ok(Some((Pixels::F32(celsius), Radiometry::FlirCelsius)));
    }
    let counts = dji::counts(name, segments, shown)?;
    Ok(counts.map(|counts| (Pixels::U16(counts), Radiometry::DjiCounts)))
}

/// What the first `bytes` of a file say besides its pixels.
pub(super) fn peek(bytes: &[u8]) -> Facts {
    facts(&Segments::of(bytes))
}

fn facts(segments: &Segments<'_>) -> Facts {
    segments.of_marker(0xe1, b"Exif\0\0").next().map(exif::facts).unwrap_or_default()
}
