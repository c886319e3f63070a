//! The text of a configuration: its sections and keys as they stand in the file.

use serde::{Deserialize, Serialize};

/// All of it; `None` is what the file does not say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ConfigText {
    pub(super) name: Option<String>,
    pub(super) lat: Option<f64>,
    pub(super) lon: Option<f64>,
    pub(super) data: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) camera: Vec<CameraText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) radar: Vec<RadarText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nodes: Option<NodesText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) weather: Option<WeatherText>,
    pub(super) forecast: ForecastText,
    pub(super) keep: KeepText,
    pub(super) web: WebText,
}

/// A `[[camera]]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CameraText {
    pub(super) name: Option<String>,
    pub(super) from: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<String>,
    pub(super) password_env: Option<String>,
    pub(super) transport: Option<String>,
    pub(super) snapshot: Option<bool>,
    pub(super) kind: Option<String>,
    pub(super) every_s: Option<f64>,
    pub(super) step_s: Option<f64>,
    pub(super) look: Option<String>,
}

/// A `[[radar]]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RadarText {
    pub(super) name: Option<String>,
    pub(super) from: Option<String>,
    pub(super) every_s: Option<f64>,
    pub(super) until: Option<String>,
    pub(super) at: Option<Vec<String>>,
    pub(super) unit: Option<String>,
    pub(super) zr: Option<String>,
    pub(super) no_data: Option<String>,
    pub(super) crs: Option<String>,
    pub(super) quantity: Option<String>,
    pub(super) quality: Option<f64>,
    pub(super) name_time: Option<String>,
    pub(super) around: Option<String>,
}

/// `[nodes]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct NodesText {
    pub(super) ports: Option<Vec<String>>,
    pub(super) baud: Option<u32>,
    pub(super) every_s: Option<f64>,
}

/// `[weather]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct WeatherText {
    pub(super) table: Option<String>,
    pub(super) station: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) every_s: Option<f64>,
}

/// `[forecast]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ForecastText {
    pub(super) model: Option<String>,
    pub(super) engine: Option<String>,
    pub(super) every_s: Option<f64>,
    pub(super) leads: Option<u32>,
}

/// `[keep]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct KeepText {
    pub(super) max_age: Option<String>,
    pub(super) max_bytes: Option<String>,
    pub(super) min_free: Option<String>,
}

/// `[web]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct WebText {
    pub(super) listen: Option<String>,
}
