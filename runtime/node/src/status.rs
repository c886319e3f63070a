//! The status of a store: how its ports and nodes are, and what a person should look at.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::contents::Faults;
use crate::counters::LineCounters;
use crate::id::{LogId, NodeId};
use crate::live::{Live, LivePort, NodeHealth, PortState};
use crate::session::SILENT;
use crate::store::{StoreError, View};

/// The status of a store.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The store's folder.
    pub store: String,
    /// Whether a process listens for it now.
    pub listening: bool,
    /// When the live state was written; `None` if nobody ever listened.
    pub written: Option<Timestamp>,
    /// Each node, in order of their numbers.
    pub nodes: Vec<NodeStatus>,
    /// Each port that is or was listened to; `None` if nobody ever listened.
    pub ports: Option<Vec<LivePort>>,
    /// What a person should look at.
    pub troubles: Vec<Trouble>,
}

/// One node, with the port that it was last heard on.
#[derive(Clone, Debug, Serialize)]
pub struct NodeStatus {
    /// Its number.
    pub node: NodeId,
    /// What people call it.
    pub name: String,
    /// Readings stored.
    pub readings: u64,
    /// Gaps stored.
    pub gaps: u64,
    /// Readings in those gaps.
    pub missing: u64,
    /// Starts stored.
    pub starts: u64,
    /// When the last reading was taken, or came if nobody knows.
    pub last: Option<Timestamp>,
    /// The last reading or gap that is stored, by log.
    pub ends: BTreeMap<LogId, u32>,
    /// What is wrong with each chip.
    pub faults: Faults,
    /// The port that it was last heard on.
    pub port: Option<String>,
    /// What came over that port.
    #[serde(rename = "heard")]
    pub counters: Option<LineCounters>,
    /// The node's last report of its health.
    #[serde(rename = "fares")]
    pub health: Option<NodeHealth>,
    /// When a good frame last came from it.
    #[serde(skip)]
    pub last_good: Option<Timestamp>,
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// No process listens.
    NobodyListens,
    /// A port is not open.
    NotOpen {
        /// Why, and what to do.
        why: String,
    },
    /// Nothing came over an open port for a long time.
    Silent {
        /// The port.
        port: String,
    },
    /// Bytes come over an open port, but no frame.
    NoFrame {
        /// The port.
        port: String,
    },
    /// A node complains of a chip.
    Fault {
        /// What people call the node.
        node: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// Sensors of a node failed at their last measurement.
    NoValue {
        /// What people call the node.
        node: String,
        /// Which.
        sensors: Vec<String>,
    },
    /// A node's memory failed.
    Memory {
        /// What people call the node.
        node: String,
        /// How often since its start.
        errors: u32,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NobodyListens => f.write_str("nobody listens: start ‹emberline node listen›"),
            Self::NotOpen { why } => f.write_str(why),
            Self::Silent { port } => {
                write!(f, "{port}: silent: check the node's power and the cable")
            }
            Self::NoFrame { port } => write!(
                f,
                "{port}: bytes come, but no frame: check that this is a node, ‹baud›, and the cable's ground"
            ),
            Self::Fault { node, what } => write!(f, "{node}: {what}"),
            Self::NoValue { node, sensors } => {
                write!(f, "{node}: no value of {}", sensors.join(", "))
            }
            Self::Memory { node, errors } => write!(
                f,
                "{node}: its memory failed {errors} times since its start: check its plug, then \
                 replace it"
            ),
        }
    }
}

impl Serialize for Trouble {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Status {
    /// The status of the store `view` at `now`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read(view: &View, now: Timestamp) -> Result<Self, StoreError> {
        let listening = view.is_written();
        let live = Live::read(view.root());
        let ports = live.as_ref().map_or(&[][..], |l| &l.ports);
        let mut nodes = Vec::new();
        for node in view.nodes()? {
            let port = ports.iter().find(|p| p.node == Some(node));
            nodes.push(NodeStatus::read(view, node, port)?);
        }
        let troubles = troubles(&nodes, ports, listening, now);
        Ok(Self {
            store: view.root().display().to_string(),
            listening,
            written: live.as_ref().map(|l| l.written),
            nodes,
            ports: live.map(|l| l.ports),
            troubles,
        })
    }
}

