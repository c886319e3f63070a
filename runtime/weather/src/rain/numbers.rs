//! Numbers: what a station told of its rain, whatever they are.

use jiff::Timestamp;

/// Numbers, and when they were told; in order of time, none missing.
pub(super) type Numbers<'a> = &'a [(Timestamp, f64)];
