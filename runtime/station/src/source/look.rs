//! How a picture looks at first sight: whether it can show anything at all, and whether it is sharp.

use emberline_vision::frame::Pixels;
use ndarray::{Array3, Axis};

/// Levels of 255 between which a picture shows nothing, and below or above which it is dark or white.
const SPAN: f64 = 6.0;
const DARK: f64 = 16.0;
const WHITE: f64 = 240.0;
/// Distance of places that are compared, pixels, and what they must differ by, levels (root mean square), to tell
/// anything.
const APART: usize = 8;
const DETAIL: f64 = 8.0;
/// Mean square by which neighbours differ in a picture that is blurred, as a share of that of places so far apart.
/// Sharp edges have an eighth, films at hand .10 to .28; blurred by a Gauss curve of 2 pixels .023 to .038, of 4
/// pixels .02 and less.
const BLURRED: f64 = 0.03;

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
    /// Something, without any fine detail: out of focus, wet or dirty.
    Blurred,
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
            span if span < SPAN && mean < DARK => Self::Dark,
            span if span < SPAN && mean > WHITE => Self::White,
            _ if is_blurred(values) => Self::Blurred,
            _ => Self::Fine,
        }
    }
}

/// Whether neighbours hardly differ where places eight pixels apart do: no edge is sharp.
fn is_blurred(values: &Array3<u8>) -> bool {
    let (height, width, _) = values.dim();
    if height < APART || width <= APART {
        return false;
    }
    let (mut near, mut far) = (0_u64, 0_u64);
    for row in values.index_axis(Axis(2), 0).rows() {
        for x in 0..width - APART {
            near += u64::from(row[x].abs_diff(row[x + 1])).pow(2);
            far += u64::from(row[x].abs_diff(row[x + APART])).pow(2);
        }
    }
    let pairs = (height * (width - APART)) as f64;
    far as f64 / pairs >= DETAIL * DETAIL && (near as f64) < BLURRED * far as f64
}

#[cfg(test)]
mod tests {
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
        // A chessboard that is sharp, and one of soft waves.
        let board = |soft: f64| {
            let level = |(y, x, _): (usize, usize, usize)| {
                let turn = |cells: usize| (cells as f64 / 32.0 * std::f64::consts::TAU).sin();
                let wave = turn(x) * turn(y);
                (120.0 + 100.0 * (wave * soft).clamp(-1.0, 1.0)) as u8
            };
            Look::of(&Pixels::U8(Array3::from_shape_fn((96, 128, 1), level)))
        };
        assert_eq!((board(50.0), board(1.0)), (Look::Fine, Look::Blurred));
        let spot = |(y, x, _): (usize, usize, usize)| if (y, x) == (4, 30) { 255 } else { 2 };
        let pixels = Pixels::U8(Array3::from_shape_fn((40, 50, 1), spot));
        assert_eq!(Look::of(&pixels), Look::Fine);
    }
}
