//! The last noon that was counted.

use emberline_fwi::Indices;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ground::Ground;

/// The last noon that was counted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Last {
    /// Time of its reading, UTC.
    pub noon: Timestamp,
    /// What its wind and codes gave.
    pub indices: Indices,
    /// Days without a noon just before it.
    pub gap_days: u32,
    /// How the ground is, by noons.
    #[serde(default)]
    pub ground: Ground,
}
