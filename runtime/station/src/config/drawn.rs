//! Alerts that are drawn on the page: read like those of the file, and kept in a file of the same form.

use serde::{Deserialize, Serialize};

use super::alert::AlertConfig;
use super::check::Check;
use super::error::ConfigError;
use super::text::AlertText;

/// A line or area that somebody has drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// What the alert is called.
    pub name: String,
    /// The camera on whose picture it was drawn.
    pub source: String,
    /// Columns and rows of its picture.
    pub points: Vec<[f64; 2]>,
    /// Whether it is an area.
    pub is_area: bool,
    /// Within which time the front must reach it, such as `10min`.
    pub within: String,
    /// With which probability or more, 0..1.
    pub probability: f64,
}

/// The file's form: the same as that of a station.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rules {
    #[serde(default)]
    alert: Vec<AlertText>,
}

impl Drawn {
    /// The alert that it means, at a station at `place` (degrees north and east) whose cameras and radars are `sources`.
    ///
    /// # Errors
    /// [`ConfigError`]: what is wrong and what to give.
    pub fn alert(&self, place: [f64; 2], sources: &[String]) -> Result<AlertConfig, ConfigError> {
        let points = Some(self.points.clone());
        let (line, area) = if self.is_area { (None, points) } else { (points, None) };
        let text = AlertText {
            name: Some(self.name.clone()),
            when: Some("front-reaches".to_owned()),
            of: Some(self.source.clone()),
            line,
            area,
            within: Some(self.within.clone()),
            probability: Some(self.probability),
            ..AlertText::default()
        };
        Check { file: "drawn" }.alert(0, &text, place, sources)
    }
}

/// Alerts as they stand in a file.
#[must_use]
pub(crate) fn text(alerts: &[AlertConfig]) -> String {
    let rules = Rules { alert: alerts.iter().map(AlertConfig::text).collect() };
    toml::to_string(&rules).unwrap_or_default()
}

/// The alerts that stand in `text`, and what is wrong with those that are left out.
pub(crate) fn read(
    text: &str,
    place: [f64; 2],
    sources: &[String],
) -> (Vec<AlertConfig>, Vec<String>) {
    let rules: Rules = match toml::from_str(text) {
        Ok(rules) => rules,
        Err(cause) => return (Vec::new(), vec![cause.message().to_owned()]),
    };
    let (mut alerts, mut faults) = (Vec::new(), Vec::new());
    for (k, text) in rules.alert.iter().enumerate() {
        match (Check { file: "drawn" }).alert(k, text, place, sources) {
            Ok(alert) => alerts.push(alert),
            Err(cause) => faults.push(cause.to_string()),
        }
    }
    (alerts, faults)
}
