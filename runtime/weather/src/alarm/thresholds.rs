//! Thresholds: when an alarm is raised, and when it is armed again.

use jiff::SignedDuration;

/// When alarms are raised and armed again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Time over which wind is compared: the wind now with the wind that long ago.
    pub within: SignedDuration,
    /// Turn that is a wind shift, degrees.
    pub shift_deg: f64,
    /// Turn below which the next shift may be raised, degrees.
    pub shift_over_deg: f64,
    /// Both winds are at least this fast, m/s.
    pub shift_least_m_s: f64,
    /// Rise of the highest wind that is a gust front, m/s.
    pub gust_rise_m_s: f64,
    /// The highest wind is then at least this, m/s.
    pub gust_least_m_s: f64,
    /// Highest wind below which the next gust front may be raised, m/s.
    pub gust_over_m_s: f64,
    /// Humidity that is dry whatever came before, %.
    pub dry_percent: f64,
    /// Humidity that is dry after a fall of [`Thresholds::fall_percent`], %.
    pub dry_after_fall_percent: f64,
    /// Fall over [`FALL_WITHIN`], percentage points.
    pub fall_percent: f64,
    /// Humidity above which the next dry spell may be raised, %.
    pub dry_over_percent: f64,
}

/// Time over which a fall of humidity is counted.
pub const FALL_WITHIN: SignedDuration = SignedDuration::from_hours(3);

impl Default for Thresholds {
    /// Shift: 45° in 15 minutes at 3 m/s (NWCG glossary, "wind shift"). Gust front: the squall of
    /// the WMO (1962), a rise of 8 m/s to at least 11. Dry air: 25 %, the higher of what fire weather
    /// warnings in the United States ask for (15 to 25 %); or 35 % after a fall of 25 points in three
    /// hours, more than a fine morning makes. Where they end is our choice.
    fn default() -> Self {
        Self {
            within: SignedDuration::from_mins(15),
            shift_deg: 45.0,
            shift_over_deg: 22.5,
            shift_least_m_s: 3.0,
            gust_rise_m_s: 8.0,
            gust_least_m_s: 11.0,
            gust_over_m_s: 7.5,
            dry_percent: 25.0,
            dry_after_fall_percent: 35.0,
            fall_percent: 25.0,
            dry_over_percent: 45.0,
        }
    }
}

impl Thresholds {
    /// For readings `step` apart: a station that measures once an hour is compared over an hour. The
    /// 15 minutes of the definition then cannot be seen.
    #[must_use]
    pub fn for_step(step: SignedDuration) -> Self {
        let default = Self::default();
        Self { within: default.within.max(step), ..default }
    }
}
