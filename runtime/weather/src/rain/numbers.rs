//! Numbers: what a station told of its rain, whatever they are.

use jiff::{SignedDuration, Timestamp};

/// Numbers, and when they were told; in order of time, none missing.
pub(super) type Numbers<'a> = &'a [(Timestamp, f64)];

/// The usual time from one to the next: the middle one; none of fewer than two.
pub(super) fn usual_step(numbers: Numbers<'_>) -> Option<SignedDuration> {
    let mut steps: Vec<_> = numbers.windows(2).map(|p| p[1].0.duration_since(p[0].0)).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied()
}
