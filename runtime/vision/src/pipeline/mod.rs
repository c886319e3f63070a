//! Pipelines: the use cases, each a function that the command line, the daemon and the tests call alike.
//!
//! ```text
//! options ──▶ open the input ──▶ the model for it ──▶ clip ──▶ forecast ──▶ products, provenance
//! ```
//!
//! What is asked comes typed, what comes back is typed; words for a person are made by whoever calls.
//! Lines that a pipeline writes into files itself name settings as its caller types them
//! ([`PipelineOptions::spell`]).

mod cot;
mod decimal;
mod error;
mod forecast;
mod kept_state;
mod leads;
mod options;
mod prepare;
pub mod rain_at;
mod reach;
pub mod replay;
mod stop;
mod summary;

pub use cot::{CotFault, CotTo};
pub use error::PipelineError;
pub use forecast::{ForecastDone, Seen, forecast, forecast_from, forecast_opened};
pub use kept_state::begin_at;
pub use leads::Leads;
pub use options::{ForecastOptions, PipelineOptions, Spell};
pub use prepare::{Opened, clip_ending, model_for, open, provenance};
pub use rain_at::{RainAt, RainAtError, RainAtOptions, rain_at};
pub use reach::Reach;
pub use replay::{ReplayDone, ReplayOptions, replay};
pub use stop::Stop;
pub use summary::Summary;
