//! The method: the two choices that a station makes once and keeps for the season.

use crate::day_length::DayLength;
use crate::ff_scale::FfScale;

/// How a station reckons. It travels with the codes, because codes of two methods do not mix.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Method {
    /// The constant between FFMC and moisture.
    pub ff_scale: FfScale,
    /// The tables of day length.
    pub day_length: DayLength,
}
