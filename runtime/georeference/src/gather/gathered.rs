//! What was gathered: the ground step by step, on one window.

use ndarray::Array2;

use crate::lattice::{Lattice, Window, moved};

/// The ground at the end of a step.
#[derive(Clone, Debug)]
pub struct Step {
    /// When the step ended, seconds.
    pub time_s: f64,
    /// Pictures that showed any ground in it.
    pub views: usize,
    /// Where its cells lie; `None` before any ground was seen.
    pub window: Option<Window>,
    /// Burnt so far `[H, W]`.
    pub burnt: Array2<bool>,
    /// Seconds since a cell was last seen `[H, W]`; NaN where it never was.
    pub age_s: Array2<f32>,
}

/// A small hot spot away from burnt ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// East and north, metres of the map.
    pub at_m: [f64; 2],
    /// Pictures in which it was hot.
    pub views: usize,
}

/// All steps on one window.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The cells that the window is part of.
    pub lattice: Lattice,
    /// Where the cells of all steps lie.
    pub window: Window,
    /// Oldest first.
    pub steps: Vec<Step>,
    /// Small hot spots.
    pub spots: Vec<Spot>,
}

impl Gathered {
    pub(super) fn of(lattice: Lattice, window: Window, steps: &[Step], spots: Vec<Spot>) -> Self {
        let steps = steps
            .iter()
            .map(|step| Step {
                window: Some(window),
                burnt: moved(&step.burnt, step.window, window, false),
                age_s: moved(&step.age_s, step.window, window, f32::NAN),
                ..*step
            })
            .collect();
        Self { lattice, window, steps, spots }
    }

    /// The same on a part of the window: rows and columns of it.
    #[must_use]
    pub fn part(&self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> Self {
        let window = self.window.part(rows, columns);
        Self::of(self.lattice, window, &self.steps, self.spots.clone())
    }

    /// Upper left corner of the window, metres of the map.
    #[must_use]
    pub fn corner_m(&self) -> [f64; 2] {
        let c = self.lattice.cell_m;
        [self.window.left as f64 * c, -(self.window.top as f64) * c]
    }
}
