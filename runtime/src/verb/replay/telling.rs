//! How the scores of one task are told: which columns, which members of a file, which lines.

use serde_json::Value;

use emberline::score::Interval;
use emberline::task::Task;

use super::tally::{Lead, Tally};
use super::{film, fire};

/// A score of one lead.
pub(super) type Score = fn(&Lead) -> Option<f64>;
/// Names and values for a file.
pub(super) type Members = Vec<(&'static str, Value)>;

/// What is told of each lead, and where.
pub(super) struct Telling {
    /// Headings of tables, after method and lead.
    pub(super) headings: &'static [&'static str],
    /// Cells below them; the interval is that of the first of `bands`.
    pub(super) cells: fn(&Lead, Option<Interval>) -> Vec<String>,
    /// A lead in `scores.json`.
    pub(super) pooled: fn(&Lead) -> Members,
    /// A lead of one start in `scores.ndjson`.
    pub(super) start: fn(&Lead, &Tally) -> Members,
    /// Scores that have an interval, with the interval's name.
    pub(super) bands: &'static [(&'static str, Score)],
    /// Charts by lead, of scores in 0..1, with their titles.
    pub(super) charts: &'static [(&'static str, Score)],
    /// What stands above the tables of the page, without a full stop.
    pub(super) words: &'static str,
    /// What events of one kind are called.
    pub(super) event: &'static str,
}

/// How scores of `task` are told.
pub(super) fn telling(task: Task) -> &'static Telling {
    match task {
        Task::FireFront => &fire::TELLING,
        Task::Frames => &film::FRAMES,
        Task::Rain => &film::RAIN,
    }
}

/// A number, or a dash where there is nothing to score.
pub(super) fn told(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(dash, |v| format!("{v:.digits$}"))
}

/// A number with its interval.
pub(super) fn told_with(value: Option<f64>, digits: usize, band: Option<Interval>) -> String {
    let band = band.map(|b| format!(" [{:.digits$}, {:.digits$}]", b.low, b.high));
    told(value, digits) + &band.unwrap_or_default()
}

/// Nothing to score.
pub(super) fn dash() -> String {
    "–".to_owned()
}