impl NodeStatus {
    fn read(view: &View, node: NodeId, port: Option<&LivePort>) -> Result<Self, StoreError> {
        let contents = view.contents(node)?;
        Ok(Self {
            node,
            name: view.settings().call(node),
            readings: contents.readings,
            gaps: contents.gaps,
            missing: contents.missing,
            starts: contents.boots,
            last: contents.last,
            ends: contents.ends,
            faults: contents.faults,
            port: port.map(|p| p.port.clone()),
            counters: port.map(|p| p.counters),
            health: port.and_then(|p| p.health.clone()),
            last_good: port.and_then(|p| p.last_good),
        })
    }
}

fn troubles(
    nodes: &[NodeStatus],
    ports: &[LivePort],
    listening: bool,
    now: Timestamp,
) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    if !listening {
        troubles.push(Trouble::NobodyListens);
    }
    for port in ports.iter().filter(|_| listening) {
        match &port.state {
            PortState::Waiting { why } => troubles.push(Trouble::NotOpen { why: why.clone() }),
            PortState::Open
                if is_silent(port.last_good, now) && !is_silent(port.last_bytes, now) =>
            {
                troubles.push(Trouble::NoFrame { port: port.port.clone() });
            }
            PortState::Open if is_silent(port.last_good, now) => {
                troubles.push(Trouble::Silent { port: port.port.clone() });
            }
            PortState::Open => {}
        }
    }
    for NodeStatus { name, faults, health, .. } in nodes {
        let fault = |what: &String| Trouble::Fault { node: name.clone(), what: what.clone() };
        troubles.extend(faults.values().map(fault));
        let Some(NodeHealth { failed, memory_errors, .. }) = health else { continue };
        if !failed.is_empty() {
            let (node, sensors) = (name.clone(), failed.clone());
            troubles.push(Trouble::NoValue { node, sensors });
        }
        if *memory_errors > 0 {
            troubles.push(Trouble::Memory { node: name.clone(), errors: *memory_errors });
        }
    }
    troubles
}

fn is_silent(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last).as_secs() > SILENT.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn what_a_person_should_look_at_is_listed() {
        let mut live = Live::new(&["ttyA".to_owned(), "ttyB".to_owned()]);
        let now = live.written;
        live.ports[0].state = PortState::Open;
        live.ports[0].last_good = Some(now);
        let health = NodeHealth {
            uptime_s: 100,
            waiting: 0,
            overwritten: 0,
            bad_frames: 0,
            sensor_errors: 3,
            memory_errors: 2,
            failed: vec!["temp".to_owned(), "thermal".to_owned()],
        };
        let node = NodeStatus {
            node: NodeId::new(0x51),
            name: "ridge".to_owned(),
            readings: 0,
            gaps: 0,
            missing: 0,
            starts: 0,
            last: None,
            ends: BTreeMap::new(),
            faults: [("SHT4x at 0x44".to_owned(), "SHT4x is dead".to_owned())].into(),
            port: Some("ttyA".to_owned()),
            counters: None,
            health: Some(health),
            last_good: Some(now),
        };
        let later = now + SignedDuration::from_secs(300);
        let of_node = ["ridge: SHT4x is dead", "no value of temp, thermal", "failed 2 times"];
        let mut noisy = live.ports.clone();
        noisy[0].last_bytes = Some(later);
        let got = troubles(&[], &noisy, true, later);
        assert!(got[0].to_string().contains("ttyA: bytes come, but no frame"), "{got:?}");
        for (listening, now, want) in [
            (true, now, &["not opened yet"][..]),
            (true, later, &["ttyA: silent", "not opened yet"]),
            (false, later, &["nobody listens"]),
        ] {
            let got = troubles(std::slice::from_ref(&node), &live.ports, listening, now);
            let got: Vec<String> = got.iter().map(ToString::to_string).collect();
            let want = [want, &of_node].concat();
            assert_eq!(got.len(), want.len(), "{got:?}");
            assert!(got.iter().zip(want).all(|(t, w)| t.contains(w)), "{got:?}");
        }
    }
}
