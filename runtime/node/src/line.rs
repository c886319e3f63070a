//! Lines of a day file: one JSON object each.
//!
//! A value that was not measured is `null`. Names carry units. Lines of a kind that this version does
//! not know are passed over.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use emberline_wire as wire;

use crate::id::{LogId, NodeId};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// One set of measurements.
    Reading(Reading),
    /// Readings that are not here and never will be.
    Gap(Gap),
    /// A node has started.
    Start(Start),
    /// What a node's uptime means in UTC.
    Clock(Clock),
    /// A node complains of a chip, or no longer does.
    Fault(Fault),
    /// A kind of a later version.
    #[serde(other)]
    Unknown,
}

/// One set of measurements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Which node.
    pub node: NodeId,
    /// Which of its logs.
    pub log: LogId,
    /// Number in the log, from 1.
    pub seq: u32,
    /// The node's start that it was taken in, from 1.
    pub boot: u32,
    /// Milliseconds from that start.
    pub uptime_ms: u64,
    /// When it was taken, UTC; `null` if no clock was right when it came.
    pub time: Option<Timestamp>,
    /// Whose clock `time` is by.
    pub time_from: TimeFrom,
    /// When it came, by this gateway's clock, right or wrong.
    pub received: Timestamp,
    /// Air temperature, °C.
    pub temp_c: Option<f64>,
    /// Relative humidity, %.
    pub rh_percent: Option<f64>,
    /// Air pressure at the sensor, Pa.
    pub pressure_pa: Option<u32>,
    /// Mean of the wind's speed, whatever its direction, m/s.
    pub wind_m_s: Option<f64>,
    /// Length of the mean wind vector, m/s.
    pub wind_vector_m_s: Option<f64>,
    /// Where the mean wind comes from, degrees clockwise from north; `null` in a calm.
    pub wind_from_deg: Option<u16>,
    /// Highest mean over 3 s, m/s.
    pub gust_m_s: Option<f64>,
    /// Tips of the rain bucket since the log began.
    pub rain_tips: Option<u32>,
    /// Battery, V.
    pub battery_v: Option<f64>,
}

/// Whose clock a time is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFrom {
    /// The gateway's: the node's uptime, and what the gateway found its start to be.
    Gateway,
    /// The node's own clock chip, to the second.
    Node,
    /// Nobody's, so far.
    None,
}

/// Readings that are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Which node.
    pub node: NodeId,
    /// Which of its logs.
    pub log: LogId,
    /// Number of the first missing reading.
    pub first_seq: u32,
    /// Number of the last.
    pub last_seq: u32,
    /// Why.
    pub why: Why,
    /// When the node sent it, by this gateway's clock.
    pub received: Timestamp,
}

/// Why readings are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The node overwrote them before they were acknowledged, or its memory lost them.
    LostByNode,
    /// They were acknowledged by another store, or by this one before it was damaged.
    AcknowledgedElsewhere,
}

/// A node has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Which node.
    pub node: NodeId,
    /// Which of its logs.
    pub log: LogId,
    /// Which start, from 1.
    pub boot: u32,
    /// Why it started.
    pub reset_cause: String,
    /// What it runs.
    pub firmware: String,
    /// The sensors that answered.
    pub sensors: Vec<String>,
    /// When the node sent it, by this gateway's clock.
    pub received: Timestamp,
}

/// What a node's uptime means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Which node.
    pub node: NodeId,
    /// Which of its logs.
    pub log: LogId,
    /// Which start.
    pub boot: u32,
    /// The moment of that start, UTC.
    pub started: Timestamp,
    /// How long the question took, ms: twice the most that `started` can be wrong by.
    pub round_trip_ms: u32,
}

/// A node complains of a chip, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which node.
    pub node: NodeId,
    /// Which chip, with its address; `null` when all are well again.
    pub chip: Option<String>,
    /// What is wrong and what to do; `null` when it is well again.
    pub what: Option<String>,
    /// When the node sent it, by this gateway's clock.
    pub received: Timestamp,
}

impl Line {
    /// The moment that it belongs to: when a reading was taken, or else when it came.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Reading(r) => Some(r.time.unwrap_or(r.received)),
            Self::Gap(g) => Some(g.received),
            Self::Start(s) => Some(s.received),
            Self::Clock(c) => Some(c.started),
            Self::Fault(f) => Some(f.received),
            Self::Unknown => None,
        }
    }
}

