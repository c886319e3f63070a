//! The nodes of a station: the newest reading of each, shared by the threads of their ports and those that ask.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emberline_gateway::id::NodeId;
use emberline_gateway::line::Reading;
use emberline_gateway::live::{Live, PortState};
use jiff::Timestamp;
use serde::Serialize;

use crate::config::NodesConfig;
use crate::source::{Facts, State};

/// How the nodes fare.
#[derive(Clone, Debug, Serialize)]
pub struct NodesHealth {
    /// Why nothing is listened to, where that is so.
    pub trouble: Option<String>,
    /// Each port.
    pub ports: Vec<PortHealth>,
    /// Each node.
    pub nodes: Vec<NodeHealth>,
}

/// How a port fares.
#[derive(Clone, Debug, Serialize)]
pub struct PortHealth {
    /// As configured.
    pub port: String,
    /// Whether it is open.
    pub open: bool,
    /// Why not.
    pub why: String,
}

/// How a node fares.
#[derive(Clone, Debug, Serialize)]
pub struct NodeHealth {
    /// What people call it.
    pub name: String,
    /// Its state: fresh, late or gone.
    pub state: &'static str,
    /// Why, where it is not fresh.
    pub why: String,
    /// Age of its newest reading, seconds.
    pub reading_age_s: Option<f64>,
    /// Readings stored since the station began.
    pub readings: u64,
    /// Its newest reading, in words.
    pub words: String,
}

/// What is known of a node.
#[derive(Clone, Debug)]
struct Known {
    name: String,
    readings: u64,
    /// The newest, and when it came.
    newest: Option<(Duration, Reading)>,
}

#[derive(Debug, Default)]
struct Inside {
    trouble: Option<String>,
    nodes: BTreeMap<NodeId, Known>,
}

/// The nodes of a station.
#[derive(Debug)]
pub struct Nodes {
    config: NodesConfig,
    root: PathBuf,
    inside: Mutex<Inside>,
}

impl Nodes {
    /// Nodes of which nothing is known yet; their store will be `root`.
    #[must_use]
    pub fn new(config: NodesConfig, root: PathBuf) -> Self {
        Self { config, root, inside: Mutex::default() }
    }

    /// What is configured.
    #[must_use]
    pub fn config(&self) -> &NodesConfig {
        &self.config
    }

    /// Folder of their store.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // A thread that panicked with it left it whole.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why nothing is listened to, or that it is.
    pub(super) fn troubled(&self, why: Option<String>) {
        let mut inside = self.inside();
        if let Some(why) = why.as_ref().filter(|why| inside.trouble.as_ref() != Some(why)) {
            tracing::warn!("nodes: {why}");
        }
        inside.trouble = why;
    }

    /// A node that is in the store from before.
    pub(super) fn known(&self, node: NodeId, name: String) {
        self.inside().nodes.entry(node).or_insert(Known { name, readings: 0, newest: None });
    }

    /// A reading of the node `name` is on the disk.
    pub(super) fn stored(&self, name: String, reading: &Reading, now: Duration) {
        let mut inside = self.inside();
        let fresh = Known { name, readings: 0, newest: None };
        let known = inside.nodes.entry(reading.node).or_insert(fresh);
        known.readings += 1;
        known.newest = Some((now, reading.clone()));
    }

    /// Each node's number and how many readings it has sent since the station began.
    #[must_use]
    pub fn counts(&self) -> Vec<(NodeId, u64)> {
        self.inside().nodes.iter().map(|(node, known)| (*node, known.readings)).collect()
    }

    /// How they fare at `now` since the station began, which is `utc`.
    #[must_use]
    pub fn health(&self, now: Duration, utc: Timestamp) -> NodesHealth {
        let live = Live::read(&self.root).map(|live| live.ports).unwrap_or_default();
        let port = |port: &String| {
            let state = live.iter().find(|p| p.port == *port).map(|p| &p.state);
            let (open, why) = match state {
                Some(PortState::Open) => (true, String::new()),
                Some(PortState::Waiting { why }) => (false, why.clone()),
                None => (false, "not opened yet".to_owned()),
            };
            PortHealth { port: port.clone(), open, why }
        };
        let inside = self.inside();
        let nodes = inside.nodes.values();
        let nodes = nodes.map(|known| known.health(self.config.every_s, now, utc)).collect();
        let ports = self.config.ports.iter().map(port).collect();
        NodesHealth { trouble: inside.trouble.clone(), ports, nodes }
    }
}

