//! Thermal images: pixels that cannot be, pixels that never change and halves that do not belong together
//! are taken out, because a false hot spot is a false fire.
//!
//! What goes wrong in the field: byte-swapped or torn reads give pixels of 300 to 1,000 °C
//! (melexis/mlx90640-library issue 68), a chessboard when one half of the image is not renewed
//! (pimoroni/mlx90640-library issue 23), and single dead pixels (melexis/mlx90640-library issue 14).

/// Why an image is not used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadImage {
    /// More than a quarter of the pixels cannot be used: the read was torn or the sensor is broken.
    TooManyBadPixels {
        /// How many.
        bad: u16,
        /// Of how many.
        of: u16,
    },
    /// The same half of the chessboard came twice: the other is old.
    SameSubpage {
        /// Which half, 0 or 1.
        subpage: u8,
    },
    /// The halves of the chessboard differ by so much that one of them is old or wrong.
    Chessboard {
        /// Difference of their means, 0.01 °C.
        differ_c_e2: i32,
    },
    /// Every pixel has been the same to the bit for [`MOST_SAME`] images: the sensor has stopped.
    Frozen,
}

impl core::fmt::Display for BadImage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooManyBadPixels { bad, of } => {
                write!(
                    f,
                    "thermal array: {bad} of {of} pixels cannot be right: check cable and supply"
                )
            }
            Self::SameSubpage { subpage } => {
                write!(f, "thermal array: subpage {subpage} twice, the other was missed")
            }
            Self::Chessboard { differ_c_e2 } => {
                write!(f, "thermal array: its two subpages differ by {differ_c_e2}/100 degrees")
            }
            Self::Frozen => f.write_str("thermal array: gives the same image again and again"),
        }
    }
}

impl core::error::Error for BadImage {}

/// What a sensor can see, from its datasheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array {
    /// Height, pixels.
    pub rows: u8,
    /// Width, pixels.
    pub columns: u8,
    /// Lowest temperature that it measures, 0.01 °C.
    pub least_c_e2: i16,
    /// Highest temperature that it measures, 0.01 °C.
    pub most_c_e2: i16,
    /// Whether it reads a chessboard in two halves.
    pub chessboard: bool,
}

impl Array {
    /// AMG8833, high gain: 8×8, 0 to 80 °C (Panasonic, *Infrared array sensor Grid-EYE*).
    pub const AMG8833: Self =
        Self { rows: 8, columns: 8, least_c_e2: 0, most_c_e2: 8_000, chessboard: false };
    /// MLX90640: 32×24, -40 to 300 °C (Melexis, *MLX90640 datasheet*).
    pub const MLX90640: Self =
        Self { rows: 24, columns: 32, least_c_e2: -4_000, most_c_e2: 30_000, chessboard: true };

    /// Pixels.
    pub const fn pixels(&self) -> usize {
        self.rows as usize * self.columns as usize
    }
}

/// So many images in a row may be the same to the bit; in a steady scene two may be by chance.
pub const MOST_SAME: u8 = 5;
/// Halves of a chessboard may differ by this in their means, 0.01 °C.
const MOST_CHESS_C_E2: i32 = 500;

/// Checks one image after the other. `N` is [`Array::pixels`].
#[derive(Clone, Debug)]
pub struct ThermalCheck<const N: usize> {
    array: Array,
    before: Option<[i16; N]>,
    same: u8,
    subpage: Option<u8>,
    /// Pixels that the sensor's own calibration or the installer names as dead.
    dead: [bool; N],
}

impl<const N: usize> ThermalCheck<N> {
    /// A check for `array`, none of whose pixels is known to be dead. `None` if it has not `N` pixels.
    pub fn new(array: Array) -> Option<Self> {
        let fits = array.pixels() == N && N > 0;
        fits.then_some(Self { array, before: None, same: 1, subpage: None, dead: [false; N] })
    }

    /// Pixel `index`, row by row from the top left, is dead. Beyond the end nothing happens.
    pub fn mark_dead(&mut self, index: usize) {
        if let Some(dead) = self.dead.get_mut(index) {
            *dead = true;
        }
    }

