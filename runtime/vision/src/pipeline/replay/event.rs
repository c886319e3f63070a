//! An event: one film of a replay, such as a fire or a storm, with its scores.

use serde::Serialize;

use super::scores::Tally;

/// One film, scored; serialised as in `scores.json`.
#[derive(Debug, Serialize)]
pub(super) struct Event {
    /// Name of the film.
    #[serde(rename = "event")]
    pub(super) name: String,
    /// Of its bytes.
    pub(super) sha256: String,
    /// Frames it has.
    pub(super) frames: usize,
    /// Frames that were forecast from.
    pub(super) starts: usize,
    /// Why others were not, in words.
    pub(super) skipped: Vec<String>,
    /// Sums of each method, in the order of the replay's methods.
    #[serde(skip)]
    pub(super) tallies: Vec<Tally>,
}
