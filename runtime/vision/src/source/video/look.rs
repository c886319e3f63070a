//! Looks: what of a video's pictures is kept.

use ndarray::Array3;

use super::colours::Colours;
use super::planes::Planes;
use crate::frame::Kind;

/// Mean distance from grey, 8 bit, from which a video has colour.
pub(super) const COLOUR_MIN: f64 = 12.0;
/// Share of values well outside 16 to 235 from which a video is hardly of limited range.
pub(super) const OUTSIDE_MIN: f64 = 0.01;

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

    /// What is kept of a picture `[H, W, C]`; `None` where its planes are cut short.
    pub(super) fn pixels(self, colours: Colours, picture: Planes<'_>) -> Option<Array3<u8>> {
        let [h, w] = [picture.height, picture.width];
        let pixels = match self {
            Self::Colour => Array3::from_shape_vec((h, w, 3), colours.rgb(picture)),
            Self::Brightness => {
                let values = picture.rows().flatten();
                let grey = values.map(|&y| colours.brightness(y)).collect();
                Array3::from_shape_vec((h, w, 1), grey)
            }
        };
        pixels.ok()
    }
}
