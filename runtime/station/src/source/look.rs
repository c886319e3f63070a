//! How a picture looks at first sight: whether it can show anything at all.

use emberline_vision::frame::Pixels;

/// Levels of 255 between which a picture shows nothing, and below or above which it is dark or white.
const SPAN: f64 = 6.0;
const DARK: f64 = 16.0;
const WHITE: f64 = 240.0;

/// What a picture shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Something.
    #[default]
    Fine,
    /// Nothing: black all over.
    Dark,
    /// Nothing: white all over.
    White,
}

impl Look {
    /// Of 8-bit pictures; raw counts have no black and no white.
    #[must_use]
    pub fn of(pixels: &Pixels) -> Self {
        let Pixels::U8(values) = pixels else { return Self::Fine };
        // The extremes and not percentiles: a small fire in a dark night is all there is to see.
        let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else {
            return Self::Fine;
        };
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
        match f64::from(most - least) {
            span if span >= SPAN => Self::Fine,
            _ if mean < DARK => Self::Dark,
            _ if mean > WHITE => Self::White,
            _ => Self::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn black_and_white_pictures_show_nothing() {
        for (low, high, want) in [
            (0, 0, Look::Dark),
            (3, 8, Look::Dark),
            (0, 40, Look::Fine),
            (255, 255, Look::White),
            (244, 248, Look::White),
            (120, 120, Look::Fine),
        ] {
            let mixed =
                |(y, x, _): (usize, usize, usize)| if (x + y) % 2 == 0 { low } else { high };
            let pixels = Pixels::U8(Array3::from_shape_fn((40, 50, 1), mixed));
            assert_eq!(Look::of(&pixels), want, "{low} to {high}");
        }
        assert_eq!(Look::of(&Pixels::U16(Array3::zeros((40, 50, 1)))), Look::Fine);
        let spot = |(y, x, _): (usize, usize, usize)| if (y, x) == (4, 30) { 255 } else { 2 };
        let pixels = Pixels::U8(Array3::from_shape_fn((40, 50, 1), spot));
        assert_eq!(Look::of(&pixels), Look::Fine);
    }
}
