//! Fire weather: the Canadian fire weather index of a station, from noon to noon.
//!
//! The crate `emberline-fwi` computes; here are the noons that it needs, what is kept from one run to the
//! next, and notes on what is not there. docs/fire-weather.md has what the numbers mean.

#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod fire_weather;
mod litter;
mod memory;
mod noon;
mod note;
mod start;

#[cfg(test)]
mod tests;

pub use fire_weather::{DC_SETTLES_DAYS, FireWeather, MissingNoon, RainLack, follow};
pub use litter::{Litter, litter};
pub use memory::{Last, Memory, MemoryError, VERSION};
pub use noon::{Missing, NOON_WITHIN, RAIN_LEAST, Rain};
pub use note::FireNote;
pub use start::{Origin, Start};