impl Reading {
    /// The line of `reading`, taken at `time`.
    #[must_use]
    pub fn new(
        node: NodeId,
        reading: &wire::Reading,
        (time, time_from): (Option<Timestamp>, TimeFrom),
        received: Timestamp,
    ) -> Self {
        let e2 = |v: u16| f64::from(v) / 100.0;
        let wind = reading.wind.as_ref();
        Self {
            node,
            log: LogId::new(reading.log),
            seq: reading.seq,
            boot: reading.boot,
            uptime_ms: reading.uptime_ms,
            time,
            time_from,
            received,
            temp_c: reading.temp_c_e2.map(|v| f64::from(v) / 100.0),
            rh_percent: reading.rh_percent_e2.map(e2),
            pressure_pa: reading.pressure_pa,
            wind_m_s: wind.map(|w| e2(w.scalar_m_s_e2)),
            wind_vector_m_s: wind.map(|w| e2(w.vector_m_s_e2)),
            wind_from_deg: wind.and_then(|w| w.from_deg),
            gust_m_s: wind.map(|w| e2(w.gust_m_s_e2)),
            rain_tips: reading.rain_tips,
            battery_v: reading.battery_mv.map(|v| f64::from(v) / 1000.0),
        }
    }
}

/// Names of the sensors of a set.
#[must_use]
pub fn sensor_names(sensors: wire::Sensors) -> Vec<String> {
    use wire::Sensor::{Battery, Clock, Humidity, Pressure, Rain, Temp, Thermal, Wind};
    let names = [
        (Temp, "temp"),
        (Humidity, "humidity"),
        (Pressure, "pressure"),
        (Wind, "wind"),
        (Rain, "rain"),
        (Battery, "battery"),
        (Thermal, "thermal"),
        (Clock, "clock"),
    ];
    names.iter().filter(|(s, _)| sensors.has(*s)).map(|(_, name)| (*name).to_owned()).collect()
}

/// Why a node started, in words.
#[must_use]
pub fn reset_cause(cause: wire::ResetCause) -> &'static str {
    use wire::ResetCause::{BrownOut, Panic, Pin, PowerOn, Software, Watchdog};
    match cause {
        PowerOn => "power came on",
        BrownOut => "supply too low",
        Pin => "reset button",
        Watchdog => "watchdog: the program hung",
        Software => "asked for by the program",
        Panic => "program error",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_written_with_units_and_without_rounding_noise() {
        let wind = wire::Wind {
            vector_m_s_e2: 412,
            from_deg: Some(359),
            scalar_m_s_e2: 455,
            gust_m_s_e2: 1180,
        };
        let reading = wire::Reading {
            log: 0xc0ffee,
            seq: 7,
            boot: 2,
            uptime_ms: 61_000,
            temp_c_e2: Some(-1207),
            pressure_pa: Some(101_325),
            wind: Some(wind),
            battery_mv: Some(3701),
            ..wire::Reading::default()
        };
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let line = Reading::new(NodeId::new(0x51), &reading, (Some(at), TimeFrom::Gateway), at);
        let line = Line::Reading(line);
        let text = serde_json::to_string(&line).unwrap();
        let want = "{\"kind\":\"reading\",\"node\":\"00000051\",\"log\":\"00c0ffee\",\"seq\":7,\
                    \"boot\":2,\"uptime_ms\":61000,\"time\":\"2027-01-15T08:00:00Z\",\
                    \"time_from\":\"gateway\",\"received\":\"2027-01-15T08:00:00Z\",\
                    \"temp_c\":-12.07,\"rh_percent\":null,\"pressure_pa\":101325,\
                    \"wind_m_s\":4.55,\"wind_vector_m_s\":4.12,\"wind_from_deg\":359,\
                    \"gust_m_s\":11.8,\"rain_tips\":null,\"battery_v\":3.701}";
        assert_eq!(text, want);
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
    }

    #[test]
    fn a_kind_of_a_later_version_is_no_damage() {
        let line: Line = serde_json::from_str("{\"kind\":\"snow\",\"depth_m\":1}").unwrap();
        assert_eq!(line, Line::Unknown);
        assert!(serde_json::from_str::<Line>("{\"kind\":\"reading\",\"no").is_err());
    }

    #[test]
    fn every_sensor_has_a_name() {
        let all = wire::Sensors::from_bits(0xffff);
        assert_eq!(sensor_names(all).len(), 8);
        assert!(sensor_names(wire::Sensors::NONE).is_empty());
    }
}
