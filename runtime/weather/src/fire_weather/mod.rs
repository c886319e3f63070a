//! Fire weather: the Canadian fire weather index of a station, from noon to noon.
//!
//! The crate `emberline-fwi` computes; here are the noons that it needs, what is kept from one run to the
//! next, and notes on what is not there. docs/fire-weather.md has what the numbers mean.

mod calendar;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod fire_weather;
mod ground;
mod last;
mod litter;
mod memory;
mod missing;
mod noon;
mod note;
mod rain_sum;
mod resume;
mod row;
mod rows;
mod scan;
mod standing;
mod start;
mod window;

#[cfg(test)]
mod cut_tests;
#[cfg(test)]
mod tests;

pub use fire_weather::{DC_SETTLES_DAYS, FireWeather, MissingNoons, RainLack, follow};
pub use ground::Ground;
pub use last::Last;
pub use litter::{Litter, litter};
pub use memory::{Memory, MemoryError, VERSION};
pub use missing::Missing;
pub use noon::RAIN_LEAST;
pub use note::FireNote;
pub use rain_sum::RainSum;
pub use resume::Resume;
pub use row::Row;
pub use scan::Scan;
pub use start::{Origin, Start};
pub use window::NOON_WITHIN;
