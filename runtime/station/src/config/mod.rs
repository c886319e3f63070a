//! Configuration: what a station is, from one TOML file; all that is not said there has a default.

mod config;
mod error;
mod keys;
mod quantity;
mod text;

#[cfg(test)]
mod tests;

pub use config::{
    CameraConfig, CameraFrom, Config, ForecastConfig, KeepConfig, MinFree, WebConfig,
};
pub use error::ConfigError;
