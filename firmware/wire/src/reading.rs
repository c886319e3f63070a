//! Readings: one set of measurements, as integers in fixed units.

use serde::{Deserialize, Serialize};

/// One set of measurements. A sensor that is absent, failed or out of its range is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The log that it belongs to.
    pub log: u32,
    /// Its number in the log, from 1, counting up over reboots.
    pub seq: u32,
    /// The start of the node that it was taken in, from 1.
    pub boot: u32,
    /// Milliseconds from that start to the end of the measurement.
    pub uptime_ms: u64,
    /// Seconds since 1970-01-01T00:00:00Z by the node's clock chip, if that runs and was set.
    pub rtc_unix_s: Option<u32>,
    /// Air temperature, 0.01 °C.
    pub temp_c_e2: Option<i16>,
    /// Relative humidity, 0.01 %.
    pub rh_percent_e2: Option<u16>,
    /// Air pressure at the sensor, Pa; not reduced to sea level.
    pub pressure_pa: Option<u32>,
    /// Wind since the reading before.
    pub wind: Option<Wind>,
    /// Tips of the bucket since the log began, over reboots. The gateway knows how much one tip is.
    pub rain_tips: Option<u32>,
    /// Battery, mV.
    pub battery_mv: Option<u16>,
}

/// Wind over the time since the reading before, at the height of the sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wind {
    /// Length of the mean wind vector, 0.01 m/s. Never more than `scalar_m_s_e2`, but for rounding.
    pub vector_m_s_e2: u16,
    /// Where the mean wind vector comes from: degrees clockwise from north, 0 to 359. `None` in a calm,
    /// and when the wind came from all sides alike.
    pub from_deg: Option<u16>,
    /// Mean of the speeds whatever their direction, 0.01 m/s; what fire weather asks for.
    pub scalar_m_s_e2: u16,
    /// Highest mean over 3 s, 0.01 m/s.
    pub gust_m_s_e2: u16,
}
