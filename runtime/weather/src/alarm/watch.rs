//! The watch: looks at one reading after the other, and raises each event once.

use std::collections::VecDeque;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::event::{Alarm, Kind};
use super::thresholds::{FALL_WITHIN, Thresholds};
use super::wind_sum::WindSum;
use crate::derived::{MeanWind, mean_wind, turn_deg};
use crate::reading::Reading;

/// So many readings in a window are added up one by one.
const MANY: usize = 64;

/// Watches the readings of one station.
#[derive(Clone, Debug)]
pub struct Watch {
    thresholds: Thresholds,
    recent: VecDeque<Reading>,
    /// Of the recent readings with a direction: sums over all so far, for many in a window.
    winds: VecDeque<WindSum>,
    /// The humidity of the last [`FALL_WITHIN`], the highest first: those after each lower one.
    humid: VecDeque<(Timestamp, f64)>,
    shifting: bool,
    gusting: bool,
    dry: bool,
    late: usize,
}

impl Watch {
    /// A watch that has seen nothing: no event is going on.
    #[must_use]
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            recent: VecDeque::new(),
            winds: VecDeque::new(),
            humid: VecDeque::new(),
            shifting: false,
            gusting: false,
            dry: false,
            late: 0,
        }
    }

    /// Readings that were not looked at, for they came after a later one.
    #[must_use]
    pub fn late(&self) -> usize {
        self.late
    }

    /// Looks at one more reading (after quality control) and returns the events that begin with it.
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
        self.winds.push_back(WindSum::after(self.winds.back(), reading));
        while self.winds.len() > self.recent.len() + 1 {
            self.winds.pop_front();
        }
        let kinds = [self.wind_shift(), self.gust_front(), self.dry_air(reading)];
        kinds.into_iter().flatten().map(|kind| Alarm { time: reading.time, kind }).collect()
    }

    /// Readings of a third of `within`, that ended `ago` before the last one.
    fn window(&self, ago: SignedDuration) -> impl DoubleEndedIterator<Item = &Reading> {
        self.recent.range(self.range(ago))
    }

    /// Their places.
    fn range(&self, ago: SignedDuration) -> Range<usize> {
        let last = self.recent.back().map_or(Timestamp::UNIX_EPOCH, |r| r.time);
        // Readings are in order of time: no need to look at all of them.
        let until = |age: SignedDuration| {
            let end = last.saturating_sub(age).unwrap_or(last);
            self.recent.partition_point(|r| r.time <= end)
        };
        until(ago + self.thresholds.within / 3)..until(ago)
    }

    fn means(&self) -> Option<(MeanWind, MeanWind)> {
        let now = self.mean(SignedDuration::ZERO)?;
        Some((self.mean(self.thresholds.within)?, now))
    }

    /// The mean wind of a window; of many readings by the difference of two sums.
    fn mean(&self, ago: SignedDuration) -> Option<MeanWind> {
        let range = self.range(ago);
        if range.len() <= MANY {
            return mean_wind(self.recent.range(range));
        }
        // The sum before the oldest reading may be there or not.
        let shift = self.winds.len() - self.recent.len();
        let before = (range.start + shift).checked_sub(1).map(|i| self.winds[i]);
        self.winds[range.end - 1 + shift].mean_since(before.unwrap_or_default())
    }

    fn wind_shift(&mut self) -> Option<Kind> {
        let t = self.thresholds;
        let (before, now) = self.means()?;
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
        // Where no gust is reported, none stood out.
        let highest = |r: &Reading| [r.gust_m_s, r.wind_m_s].into_iter().flatten().reduce(f64::max);
        let last = self.recent.back()?;
        let now_m_s = highest(last)?;
        if now_m_s < t.gust_over_m_s {
            self.gusting = false;
        }
        if now_m_s < t.gust_least_m_s {
            return None;
        }
        let before_m_s = self.window(t.within).filter_map(highest).reduce(f64::max)?;
        let front = now_m_s >= t.gust_least_m_s && now_m_s - before_m_s >= t.gust_rise_m_s;
        if self.gusting || !front {
            return None;
        }
        let was_c = self.window(t.within).rev().find_map(|r| r.temp_c);
        let temp_change_c = last.temp_c.zip(was_c).map(|(now, was)| now - was);
        self.gusting = true;
        Some(Kind::GustFront { before_m_s, now_m_s, temp_change_c })
    }

    fn dry_air(&mut self, reading: &Reading) -> Option<Kind> {
        let t = self.thresholds;
        let now_percent = reading.rh_percent?;
        // Lower ones before it are the highest of no time to come.
        while self.humid.back().is_some_and(|(_, percent)| *percent <= now_percent) {
            self.humid.pop_back();
        }
        self.humid.push_back((reading.time, now_percent));
        let old = |(time, _): &(Timestamp, f64)| reading.time.duration_since(*time) > FALL_WITHIN;
        while self.humid.front().is_some_and(old) {
            self.humid.pop_front();
        }
        if now_percent > t.dry_over_percent {
            self.dry = false;
        }
        if now_percent > t.dry_percent.max(t.dry_after_fall_percent) {
            return None;
        }
        let &(_, before_percent) = self.humid.front()?;
        let fell = before_percent - now_percent >= t.fall_percent;
        let dry = now_percent <= t.dry_percent || fell && now_percent <= t.dry_after_fall_percent;
        if self.dry || !dry {
            return None;
        }
        self.dry = true;
        Some(Kind::DryAir { before_percent, now_percent })
    }
}
