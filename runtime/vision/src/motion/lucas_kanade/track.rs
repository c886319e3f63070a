//! Tracks of rain: where corners of one frame are in the next.

use emberline_tracking::{Pyramid, follow};
use ndarray::Array2;

use super::vectors::Vectors;

/// Side of the window that is followed, cells.
const WINDOW: usize = 50;
/// Times the image is halved, at most.
const HALVINGS: usize = 3;

/// Corners (row, column) of `before` that are found in `after`, sought from the displacement `guess` (right,
/// down) on, with their displacement.
pub(super) fn tracked(
    before: &Array2<u8>,
    after: &Array2<u8>,
    corners: &[[usize; 2]],
    guess: [f64; 2],
) -> Vectors {
    let guess = [guess[1] as f32, guess[0] as f32];
    let first = Pyramid::<WINDOW>::of(before, HALVINGS).sloped();
    let second = Pyramid::of(after, HALVINGS);
    let mut out = Vectors::default();
    for &[y, x] in corners {
        let from = [y as f32, x as f32];
        if let Some(to) = follow(&first, &second, from, guess) {
            // Differences of single precision, as the oracle's.
            let moved = [to[1] - from[1], to[0] - from[0]];
            out.push([from[1], from[0]].map(f64::from), moved.map(f64::from));
        }
    }
    out
}
