//! Notes of a report: what a person should know to trust it or not.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::fire_weather::FireNote;
use crate::outlook::{ClockDoubt, Lack};
use crate::quality::QualityNote;
use crate::rain::RainNote;
use crate::series::SeriesNote;

/// A note of whoever brought the readings, in its own words.
pub trait SourceNote: fmt::Debug + fmt::Display + Send + Sync {}

impl<T: fmt::Debug + fmt::Display + Send + Sync> SourceNote for T {}

/// One thing that a person should know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Note {
    /// Of whoever brought the readings.
    Source(Arc<dyn SourceNote>),
    /// Rows that were dropped, joined or not understood.
    Series(SeriesNote),
    /// Values that are not there.
    Quality(QualityNote),
    /// There is no outlook without the place, for the time of day.
    OutlookNeedsPlace,
    /// Days that are warm at the wrong time for the zone that was named.
    Clock(ClockDoubt),
    /// Of rain.
    Rain(RainNote),
    /// A quantity of which no outlook can be given.
    Lack {
        /// The shortest lead, and why there is none.
        first: Lack,
        /// Hours ahead for which there is none, in order.
        leads_h: Vec<u8>,
    },
    /// Intervals that are not by this station's own errors.
    ShippedIntervals {
        /// How many.
        shipped: usize,
        /// Of how many.
        intervals: usize,
    },
    /// Of fire weather.
    Fire(FireNote),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(note) => note.fmt(f),
            Self::Series(note) => note.fmt(f),
            Self::Quality(note) => note.fmt(f),
            Self::OutlookNeedsPlace => {
                f.write_str("no outlook: it needs the place; give ‹at› LAT,LON")
            }
            Self::Clock(doubt) => doubt.fmt(f),
            Self::Rain(note) => note.fmt(f),
            Self::Lack { first, leads_h } => {
                let (what, missing) = (first.predictand.name(), &first.missing);
                write!(f, "no outlook of {what} for {}: missing {missing}", hours(leads_h))
            }
            Self::ShippedIntervals { shipped, intervals } => write!(
                f,
                "{shipped} of {intervals} forecasts have weights and intervals of the training \
                 stations: this one has too short a record"
            ),
            Self::Fire(note) => note.fmt(f),
        }
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// `1 h`, `1 to 6 h`, `1, 3 and 6 h`.
fn hours(leads_h: &[u8]) -> String {
    let in_a_row = leads_h.windows(2).all(|p| p[1] == p[0] + 1);
    match leads_h {
        [first, .., last] if in_a_row && leads_h.len() > 2 => format!("{first} to {last} h"),
        [early @ .., last] if !early.is_empty() => {
            let early: Vec<String> = early.iter().map(u8::to_string).collect();
            format!("{} and {last} h", early.join(", "))
        }
        _ => leads_h.iter().map(|h| format!("{h} h")).collect(),
    }
}
