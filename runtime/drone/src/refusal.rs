//! Refusals: why a flight cannot be put on the ground, and what to do about it.

use emberline_georeference::camera::OpticsError;
use emberline_georeference::geodesy::UtmError;
use emberline_georeference::plane::PointsError;
use thiserror::Error;

/// Why a flight cannot be put on the ground; settings stand in it as `‹hfov›`.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{what}; {advice}")]
pub struct Refusal {
    /// What is wrong, and where.
    pub what: String,
    /// What to do about it.
    pub advice: String,
}

impl Refusal {
    /// What is wrong, and what to do about it.
    pub(crate) fn new(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), advice: advice.into() }
    }
}

impl From<OpticsError> for Refusal {
    fn from(why: OpticsError) -> Self {
        Self::new(
            why.to_string(),
            "give ‹hfov› 57, the camera's field of view from left to right in degrees",
        )
    }
}

impl From<UtmError> for Refusal {
    fn from(why: UtmError) -> Self {
        Self::new(
            format!("the flight cannot be put on a map: {why}"),
            "look at the places in the telemetry",
        )
    }
}

impl From<PointsError> for Refusal {
    fn from(why: PointsError) -> Self {
        Self::new(
            format!("the camera file's points do not tell where the ground is: {why}"),
            "give four points or more that are well apart, none three on a line",
        )
    }
}
