//! Thermal images of a node: put together from their parts; an image with a part missing is dropped.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use emberline_wire::{PART, ThermalContent, ThermalPart};

use super::id::NodeId;

/// Most pixels of an image: an MLX90640 has 768.
const MOST_PIXELS: usize = 1024;

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

/// Puts parts together.
#[derive(Clone, Debug, Default)]
pub struct Images {
    image: Option<(u16, u8, u8)>,
    pixels: Vec<Option<i16>>,
    /// Which parts have come.
    came: Vec<bool>,
    /// Images that lacked a part.
    pub dropped: u32,
}

/// What a part did.
#[derive(Clone, Debug, PartialEq)]
pub enum Joined {
    /// More parts are to come.
    NotYet,
    /// The image is whole: rows, columns and temperatures, 0.01 °C.
    Whole(u8, u8, Vec<Option<i16>>),
    /// Words of a sensor that only a later version can compute.
    Words,
}

impl Images {
    /// Takes one part.
    pub fn join(&mut self, part: &ThermalPart) -> Joined {
        if part.content != ThermalContent::TempCE2 {
            return Joined::Words;
        }
        let size = usize::from(part.rows) * usize::from(part.columns);
        let first = usize::from(part.first);
        if size == 0 || size > MOST_PIXELS || first >= size || !first.is_multiple_of(PART) {
            return Joined::NotYet;
        }
        let image = (part.image, part.rows, part.columns);
        if self.image != Some(image) {
            self.dropped += u32::from(self.image.is_some());
            self.image = Some(image);
            self.pixels = vec![None; size];
            self.came = vec![false; size.div_ceil(PART)];
        }
        for (pixel, value) in self.pixels[first..].iter_mut().zip(part.values()) {
            *pixel = value;
        }
        self.came[first / PART] = true;
        if self.came.contains(&false) {
            return Joined::NotYet;
        }
        self.image = None;
        Joined::Whole(part.rows, part.columns, std::mem::take(&mut self.pixels))
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
        let mut images = Images::default();
        assert_eq!(images.join(&part(1, 0, 2000)), Joined::NotYet);
        let Joined::Whole(8, 8, pixels) = images.join(&part(1, 32, 3000)) else { panic!("whole") };
        assert_eq!((pixels[0], pixels[1], pixels[63]), (Some(2000), None, Some(3000)));
        // The second part of image 2 is lost; the first of image 3 must not complete it.
        assert_eq!(images.join(&part(2, 0, 1)), Joined::NotYet);
        assert_eq!(images.join(&part(3, 32, 2)), Joined::NotYet);
        assert_eq!(images.dropped, 1);
        let Joined::Whole(_, _, pixels) = images.join(&part(3, 0, 2)) else { panic!("whole") };
        assert!(pixels.iter().flatten().all(|v| *v == 2));
    }

    #[test]
    fn absurd_parts_are_passed_over() {
        let values = [Some(1); PART];
        let mut images = Images::default();
        for (size, first) in [([0, 8], 0), ([8, 8], 64), ([8, 8], 31), ([255, 255], 0)] {
            let part = ThermalPart::new(1, ThermalContent::TempCE2, 0, size, first, &values);
            assert_eq!(images.join(&part), Joined::NotYet, "{size:?} {first}");
        }
        let words = ThermalPart::new(1, ThermalContent::Mlx90640Words, 0, [26, 32], 0, &values);
        assert_eq!(images.join(&words), Joined::Words);
    }
}
