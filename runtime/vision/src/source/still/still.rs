//! One still: the pixels of a picture, and what was done to them or left out.

use crate::frame::Pixels;
use crate::note::Radiometry;

/// One picture of a file.
#[derive(Debug)]
pub(in crate::source) struct Still {
    /// Its values, 1 or 3 channels.
    pub(in crate::source) pixels: Pixels,
    /// Whether it has an alpha channel, which is not used.
    pub(in crate::source) transparent: bool,
    /// Whether it is stored another way up than it is to be shown; its pixels are upright.
    pub(in crate::source) turned: bool,
    /// What its values mean, where they are a camera's raw ones.
    pub(in crate::source) radiometry: Option<Radiometry>,
    /// Which page of its file it is, from 1.
    pub(in crate::source) page: usize,
}

impl Still {
    /// An upright picture without transparency, alone in its file.
    pub(super) fn opaque(pixels: Pixels) -> Self {
        Self { pixels, transparent: false, turned: false, radiometry: None, page: 1 }
    }
}
