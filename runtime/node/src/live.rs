//! The live state: each port and the node behind it, as the listener last wrote it down (`live.json`).

use std::io;
use std::path::Path;

use emberline_atomic_file as atomic_file;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::counters::LineCounters;
use crate::id::NodeId;
use crate::line::sensor_names;
use crate::session::Session;

/// The file's name in a store.
const FILE: &str = "live.json";

/// The state of a listener.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// When it was written.
    pub written: Timestamp,
    /// Each port.
    pub ports: Vec<LivePort>,
}

/// The state of one port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LivePort {
    /// As the listener was asked for it.
    pub port: String,
    /// Whether it is open.
    pub state: PortState,
    /// How often it was opened.
    pub opened: u32,
    /// The node behind it.
    pub node: Option<NodeId>,
    /// When a good frame last came.
    pub last_good: Option<Timestamp>,
    /// When bytes last came, whatever they were.
    #[serde(default)]
    pub last_bytes: Option<Timestamp>,
    /// What came since the listener's start.
    #[serde(rename = "heard")]
    pub counters: LineCounters,
    /// Of that, what came before the port was last opened.
    #[serde(skip)]
    before: LineCounters,
    /// The node's last report of its health.
    #[serde(rename = "fares")]
    pub health: Option<NodeHealth>,
}

/// Whether a port is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PortState {
    /// It is.
    Open,
    /// It is not, and is tried again and again.
    Waiting {
        /// Why it is not.
        why: String,
    },
}

/// A node's report of its health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeHealth {
    /// Seconds since its start.
    pub uptime_s: u64,
    /// Readings that it keeps and that were not acknowledged.
    pub waiting: u32,
    /// Readings that it overwrote before they were acknowledged, since its start.
    pub overwritten: u32,
    /// Bad frames that came to it.
    pub bad_frames: u32,
    /// Measurements that failed.
    pub sensor_errors: u32,
    /// Reads and writes of its memory that failed.
    pub memory_errors: u32,
    /// Sensors that failed at their last measurement.
    pub failed: Vec<String>,
}

impl Live {
    /// Before any port was opened.
    #[must_use]
    pub fn new(ports: &[String]) -> Self {
        let port = |name: &String| LivePort {
            port: name.clone(),
            state: PortState::Waiting { why: "not opened yet".to_owned() },
            opened: 0,
            node: None,
            last_good: None,
            last_bytes: None,
            counters: LineCounters::default(),
            before: LineCounters::default(),
            health: None,
        };
        Self { written: Timestamp::now(), ports: ports.iter().map(port).collect() }
    }

    /// Writes the file, whole, into the store `root`.
    pub(crate) fn write(&mut self, root: &Path) -> io::Result<()> {
        self.written = Timestamp::now();
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        atomic_file::write(&root.join(FILE), &bytes)
    }

    /// Reads the file of the store `root`; `None` if nobody ever listened.
    #[must_use]
    pub fn read(root: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(root.join(FILE)).ok()?).ok()
    }
}

impl LivePort {
    /// The port was opened.
    pub(crate) fn opened(&mut self) {
        self.state = PortState::Open;
        self.opened += 1;
        self.before = self.counters;
    }

    /// Brings the port up to what its session knows.
    pub(crate) fn update(&mut self, session: &Session<'_>) {
        self.counters = self.before.plus(session.counters());
        self.last_good = session.last_good().map(|n| n.utc).or(self.last_good);
        self.last_bytes = session.last_bytes().map(|n| n.utc).or(self.last_bytes);
        let Some(peer) = session.peer() else { return };
        self.node = Some(peer.node);
        if let Some(s) = &peer.status {
            self.health = Some(NodeHealth {
                uptime_s: s.uptime_ms / 1000,
                waiting: s.stored,
                overwritten: s.overwritten,
                bad_frames: s.bad_frames,
                sensor_errors: s.sensor_errors,
                memory_errors: s.memory_errors,
                failed: sensor_names(s.failed),
            });
        }
    }
}
