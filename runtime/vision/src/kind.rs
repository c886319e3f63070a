//! What the values of a frame mean.

use serde::{Deserialize, Serialize};

/// What the values of a frame mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Intensity, larger is hotter; any camera span.
    Thermal,
    /// 0 unburnt, anything else burning or burnt.
    Mask,
    /// 8-bit colour, red first.
    Rgb,
    /// Rain rate: the 8-bit code of the contract, or mm/h with NaN for no data.
    Rain,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Thermal => "thermal",
            Self::Mask => "mask",
            Self::Rgb => "rgb",
            Self::Rain => "rain",
        })
    }
}
