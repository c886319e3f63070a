//! What was found when a rule was held against what the station knows.

use serde::{Deserialize, Serialize};

/// What speaks for an alert.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// In words.
    pub words: String,
    /// How likely it is, 0..1, where that is known.
    pub probability: Option<f64>,
    /// Seconds until it is so; 0 where it is so now.
    pub lead_s: Option<f64>,
    /// Column and row of the place in the source's picture.
    pub cell: Option<[f64; 2]>,
    /// Degrees east and north of the place, where the picture lies on a map.
    pub lon_lat: Option<[f64; 2]>,
}

/// Whether what a rule asks about is so.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// It is.
    Yes(Finding),
    /// It is not.
    No,
    /// It happened at one moment: each such moment is told, and it is over by itself.
    Once(Finding),
    /// Nobody can say, and why.
    Unknown(String),
}
