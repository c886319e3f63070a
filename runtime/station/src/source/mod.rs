//! Sources: the one idea behind cameras and radars, so that forecaster, health and outputs know no more of them.

mod fault;
mod forecasts;
mod fronts;
mod look;
mod sight;
#[expect(clippy::module_inception, reason = "the room's noun: what a station sees through")]
mod source;
mod state;

pub use fault::Fault;
pub use forecasts::{ForecastLog, Forecasts, NewestForecast};
pub use fronts::Fronts;
pub use look::Look;
pub use sight::Sight;
pub use source::{Asks, Came, Ending, Pace, Sort, Source};
pub use state::{Facts, State};
