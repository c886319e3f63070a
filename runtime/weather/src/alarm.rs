//! Alarms for who stands near a fire: the wind turns, a gust front arrives, the air dries.
//!
//! Each alarm has a level at which it is raised and one at which it is armed again; between the two
//! the event goes on, and it is told once.

use std::collections::VecDeque;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::derived::{MeanWind, mean_wind, turn_deg};
use crate::reading::Reading;

/// When alarms are raised and armed again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Time over which wind is compared: the wind now with the wind that long ago.
    pub within: SignedDuration,
    /// Turn that is a wind shift, degrees.
    pub shift_deg: f64,
    /// Turn below which the next shift may be told, degrees.
    pub shift_over_deg: f64,
    /// Both winds are at least this fast, m/s.
    pub shift_least_m_s: f64,
    /// Rise of the highest wind that is a gust front, m/s.
    pub gust_rise_m_s: f64,
    /// The highest wind is then at least this, m/s.
    pub gust_least_m_s: f64,
    /// Highest wind below which the next gust front may be told, m/s.
    pub gust_over_m_s: f64,
    /// Humidity that is dry whatever came before, %.
    pub dry_percent: f64,
    /// Humidity that is dry after a fall of [`Thresholds::fall_percent`], %.
    pub dry_after_fall_percent: f64,
    /// Fall over [`FALL_WITHIN`], percentage points.
    pub fall_percent: f64,
    /// Humidity above which the next dry spell may be told, %.
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
    /// For readings `step` apart: a station that speaks once an hour is compared over an hour. The
    /// 15 minutes of the definition then cannot be seen.
    #[must_use]
    pub fn for_step(step: SignedDuration) -> Self {
        let default = Self::default();
        Self { within: default.within.max(step), ..default }
    }
}

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The wind turned; clockwise is positive.
    WindShift {
        /// Direction before, degrees.
        from_deg: f64,
        /// Direction now, degrees.
        to_deg: f64,
        /// Speed now, m/s.
        wind_m_s: f64,
    },
    /// Strong wind came at once.
    GustFront {
        /// Highest wind before, m/s.
        before_m_s: f64,
        /// Highest wind now, m/s.
        now_m_s: f64,
        /// Change of temperature meanwhile, °C; a front of cool air makes it negative.
        temp_change_c: Option<f64>,
    },
    /// The air became dry.
    DryAir {
        /// Highest humidity of the last three hours, %.
        before_percent: f64,
        /// Humidity now, %.
        now_percent: f64,
    },
}

/// One event, told once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm {
    /// Time of the reading that raised it.
    pub time: Timestamp,
    /// What it is about.
    pub kind: Kind,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WindShift { from_deg, to_deg, wind_m_s } => write!(
                f,
                "wind shift from {from_deg:.0}° to {to_deg:.0}° ({:+.0}°) at {wind_m_s:.1} m/s",
                turn_deg(from_deg, to_deg)
            ),
            Self::GustFront { before_m_s, now_m_s, temp_change_c } => {
                write!(f, "gust front: {now_m_s:.1} m/s after {before_m_s:.1} m/s")?;
                temp_change_c.map_or(Ok(()), |c| write!(f, ", temperature {c:+.1} °C"))
            }
            Self::DryAir { before_percent, now_percent } => {
                write!(f, "dry air: humidity {now_percent:.0} % after {before_percent:.0} %")
            }
        }
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.time, self.kind)
    }
}

/// Watches the readings of one station.
#[derive(Clone, Debug)]
pub struct Watch {
    thresholds: Thresholds,
    recent: VecDeque<Reading>,
    shifting: bool,
    gusting: bool,
    dry: bool,
    late: usize,
}

impl Watch {
    /// A watch that has seen nothing: no event is going on.
    #[must_use]
    pub fn new(thresholds: Thresholds) -> Self {
        let recent = VecDeque::new();
        Self { thresholds, recent, shifting: false, gusting: false, dry: false, late: 0 }
    }

    /// Readings that were not looked at, for they came after a later one.
    #[must_use]
    pub fn late(&self) -> usize {
        self.late
    }

