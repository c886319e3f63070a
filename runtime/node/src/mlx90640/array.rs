//! The array: how many pixels it has, how many words each transfer has, and its chessboard of two halves.

/// Height of an image, pixels.
pub const ROWS: usize = 24;
/// Width of an image, pixels.
pub const COLUMNS: usize = 32;
/// Pixels of an image.
pub const PIXELS: usize = ROWS * COLUMNS;
/// Words of the calibration, and of the RAM: one for each pixel and 64 others.
pub const WORDS: usize = 832;

/// The half of the chessboard that pixel `index` belongs to, 0 or 1; row by row from the top left.
#[must_use]
pub fn subpage_of(index: usize) -> u8 {
    ((index / COLUMNS + index % COLUMNS) % 2) as u8
}
