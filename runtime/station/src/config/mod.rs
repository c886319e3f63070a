//! Configuration: what a station is, from one TOML file; all that is not said there has a default.

mod alert;
mod camera;
mod certificate;
mod check;
mod config;
pub(crate) mod drawn;
mod error;
mod files;
mod ground;
mod keys;
mod login;
mod out;
mod quantity;
mod radar;
mod readings;
mod text;
mod web;

#[cfg(test)]
mod tests;

pub(crate) use alert::ALERTS;
pub use alert::{AlertConfig, AlertWhen, Quiet};
pub use camera::{CameraConfig, CameraFrom, Transport, When};
pub use certificate::{Certificate, Fingerprint};
pub use config::{BudgetConfig, Config, ForecastConfig, KeepConfig, MinFree};
pub use drawn::Drawn;
pub use error::ConfigError;
pub use files::{CapStatus, FilesConfig};
pub(crate) use ground::spelled;
pub use ground::{GroundConfig, PoseFrom};
pub use login::{Login, PasswordFrom, Secret};
pub use out::{MqttConfig, WebhookConfig};
pub use radar::RadarConfig;
pub use readings::{NodesConfig, WeatherConfig};
pub use web::{Role, UserConfig, WebConfig, is_own};
