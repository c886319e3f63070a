//! Clocks: how the times of a table become moments, by offset, zone and order of day and month.

use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::stamp::{self, Clock as DayClock, Day, Stamp};

/// What a time in a row is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Moment {
    /// A moment.
    At(Timestamp),
    /// A date without a time of day.
    Dated(Date),
    /// A local time, and no zone was named.
    NoOffset,
    /// A local time that comes twice in its zone.
    Twice,
    /// A local time that its zone skips.
    Skipped,
    /// A date whose day or month may come first.
    Either,
    /// No time at all.
    Unreadable,
}

/// Which comes first where nothing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// How times are said to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Written {
    /// As people write them.
    #[default]
    Usual,
    DayFirst,
    MonthFirst,
    EpochS,
    EpochMs,
    /// Days since 30 December 1899.
    Excel,
    /// Days since the year 0.
    Matlab,
    /// Year of two digits, month, day, hour and minute in one number.
    ShortDigits,
    /// The month of the first METAR report.
    Month(i16, i8),
    /// A pattern of strftime.
    Pattern(String),
}

/// Words that may be said instead of a pattern.
pub(super) const WORDS: [&str; 6] =
    ["day-first", "month-first", "epoch-s", "epoch-ms", "excel", "matlab"];

impl FromStr for Written {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let month = text.split_once('-').and_then(|(year, month)| {
            let (y, m): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
            ((1900..=2200).contains(&y) && (1..=12).contains(&m)).then_some(Self::Month(y, m))
        });
        match text {
            "day-first" => Ok(Self::DayFirst),
            "month-first" => Ok(Self::MonthFirst),
            "epoch-s" => Ok(Self::EpochS),
            "epoch-ms" => Ok(Self::EpochMs),
            "excel" => Ok(Self::Excel),
            "matlab" => Ok(Self::Matlab),
            _ if month.is_some() => month.ok_or_else(String::new),
            _ if !text.contains('%') => Err("is no pattern".into()),
            _ => {
                // A pattern that cannot even write a time is wrong.
                let now = jiff::Zoned::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
                let tried = jiff::fmt::strtime::format(text, &now);
                tried.map(|_| Self::Pattern(text.to_owned())).map_err(|e| e.to_string())
            }
        }
    }
}

/// How the times of one table are meant.
#[derive(Debug)]
pub(super) struct Clock {
    pub(super) zone: Option<TimeZone>,
    pub(super) order: Option<Order>,
    pub(super) written: Written,
}

impl Clock {
    /// The moment that `text` names. An offset in it goes before `of_row`, the zone of its row, and that
    /// before the table's.
    pub(super) fn whole(&self, text: &str, of_row: Option<&TimeZone>) -> Moment {
        if let Some(read) = self.as_said(text, of_row) {
            return read;
        }
        if text.len() >= 16
            && let Ok(time) = text.parse::<Timestamp>()
        {
            return Moment::At(time);
        }
        if let Some(number) = number(text) {
            return match number {
                Number::Moment(time) => Moment::At(time),
                Number::Civil(local) => self.local(local, of_row),
            };
        }
        match stamp::stamp(text) {
            Some(stamp) => self.stamped(stamp, of_row),
            // What only jiff reads: offsets with a zone in brackets, weeks.
            None => match text.parse::<DateTime>() {
                Ok(local) if text.contains(':') => self.local(local, of_row),
                _ => Moment::Unreadable,
            },
        }
    }

    /// The moment of a date in one cell and a time of day in another.
    pub(super) fn of_two(&self, date: &str, clock: DayClock, of_row: Option<&TimeZone>) -> Moment {
        let date = match stamp::stamp(date) {
            Some(Stamp { date: Some(date), .. }) => date,
            _ => match number(date) {
                Some(Number::Civil(local)) => Day::Clear(local.date()),
                _ => return Moment::Unreadable,
            },
        };
        self.stamped(Stamp { date: Some(date), clock: Some(clock), offset: None }, of_row)
    }

    /// The moment of a date and a time of day.
    pub(super) fn stamped(&self, stamp: Stamp, of_row: Option<&TimeZone>) -> Moment {
        let date = match stamp.date {
            Some(Day::Clear(date)) => date,
            Some(Day::Either { first, second, year, .. }) => {
                let (day, month) = match self.order {
                    None => return Moment::Either,
                    Some(Order::DayFirst) => (first, second),
                    Some(Order::MonthFirst) => (second, first),
                };
                match Date::new(year, month, day) {
                    Ok(date) => date,
                    Err(_) => return Moment::Unreadable,
                }
            }
            None => return Moment::Unreadable,
        };
        let Some(clock) = stamp.clock else { return Moment::Dated(date) };
        let date = if clock.ends_day { date.tomorrow() } else { Ok(date) };
        let Ok(date) = date else { return Moment::Unreadable };
        let local = date.to_datetime(clock.time);
        match stamp.offset {
            Some(offset) => offset.to_timestamp(local).map_or(Moment::Unreadable, Moment::At),
            None => self.local(local, of_row),
        }
    }

