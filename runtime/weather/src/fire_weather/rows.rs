//! Rows: readings that the state kept and those of a table, as one series without copying the table.

use jiff::{SignedDuration, Timestamp};

use super::row::Row;
use crate::reading::Reading;
use crate::series::{Series, SeriesNotes};

/// Intervals by which the usual step is reckoned.
const INTERVALS: usize = 48;

/// Readings in order of time, no time twice.
pub(super) struct Rows<'a> {
    /// Kept ones, with those of the table that lie among them.
    front: Vec<Reading>,
    /// The table's later ones.
    back: &'a [Reading],
}

impl<'a> Rows<'a> {
    /// `kept` and those of `table` that are later than `until`; both in order of time. Of one time,
    /// equal values are one, as in a [`Series`].
    pub(super) fn new(kept: &[Row], until: Option<Timestamp>, table: &'a [Reading]) -> Self {
        let later =
            |t: Option<Timestamp>| table.partition_point(|r| t.is_some_and(|t| r.time <= t));
        let table = &table[later(until)..];
        let Some(last) = kept.last() else { return Self { front: Vec::new(), back: table } };
        let (among, back) =
            table.split_at(table.partition_point(|r| r.time <= last.reading().time));
        // What fire weather does not need would contradict nothing.
        let both = kept
            .iter()
            .map(|row| *row.reading())
            .chain(among.iter().map(|r| *Row::of(r).reading()));
        let front = Series::new(both.collect(), SeriesNotes::default()).readings().to_vec();
        Self { front, back }
    }

    pub(super) fn len(&self) -> usize {
        self.front.len() + self.back.len()
    }

    pub(super) fn get(&self, i: usize) -> Option<&Reading> {
        self.front.get(i).or_else(|| self.back.get(i.checked_sub(self.front.len())?))
    }

    pub(super) fn last(&self) -> Option<&Reading> {
        self.back.last().or(self.front.last())
    }

    /// Readings number `from` to before `to`.
    pub(super) fn range(&self, from: usize, to: usize) -> impl Iterator<Item = &Reading> {
        let front = self.front.len();
        let (a, b) = (&self.front[from.min(front)..to.min(front)], self.back);
        a.iter().chain(&b[from.saturating_sub(front)..to.saturating_sub(front)])
    }

    /// How many come before the first for which `is_before` does not hold.
    pub(super) fn partition_point(&self, is_before: impl Fn(Timestamp) -> bool) -> usize {
        match self.front.last() {
            Some(r) if !is_before(r.time) => self.front.partition_point(|r| is_before(r.time)),
            _ => self.front.len() + self.back.partition_point(|r| is_before(r.time)),
        }
    }

    /// The usual time between readings, the median of the last that end with number `last`; `earlier`
    /// are intervals before the first, and `until` is the reading before it.
    pub(super) fn step(
        &self,
        last: usize,
        until: Option<Timestamp>,
        earlier: &[SignedDuration],
    ) -> Option<SignedDuration> {
        let mut steps = self.intervals(last + 1, until, earlier);
        steps.sort_unstable();
        steps.get(steps.len() / 2).copied()
    }

    /// The last intervals before reading number `end`, oldest first.
    pub(super) fn intervals(
        &self,
        end: usize,
        until: Option<Timestamp>,
        earlier: &[SignedDuration],
    ) -> Vec<SignedDuration> {
        let from = end.saturating_sub(INTERVALS);
        let mut before = match from {
            0 => until,
            _ => self.get(from - 1).map(|r| r.time),
        };
        let mut own = Vec::with_capacity(INTERVALS);
        for r in self.range(from, end) {
            own.extend(before.map(|t| r.time.duration_since(t)));
            before = Some(r.time);
        }
        let kept = earlier.len().min(INTERVALS - own.len());
        let mut all = earlier[earlier.len() - kept..].to_vec();
        all.extend(own);
        all
    }
}
