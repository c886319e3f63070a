//! Now: one moment by both clocks of the gateway.

use std::time::Duration;

use jiff::Timestamp;

/// One moment by both clocks of the gateway.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Time since some moment, by a clock that is never set back.
    pub since: Duration,
    /// What time it is, right or wrong.
    pub utc: Timestamp,
}
