//! A motion field: how each cell of a frame moves to the next.

use ndarray::{Array2, ArrayRef2};

use super::bilinear;

/// Displacement of each cell `[H, W]` from one frame to the next, cells.
#[derive(Clone, Debug)]
pub struct MotionField {
    /// To the right.
    pub right_px: Array2<f32>,
    /// Downwards.
    pub down_px: Array2<f32>,
}

impl MotionField {
    /// No motion, of shape `(rows, columns)`.
    #[must_use]
    pub fn still(shape: (usize, usize)) -> Self {
        Self { right_px: Array2::zeros(shape), down_px: Array2::zeros(shape) }
    }

    /// The same motion everywhere.
    #[cfg(test)]
    pub(crate) fn even((h, w): (usize, usize), down: f32, right: f32) -> Self {
        Self {
            down_px: Array2::from_elem((h, w), down),
            right_px: Array2::from_elem((h, w), right),
        }
    }

    /// The motion in a time so many times as long; of a negative one, backwards.
    #[must_use]
    pub(crate) fn times(&self, times: f32) -> Self {
        Self { right_px: &self.right_px * times, down_px: &self.down_px * times }
    }

    /// Value of an image `[H, W]` that reaches cell (`y`, `x`) after `times` the motion at that cell;
    /// the border repeats.
    #[must_use]
    pub(crate) fn value_reaching(
        &self,
        image: &ArrayRef2<f32>,
        y: usize,
        x: usize,
        times: f32,
    ) -> f32 {
        let (row, col) = self.origin(y, x, times);
        bilinear::border_repeats(image, row, col)
    }

    /// Whether more than half of what reaches cell (`y`, `x`) of a mask `[H, W]` (0 or 1) after
    /// `times` the motion at that cell is 1; outside the mask is 0.
    #[must_use]
    pub(crate) fn mask_reaches(
        &self,
        mask: &ArrayRef2<f32>,
        y: usize,
        x: usize,
        times: f32,
    ) -> bool {
        let (row, col) = self.origin(y, x, times);
        bilinear::border_is_zero(mask, row, col) > 0.5
    }

    /// Where (row, column) what is at a point was a frame earlier: the motion there, between cells by
    /// straight lines and beyond the border the border's.
    #[must_use]
    pub(crate) fn step_back(&self, [row, col]: [f32; 2]) -> [f32; 2] {
        let down = bilinear::border_repeats(&self.down_px, row, col);
        let right = bilinear::border_repeats(&self.right_px, row, col);
        [row - down, col - right]
    }

    /// Where (row, column) what reaches cell (`y`, `x`) after `times` the motion comes from, with the
    /// motion at the cell itself for the whole way.
    fn origin(&self, y: usize, x: usize, times: f32) -> (f32, f32) {
        (y as f32 - times * self.down_px[[y, x]], x as f32 - times * self.right_px[[y, x]])
    }
}
