//! Nowcast: what a network says of rain made one with what extrapolation says, and how sure it is.
//!
//! A network is best where rain changes, extrapolation where it only moves: in the first minutes, and
//! in its sharp, heavy cores. Both are blended by lead ([`Blend`]). How likely a rate is at a place
//! follows from how much of the forecast around it reaches that rate ([`Calibration`], after Theis,
//! Hense and Damrath 2005), set right by what was seen after forecasts of events that the network did
//! not know. The numbers of both stand in the model's card.

mod blend;
mod chance;
mod onset;

use serde::{Deserialize, Serialize};

pub use blend::{Blend, extrapolated};
pub use chance::Calibration;
pub use onset::Onset;

/// What a card says of nowcasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nowcast {
    /// How extrapolation is blended in.
    pub blend: Blend,
    /// How the chance of each rate follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<Calibration>,
}

impl Nowcast {
    /// The first value that cannot be, in words.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let blend = self.blend.fault().map(|what| format!("nowcast.blend.{what}"));
        let chance = || self.chance.as_ref()?.fault().map(|what| format!("nowcast.chance.{what}"));
        blend.or_else(chance)
    }
}
