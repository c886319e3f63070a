//! Bootstrap: how far a pooled score could be off because only these events were seen.
//!
//! Events (fires, storms), not cells or starts, are drawn with replacement: starts of one fire are
//! alike, and counting them as independent makes every interval too narrow.

use std::ops::AddAssign;

use serde::Serialize;

use crate::quantile::quantile_of_sorted;

/// A pooled score with its percentile interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The score of all events pooled.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Share of draws between the ends, as 0.95.
    pub level: f64,
    /// Events.
    pub events: usize,
    /// Draws that had a score; a draw of events without any burn, say, has none.
    pub draws: usize,
}

/// Percentile interval of a pooled score over `events`, each holding one event's sums.
///
/// Each of `draws` draws takes as many events as there are, with replacement, pools them and scores
/// the pool. The same `seed` gives the same interval. `None` when the events have no score, or no
/// draw has.
#[must_use]
pub fn interval<S>(
    events: &[S],
    score: impl Fn(&S) -> Option<f64>,
    level: f64,
    draws: usize,
    seed: u64,
) -> Option<Interval>
where
    S: Default + for<'a> AddAssign<&'a S>,
{
    let mut all = S::default();
    events.iter().for_each(|e| all += e);
    let value = score(&all)?;
    let mut random = SplitMix(seed);
    let mut scores: Vec<f64> = (0..draws)
        .filter_map(|_| {
            let mut pool = S::default();
            for _ in 0..events.len() {
                pool += &events[random.below(events.len())];
            }
            score(&pool)
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    if scores.is_empty() {
        return None;
    }
    let at = |q: f64| quantile_of_sorted(&scores, q.clamp(0.0, 1.0));
    let tail = 0.5 * (1.0 - level);
    Some(Interval {
        value,
        low: at(tail),
        high: at(1.0 - tail),
        level,
        events: events.len(),
        draws: scores.len(),
    })
}

/// Random numbers that are the same everywhere (Steele, Lea and Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..n`, all as likely to within 1 in 2⁶⁴/n.
    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_splitmix64() {
        // First outputs of the reference implementation for seed 1234567.
        let mut random = SplitMix(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }
}
