//! MLX90640: temperatures of a 32×24 thermal array, from its raw words and its calibration.
//!
//! ```text
//! 832 words of calibration ──▶ calibration ──┬──▶ kept (mlx90640.json in the node's folder)
//! 832 words of one half ─────────────────────┴──▶ half ──▶ pair ──▶ 768 temperatures
//! ```
//!
//! The node sends words because a microcontroller has no room for the sums; the driver at that end is
//! `firmware/node/src/driver/mlx90640.rs`. Source of the steps: Melexis, *MLX90640 datasheet*, section 11,
//! whose numbers (revision 12 of 2019, as others quote it; of revision 11 some pages were read) stand
//! beside them. Where it differs from Melexis' own library of 2023, the library is followed, the place
//! says so, and the temperatures are held against the library's.

mod calibration;
mod half;
mod kept;
mod pair;

pub use calibration::{BadCalibration, Calibration};
pub use half::{EMISSIVITY, ImageC, Impossible, REFLECTED_BELOW_C, half_c};
pub(super) use kept::{forget, keep, read};
pub use pair::{BadImage, Pairs};

#[cfg(test)]
pub(super) mod golden_tests;

/// Height of an image, pixels.
pub const ROWS: usize = 24;
/// Width of an image, pixels.
pub const COLUMNS: usize = 32;
/// Pixels of an image.
pub const PIXELS: usize = ROWS * COLUMNS;
/// Words of the calibration, and of the RAM: those of the pixels and 64 others.
pub const WORDS: usize = 832;

/// The half of the chessboard that pixel `index` belongs to, 0 or 1; row by row from the top left.
#[must_use]
pub fn subpage_of(index: usize) -> u8 {
    ((index / COLUMNS + index % COLUMNS) % 2) as u8
}
