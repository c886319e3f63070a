//! Fronts of a source's newest forecast, as they are drawn over its picture.

use emberline_vision::product::fronts::Front;
use jiff::Timestamp;

/// Fronts, and the picture that they belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Fronts {
    /// Time of the last frame that the forecast saw.
    pub issued: Timestamp,
    /// Rows and columns of the picture.
    pub size: [usize; 2],
    /// Now first.
    pub fronts: Vec<Front>,
}
