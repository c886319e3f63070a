//! Colours: how brightness and colour of a video become red, green and blue.
//!
//! Which of the standard's matrices holds, and whether black is 16 and white 235 or the whole byte is
//! used, stands in the stream (the last word, as in ffmpeg) or in the file around it.

use super::mp4::Coding;
use super::planes::Planes;
use super::sequence::Sequence;

/// Transfer characteristics of film with more light than a screen has: PQ and HLG.
const HDR: [u8; 2] = [16, 18];

/// How brightness and colour become red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colours {
    /// Shares of red and blue in brightness.
    red: f32,
    blue: f32,
    pub(super) full_range: bool,
    /// Whether the file says which matrix holds.
    pub(super) matrix_told: bool,
    /// Whether the film is of high dynamic range.
    pub(super) hdr: bool,
}

/// BT.601 of limited range, which nobody told.
impl Default for Colours {
    fn default() -> Self {
        Self { red: 0.299, blue: 0.114, full_range: false, matrix_told: false, hdr: false }
    }
}

impl Colours {
    /// What stream and file say; BT.601 and limited range where neither does.
    ///
    /// # Errors
    /// The name of a matrix that is not read.
    pub(super) fn of(sequence: &Sequence, coding: Option<Coding>) -> Result<Self, &'static str> {
        let first = |told: u8, outside: Option<u8>| match told {
            2 => outside.unwrap_or(2),
            told => told,
        };
        let matrix = first(sequence.matrix, coding.map(|c| c.matrix));
        let transfer = first(sequence.transfer, coding.map(|c| c.transfer));
        let (red, blue) = match matrix {
            2 | 5 | 6 => (0.299, 0.114),
            1 => (0.2126, 0.0722),
            4 => (0.3, 0.11),
            7 => (0.212, 0.087),
            9 => (0.2627, 0.0593),
            0 => return Err("RGB"),
            8 => return Err("YCgCo"),
            10 => return Err("BT.2020 of constant luminance"),
            14 => return Err("ICtCp"),
            _ => return Err("of a number that is not known"),
        };
        let outside = coding.and_then(|c| c.full_range);
        let full_range = sequence.full_range.or(outside).unwrap_or(false);
        let hdr = HDR.contains(&transfer);
        Ok(Self { red, blue, full_range, matrix_told: matrix != 2, hdr })
    }

    /// Whether `planes` can be left to the decoder.
    fn is_limited_601(self) -> bool {
        !self.full_range && self.red == 0.299
    }

    /// Brightness as 0..255.
    pub(super) fn brightness(self, y: u8) -> u8 {
        if self.full_range { y } else { full_range(y) }
    }

    /// Red, green and blue of each pixel, row by row.
    pub(super) fn rgb(self, planes: Planes<'_>) -> Vec<u8> {
        let mut out = vec![0u8; planes.height * planes.width * 3];
        if planes.u.is_empty() {
            let grey = planes.rows().flatten().map(|&y| self.brightness(y));
            out.chunks_exact_mut(3).zip(grey).for_each(|(pixel, grey)| pixel.fill(grey));
            return out;
        }
        if let Some(write) = planes.limited_601.filter(|_| self.is_limited_601()) {
            write(&mut out);
            return out;
        }
        let (black, luma, chroma) = match self.full_range {
            true => (0.0, 1.0, 1.0),
            false => (16.0, 255.0 / 219.0, 255.0 / 224.0),
        };
        let green = 1.0 - self.red - self.blue;
        let (to_red, to_blue) = (2.0 * (1.0 - self.red) * chroma, 2.0 * (1.0 - self.blue) * chroma);
        let red_in_green = to_red * self.red / green;
        let blue_in_green = to_blue * self.blue / green;
        let round = |v: f32| v.round().clamp(0.0, 255.0) as u8;
        let pixels = out.chunks_exact_mut(planes.width * 3);
        for (r, (row, pixels)) in planes.rows().zip(pixels).enumerate() {
            let colour = r / 2 * planes.strides[1];
            for (x, (&y, pixel)) in row.iter().zip(pixels.chunks_exact_mut(3)).enumerate() {
                let y = (f32::from(y) - black) * luma;
                let u = f32::from(planes.u[colour + x / 2]) - 128.0;
                let v = f32::from(planes.v[colour + x / 2]) - 128.0;
                pixel[0] = round(y + to_red * v);
                pixel[1] = round(y - blue_in_green * u - red_in_green * v);
                pixel[2] = round(y + to_blue * u);
            }
        }
        out
    }
}

/// Video brightness, black at 16 and white at 235, as 0..255.
pub(super) fn full_range(y: u8) -> u8 {
    ((f32::from(y) - 16.0) * 255.0 / 219.0).round().clamp(0.0, 255.0) as u8
}
