//! The gauge: what is known of a station's rain from one run to the next.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rain_kind::RainKind;

/// What is known of a station's rain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gauge {
    /// What its numbers were found to be, by their shape.
    pub kind: Option<RainKind>,
    /// The last number, mm or mm/h as it came, and when.
    pub last: Option<(Timestamp, f64)>,
    /// When its number last fell back.
    #[serde(default)]
    pub reset: Option<Timestamp>,
    /// Whether it writes nothing where it is dry.
    #[serde(default)]
    pub blank_is_dry: bool,
}
