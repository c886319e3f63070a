//! How earlier forecasts of a place came out.

use serde::Serialize;

/// Earlier forecasts held against what came.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EarlierForecasts {
    /// Forecasts that could be checked.
    pub made: usize,
    /// Those that came true.
    pub came_true: usize,
    /// How many should have by their own chances.
    pub expected_true: f64,
    /// Why there are not more.
    pub note: Option<String>,
}

impl EarlierForecasts {
    /// One more, that should come true with `chance`.
    pub(super) fn add(&mut self, chance: f64, came_true: bool) {
        self.made += 1;
        self.came_true += usize::from(came_true);
        self.expected_true += chance;
    }
}
