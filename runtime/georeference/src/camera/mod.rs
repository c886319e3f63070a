//! Cameras: how light comes to a pixel, and from where on the ground.
//!
//! | file | holds |
//! |---|---|
//! | `optics` | focal length, middle and distortion: a pixel's direction, a direction's pixel |
//! | `view` | a camera at its place: pixels and points of the ground |

mod optics;
mod view;

pub use optics::{Distortion, Optics, OpticsError};
pub use view::View;
