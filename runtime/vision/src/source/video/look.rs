//! Looks: what of a video's pictures is kept.

use crate::frame::Kind;

/// What of a picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Red, green, blue.
    Colour,
    /// Brightness alone.
    Brightness,
}

impl Look {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Colour => Kind::Rgb,
            Self::Brightness => Kind::Thermal,
        }
    }
}
