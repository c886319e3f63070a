//! Hello: who a node is, what it runs and why it started; the first message after each start.

use serde::{Deserialize, Serialize};

use crate::sensors::Sensors;

/// The version of the protocol that this crate speaks.
pub const PROTOCOL: u8 = 1;

/// A node introduces itself: at once after its start, then every few seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Version of the protocol that the node speaks. Always the first field, in every version.
    pub protocol: u8,
    /// The node's own number, unique among the nodes of a gateway.
    pub node_id: u32,
    /// The number of its log of readings; a new one when its memory was empty.
    pub log: u32,
    /// How often the node has started since its memory was empty, from 1.
    pub boot: u32,
    /// Milliseconds since this start.
    pub uptime_ms: u64,
    /// What it runs.
    pub firmware: Firmware,
    /// Why it started.
    pub reset_cause: ResetCause,
    /// The sensors that answered at the start.
    pub sensors: Sensors,
    /// The last reading or gap that a gateway has acknowledged; 0 if none was. A gateway whose own store
    /// ends before it knows that what lies between is in another store.
    pub acked_seq: u32,
    /// The oldest reading that is still kept and not acknowledged; equals `next_seq` if there is none.
    pub oldest_seq: u32,
    /// The number that the next reading will have.
    pub next_seq: u32,
}

/// The version of the node's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firmware {
    /// Changes when the node's behaviour does.
    pub major: u8,
    /// Changes when something was added.
    pub minor: u8,
    /// Changes when something was repaired.
    pub patch: u8,
}

/// Why a node started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ResetCause {
    /// The board does not say.
    #[default]
    Unknown,
    /// Power came, or came back.
    PowerOn,
    /// The supply sagged below what the processor needs.
    BrownOut,
    /// The reset pin: a button or a probe.
    Pin,
    /// The watchdog: the program hung.
    Watchdog,
    /// The program asked for it, after an update for example.
    Software,
    /// The program met a state that it takes to be impossible.
    Panic,
}
