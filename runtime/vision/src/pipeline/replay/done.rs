//! What comes back from a replay.

use super::scores::ScoreTable;
use crate::model::Model;
use crate::product::Written;

/// A replay that has been written.
#[derive(Debug)]
pub struct ReplayDone {
    /// What was scored.
    pub model: Model,
    /// Frames that were forecast from, of all films.
    pub starts: usize,
    /// Films that had such a frame.
    pub events: usize,
    /// Why scores have no interval, where there are none.
    pub interval_note: Option<String>,
    /// Scores by lead and method.
    pub scores: ScoreTable,
    /// Errors of a fire's arrival times by method; no rows of another film.
    pub arrivals: ScoreTable,
    /// What a person should know of the films, each with its film's name.
    pub notes: Vec<String>,
    /// The folder's files.
    pub written: Written,
}