    fn local(&self, local: DateTime, of_row: Option<&TimeZone>) -> Moment {
        let Some(zone) = of_row.or(self.zone.as_ref()) else { return Moment::NoOffset };
        let ambiguous = zone.to_ambiguous_timestamp(local);
        match ambiguous.offset() {
            AmbiguousOffset::Fold { .. } => Moment::Twice,
            AmbiguousOffset::Gap { .. } => Moment::Skipped,
            AmbiguousOffset::Unambiguous { .. } => {
                ambiguous.unambiguous().map_or(Moment::Unreadable, Moment::At)
            }
        }
    }

    /// The moment by what somebody said of how times are written; `None` where nothing was said.
    fn as_said(&self, text: &str, of_row: Option<&TimeZone>) -> Option<Moment> {
        let moment = |m: Option<Moment>| Some(m.unwrap_or(Moment::Unreadable));
        match &self.written {
            Written::Usual | Written::DayFirst | Written::MonthFirst | Written::Month(..) => None,
            Written::ShortDigits
                if text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit()) =>
            {
                let long = number(&format!("20{text}"));
                moment(match long {
                    Some(Number::Civil(local)) => Some(self.local(local, of_row)),
                    _ => None,
                })
            }
            Written::ShortDigits => None,
            Written::EpochS => moment(epoch(text, 1.0).map(Moment::At)),
            Written::EpochMs => moment(epoch(text, 1e3).map(Moment::At)),
            Written::Excel => moment(days_since(text, "1899-12-30").map(|l| self.local(l, of_row))),
            Written::Matlab => moment(
                text.parse::<f64>()
                    .ok()
                    .and_then(|days| civil_after(Date::constant(1970, 1, 1), days - 719_529.0))
                    .map(|l| self.local(l, of_row)),
            ),
            Written::Pattern(pattern) => moment(self.by_pattern(pattern, text, of_row)),
        }
    }

    fn by_pattern(&self, pattern: &str, text: &str, of_row: Option<&TimeZone>) -> Option<Moment> {
        let broken = BrokenDownTime::parse(pattern, text).ok()?;
        if let Ok(time) = broken.to_timestamp() {
            return Some(Moment::At(time));
        }
        let date = broken.to_date().ok()?;
        Some(match broken.to_time() {
            Ok(time) if broken.hour().is_some() => self.local(date.to_datetime(time), of_row),
            _ => Moment::Dated(date),
        })
    }
}

/// What a number alone says.
enum Number {
    Moment(Timestamp),
    Civil(DateTime),
}

/// Seconds that are taken for times: 1990 to 2039.
const EPOCH_S: std::ops::Range<f64> = 631_152_000.0..2_208_988_800.0;

/// Digits that are a date and hour (10), minute (12) or second (14), or seconds since 1970 and thousandths,
/// millionths and billionths of them.
fn number(text: &str) -> Option<Number> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || !bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
        return None;
    }
    let whole = text.split('.').next()?;
    if whole.len() == text.len() && matches!(whole.len(), 10 | 12 | 14) {
        let part = |from: usize, to: usize| -> Option<i32> {
            if to > whole.len() { Some(0) } else { whole.get(from..to)?.parse().ok() }
        };
        let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
        let clock = DayClock::new(
            part(8, 10)?.try_into().ok()?,
            part(10, 12)?.try_into().ok()?,
            part(12, 14)?.try_into().ok()?,
            0,
        );
        let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?);
        if let (Some(clock), Ok(date), true) = (clock, date, (1900..=2100).contains(&year)) {
            let date = if clock.ends_day { date.tomorrow().ok()? } else { date };
            return Some(Number::Civil(date.to_datetime(clock.time)));
        }
    }
    let scale = match whole.len() {
        9 | 10 => 1.0,
        13 => 1e3,
        16 => 1e6,
        19 => 1e9,
        _ => return None,
    };
    epoch(text, scale).map(Number::Moment)
}

/// `scale` to the second since 1970, to the millisecond.
fn epoch(text: &str, scale: f64) -> Option<Timestamp> {
    let seconds = text.parse::<f64>().ok()? / scale;
    if !EPOCH_S.contains(&seconds) {
        return None;
    }
    Timestamp::from_millisecond((seconds * 1e3).round() as i64).ok()
}

fn days_since(text: &str, first: &str) -> Option<DateTime> {
    civil_after(first.parse().ok()?, text.parse().ok()?)
}

/// So many days after `first`, to the second.
fn civil_after(first: Date, days: f64) -> Option<DateTime> {
    if !(0.0..200_000.0).contains(&days) {
        return None;
    }
    let seconds = SignedDuration::from_secs((days * 86_400.0).round() as i64);
    first.to_datetime(jiff::civil::Time::midnight()).checked_add(seconds).ok()
}

