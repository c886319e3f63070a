//! A telemetry: everything that one file or folder says.

use emberline_georeference::pose::Sample;

use crate::clock::Clock;
use crate::counts::Counts;
use crate::kind::Kind;
use crate::klv::{Corners, FilmTime};
use crate::note::Note;

/// Everything that a file or folder of telemetry says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Telemetry {
    /// What it was.
    pub kind: Kind,
    /// From when the times of samples and corners count.
    pub clock: Clock,
    /// What was said, in the order in which it was.
    pub samples: Vec<Sample>,
    /// Where pictures' corners lie, where that is told.
    pub corners: Vec<Corners>,
    /// Which of the film's own times were which time of day, where both are told.
    pub film_times: Vec<FilmTime>,
    /// The film's own time of its first picture, seconds, where it is told: a film is counted from there.
    pub first_picture_pts_s: Option<f64>,
    /// A local time without its zone, where nothing better is told.
    pub local: Option<LocalTime>,
    /// What a person should know.
    pub notes: Vec<Note>,
    /// What was read and what was not.
    pub counts: Counts,
}

/// What a clock without a zone showed at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalTime {
    /// As of samples.
    pub time_s: f64,
    /// As ISO 8601 has it, without a zone: `2026-08-02T14:31:07.2`.
    pub text: String,
}

impl Telemetry {
    /// One of this kind that says nothing yet.
    pub(crate) fn new(kind: Kind, clock: Clock) -> Self {
        Self {
            kind,
            clock,
            samples: Vec::new(),
            corners: Vec::new(),
            film_times: Vec::new(),
            first_picture_pts_s: None,
            local: None,
            notes: Vec::new(),
            counts: Counts::default(),
        }
    }
}
