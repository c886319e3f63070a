//! The window of a noon: the times at which a reading can be a day's noon.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::standard_time::StandardTime;

/// How far from noon its reading may lie.
pub const NOON_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// The first day whose window is not over at `time`.
pub(super) fn day_of(time: Timestamp, standard: &StandardTime) -> Option<Date> {
    let day = standard.day(time);
    match time.duration_since(standard.noon(day)?) > NOON_WITHIN {
        true => day.tomorrow().ok(),
        false => Some(day),
    }
}

/// That day's window: its first and last time.
pub(super) fn window_of(time: Timestamp, standard: &StandardTime) -> Option<[Timestamp; 2]> {
    let noon = standard.noon(day_of(time, standard)?)?;
    Some([noon.checked_sub(NOON_WITHIN).ok()?, noon.checked_add(NOON_WITHIN).ok()?])
}
