//! Pairs: two halves of the chessboard to one image; what cannot be an image is taken out.
//!
//! The same checks as the node's own of smaller arrays (`firmware/node/src/thermal.rs`), where what goes
//! wrong in the field is named. A false hot spot is a false fire.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::array::{PIXELS, subpage_of};
use super::half::ImageC;

/// What the array measures, °C; out of it a pixel is `None`.
const OBJECT_C: RangeInclusive<f64> = -40.0..=300.0;
/// What there is in front of one: a clear sky at night is colder than -40 °C, and no fault.
const THERE_C: RangeInclusive<f64> = -100.0..=300.0;
/// Halves that came further apart are of two images; the chip measures one each second, and 26 frames
/// take 2.5 s at 9,600 baud.
const MOST_APART: Duration = Duration::from_secs(15);
/// So many images in a row may be the same to the bit.
const MOST_SAME: u8 = 5;
/// The halves may differ by this in their medians, K. A median, because a fire is in few pixels.
const MOST_CHESS_K: f64 = 5.0;

/// Why there is no image of two halves.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BadImage {
    /// The other half of one was lost.
    #[error("a half image came without the other, which was lost on the way: no image of it")]
    Alone,
    /// The words were torn, or the array is broken; or most of what it sees is hotter than it measures.
    #[error(
        "{bad} of {PIXELS} pixels cannot be right: no image of them; check its cable and supply, and \
         whether something hotter than 300 °C is near"
    )]
    TooManyBad {
        /// How many.
        bad: usize,
    },
    /// One of the halves is old or wrong.
    #[error("the halves of its image differ by {differ_k:.1} K: no image of them")]
    Chessboard {
        /// First half less second.
        differ_k: f64,
    },
    /// The array has stopped.
    #[error("it gives the same image again and again: restart the node, then replace the array")]
    Frozen,
}

/// Puts halves together.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    held: Option<(u8, Duration, Box<ImageC>)>,
    before: Vec<Option<f64>>,
    same: u8,
}

impl Pairs {
    /// Takes half `subpage` that came at `since`; returns the image, to 0.01 °C, when it is the second.
    ///
    /// # Errors
    /// [`BadImage`] when there is no image of it; a half without its other is then held as the first.
    pub fn take(
        &mut self,
        half: ImageC,
        subpage: u8,
        since: Duration,
    ) -> Result<Option<Vec<Option<f64>>>, BadImage> {
        let held = self.held.take();
        let Some((_, _, first)) = held.as_ref().filter(|(other, then, _)| {
            *other != subpage && since.saturating_sub(*then) <= MOST_APART
        }) else {
            self.held = Some((subpage, since, Box::new(half)));
            return if held.is_some() { Err(BadImage::Alone) } else { Ok(None) };
        };
        let round = |c: f64| (c * 100.0).round() / 100.0;
        let both = first.iter().zip(half).map(|(first, second)| first.or(second).map(round));
        let image: Vec<_> = both.collect();
        self.same = if self.before == image { self.same.saturating_add(1) } else { 1 };
        self.before.clone_from(&image);
        if self.same > MOST_SAME {
            return Err(BadImage::Frozen);
        }
        let there = |pixel: &&Option<f64>| pixel.is_some_and(|c| THERE_C.contains(&c));
        let bad = PIXELS - image.iter().filter(there).count();
        if bad * 4 > PIXELS {
            return Err(BadImage::TooManyBad { bad });
        }
        let differ_k = median_c(&image, 0) - median_c(&image, 1);
        if differ_k.abs() > MOST_CHESS_K {
            return Err(BadImage::Chessboard { differ_k });
        }
        Ok(Some(image.iter().map(|pixel| pixel.filter(|c| OBJECT_C.contains(c))).collect()))
    }
}

/// Median of one half, °C; at least half of it is there.
fn median_c(image: &[Option<f64>], half: u8) -> f64 {
    let of_half = image.iter().enumerate().filter(|(index, _)| subpage_of(*index) == half);
    let mut all: Vec<f64> = of_half.filter_map(|(_, pixel)| *pixel).collect();
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(subpage: u8, c: f64) -> ImageC {
        std::array::from_fn(|i| (subpage_of(i) == subpage).then_some(c))
    }

    fn take(pairs: &mut Pairs, half: ImageC, subpage: u8, s: u64) -> Result<bool, BadImage> {
        pairs.take(half, subpage, Duration::from_secs(s)).map(|image| image.is_some())
    }

    #[test]
    fn halves_are_joined_in_turn_and_in_time() {
        let mut pairs = Pairs::default();
        for (subpage, s, want) in [
            (0, 1, Ok(false)),
            (1, 3, Ok(true)),
            (0, 61, Ok(false)),
            (0, 121, Err(BadImage::Alone)), // half 1 was lost
            (1, 123, Ok(true)),
            (1, 181, Ok(false)),
            (0, 241, Err(BadImage::Alone)), // of two images
            (1, 242, Ok(true)),
        ] {
            let c = 20.0 + s as f64 / 100.0;
            assert_eq!(take(&mut pairs, half(subpage, c), subpage, s), want, "{s} s");
        }
        let mut pairs = Pairs::default();
        take(&mut pairs, half(1, 21.234_56), 1, 0).unwrap();
        let image = pairs.take(half(0, 20.0), 0, Duration::ZERO).unwrap().unwrap();
        assert_eq!(image[..3], [Some(20.0), Some(21.23), Some(20.0)]);
    }

    #[test]
    fn what_cannot_be_is_no_image() {
        let with = |pixels: std::ops::Range<usize>, c: Option<f64>| {
            let mut half = half(1, 20.0);
            half[pixels].iter_mut().filter(|pixel| pixel.is_some()).for_each(|pixel| *pixel = c);
            half
        };
        for (second, want) in [
            (with(0..200, Some(299.0)), Ok(true)), // a fire
            (with(0..768, Some(26.0)), Err(BadImage::Chessboard { differ_k: -6.0 })),
            (with(0..400, None), Err(BadImage::TooManyBad { bad: 200 })),
            (with(0..400, Some(301.0)), Err(BadImage::TooManyBad { bad: 200 })),
        ] {
            let mut pairs = Pairs::default();
            take(&mut pairs, half(0, 20.0), 0, 0).unwrap();
            assert_eq!(take(&mut pairs, second, 1, 1), want);
        }
    }

    #[test]
    fn a_cold_sky_is_null_and_no_fault() {
        let mut pairs = Pairs::default();
        let sky = |half: ImageC| {
            std::array::from_fn(|i| half[i].map(|c| if i < 480 { -61.0 } else { c }))
        };
        take(&mut pairs, sky(half(0, 4.0)), 0, 0).unwrap();
        let image = pairs.take(sky(half(1, 4.0)), 1, Duration::from_secs(2)).unwrap().unwrap();
        assert_eq!((image[479], image[480]), (None, Some(4.0)));
        assert_eq!(image.iter().flatten().count(), 288);
    }

    #[test]
    fn an_image_that_never_changes_is_refused() {
        let mut pairs = Pairs::default();
        for round in 0..7 {
            take(&mut pairs, half(0, 20.0), 0, 60 * round).unwrap();
            let want = if round < 5 { Ok(true) } else { Err(BadImage::Frozen) };
            assert_eq!(take(&mut pairs, half(1, 20.0), 1, 60 * round), want, "{round}");
        }
        take(&mut pairs, half(0, 20.01), 0, 500).unwrap();
        assert_eq!(take(&mut pairs, half(1, 20.0), 1, 500), Ok(true));
    }
}
