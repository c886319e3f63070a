//! Live pictures: a camera's newest frame as a JPEG that a telephone can show, made once for all who look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use emberline_vision::frame::Pixels;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use jiff::Timestamp;
use ndarray::ArrayView3;

/// Longest side, pixels; larger frames are reduced by a whole number.
const SIDE: usize = 960;
/// Quality of the JPEG, of 100.
const QUALITY: u8 = 82;
/// Values outside these shares of all are as bright or dark as can be, where a value is no grey level yet.
const SPREAD: [f64; 2] = [0.01, 0.99];
/// Most pictures that are held.
const HELD: usize = 16;

/// When a frame was taken, and its JPEG.
type Made = (Timestamp, Arc<[u8]>);

/// Pictures that were made, by source.
#[derive(Debug, Default)]
pub(crate) struct Pictures(Mutex<HashMap<String, Made>>);

impl Pictures {
    /// The picture of `source`, whose newest frame was taken at `taken`; `None` of one that is none.
    pub(super) fn of(&self, source: &str, taken: Timestamp, pixels: &Pixels) -> Option<Arc<[u8]>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held =
            lock().get(source).filter(|(of, _)| *of == taken).map(|(_, jpeg)| Arc::clone(jpeg));
        if held.is_some() {
            return held;
        }
        let jpeg: Arc<[u8]> = jpeg(pixels)?.into();
        let mut all = lock();
        if all.len() >= HELD && !all.contains_key(source) {
            all.clear();
        }
        all.insert(source.to_owned(), (taken, Arc::clone(&jpeg)));
        Some(jpeg)
    }
}

/// A JPEG of `pixels`; `None` where they have neither one channel nor three colours.
fn jpeg(pixels: &Pixels) -> Option<Vec<u8>> {
    let [height, width, channels] = pixels.shape();
    let colour = match channels {
        1 => ExtendedColorType::L8,
        3 => ExtendedColorType::Rgb8,
        _ => return None,
    };
    let down = height.max(width).div_ceil(SIDE).max(1);
    let (bytes, size) = match pixels {
        Pixels::U8(values) => reduced(&values.view(), down, f32::from, [0.0, 255.0]),
        Pixels::U16(values) if channels == 3 => {
            reduced(&values.view(), down, f32::from, [0.0, 65_535.0])
        }
        Pixels::U16(values) => {
            let ends = spread(values.iter().map(|v| f32::from(*v)));
            reduced(&values.view(), down, f32::from, ends)
        }
        Pixels::F32(values) => {
            let ends = spread(values.iter().copied());
            reduced(&values.view(), down, |v| v, ends)
        }
    };
    let [width, height] = size.map(|side| u32::try_from(side).ok());
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    encoder.write_image(&bytes, width?, height?, colour).ok()?;
    Some(out)
}

/// The values between which almost all lie.
fn spread(values: impl Iterator<Item = f32>) -> [f32; 2] {
    // Every seventh tells as much as all.
    let mut some: Vec<f32> = values.step_by(7).filter(|v| v.is_finite()).collect();
    if some.is_empty() {
        return [0.0, 1.0];
    }
    some.sort_by(f32::total_cmp);
    let at = |share: f64| some[(share * (some.len() - 1) as f64).round() as usize];
    let [low, high] = SPREAD.map(at);
    if high > low { [low, high] } else { [low, low + 1.0] }
}

/// Means of blocks of `down` by `down`, as bytes from 0 at `low` to 255 at `high`; width and height of what comes out.
fn reduced<T: Copy>(
    values: &ArrayView3<'_, T>,
    down: usize,
    number: impl Fn(T) -> f32,
    [low, high]: [f32; 2],
) -> (Vec<u8>, [usize; 2]) {
    let (height, width, channels) = values.dim();
    let (rows, columns) = (height.div_ceil(down), width.div_ceil(down));
    let mut out = Vec::with_capacity(rows * columns * channels);
    for row in 0..rows {
        let ys = row * down..((row + 1) * down).min(height);
        for column in 0..columns {
            let xs = column * down..((column + 1) * down).min(width);
            for channel in 0..channels {
                let block = ys.clone().flat_map(|y| xs.clone().map(move |x| [y, x, channel]));
                let sum: f32 = block.map(|at| number(values[at])).sum();
                let mean = sum / (ys.len() * xs.len()) as f32;
                // No number is dark.
                out.push((255.0 * (mean - low) / (high - low)).clamp(0.0, 255.0) as u8);
            }
        }
    }
    (out, [columns, rows])
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn any_frame_becomes_a_picture_of_telephone_size() {
        let slope = |(y, x, _): (usize, usize, usize)| (y + x) as f32;
        for (pixels, want) in [
            (Pixels::U8(Array3::from_shape_fn((48, 64, 1), |at| slope(at) as u8)), [64, 48]),
            (Pixels::U8(Array3::from_shape_fn((1080, 1920, 3), |at| slope(at) as u8)), [960, 540]),
            (
                Pixels::U16(Array3::from_shape_fn((48, 64, 1), |at| 7000 + slope(at) as u16)),
                [64, 48],
            ),
            (Pixels::F32(Array3::from_shape_fn((1201, 7, 1), slope)), [4, 601]),
            (Pixels::F32(Array3::from_elem((9, 9, 1), f32::NAN)), [9, 9]),
        ] {
            let made = jpeg(&pixels).unwrap();
            let decoder = image::codecs::jpeg::JpegDecoder::new(std::io::Cursor::new(made));
            let (width, height) = image::ImageDecoder::dimensions(&decoder.unwrap());
            assert_eq!([width, height], want);
        }
        assert_eq!(jpeg(&Pixels::U8(Array3::zeros((4, 4, 2)))), None);
    }

    #[test]
    fn counts_of_a_thermal_camera_fill_all_greys() {
        let counts = Array3::from_shape_fn((100, 100, 1), |(y, x, _)| 7000 + (y * 100 + x) as u16);
        let ends = spread(counts.iter().map(|v| f32::from(*v)));
        let (bytes, _) = reduced(&counts.view(), 1, f32::from, ends);
        assert!(bytes[0] == 0 && bytes[9999] == 255 && (120..136).contains(&bytes[5000]));
    }

    #[test]
    fn a_picture_is_made_once() {
        let (all, pixels) = (Pictures::default(), Pixels::U8(Array3::zeros((8, 8, 1))));
        let at = |second| Timestamp::from_second(second).unwrap();
        let first = all.of("a", at(1), &pixels).unwrap();
        assert!(Arc::ptr_eq(&first, &all.of("a", at(1), &pixels).unwrap()));
        assert!(!Arc::ptr_eq(&first, &all.of("a", at(2), &pixels).unwrap()));
        (0..100).for_each(|k| drop(all.of(&k.to_string(), at(1), &pixels)));
        assert!(all.0.lock().unwrap().len() <= HELD);
    }
}
