//! Notes of a report: what a person should know to trust it or not.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::fire_weather::FireNote;
use crate::outlook::Lack;
use crate::quality::QualityNote;
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
    /// A part of the outlook that cannot be given.
    Lack(Lack),
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
            Self::Lack(lack) => lack.fmt(f),
            Self::ShippedIntervals { shipped, intervals } => write!(
                f,
                "{shipped} of {intervals} intervals come from the training stations: this one has too \
                 short a record"
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
