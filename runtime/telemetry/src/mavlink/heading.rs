//! Headings of a vehicle by time, and angles against them that wait for the heading of their time.

use std::collections::VecDeque;

use emberline_georeference::pose::Rotation;

/// Headings that are kept, and angles that wait.
const MOST: usize = 256;
/// Seconds between two headings beyond which nothing between them is known.
const MOST_GAP_S: f64 = 1.0;
/// Seconds by which a heading may be away from the angles that want it.
const MOST_AWAY_S: f64 = 0.5;

/// Headings by time, degrees from true north, and rotations that count from them.
#[derive(Debug, Default)]
pub(crate) struct Headings {
    known: VecDeque<(f64, f64)>,
    waiting: VecDeque<(f64, Rotation)>,
    /// Rotations that never got their heading.
    lost: u64,
}

impl Headings {
    /// The vehicle's heading at a time; gives the rotations that can be had now.
    pub(crate) fn push(&mut self, time_s: f64, deg: f64) -> Vec<(f64, Rotation)> {
        if !deg.is_finite() {
            return Vec::new();
        }
        if self.known.back().is_some_and(|last| time_s < last.0 - MOST_GAP_S) {
            self.known.clear();
        }
        if self.known.back().is_none_or(|last| time_s > last.0) {
            if self.known.len() == MOST {
                self.known.pop_front();
            }
            self.known.push_back((time_s, deg));
        }
        self.settle(false)
    }

    /// The time of the newest heading.
    pub(crate) fn newest_s(&self) -> Option<f64> {
        self.known.back().map(|k| k.0)
    }

    /// A rotation whose yaw counts from the vehicle's heading; gives those that can be had now.
    pub(crate) fn against(&mut self, time_s: f64, rotation: Rotation) -> Vec<(f64, Rotation)> {
        if self.waiting.len() == MOST {
            self.waiting.pop_front();
            self.lost += 1;
        }
        self.waiting.push_back((time_s, rotation));
        self.settle(false)
    }

    /// Nothing more comes: gives what can still be had.
    pub(crate) fn finish(&mut self) -> Vec<(f64, Rotation)> {
        self.settle(true)
    }

    /// Forgets all, as after a restart.
    pub(crate) fn clear(&mut self) {
        self.lost += self.waiting.len() as u64;
        self.known.clear();
        self.waiting.clear();
    }

    /// Rotations that never got their heading, or still wait for it.
    pub(crate) fn lost(&self) -> u64 {
        self.lost + self.waiting.len() as u64
    }

    fn settle(&mut self, ended: bool) -> Vec<(f64, Rotation)> {
        let mut out = Vec::new();
        while let Some(&(time_s, rotation)) = self.waiting.front() {
            if !ended && self.newest_s().is_none_or(|newest| newest < time_s) {
                break;
            }
            self.waiting.pop_front();
            match self.at(time_s) {
                Some(deg) => out.push((time_s, rotation.turned_deg(deg))),
                None => self.lost += 1,
            }
        }
        out
    }

    /// The heading at a time, between two that are close enough.
    fn at(&self, time_s: f64) -> Option<f64> {
        let n = self.known.partition_point(|k| k.0 <= time_s);
        let before = n.checked_sub(1).and_then(|n| self.known.get(n));
        let after = self.known.get(n);
        if let (Some(a), Some(b)) = (before, after)
            && b.0 - a.0 <= MOST_GAP_S
        {
            let turn = (b.1 - a.1 + 180.0).rem_euclid(360.0) - 180.0;
            return Some(a.1 + turn * (time_s - a.0) / (b.0 - a.0));
        }
        [before, after]
            .into_iter()
            .flatten()
            .find(|k| (k.0 - time_s).abs() <= MOST_AWAY_S)
            .map(|k| k.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaw_against_the_vehicle_takes_the_heading_of_its_own_time() {
        let level = Rotation::from_yaw_pitch_roll_deg(10.0, -90.0 + 1e-6, 0.0).unwrap();
        for (what, headings, at_s, want_deg) in [
            ("between two", vec![(0.0, 20.0), (1.0, 40.0)], 0.5, Some(40.0)),
            ("over north", vec![(0.0, 350.0), (1.0, 10.0)], 0.5, Some(10.0)),
            ("just before the first", vec![(1.0, 90.0)], 0.6, Some(100.0)),
            ("long after the last", vec![(0.0, 90.0)], 5.0, None),
            ("in a gap", vec![(0.0, 90.0), (9.0, 90.0)], 4.0, None),
            ("without any", vec![], 1.0, None),
        ] {
            let mut all = Headings::default();
            let mut got = all.against(at_s, level);
            for (time_s, deg) in headings {
                got.extend(all.push(time_s, deg));
            }
            got.extend(all.finish());
            let want = want_deg.map(|deg| level.turned_deg(deg - 10.0));
            assert_eq!(got.len(), usize::from(want.is_some()), "{what}");
            assert_eq!(all.lost(), u64::from(want.is_none()), "{what}");
            if let (Some((_, got)), Some(want)) = (got.first(), want) {
                assert!(got.apart_deg(want) < 1e-4, "{what}: {:?}", got.yaw_pitch_roll_deg());
            }
        }
    }
}
