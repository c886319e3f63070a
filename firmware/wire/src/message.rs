//! Messages: everything that one frame can say.

use serde::{Deserialize, Serialize};

use crate::{ChipFault, Hello, Reading, Sensors, ThermalPart};

/// One message. Variants are only ever appended: their order is their number on the line.
// Boxing the large variants needs an allocator; the largest is 120 bytes.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Message {
    /// Node: who it is. Number 0 in every version of the protocol.
    Hello(Hello),
    /// Node: one set of measurements, sent again until it is acknowledged.
    Reading(Reading),
    /// Node: readings that no longer exist, sent again until they are acknowledged.
    Gap(Gap),
    /// Node: a part of a thermal image, sent once.
    Thermal(ThermalPart),
    /// Node: how it fares.
    Status(Status),
    /// Gateway: what is on its disk.
    Ack(Ack),
    /// Gateway: what time it is.
    SetClock(SetClock),
    /// Gateway: a question for the node's clocks.
    ClockRequest(ClockRequest),
    /// Node: the answer.
    Clock(Clock),
    /// Node: a chip that gave nothing; when there is a new one, and with each status.
    Fault(ChipFault),
    /// Gateway: a question who is there. The node answers with a Hello at once.
    HelloRequest,
}

/// Readings that the node no longer has: overwritten before they were acknowledged, or damaged in its
/// memory. The gateway records them as missing and acknowledges them like readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The log that they belonged to.
    pub log: u32,
    /// Number of the first missing reading.
    pub first_seq: u32,
    /// Number of the last missing reading, not below `first_seq`.
    pub last_seq: u32,
}

/// How a node fares. Counters run from the node's start and stay at their highest value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Milliseconds since the node's start.
    pub uptime_ms: u64,
    /// Readings kept and not acknowledged.
    pub stored: u32,
    /// Readings that were overwritten before they were acknowledged, since the start.
    pub overwritten: u32,
    /// Bad frames that the node received, of all kinds.
    pub bad_frames: u32,
    /// Measurements that failed.
    pub sensor_errors: u32,
    /// Reads and writes of its memory that failed.
    pub memory_errors: u32,
    /// Sensors that failed at their last measurement.
    pub failed: Sensors,
    /// The time after which an unacknowledged reading is sent again, ms.
    pub retry_ms: u16,
}

/// Everything up to and including `seq` is on the gateway's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The log that is meant; a node ignores any other.
    pub log: u32,
    /// The last of the unbroken row of readings and gaps that is on disk; 0 if there is none.
    pub seq: u32,
    /// How many more readings the gateway takes before its next ack, at least 1.
    pub window: u8,
}

/// What time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetClock {
    /// Milliseconds since 1970-01-01T00:00:00Z, when the first byte of this frame was sent.
    pub unix_ms: u64,
}

/// What do the node's clocks say?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRequest {
    /// Comes back in the answer, so that the gateway can tell how long the question took.
    pub token: u16,
}

/// What the node's clocks say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The token of the question.
    pub token: u16,
    /// The node's start, from 1.
    pub boot: u32,
    /// Milliseconds since that start, when the question had arrived.
    pub uptime_ms: u64,
    /// Seconds since 1970-01-01T00:00:00Z by the clock chip, if that runs and was set.
    pub rtc_unix_s: Option<u32>,
}