    /// The pixels of an image in 0.01 °C that can be used; dead ones and those out of range are `None`.
    /// `subpage` is the half that was renewed last, 0 or 1, of an array that is read by halves.
    ///
    /// # Errors
    /// [`BadImage`] when the whole image is not to be used.
    pub fn check(&mut self, image: &[i16; N], subpage: u8) -> Result<[Option<i16>; N], BadImage> {
        let subpage_before = self.subpage.replace(subpage);
        let before = self.before.replace(*image);
        if self.array.chessboard && subpage_before == Some(subpage) {
            return Err(BadImage::SameSubpage { subpage });
        }
        self.same = if before.as_ref() == Some(image) { self.same.saturating_add(1) } else { 1 };
        if self.same > MOST_SAME {
            return Err(BadImage::Frozen);
        }
        let range = self.array.least_c_e2..=self.array.most_c_e2;
        let mut good = [None; N];
        for (i, pixel) in image.iter().enumerate() {
            good[i] = (range.contains(pixel) && !self.dead[i]).then_some(*pixel);
        }
        let bad = good.iter().filter(|pixel| pixel.is_none()).count();
        if bad * 4 > N {
            return Err(BadImage::TooManyBadPixels { bad: bad as u16, of: N as u16 });
        }
        if self.array.chessboard {
            let differ_c_e2 = self.mean_of_half(&good, 0) - self.mean_of_half(&good, 1);
            if differ_c_e2.abs() > MOST_CHESS_C_E2 {
                return Err(BadImage::Chessboard { differ_c_e2 });
            }
        }
        Ok(good)
    }

    /// Mean of the pixels of one colour of the chessboard, 0.01 °C; at least half of them are good.
    fn mean_of_half(&self, good: &[Option<i16>; N], half: usize) -> i32 {
        let columns = usize::from(self.array.columns);
        let of_half = |i: &usize| (i / columns + i % columns) % 2 == half;
        let pixels = || (0..N).filter(of_half).filter_map(|i| good[i]).map(i32::from);
        pixels().sum::<i32>() / (pixels().count() as i32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chess(even: i16, odd: i16) -> [i16; 768] {
        core::array::from_fn(|i| if (i / 32 + i % 32) % 2 == 0 { even } else { odd })
    }

    #[test]
    fn a_pixel_out_of_range_or_dead_is_none() {
        let mut check = ThermalCheck::<64>::new(Array::AMG8833).unwrap();
        check.mark_dead(9);
        check.mark_dead(900);
        let mut image = [2_150; 64];
        image[0] = 8_001;
        image[63] = -1;
        let good = check.check(&image, 0).unwrap();
        let none: std::vec::Vec<_> = (0..64).filter(|i| good[*i].is_none()).collect();
        assert_eq!(none, [0, 9, 63]);
        assert_eq!(good[1], Some(2_150));
    }

    #[test]
    fn a_torn_image_is_refused() {
        let mut check = ThermalCheck::<64>::new(Array::AMG8833).unwrap();
        let swapped = [i16::from_be_bytes(2_150_i16.to_le_bytes()); 64];
        assert_eq!(check.check(&swapped, 0), Err(BadImage::TooManyBadPixels { bad: 64, of: 64 }));
    }

    #[test]
    fn an_image_that_never_changes_is_refused() {
        let mut check = ThermalCheck::<64>::new(Array::AMG8833).unwrap();
        for _ in 0..MOST_SAME {
            assert!(check.check(&[2_150; 64], 0).is_ok());
        }
        assert_eq!(check.check(&[2_150; 64], 0), Err(BadImage::Frozen));
        assert!(check.check(&[2_175; 64], 0).is_ok());
    }

    #[test]
    fn halves_must_come_in_turn_and_agree() {
        for (images, want) in [
            ([(chess(2_000, 2_010), 0), (chess(2_001, 2_011), 1)], None),
            (
                [(chess(2_000, 2_010), 0), (chess(2_001, 2_011), 0)],
                Some(BadImage::SameSubpage { subpage: 0 }),
            ),
            (
                [(chess(2_000, 2_010), 0), (chess(2_000, 3_000), 1)],
                Some(BadImage::Chessboard { differ_c_e2: -1_000 }),
            ),
        ] {
            let mut check = ThermalCheck::<768>::new(Array::MLX90640).unwrap();
            let last = images.map(|(image, subpage)| check.check(&image, subpage).err())[1];
            assert_eq!(last, want);
        }
    }

    #[test]
    fn a_fire_in_one_corner_is_no_chessboard() {
        let mut image = chess(2_000, 2_010);
        (0..6).for_each(|i| image[i] = 30_000);
        let mut check = ThermalCheck::<768>::new(Array::MLX90640).unwrap();
        assert_eq!(check.check(&image, 0).unwrap()[3], Some(30_000));
    }

    #[test]
    fn an_array_of_another_size_is_refused() {
        assert!(ThermalCheck::<64>::new(Array::MLX90640).is_none());
    }
}
