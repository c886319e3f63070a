//! Nowcast: a network's rain blended with extrapolated rain, and the chance of each rate.
//!
//! A network is best where rain changes, extrapolation where it only moves: in the first minutes, and
//! in its sharp, heavy cores. Both are blended by lead ([`Blend`]). How likely a rate is at a place
//! follows from how much of the forecast around it reaches that rate ([`Calibration`], after Theis,
//! Hense and Damrath 2005), calibrated on what was observed after forecasts of events that the network
//! had not seen. The numbers of both stand in the model's card. [`Onset`] says in words when rain
//! begins or ends at a place.

mod blend;
mod calibration;
pub(crate) mod cascade;
mod chance;
mod onset;

use serde::{Deserialize, Serialize};

pub use blend::Blend;
pub(crate) use blend::{every_lead, extrapolated};
pub use calibration::Calibration;
pub use onset::Onset;

/// Nowcasts in a model's card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nowcast {
    /// How extrapolation is blended in.
    pub blend: Blend,
    /// How the chance of each rate follows, where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<Calibration>,
}

impl Nowcast {
    /// The first value that cannot be, in words.
    #[must_use]
    pub(crate) fn fault(&self) -> Option<String> {
        let blend = self.blend.fault().map(|what| format!("nowcast.blend.{what}"));
        let chance = || self.chance.as_ref()?.fault().map(|what| format!("nowcast.chance.{what}"));
        blend.or_else(chance)
    }
}
