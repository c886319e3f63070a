//! Stamps: the time that a camera or a name gives a picture, with or without a zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The time of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::source) struct Stamp {
    /// What the clock on the wall, or on the camera, said.
    pub(in crate::source) local: DateTime,
    /// The moment, where the zone of that clock is known.
    pub(in crate::source) utc: Option<Timestamp>,
}

impl Stamp {
    /// The time `local` at `offset` from UTC, where that is known.
    pub(in crate::source) fn new(local: DateTime, offset: Option<Offset>) -> Self {
        Self { local, utc: offset.and_then(|o| o.to_timestamp(local).ok()) }
    }

    /// A moment.
    pub(in crate::source) fn of_utc(utc: Timestamp) -> Self {
        Self { local: utc.to_zoned(TimeZone::UTC).datetime(), utc: Some(utc) }
    }

    /// The local time as if it were UTC: for the time between two stamps of one clock.
    pub(in crate::source) fn ticks(&self) -> Option<Timestamp> {
        Offset::UTC.to_timestamp(self.local).ok()
    }
}
