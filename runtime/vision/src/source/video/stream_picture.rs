//! A picture of a stream: decoded, and not yet worth the work of its colours.

use super::colours::Colours;
use super::look::{COLOUR_MIN, Look, OUTSIDE_MIN};
use super::planes::Planes;
use crate::frame::Pixels;

/// A decoded picture of a stream, as its decoder lends it.
#[derive(Clone, Copy)]
pub struct StreamPicture<'a> {
    pub(super) planes: Planes<'a>,
    pub(super) colours: Colours,
    pub(super) look: Look,
    /// Whether the stream leaves open what black and white are.
    pub(super) range_open: bool,
}

impl std::fmt::Debug for StreamPicture<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [height, width] = self.sides();
        write!(f, "StreamPicture({height}×{width})")
    }
}

impl StreamPicture<'_> {
    /// Rows and columns.
    #[must_use]
    pub fn sides(&self) -> [usize; 2] {
        [self.planes.height, self.planes.width]
    }

    /// Its values, 8 bit `[H, W, C]`: red, green and blue, or brightness alone; converted as those of a
    /// video file. `None` where the decoder gave less than it said.
    #[must_use]
    pub fn pixels(&self) -> Option<Pixels> {
        self.look.pixels(self.colours, self.planes).map(Pixels::U8)
    }

    /// Whether it has colour though its brightness alone is kept: a palette stands for heat.
    #[must_use]
    pub fn is_false_colour(&self) -> bool {
        self.look == Look::Brightness && self.planes.colour() > COLOUR_MIN
    }

    /// The share of values, percent, that no picture of limited range has, where that is much and the
    /// stream does not say which range it uses.
    #[must_use]
    pub fn doubtful_range(&self) -> Option<f64> {
        let [height, width] = self.sides();
        let share = self.planes.outside_limited() as f64 / (height * width).max(1) as f64;
        (self.range_open && share > OUTSIDE_MIN).then_some(100.0 * share)
    }
}