impl Known {
    fn health(&self, every_s: f64, now: Duration, utc: Timestamp) -> NodeHealth {
        // Since it came, or since it was taken where that is longer: a node sends late what it kept.
        let age_s = self.newest.as_ref().map(|(came, reading)| {
            let taken_s = reading.time.map(|time| utc.duration_since(time).as_secs_f64());
            now.saturating_sub(*came).as_secs_f64().max(taken_s.unwrap_or(0.0))
        });
        let (state, _) = State::of(&Facts { every_s, frame_age_s: age_s, ..Facts::default() });
        let why = match (state, age_s) {
            (State::Fresh, _) => String::new(),
            (_, None) => "no reading since the station began".to_owned(),
            (State::Late, Some(age_s)) => format!("the newest reading is {age_s:.0} s old"),
            (_, Some(age_s)) => {
                format!("no reading for {age_s:.0} s: look after its power and cable")
            }
        };
        NodeHealth {
            name: self.name.clone(),
            state: state.name(),
            why,
            reading_age_s: age_s,
            readings: self.readings,
            words: self.newest.as_ref().map(|(_, reading)| words(reading)).unwrap_or_default(),
        }
    }
}

impl NodesHealth {
    /// Why the station does not hear what it should.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let troubles = self.trouble.iter().map(|why| format!("nodes: {why}"));
        let closed = |port: &&PortHealth| !port.open && self.trouble.is_none();
        let ports = self.ports.iter().filter(closed);
        let ports = ports.map(|port| match port.why.contains(&port.port) {
            true => port.why.clone(),
            false => format!("{}: {}", port.port, port.why),
        });
        let gone = self.nodes.iter().filter(|node| node.state == State::Gone.name());
        let gone = gone.map(|node| format!("{}: gone: {}", node.name, node.why));
        troubles.chain(ports).chain(gone).collect()
    }
}

/// A reading as a person reads it.
fn words(reading: &Reading) -> String {
    let part = |value: Option<f64>, digits: usize, unit: &str| {
        value.map(|v| format!("{v:.digits$} {unit}"))
    };
    let parts = [
        part(reading.temp_c, 1, "°C"),
        part(reading.rh_percent, 0, "% humidity"),
        part(reading.wind_m_s, 1, "m/s wind"),
        part(reading.pressure_pa.map(|pa| f64::from(pa) / 100.0), 1, "hPa"),
        part(reading.battery_v, 2, "V battery"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no value".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_worth_its_newest_reading() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let reading: Reading = serde_json::from_value(serde_json::json!({
            "node": "00000051", "log": "00000001", "seq": 1, "boot": 1, "uptime_ms": 5,
            "time": "2026-08-01T12:00:00Z", "time_from": "gateway",
            "received": "2026-08-01T12:00:01Z", "temp_c": 21.25, "rh_percent": 40.0,
            "pressure_pa": 95_000, "wind_m_s": null, "wind_vector_m_s": null,
            "wind_from_deg": null, "gust_m_s": null, "rain_tips": null, "battery_v": 3.6
        }))
        .unwrap();
        for (came_s, now_s, want, reasons) in [
            (Some(1), 5, "fresh", 0),
            (Some(1), 190, "late", 0),
            (Some(1), 380, "gone", 1),
            (Some(400), 401, "gone", 1), // what it had kept for long
            (None, 5, "gone", 1),
        ] {
            let newest = came_s.map(|s| (Duration::from_secs(s), reading.clone()));
            let known = Known { name: "ridge".to_owned(), readings: 1, newest };
            let utc = start + Duration::from_secs(now_s);
            let node = known.health(60.0, Duration::from_secs(now_s), utc);
            assert_eq!(node.state, want, "{came_s:?} {now_s}");
            assert_eq!(node.why.is_empty(), want == "fresh", "{}", node.why);
            let health = NodesHealth { trouble: None, ports: Vec::new(), nodes: vec![node] };
            assert_eq!(health.reasons().len(), reasons, "{:?}", health.reasons());
        }
        assert_eq!(words(&reading), "21.2 °C, 40 % humidity, 950.0 hPa, 3.60 V battery");
    }
}
