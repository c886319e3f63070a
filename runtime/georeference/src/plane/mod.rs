//! Maps from plane to plane: homographies, and the similarities among them.

mod homography;
mod similarity;

pub use homography::{Homography, PointsError};
pub use similarity::Similarity;
