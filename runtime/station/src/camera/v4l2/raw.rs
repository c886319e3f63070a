//! Raw buffers of a video device: which bytes are which pixel.

use emberline_vision::frame::Pixels;
use ndarray::Array3;

use super::format::Format;

/// How a picture lies in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) format: Format,
    /// Pixels of a row.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// From a row to the next, bytes; 0 where rows stand close.
    pub(super) bytes_per_line: usize,
}

impl Layout {
    /// The pixels in `bytes`, `[H, W, C]`, row 0 on top: counts of `Y16`, grey of `GREY`, colours of `YUYV`.
    ///
    /// # Errors
    /// What is wrong with a buffer that is too short, or that is no raw one.
    pub(super) fn pixels(&self, bytes: &[u8]) -> Result<Pixels, String> {
        let (h, w) = (self.height, self.width);
        let row_bytes = match self.format {
            Format::Grey => w,
            Format::Y16 => 2 * w,
            Format::Yuyv if w % 2 == 0 => 2 * w,
            Format::Yuyv => return Err(format!("rows of {w} pixels are no pairs of pixels")),
            Format::Jpeg => return Err("a JPEG picture is not raw".to_owned()),
        };
        let line = if self.bytes_per_line == 0 { row_bytes } else { self.bytes_per_line };
        // The last row may end where its pixels do.
        let need = line.saturating_mul(h.saturating_sub(1)).saturating_add(row_bytes);
        if line < row_bytes || bytes.len() < need || h == 0 || w == 0 {
            let have = bytes.len();
            return Err(format!("a buffer of {have} bytes is no picture of {h}×{w} pixels"));
        }
        let rows = bytes.chunks(line).take(h).map(|row| &row[..row_bytes]);
        let wrong = |_| "its pixels do not fill its size".to_owned();
        Ok(match self.format {
            Format::Y16 => {
                let counts = rows.flat_map(|row| row.chunks_exact(2));
                let counts = counts.map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
                Pixels::U16(Array3::from_shape_vec((h, w, 1), counts).map_err(wrong)?)
            }
            Format::Yuyv => {
                let colours = rows.flat_map(|row| row.chunks_exact(4)).flat_map(pair).collect();
                Pixels::U8(Array3::from_shape_vec((h, w, 3), colours).map_err(wrong)?)
            }
            _ => {
                let grey = rows.flatten().copied().collect();
                Pixels::U8(Array3::from_shape_vec((h, w, 1), grey).map_err(wrong)?)
            }
        })
    }
}

/// Red, green and blue of two pixels: BT.601 with brightness from 16 to 235, as V4L2 has it where nothing else
/// is said.
fn pair(yuyv: &[u8]) -> [u8; 6] {
    let [y0, u, y1, v] = [yuyv[0], yuyv[1], yuyv[2], yuyv[3]].map(i32::from);
    let (d, e) = (u - 128, v - 128);
    let level = |sum: i32| ((sum + 128) >> 8).clamp(0, 255) as u8;
    let colour = |y: i32| {
        let c = 298 * (y - 16);
        [level(c + 409 * e), level(c - 100 * d - 208 * e), level(c + 516 * d)]
    };
    let ([r0, g0, b0], [r1, g1, b1]) = (colour(y0), colour(y1));
    [r0, g0, b0, r1, g1, b1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(format: Format, width: usize, height: usize, bytes_per_line: usize) -> Layout {
        Layout { format, width, height, bytes_per_line }
    }

    #[test]
    fn bytes_become_the_pixels_that_they_are() {
        let grey = |shape, values: &[u8]| {
            Pixels::U8(Array3::from_shape_vec(shape, values.to_vec()).unwrap())
        };
        let counts =
            Pixels::U16(Array3::from_shape_vec((2, 2, 1), vec![1, 0x1234, 0xffff, 256]).unwrap());
        let y16 = [1, 0, 0x34, 0x12, 0xff, 0xff, 0, 1];
        let y16_apart = [1, 0, 0x34, 0x12, 9, 9, 0xff, 0xff, 0, 1];
        for (what, layout, bytes, want) in [
            ("counts", layout(Format::Y16, 2, 2, 0), &y16[..], Some(counts.clone())),
            ("rows apart", layout(Format::Y16, 2, 2, 6), &y16_apart[..], Some(counts)),
            (
                "grey",
                layout(Format::Grey, 2, 2, 2),
                &[1, 2, 3, 4][..],
                Some(grey((2, 2, 1), &[1, 2, 3, 4])),
            ),
            (
                "more than a picture",
                layout(Format::Grey, 1, 2, 2),
                &[1, 9, 3, 9, 9][..],
                Some(grey((2, 1, 1), &[1, 3])),
            ),
            (
                "black and white",
                layout(Format::Yuyv, 2, 1, 4),
                &[16, 128, 235, 128][..],
                Some(grey((1, 2, 3), &[0, 0, 0, 255, 255, 255])),
            ),
            // Pure red and blue in BT.601: within a level of the exact 254.4 and 255.0.
            (
                "red, blue",
                layout(Format::Yuyv, 2, 2, 0),
                &[81, 90, 81, 240, 41, 240, 41, 110][..],
                Some(grey((2, 2, 3), &[255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255])),
            ),
            (
                "beyond",
                layout(Format::Yuyv, 2, 1, 0),
                &[0, 128, 255, 128][..],
                Some(grey((1, 2, 3), &[0, 0, 0, 255, 255, 255])),
            ),
            ("short", layout(Format::Y16, 2, 2, 0), &y16[..7], None),
            ("empty", layout(Format::Grey, 2, 2, 0), &[][..], None),
            ("no size", layout(Format::Grey, 0, 0, 0), &[1][..], None),
            ("lines too short", layout(Format::Grey, 4, 1, 3), &[1, 2, 3, 4][..], None),
            ("no pairs", layout(Format::Yuyv, 3, 1, 0), &[0; 6][..], None),
            ("no raw", layout(Format::Jpeg, 2, 1, 0), &[0; 6][..], None),
            ("huge", layout(Format::Grey, 2, usize::MAX, usize::MAX), &[0; 6][..], None),
        ] {
            match (layout.pixels(bytes), want) {
                (Ok(got), Some(want)) => assert_eq!(got, want, "{what}"),
                (Err(line), None) => assert!(!line.contains('\n'), "{what}: {line}"),
                (got, want) => panic!("{what}: {got:?} {want:?}"),
            }
        }
    }

    #[test]
    fn grey_stays_grey_through_yuyv() {
        // All levels that a device gives without colour: red, green and blue are equal.
        for y in 0..=255 {
            let [r, g, b, ..] = pair(&[y, 128, 0, 128]);
            assert!(r == g && g == b, "{y}");
        }
    }
}
