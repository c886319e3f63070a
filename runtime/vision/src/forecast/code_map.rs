//! Maps of codes: what a network with a codebook turned each place of each frame into.

use ndarray::Array3;

/// Codes of one codebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeMap {
    /// Its name in products: `codes_global`.
    pub name: &'static str,
    /// Cells of a frame that a code covers along a side.
    pub stride: usize,
    /// A code for each frame and place `[T, h, w]`.
    pub codes: Array3<u16>,
}
