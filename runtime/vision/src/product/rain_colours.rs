//! Colours of rain rates, as weather radars are mostly shown: blue is light, red heavy, violet a
//! cloudburst.

use crate::rain_rate::LEAST_MM_H;

/// From which rate on, mm/h, which colour.
pub const STEPS: [(f32, [u8; 3]); 9] = [
    (LEAST_MM_H, [140, 198, 235]),
    (0.5, [72, 145, 225]),
    (1.0, [35, 90, 200]),
    (2.0, [35, 150, 75]),
    (5.0, [248, 222, 60]),
    (10.0, [250, 160, 35]),
    (20.0, [232, 64, 40]),
    (50.0, [175, 22, 85]),
    (100.0, [228, 120, 240]),
];
/// No rain.
pub const DRY: [u8; 3] = [34, 38, 46];
/// The radar did not see there.
pub const NO_DATA: [u8; 3] = [112, 114, 118];

/// Lines over rain that is a guess: nobody saw where it comes from.
pub const GUESS: [u8; 3] = [214, 216, 222];

/// Colour of a rate in mm/h; NaN is no data.
#[must_use]
pub fn colour(mm_h: f32) -> [u8; 3] {
    if mm_h.is_nan() {
        return NO_DATA;
    }
    STEPS.iter().rev().find(|(from, _)| mm_h >= *from).map_or(DRY, |(_, colour)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rate_has_the_colour_of_the_step_it_has_reached() {
        for (rate, want) in [
            (0.0, DRY),
            (0.099, DRY),
            (0.1, STEPS[0].1),
            (4.99, STEPS[3].1),
            (5.0, STEPS[4].1),
            (623.0, STEPS[8].1),
            (f32::NAN, NO_DATA),
        ] {
            assert_eq!(colour(rate), want, "{rate}");
        }
    }
}
