//! The latest reading, and what follows from it by formula.

use jiff::Timestamp;
use serde::Serialize;

use crate::derived::{deficit_hpa, dew_point_c, tendency_hpa};
use crate::reading::Reading;

/// The latest reading; what was not measured, or failed a check, is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latest {
    /// When, UTC.
    pub time: Timestamp,
    /// Air temperature, °C.
    pub temp_c: Option<f64>,
    /// Relative humidity, %.
    pub rh_percent: Option<f64>,
    /// Dew point over water, °C.
    pub dew_point_c: Option<f64>,
    /// What the air could still take up, hPa.
    pub vapour_pressure_deficit_hpa: Option<f64>,
    /// Mean wind speed, m/s.
    pub wind_m_s: Option<f64>,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from_deg: Option<f64>,
    /// Highest wind since the reading before, m/s.
    pub gust_m_s: Option<f64>,
    /// Pressure, hPa.
    pub pressure_hpa: Option<f64>,
    /// Its change over 3 hours, hPa.
    pub pressure_change_3h_hpa: Option<f64>,
    /// Rain since the reading before, mm.
    pub rain_mm: Option<f64>,
}

impl Latest {
    /// Of readings in order of time, after quality control; `None` if there is none.
    pub(super) fn of(readings: &[Reading]) -> Option<Self> {
        let r = readings.last()?;
        let humid = r.temp_c.zip(r.rh_percent);
        Some(Self {
            time: r.time,
            temp_c: r.temp_c,
            rh_percent: r.rh_percent,
            dew_point_c: humid.and_then(|(t, rh)| dew_point_c(t, rh)),
            vapour_pressure_deficit_hpa: humid.map(|(t, rh)| deficit_hpa(t, rh)),
            wind_m_s: r.wind_m_s,
            wind_from_deg: r.wind_from_deg,
            gust_m_s: r.gust_m_s,
            pressure_hpa: r.pressure_hpa,
            pressure_change_3h_hpa: tendency_hpa(readings, r.time),
            rain_mm: r.rain_mm,
        })
    }
}
