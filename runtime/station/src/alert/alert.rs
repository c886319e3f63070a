//! An alert: what was seen, where, how sure that is, and what people have done about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::finding::Finding;

/// What an alert must not be used for.
pub(crate) const NOTICE: &str = "Experimental: an alert is an aid, and that there is none says nothing. Do not use it alone to decide on evacuation.";

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It was raised, and nobody has said that they know.
    Raised,
    /// Somebody knows; it is still so.
    Acknowledged,
    /// It is over.
    Closed,
}

impl Phase {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }
}

/// One event of one rule at one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Its own among all alerts, and safe in a file's name.
    pub id: String,
    /// The name of its rule.
    pub rule: String,
    /// What its rule is about, as the file says it (`fire-in-view`); empty of one that an older program has raised.
    #[serde(default)]
    pub when: String,
    /// Of which camera, radar, table or node; the station itself where empty.
    pub source: String,
    /// Where it stands.
    pub phase: Phase,
    /// When it was first so.
    pub since: Timestamp,
    /// When it was raised.
    pub raised: Timestamp,
    /// When its phase last changed.
    pub changed: Timestamp,
    /// What was seen when it was raised.
    pub finding: Finding,
    /// Who said that they know, where somebody did.
    pub by: Option<String>,
    /// When they said so.
    #[serde(default)]
    pub known: Option<Timestamp>,
    /// Whether its source is a simulator: nothing of it is so.
    #[serde(default)]
    pub simulated: bool,
    /// Whether it was raised in the quiet hours of its rule: it wakes nobody.
    pub quiet: bool,
    /// Folder of the forecast that raised it, below the data folder.
    pub forecast: Option<String>,
    /// File of the frame that raised it, below the data folder.
    pub frame: Option<String>,
    /// The picture that shows it, below the data folder: its frame, or that of its forecast.
    #[serde(default)]
    pub picture: Option<String>,
    /// Degrees north and east of the station.
    pub station: [f64; 2],
    /// What it must not be used for.
    pub notice: String,
}

impl Alert {
    /// It on one line.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { rule, source, phase, finding, .. } = self;
        let of = if source.is_empty() { String::new() } else { format!(" ({source})") };
        format!("{rule}{of}: {}: {}", phase.name(), finding.words)
    }
}
