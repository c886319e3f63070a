//! Rates of rain: where those of a forecast come from.

use serde::{Deserialize, Serialize};

/// Where the values of a forecast of rain come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rates {
    /// From the network.
    #[default]
    Forecast,
    /// From the last frame seen, in the order of the network's (probability matching).
    Matched,
}
