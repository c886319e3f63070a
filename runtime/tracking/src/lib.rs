//! Corners of a picture, and where they are in the next one: of rain, which moves, and of ground, which a moving
//! camera sees.
//!
//! Pictures are 8-bit `[H, W]`; points are (row, column) with the first cell's centre at (0, 0).
//!
//! | file | holds |
//! |---|---|
//! | `corners` | points that differ from their surroundings in every direction |
//! | `pyramid` | a picture halved again and again, and its slopes |
//! | `track` | where a point of one picture is in another |
//! | `mirror` | what lies beyond a picture's border |

mod corners;
mod mirror;
mod pyramid;
mod track;

pub use corners::{Choice, corners};
pub use mirror::mirrored;
pub use pyramid::{Pyramid, SlopedPyramid};
pub use track::follow;
