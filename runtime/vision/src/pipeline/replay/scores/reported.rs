//! What is reported of the scores of one task: columns of tables, members of files, charts.

use serde_json::Value;

use super::cell::Cell;
use super::lead_tally::LeadTally;
use super::reliability::Reliability;
use super::tally::Tally;
use crate::score::Interval;

/// A score of one lead.
pub(in super::super) type Score = fn(&LeadTally) -> Option<f64>;
/// Names and values for a file.
pub(in super::super) type Members = Vec<(&'static str, Value)>;

/// Which scores of a task are reported, and where.
pub(in super::super) struct ReportedScores {
    /// Headings of tables, after method and lead.
    pub(in super::super) headings: &'static [&'static str],
    /// Cells below them; the interval is that of the first of `intervals`.
    pub(in super::super) cells: fn(&LeadTally, Option<Interval>) -> Vec<Cell>,
    /// A lead in `scores.json`.
    pub(in super::super) pooled: fn(&LeadTally) -> Members,
    /// A lead of one start in `scores.ndjson`.
    pub(in super::super) start: fn(&LeadTally, &Tally) -> Members,
    /// Scores that have an interval, with the interval's name.
    pub(in super::super) intervals: &'static [(&'static str, Score)],
    /// Charts by lead, of scores in 0..1, with their titles.
    pub(in super::super) charts: &'static [(&'static str, Score)],
    /// Probabilities against what came, of the method so called, over all leads; nothing where there
    /// are none.
    pub(in super::super) reliability: fn(&str, &Tally) -> Option<Reliability>,
    /// What stands above the tables of the report, without a full stop.
    pub(in super::super) words: &'static str,
    /// What events of one kind are called.
    pub(in super::super) event: &'static str,
}
