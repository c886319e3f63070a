//! PNG pictures: grey of up to 16 bit, colour of 8 bit, palettes spread out.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

use ndarray::Array3;
use png::{BitDepth, ColorType, Decoder, Limits, Reader, Transformations};

use super::deep;
use super::exif;
use super::facts::Facts;
use super::still::Still;
use super::turn::Turn;
use crate::frame::Pixels;
use crate::source::error::SourceError;

/// Most memory one picture may take while it is decoded, bytes.
const PICTURE_MAX: usize = 1 << 30;

/// Reads the PNG file `name` from its bytes.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Still, SourceError> {
    let damaged = |e: String| SourceError::undecodable(name, &e);
    let broken = |e: png::DecodingError| damaged(e.to_string());
    let mut file = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: PICTURE_MAX });
    let head = file.read_header_info().map_err(broken)?;
    let (h, w) = (head.height as usize, head.width as usize);
    SourceError::check_sides(name, h, w)?;
    file.set_transformations(Transformations::EXPAND);
    let mut file = file.read_info().map_err(broken)?;
    if let Some(animation) = file.info().animation_control()
        && animation.num_frames > 1
    {
        return Err(SourceError::refused(
            name,
            format!("it is an animation of {} pictures", animation.num_frames),
            format!("give each a file: ffmpeg -i \"{name}\" frame%05d.png"),
        ));
    }
    let size = file.output_buffer_size().ok_or_else(|| damaged("it is too large".into()))?;
    let mut values = vec![0u8; size];
    file.next_frame(&mut values).map_err(broken)?;
    let (colour, depth) = file.output_color_type();
    let stored = colour.samples();
    let (kept, transparent) = match colour {
        ColorType::Grayscale => (1, false),
        ColorType::GrayscaleAlpha => (1, true),
        ColorType::Rgb | ColorType::Indexed => (3, false),
        ColorType::Rgba => (3, true),
    };
    let wrong = |_| damaged("its pixels do not fill its size".into());
    let pixels = match (depth, kept) {
        (BitDepth::Eight, _) => {
            let values = values.chunks_exact(stored).flat_map(|v| &v[..kept]).copied().collect();
            Pixels::U8(Array3::from_shape_vec((h, w, kept), values).map_err(wrong)?)
        }
        (BitDepth::Sixteen, _) => {
            let value = |v: &[u8]| u16::from_be_bytes([v[0], v[1]]);
            let pixel = |v: &[u8]| v[..2 * kept].chunks_exact(2).map(value).collect::<Vec<u16>>();
            let values = values.chunks_exact(2 * stored).flat_map(pixel).collect();
            let deep = Array3::from_shape_vec((h, w, kept), values).map_err(wrong)?;
            if kept == 1 { Pixels::U16(deep) } else { deep::grey(name, &deep)? }
        }
        _ => {
            return Err(SourceError::refused(
                name,
                format!("it is {colour:?} of {} bit", depth as u8),
                "frames are grey of 8 or 16 bit, or colour of 8 bit: convert them",
            ));
        }
    };
    let turn = facts(&file).turn;
    let turned = turn != Turn::UPRIGHT;
    Ok(Still { transparent, turned, ..Still::opaque(turn.upright(pixels)) })
}

/// What the file `path` says besides its pixels; nothing where it cannot be read.
pub(super) fn peek(path: &Path) -> Facts {
    let Ok(file) = File::open(path) else { return Facts::default() };
    let limits = Limits { bytes: PICTURE_MAX };
    let file = Decoder::new_with_limits(BufReader::new(file), limits).read_info();
    file.map(|file| facts(&file)).unwrap_or_default()
}

/// What a file of these `bytes` says besides its pixels; nothing where it cannot be read.
pub(super) fn facts_of(bytes: &[u8]) -> Facts {
    let limits = Limits { bytes: PICTURE_MAX };
    let file = Decoder::new_with_limits(Cursor::new(bytes), limits).read_info();
    file.map(|file| facts(&file)).unwrap_or_default()
}

fn facts<R: BufRead + Seek>(file: &Reader<R>) -> Facts {
    file.info().exif_metadata.as_deref().map(exif::facts).unwrap_or_default()
}
