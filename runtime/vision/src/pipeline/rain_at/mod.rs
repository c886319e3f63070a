//! Rain at a place, from radar frames: when it starts or stops there, and how often that was right
//! lately.
//!
//! ```text
//! film ──▶ map ──▶ cells of the place ──▶ chances by lead ──▶ onset
//!                                └──▶ the same from earlier frames, held against what came
//! ```

mod area;
mod cells;
mod earlier_forecasts;
mod error;
mod forecaster;
mod lat_lon;
mod options;
mod place;
mod place_forecast;
#[expect(clippy::module_inception, reason = "the room's noun: what is known of rain at a place")]
mod rain_at;
mod run;
mod statement;
#[cfg(test)]
mod tests;

pub use earlier_forecasts::EarlierForecasts;
pub use error::RainAtError;
pub use lat_lon::{LatLon, NotLatLon};
pub use options::RainAtOptions;
pub use place::Place;
pub use rain_at::{InputId, ModelId, PlaceOnset, RainAt, RainLead, RateChance};
pub use run::rain_at;
pub use statement::onset_at;
