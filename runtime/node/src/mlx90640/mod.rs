//! MLX90640: temperatures of a 32×24 thermal array, from its raw words and its calibration.
//!
//! ```text
//! 832 words of calibration ──▶ calibration ──┬──▶ calibration_file (mlx90640.json in the node's folder)
//! 832 words of one half ─────────────────────┴──▶ half ──▶ pairs ──▶ 768 temperatures
//! ```
//!
//! The node sends words because a microcontroller has no room for the sums; the driver at that end is
//! `firmware/node/src/driver/mlx90640.rs`. Source of the steps: Melexis, *MLX90640 datasheet*, section 11,
//! whose numbers (revision 12 of 2019, as others quote it; of revision 11 some pages were read) stand
//! beside them. Where it differs from Melexis' own library of 2023, the library is followed, the place
//! says so, and the temperatures are held against the library's.

mod array;
mod calibration;
mod calibration_file;
mod half;
mod pairs;

#[cfg(test)]
pub(crate) mod golden;

pub use array::{COLUMNS, PIXELS, ROWS, WORDS, subpage_of};
pub use calibration::{BadCalibration, Calibration};
pub(crate) use calibration_file::{forget, read, write};
pub use half::{EMISSIVITY, ImageC, Impossible, REFLECTED_BELOW_C, half_c};
pub use pairs::{BadImage, Pairs};
