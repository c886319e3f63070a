//! Weather: outlook and fire weather from the readings of nodes or a weather station's table, as they come.

#[expect(clippy::module_inception, reason = "the room's noun: the weather of the station")]
mod weather;
mod worker;

pub use weather::{OutlookLine, Weather, WeatherHealth};
pub use worker::WeatherWorker;
