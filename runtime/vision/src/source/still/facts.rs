//! Facts of a picture besides its pixels: how it was held, when it was taken, where it lies.

use super::place::Place;
use super::stamp::Stamp;
use super::turn::Turn;

/// What a file says of its picture.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::source) struct Facts {
    /// Which way up it is.
    pub(super) turn: Turn,
    /// When it was taken, by the camera's clock.
    pub(in crate::source) taken: Option<Stamp>,
    /// Where it lies on the ground.
    pub(in crate::source) place: Option<Place>,
    /// Pictures in the file.
    pub(in crate::source) pages: usize,
}

impl Default for Facts {
    fn default() -> Self {
        Self { turn: Turn::UPRIGHT, taken: None, place: None, pages: 1 }
    }
}
