//! JPEG pictures, decoded by zune-jpeg: grey or colour of 8 bit; a file that is cut or damaged is
//! refused, though most of a picture could be shown.

use ndarray::Array3;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::exif;
use super::facts::Facts;
use super::segments::Segments;
use super::still::Still;
use super::turn::Turn;
use crate::frame::Pixels;
use crate::source::error::SourceError;

/// Reads the JPEG file `name` from its bytes.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Still, SourceError> {
    let damaged = |e: String| SourceError::undecodable(name, &e);
    let options = DecoderOptions::default().set_strict_mode(true);
    let mut head = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    head.decode_headers().map_err(|e| damaged(e.to_string()))?;
    let (w, h) = head.dimensions().ok_or_else(|| damaged("it tells no size".into()))?;
    SourceError::check_sides(name, h, w)?;
    let segments = Segments::of(bytes);
    if !segments.whole {
        return Err(damaged("the file is cut short: its end-of-image marker is missing".into()));
    }
    let (space, channels) = match head.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, 1),
        _ => (ColorSpace::RGB, 3),
    };
    let options = options.jpeg_set_out_colorspace(space);
    let values = JpegDecoder::new_with_options(ZCursor::new(bytes), options)
        .decode()
        .map_err(|e| damaged(e.to_string()))?;
    let pixels = Array3::from_shape_vec((h, w, channels), values);
    let pixels = pixels.map_err(|_| damaged("its pixels do not fill its size".into()))?;
    let turn = facts(&segments).turn;
    let pixels = turn.upright(Pixels::U8(pixels));
    Ok(Still { turned: turn != Turn::UPRIGHT, ..Still::opaque(pixels) })
}

/// What the first `bytes` of a file say besides its pixels.
pub(super) fn peek(bytes: &[u8]) -> Facts {
    facts(&Segments::of(bytes))
}

fn facts(segments: &Segments<'_>) -> Facts {
    segments.of_marker(0xe1, b"Exif\0\0").next().map(exif::facts).unwrap_or_default()
}
