//! A frame as a file that every program reads: its values as they came, nothing lost.

use std::io::{self, Cursor};

use ndarray::ArrayRef3;
use png::{BitDepth, ColorType, Compression, Encoder};
use tiff::encoder::{TiffEncoder, colortype};

use crate::frame::Pixels;

/// `pixels` as a file, and its ending: a PNG of 8 or 16 bits, or a TIFF of float32 where values are real numbers.
/// Read again (`emberline forecast FOLDER`) they are the same to the bit.
///
/// # Errors
/// Of kind [`io::ErrorKind::InvalidInput`] where they have neither one channel nor three colours.
pub fn frame_file(pixels: &Pixels) -> io::Result<(&'static str, Vec<u8>)> {
    let [height, width, channels] = pixels.shape();
    let sides = [width, height].map(|side| u32::try_from(side).map_err(io::Error::other));
    let [Ok(width), Ok(height)] = sides else { return Err(io::ErrorKind::InvalidInput.into()) };
    let colour = match channels {
        1 => ColorType::Grayscale,
        3 => ColorType::Rgb,
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    let png = |depth: BitDepth, bytes: &[u8]| {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, width, height);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        encoder.set_compression(Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(bytes)?;
        writer.finish()?;
        Ok(("png", out))
    };
    match pixels {
        Pixels::U8(values) => png(BitDepth::Eight, &row_major(values)),
        Pixels::U16(values) => {
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
            png(BitDepth::Sixteen, &bytes)
        }
        Pixels::F32(values) => {
            let (values, mut out) = (row_major(values), Cursor::new(Vec::new()));
            let mut encoder = TiffEncoder::new(&mut out).map_err(io::Error::other)?;
            match channels {
                1 => encoder.write_image::<colortype::Gray32Float>(width, height, &values),
                _ => encoder.write_image::<colortype::RGB32Float>(width, height, &values),
            }
            .map_err(io::Error::other)?;
            Ok(("tif", out.into_inner()))
        }
    }
}

/// The values, channels fastest, then columns.
fn row_major<T: Copy>(values: &ArrayRef3<T>) -> Vec<T> {
    values.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::frame::Kind;
    use crate::source::decode_picture;

    #[test]
    fn what_is_written_is_read_again_to_the_bit() {
        let of = |(y, x, c): (usize, usize, usize)| (y * 37 + x * 11 + c * 5) % 251;
        let sides = |channels| (33, 47, channels);
        for (kind, pixels, ending) in [
            (Kind::Thermal, Pixels::U8(Array3::from_shape_fn(sides(1), |i| of(i) as u8)), "png"),
            (Kind::Rgb, Pixels::U8(Array3::from_shape_fn(sides(3), |i| of(i) as u8)), "png"),
            (
                Kind::Mask,
                Pixels::U8(Array3::from_shape_fn(sides(1), |i| (of(i) % 2 * 255) as u8)),
                "png",
            ),
            (
                Kind::Thermal,
                Pixels::U16(Array3::from_shape_fn(sides(1), |i| 7000 + 3 * of(i) as u16)),
                "png",
            ),
            (
                Kind::Thermal,
                Pixels::F32(Array3::from_shape_fn(sides(1), |i| 290.25 + of(i) as f32 / 8.0)),
                "tif",
            ),
        ] {
            let (named, bytes) = frame_file(&pixels).unwrap();
            assert_eq!(named, ending);
            let film = decode_picture("a", &bytes, kind).unwrap();
            assert_eq!(*film.frames[0].pixels, pixels, "{kind:?}");
        }
        let two = Pixels::U8(Array3::zeros((32, 32, 2)));
        assert_eq!(frame_file(&two).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
