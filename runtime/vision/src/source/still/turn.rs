//! Turns: which way up a picture is to be shown, as EXIF and TIFF number it.

use ndarray::{Array3, Axis};

use crate::frame::Pixels;

/// One of the eight ways to hold a camera; 1 is upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn(u16);

impl Turn {
    /// As stored.
    pub(super) const UPRIGHT: Self = Self(1);

    /// The turn of this number; any other number is upright.
    pub(super) fn of(number: u16) -> Self {
        if (1..=8).contains(&number) { Self(number) } else { Self::UPRIGHT }
    }

    /// The picture as it is to be shown.
    pub(super) fn upright(self, pixels: Pixels) -> Pixels {
        match pixels {
            _ if self == Self::UPRIGHT => pixels,
            Pixels::U8(a) => Pixels::U8(self.array(a)),
            Pixels::U16(a) => Pixels::U16(self.array(a)),
            Pixels::F32(a) => Pixels::F32(self.array(a)),
        }
    }

    fn array<T: Copy>(self, stored: Array3<T>) -> Array3<T> {
        let mut shown = stored;
        if matches!(self.0, 5..=8) {
            shown = shown.permuted_axes([1, 0, 2]);
        }
        if matches!(self.0, 2 | 3 | 6 | 7) {
            shown.invert_axis(Axis(1));
        }
        if matches!(self.0, 3 | 4 | 7 | 8) {
            shown.invert_axis(Axis(0));
        }
        shown.as_standard_layout().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_puts_the_first_row_and_column_where_exif_says() {
        let stored = Array3::from_shape_vec((2, 3, 1), vec![0u8, 1, 2, 3, 4, 5]).unwrap();
        for (number, shape, shown) in [
            (0, [2, 3], [0, 1, 2, 3, 4, 5]),
            (1, [2, 3], [0, 1, 2, 3, 4, 5]),
            (2, [2, 3], [2, 1, 0, 5, 4, 3]), // row 0 on top, column 0 on the right
            (3, [2, 3], [5, 4, 3, 2, 1, 0]), // bottom, right
            (4, [2, 3], [3, 4, 5, 0, 1, 2]), // bottom, left
            (5, [3, 2], [0, 3, 1, 4, 2, 5]), // row 0 on the left, column 0 on top
            (6, [3, 2], [3, 0, 4, 1, 5, 2]), // right, top
            (7, [3, 2], [5, 2, 4, 1, 3, 0]), // right, bottom
            (8, [3, 2], [2, 5, 1, 4, 0, 3]), // left, bottom
            (9, [2, 3], [0, 1, 2, 3, 4, 5]),
        ] {
            let Pixels::U8(got) = Turn::of(number).upright(Pixels::U8(stored.clone())) else {
                panic!("8 bit stays 8 bit");
            };
            assert_eq!(got.dim(), (shape[0], shape[1], 1), "{number}");
            assert_eq!(got.as_slice().unwrap(), shown, "{number}");
        }
    }
}