    /// Looks at one more reading (after quality control) and tells the events that begin with it.
    ///
    /// A missing value begins and ends nothing.
    pub fn take(&mut self, reading: &Reading) -> Vec<Alarm> {
        if self.recent.back().is_some_and(|last| reading.time <= last.time) {
            self.late += 1;
            return Vec::new();
        }
        let keep = FALL_WITHIN.max(self.thresholds.within * 2);
        let old = |r: &Reading| reading.time.duration_since(r.time) > keep;
        while self.recent.front().is_some_and(old) {
            self.recent.pop_front();
        }
        self.recent.push_back(*reading);
        let kinds = [self.wind_shift(), self.gust_front(), self.dry_air(reading)];
        kinds.into_iter().flatten().map(|kind| Alarm { time: reading.time, kind }).collect()
    }

    /// Readings of a third of `within`, that ended `ago` before the last one.
    fn window(&self, ago: SignedDuration) -> impl Iterator<Item = &Reading> {
        let last = self.recent.back().map_or(Timestamp::UNIX_EPOCH, |r| r.time);
        // Readings are in order of time: no need to look at all of them.
        let until = |age: SignedDuration| {
            let end = last.saturating_sub(age).unwrap_or(last);
            self.recent.partition_point(|r| r.time <= end)
        };
        self.recent.range(until(ago + self.thresholds.within / 3)..until(ago))
    }

    fn winds(&self) -> Option<(MeanWind, MeanWind)> {
        let now = mean_wind(self.window(SignedDuration::ZERO))?;
        Some((mean_wind(self.window(self.thresholds.within))?, now))
    }

    fn wind_shift(&mut self) -> Option<Kind> {
        let t = self.thresholds;
        let (before, now) = self.winds()?;
        let (from_deg, to_deg) = (before.from_deg?, now.from_deg?);
        let turn = turn_deg(from_deg, to_deg).abs();
        if turn < t.shift_over_deg {
            self.shifting = false;
        }
        let strong = before.vector_m_s.min(now.vector_m_s) >= t.shift_least_m_s;
        if self.shifting || turn < t.shift_deg || !strong {
            return None;
        }
        self.shifting = true;
        Some(Kind::WindShift { from_deg, to_deg, wind_m_s: now.speed_m_s })
    }

    fn gust_front(&mut self) -> Option<Kind> {
        let t = self.thresholds;
        // Where no gust is told, none stood out.
        let highest = |r: &Reading| [r.gust_m_s, r.wind_m_s].into_iter().flatten().reduce(f64::max);
        let last = self.recent.back()?;
        let now_m_s = highest(last)?;
        if now_m_s < t.gust_over_m_s {
            self.gusting = false;
        }
        let earlier: Vec<&Reading> = self.window(t.within).collect();
        let before_m_s = earlier.iter().filter_map(|r| highest(r)).reduce(f64::max)?;
        let front = now_m_s >= t.gust_least_m_s && now_m_s - before_m_s >= t.gust_rise_m_s;
        if self.gusting || !front {
            return None;
        }
        let was_c = earlier.iter().rev().find_map(|r| r.temp_c);
        let temp_change_c = last.temp_c.zip(was_c).map(|(now, was)| now - was);
        self.gusting = true;
        Some(Kind::GustFront { before_m_s, now_m_s, temp_change_c })
    }

    fn dry_air(&mut self, reading: &Reading) -> Option<Kind> {
        let t = self.thresholds;
        let now_percent = reading.rh_percent?;
        if now_percent > t.dry_over_percent {
            self.dry = false;
        }
        if now_percent > t.dry_percent.max(t.dry_after_fall_percent) {
            return None;
        }
        let recent = |r: &&Reading| reading.time.duration_since(r.time) <= FALL_WITHIN;
        let before_percent =
            self.recent.iter().filter(recent).filter_map(|r| r.rh_percent).reduce(f64::max)?;
        let fell = before_percent - now_percent >= t.fall_percent;
        let dry = now_percent <= t.dry_percent || fell && now_percent <= t.dry_after_fall_percent;
        if self.dry || !dry {
            return None;
        }
        self.dry = true;
        Some(Kind::DryAir { before_percent, now_percent })
    }
}

#[cfg(test)]
#[path = "alarm_tests.rs"]
mod tests;
