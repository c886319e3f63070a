//! Thermal images: assembled from the parts in which a node sends them; an incomplete one is dropped.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use emberline_wire::{PART, ThermalContent, ThermalPart};

use crate::id::NodeId;

/// Most values of an image: an MLX90640 has 832 words.
const MOST_VALUES: usize = 1024;

/// One image, as a line of a day's `.thermal.ndjson`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Which node.
    pub node: NodeId,
    /// When its last part came, by this gateway's clock.
    pub received: Timestamp,
    /// Height, pixels.
    pub rows: u8,
    /// Width, pixels.
    pub columns: u8,
    /// Temperatures, °C, row by row from the top left; `null` is a pixel that cannot be used.
    pub temp_c: Vec<Option<f64>>,
}

/// Assembles parts to images.
#[derive(Clone, Debug, Default)]
pub struct ImageAssembler {
    /// Number, content, subpage, rows and columns of the one that is under way.
    image: Option<(u16, ThermalContent, u8, u8, u8)>,
    values: Vec<Option<i16>>,
    /// Which parts have come.
    came: Vec<bool>,
    /// Images that were dropped, for a part of each was missing.
    pub dropped: u32,
}

/// All parts of one transfer.
#[derive(Clone, Debug, PartialEq)]
pub struct AssembledImage {
    /// What the values are.
    pub content: ThermalContent,
    /// For sensors that read a chessboard in two halves: which half, 0 or 1.
    pub subpage: u8,
    /// Height, values.
    pub rows: u8,
    /// Width, values.
    pub columns: u8,
    /// Row by row from the top left; `None` is one that cannot be used.
    pub values: Vec<Option<i16>>,
}

impl ImageAssembler {
    /// Takes one part; returns the image when it was the last one missing.
    pub fn join(&mut self, part: &ThermalPart) -> Option<AssembledImage> {
        let ThermalPart { image, content, subpage, rows, columns, .. } = *part;
        let size = usize::from(rows) * usize::from(columns);
        let first = usize::from(part.first);
        if size == 0 || size > MOST_VALUES || first >= size || !first.is_multiple_of(PART) {
            return None;
        }
        let key = (image, content, subpage, rows, columns);
        if self.image != Some(key) {
            self.dropped += u32::from(self.image.is_some());
            self.image = Some(key);
            self.values = vec![None; size];
            self.came = vec![false; size.div_ceil(PART)];
        }
        for (kept, value) in self.values[first..].iter_mut().zip(part.values()) {
            *kept = value;
        }
        self.came[first / PART] = true;
        if self.came.contains(&false) {
            return None;
        }
        self.image = None;
        let values = std::mem::take(&mut self.values);
        Some(AssembledImage { content, subpage, rows, columns, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(image: u16, first: u16, value: i16) -> ThermalPart {
        let mut values = [Some(value); PART];
        values[1] = None;
        ThermalPart::new(image, ThermalContent::TempCE2, 0, [8, 8], first, &values)
    }

    #[test]
    fn an_image_is_whole_with_its_last_part_and_never_mixed() {
        let mut images = ImageAssembler::default();
        assert_eq!(images.join(&part(1, 0, 2000)), None);
        let whole = images.join(&part(1, 32, 3000)).unwrap();
        assert_eq!((whole.rows, whole.columns), (8, 8));
        let values = &whole.values;
        assert_eq!((values[0], values[1], values[63]), (Some(2000), None, Some(3000)));
        // The second part of image 2 is lost; the first of image 3 must not complete it.
        assert_eq!(images.join(&part(2, 0, 1)), None);
        assert_eq!(images.join(&part(3, 32, 2)), None);
        assert_eq!(images.dropped, 1);
        let whole = images.join(&part(3, 0, 2)).unwrap();
        assert!(whole.values.iter().flatten().all(|v| *v == 2));
    }

    #[test]
    fn absurd_parts_are_passed_over() {
        let values = [Some(1); PART];
        let mut images = ImageAssembler::default();
        for (size, first) in [([0, 8], 0), ([8, 8], 64), ([8, 8], 31), ([255, 255], 0)] {
            let part = ThermalPart::new(1, ThermalContent::TempCE2, 0, size, first, &values);
            assert_eq!(images.join(&part), None, "{size:?} {first}");
        }
    }

    #[test]
    fn parts_of_one_number_but_of_something_else_are_not_mixed() {
        let values = [Some(1); PART];
        let mut images = ImageAssembler::default();
        let part = |content, subpage, first| {
            ThermalPart::new(1, content, subpage, [2, 32], first, &values)
        };
        assert_eq!(images.join(&part(ThermalContent::Mlx90640Words, 0, 0)), None);
        assert_eq!(images.join(&part(ThermalContent::Mlx90640Words, 1, 32)), None);
        assert_eq!(images.join(&part(ThermalContent::Mlx90640Calibration, 1, 0)), None);
        assert_eq!(images.dropped, 2);
        let whole = images.join(&part(ThermalContent::Mlx90640Calibration, 1, 32)).unwrap();
        assert_eq!((whole.content, whole.subpage), (ThermalContent::Mlx90640Calibration, 1));
    }
}