/// The word to say where `text` may be days of a spreadsheet or of Matlab, of 1990 to 2040.
pub(super) fn serial(text: &str) -> Option<&'static str> {
    match text.parse::<f64>().ok()? {
        days if (32_874.0..51_500.0).contains(&days) => Some("excel"),
        days if (726_834.0..745_500.0).contains(&days) => Some("matlab"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::named_zone;

    /// New York by rule, so that no time zone files are needed.
    const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";

    fn clock(zone: Option<&str>, written: Written) -> Clock {
        let order = match written {
            Written::DayFirst => Some(Order::DayFirst),
            Written::MonthFirst => Some(Order::MonthFirst),
            _ => None,
        };
        Clock { zone: zone.map(|z| named_zone(z).unwrap()), order, written }
    }

    #[test]
    fn times_are_read_or_refused() {
        let ny = Some(NEW_YORK);
        let utc = Some("UTC");
        for (zone, text, want) in [
            (None, "2013-11-03T05:00:00Z", Ok("2013-11-03T05:00:00Z")),
            (None, "2013-11-03 01:00:00-04:00", Ok("2013-11-03T05:00:00Z")),
            (None, "2013-11-03T01:00", Err(Moment::NoOffset)),
            (None, "2013-11-03", Err(Moment::Dated(Date::constant(2013, 11, 3)))),
            (None, "11/03/2013 01:00", Err(Moment::Either)),
            (None, "", Err(Moment::Unreadable)),
            (None, "2013-02-30T01:00:00Z", Err(Moment::Unreadable)),
            (utc, "2013-11-03 05:00", Ok("2013-11-03T05:00:00Z")),
            (utc, "2013-11-02T24:00", Ok("2013-11-03T00:00:00Z")),
            (None, "2013-11-02T24:00:00Z", Ok("2013-11-03T00:00:00Z")),
            (None, "1782864000", Ok("2026-07-01T00:00:00Z")),
            (None, "1782864000.0", Ok("2026-07-01T00:00:00Z")),
            (None, "1782864000000", Ok("2026-07-01T00:00:00Z")),
            (None, "1782864000000000000", Ok("2026-07-01T00:00:00Z")),
            (utc, "2026070101", Ok("2026-07-01T01:00:00Z")),
            (utc, "202607010130", Ok("2026-07-01T01:30:00Z")),
            (utc, "20260701013015", Ok("2026-07-01T01:30:15Z")),
            (None, "2026070101", Err(Moment::NoOffset)),
            (None, "46204.5", Err(Moment::Unreadable)),
            (None, "1000", Err(Moment::Unreadable)),
            (ny, "2013-07-01T08:00", Ok("2013-07-01T12:00:00Z")),
            // Clocks go forward at 02:00 on 10 March and back at 02:00 on 3 November.
            (ny, "2013-03-10T01:59", Ok("2013-03-10T06:59:00Z")),
            (ny, "2013-03-10T02:00", Err(Moment::Skipped)),
            (ny, "2013-03-10T03:00", Ok("2013-03-10T07:00:00Z")),
            (ny, "2013-11-03T00:59", Ok("2013-11-03T04:59:00Z")),
            (ny, "2013-11-03T01:30", Err(Moment::Twice)),
            (ny, "2013-11-03T02:00", Ok("2013-11-03T07:00:00Z")),
            // An offset settles it.
            (ny, "2013-11-03T01:30-05:00", Ok("2013-11-03T06:30:00Z")),
        ] {
            let read = clock(zone, Written::Usual).whole(text, None);
            let want = want.map_or_else(|m| m, |t| Moment::At(t.parse().unwrap()));
            assert_eq!(read, want, "{text} in {zone:?}");
        }
    }

    #[test]
    fn times_are_read_as_somebody_says_they_are_written() {
        for (said, text, want) in [
            ("day-first", "01/07/2026 00:30", "2026-07-01T00:30:00Z"),
            ("month-first", "07/01/26 12:30 AM", "2026-07-01T00:30:00Z"),
            ("%d.%m.%Y %H:%M", "01.07.2026 00:30", "2026-07-01T00:30:00Z"),
            ("%d.%m.%y %H:%M %z", "01.07.26 00:30 +0200", "2026-06-30T22:30:00Z"),
            ("excel", "46204.25", "2026-07-01T06:00:00Z"),
            ("matlab", "740164.041667", "2026-07-01T01:00:00Z"),
            ("epoch-s", "1782864000", "2026-07-01T00:00:00Z"),
        ] {
            let read = clock(Some("UTC"), said.parse().unwrap()).whole(text, None);
            assert_eq!(read, Moment::At(want.parse().unwrap()), "{said}");
        }
        for said in ["dd.mm.yyyy", "%!", ""] {
            assert!(said.parse::<Written>().is_err(), "{said}");
        }
        assert_eq!("2026-07".parse(), Ok(Written::Month(2026, 7)));
    }
}
