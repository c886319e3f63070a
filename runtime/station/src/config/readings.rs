//! Sensor nodes and weather in the configuration: where readings come from, and how often they are to.

use std::path::PathBuf;

use super::check::Check;
use super::error::ConfigError;
use super::text::{NodesText, WeatherText};

/// Bits a second of a node's line, unless told.
const BAUD: u32 = 115_200;
/// Seconds between readings of a node, and between weather that is worked out, unless told.
const READING_EVERY_S: f64 = 60.0;
const WEATHER_EVERY_S: f64 = 600.0;
/// Most ports.
const PORTS: usize = 32;

/// Sensor nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct NodesConfig {
    /// Serial ports, by path or by udev's name.
    pub ports: Vec<String>,
    /// Bits a second.
    pub baud: u32,
    /// Seconds between readings of a node.
    pub every_s: f64,
}

/// Weather from readings.
#[derive(Clone, Debug, PartialEq)]
pub struct WeatherConfig {
    /// A table that a weather station's program writes on.
    pub table: Option<PathBuf>,
    /// Which station of the table, where it has several.
    pub station: Option<String>,
    /// Zone of the table's times, where they name none.
    pub zone: Option<String>,
    /// Seconds between two times that it is worked out, at least.
    pub every_s: f64,
}

impl NodesConfig {
    pub(super) fn text(&self) -> NodesText {
        let (baud, every_s) = (Some(self.baud), Some(self.every_s));
        NodesText { ports: Some(self.ports.clone()), baud, every_s }
    }
}

impl WeatherConfig {
    pub(super) fn text(&self) -> WeatherText {
        WeatherText {
            table: self.table.as_ref().map(|path| format!("file://{}", path.display())),
            station: self.station.clone(),
            zone: self.zone.clone(),
            every_s: Some(self.every_s),
        }
    }
}

impl Check<'_> {
    pub(super) fn nodes(&self, text: NodesText) -> Result<NodesConfig, ConfigError> {
        let ports = self.need(text.ports, "nodes.ports", "ports = [\"/dev/ttyUSB0\"]")?;
        if ports.is_empty() || ports.len() > PORTS || ports.iter().any(String::is_empty) {
            let fix = "give [\"/dev/ttyUSB0\"]; `emberline node ports` lists those that are there";
            return self.value("nodes.ports", "no ports", fix);
        }
        if let Some(twice) = (1..ports.len()).find(|k| ports[..*k].contains(&ports[*k])) {
            let what = format!("{} is named twice", ports[twice]);
            return self.value("nodes.ports", &what, "name each port once");
        }
        let baud = text.baud.unwrap_or(BAUD);
        self.number(f64::from(baud), [300.0, 4e6], "nodes.baud")?;
        let every_s = text.every_s.unwrap_or(READING_EVERY_S);
        let every_s = self.number(every_s, [0.1, 86_400.0], "nodes.every_s")?;
        Ok(NodesConfig { ports, baud, every_s })
    }

    pub(super) fn weather(&self, text: WeatherText) -> Result<WeatherConfig, ConfigError> {
        let table = match text.table.as_deref().map(|from| from.strip_prefix("file://")) {
            None => None,
            Some(Some(path)) if path.starts_with('/') && !path.ends_with('/') => Some(path.into()),
            Some(_) => {
                let fix = "give the whole path: file:///srv/weather.csv";
                return self.value("weather.table", "no file of a table", fix);
            }
        };
        let every_s = text.every_s.unwrap_or(WEATHER_EVERY_S);
        let every_s = self.number(every_s, [1.0, 86_400.0], "weather.every_s")?;
        Ok(WeatherConfig { table, station: text.station, zone: text.zone, every_s })
    }
}
