//! Why there is no thermal image, in words that say what to do.

use std::mem::{Discriminant, discriminant};

use crate::mlx90640::{BadCalibration, BadImage, Impossible};

/// Why there is no thermal image.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoImage {
    /// Raw words came before the calibration that they are computed with.
    #[error(
        "its thermal array's calibration has not come yet: no images until then; the node sends it at \
         its start and after each 100 half images"
    )]
    NoCalibration,
    /// The array was replaced: the calibration that is known is of the old one.
    #[error(
        "it has another thermal array than before: no images until all of its calibration has come"
    )]
    OtherArray,
    /// What came as a calibration is none.
    #[error("its thermal array's calibration: {0}: no images; replace the array")]
    Calibration(BadCalibration),
    /// The raw words of a half image are impossible.
    #[error("thermal array: {0}: no image of it; check its cable and supply")]
    Words(Impossible),
    /// Two half images do not make one.
    #[error("thermal array: {0}")]
    Image(BadImage),
}

/// What kind of reason a [`NoImage`] is, whatever its figures.
pub(super) type Kind = (Discriminant<NoImage>, Option<Discriminant<BadImage>>);

impl NoImage {
    /// The kind of this reason: each kind is reported once.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Image(bad) => (discriminant(self), Some(discriminant(bad))),
            _ => (discriminant(self), None),
        }
    }
}
