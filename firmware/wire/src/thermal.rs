//! Parts of a thermal image, small enough for one frame each.
//!
//! An 8×8 image is 2 parts, a 32×24 image 24 of one row each. Parts are live only: they are not kept by
//! the node and not sent again. A receiver drops an image of which a part is missing.

use serde::{Deserialize, Serialize};

/// How many values one part carries.
pub const PART: usize = 32;

/// One part of a thermal image, or of the words that a gateway needs to compute one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThermalPart {
    /// Counts images, from 0 at each start of the node, and wraps. All parts of an image have the same.
    pub image: u16,
    /// What the values are.
    pub content: ThermalContent,
    /// For sensors that read a chessboard in two halves: which half, 0 or 1. Otherwise 0.
    pub subpage: u8,
    /// Width of the whole, in values.
    pub columns: u8,
    /// Height of the whole, in values.
    pub rows: u8,
    /// Place of the first value in the whole, row by row from the top left as the sensor sees it.
    pub first: u16,
    /// Bit `i` is set if value `i` can be used.
    usable: u32,
    /// The values; 0 where one cannot be used.
    values: [i16; PART],
}

/// What the values of a part are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ThermalContent {
    /// Temperatures, 0.01 °C.
    TempCE2,
    /// Words of an MLX90640's memory as they were read, sixteen bits each.
    Mlx90640Words,
    /// Words of an MLX90640's calibration, sixteen bits each.
    Mlx90640Calibration,
}

impl ThermalPart {
    /// A part of `content` with `values` from place `first` on; `None` is a value that is dead, out of
    /// range or beyond the end of the whole.
    pub fn new(
        image: u16,
        content: ThermalContent,
        subpage: u8,
        [rows, columns]: [u8; 2],
        first: u16,
        values: &[Option<i16>; PART],
    ) -> Self {
        let mut part =
            Self { image, content, subpage, columns, rows, first, usable: 0, values: [0; PART] };
        for (i, value) in values.iter().enumerate() {
            if let Some(value) = value {
                part.usable |= 1 << i;
                part.values[i] = *value;
            }
        }
        part
    }

    /// The values in their order; `None` where one cannot be used.
    pub fn values(&self) -> impl Iterator<Item = Option<i16>> + '_ {
        self.values.iter().enumerate().map(|(i, v)| (self.usable & 1 << i != 0).then_some(*v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_pixel_stays_dead() {
        let mut values = [Some(2_150); PART];
        values[0] = None;
        values[31] = Some(-4_000);
        let part = ThermalPart::new(3, ThermalContent::TempCE2, 0, [8, 8], 32, &values);
        assert!(part.values().eq(values));
    }
}
