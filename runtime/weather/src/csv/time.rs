//! Times of rows: with an offset, in UTC, or in a named zone with its missing and double hours.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::zone::{UnknownZone, named_zone};

/// What a time in a row is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Moment {
    /// A moment.
    At(Timestamp),
    /// A local time, and no zone was named.
    NoOffset,
    /// A local time that comes twice in its zone.
    Twice,
    /// A local time that its zone skips.
    Skipped,
    /// No time at all.
    Unreadable,
}

/// How times without an offset are meant.
#[derive(Debug)]
pub(super) struct Clock(Option<TimeZone>);

impl Clock {
    /// UTC where the column says so, else the zone, else not at all.
    pub(super) fn new(utc: bool, zone: Option<&str>) -> Result<Self, UnknownZone> {
        match zone {
            _ if utc => Ok(Self(Some(TimeZone::UTC))),
            None => Ok(Self(None)),
            Some(name) => Ok(Self(Some(named_zone(name)?))),
        }
    }

    /// The moment that `text` names. An offset in it goes before the zone.
    pub(super) fn read(&self, text: &str) -> Moment {
        if let Ok(time) = text.parse::<Timestamp>() {
            return Moment::At(time);
        }
        let Ok(local) = text.parse::<DateTime>() else { return Moment::Unreadable };
        let Some(zone) = &self.0 else { return Moment::NoOffset };
        let ambiguous = zone.to_ambiguous_timestamp(local);
        match ambiguous.offset() {
            AmbiguousOffset::Fold { .. } => Moment::Twice,
            AmbiguousOffset::Gap { .. } => Moment::Skipped,
            AmbiguousOffset::Unambiguous { .. } => {
                ambiguous.unambiguous().map_or(Moment::Unreadable, Moment::At)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// New York by rule, so that no time zone files are needed.
    const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";

    #[test]
    fn times_are_read_or_refused() {
        struct Case {
            utc: bool,
            zone: Option<&'static str>,
            text: &'static str,
            want: Result<&'static str, Moment>,
        }
        let row = |zone, text, want| Case { utc: false, zone, text, want };
        let ny = Some(NEW_YORK);
        for Case { utc, zone, text, want } in [
            row(None, "2013-11-03T05:00:00Z", Ok("2013-11-03T05:00:00Z")),
            row(None, "2013-11-03 01:00:00-04:00", Ok("2013-11-03T05:00:00Z")),
            row(None, "2013-11-03T01:00", Err(Moment::NoOffset)),
            row(None, "2013-11-03", Err(Moment::NoOffset)),
            row(None, "11/03/2013 01:00", Err(Moment::Unreadable)),
            row(None, "", Err(Moment::Unreadable)),
            row(None, "2013-02-30T01:00:00Z", Err(Moment::Unreadable)),
            Case {
                utc: true,
                zone: None,
                text: "2013-11-03 05:00",
                want: Ok("2013-11-03T05:00:00Z"),
            },
            row(ny, "2013-07-01T08:00", Ok("2013-07-01T12:00:00Z")),
            // Clocks go forward at 02:00 on 10 March and back at 02:00 on 3 November.
            row(ny, "2013-03-10T01:59", Ok("2013-03-10T06:59:00Z")),
            row(ny, "2013-03-10T02:00", Err(Moment::Skipped)),
            row(ny, "2013-03-10T03:00", Ok("2013-03-10T07:00:00Z")),
            row(ny, "2013-11-03T00:59", Ok("2013-11-03T04:59:00Z")),
            row(ny, "2013-11-03T01:30", Err(Moment::Twice)),
            row(ny, "2013-11-03T02:00", Ok("2013-11-03T07:00:00Z")),
            // An offset settles it.
            row(ny, "2013-11-03T01:30-05:00", Ok("2013-11-03T06:30:00Z")),
        ] {
            let read = Clock::new(utc, zone).unwrap().read(text);
            let want = want.map_or_else(|m| m, |t| Moment::At(t.parse().unwrap()));
            assert_eq!(read, want, "{text} in {zone:?}");
        }
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        let error = Clock::new(false, Some("Atlantis/Poseidonis")).unwrap_err().to_string();
        assert!(error.starts_with("zone 'Atlantis/Poseidonis' is not known here"), "{error}");
    }
}
