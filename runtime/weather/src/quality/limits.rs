//! Limits: what is believed of each quantity.

use jiff::SignedDuration;

/// What is believed of one quantity, in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Largest difference from the last good value, an hour or less ago; for each hour more as much
    /// again, up to [`STEP_MEMORY`].
    pub step: Option<f64>,
    /// Hours for which the very same value is believed.
    pub stuck_h: Option<f64>,
    /// Values that may stay for any time: calm, or fog at the sensor's upper end.
    pub may_stay: Option<(f64, f64)>,
}

/// How long a good value is a measure for the next one's step.
pub const STEP_MEMORY: SignedDuration = SignedDuration::from_hours(3);

/// Limits of all quantities, by quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits(pub [Limit; 7]);

impl Default for Limits {
    /// Range: Zahumenský (2004), the WMO guidelines for automatic stations. Step: the "suspect"
    /// level of the University of Washington after Shafer et al. (2000, Oklahoma Mesonet). Stuck: half
    /// as long again as the longest run at three airports in eight months, at least (docs/station.md).
    fn default() -> Self {
        let limit =
            |low, high, step, stuck_h, may_stay| Limit { low, high, step, stuck_h, may_stay };
        Self([
            limit(-80.0, 60.0, Some(10.0), Some(20.0), None),
            limit(0.0, 100.0, Some(60.0), Some(20.0), Some((95.0, 100.0))),
            limit(0.0, 75.0, Some(40.0), Some(14.0), Some((0.0, 0.0))),
            limit(0.0, 360.0, None, Some(24.0), Some((0.0, 0.0))),
            limit(0.0, 150.0, None, Some(14.0), Some((0.0, 0.0))),
            limit(500.0, 1100.0, Some(10.0), Some(8.0), None),
            limit(0.0, 500.0, None, None, None),
        ])
    }
}
