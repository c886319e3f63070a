//! Times in the names of pictures, as cameras, phones and scripts write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::source::still::Stamp;

/// Years that a picture can be of; other digits are no time.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;
/// Seconds since 1970 that a name can hold: 2001 to 2031. Later ones look like `2033010112`, a date.
const EPOCH_S: std::ops::Range<i64> = 1_000_000_000..1_950_000_000;

/// The time in a name, by each order in which its date can be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NameStamp {
    /// The year comes first, or the name counts seconds: there is no doubt.
    Sure(Stamp),
    /// Two numbers before the year: the time if they are day and month, and if month and day.
    DayOrMonth {
        day_first: Option<Stamp>,
        month_first: Option<Stamp>,
        /// Where in the name the date begins, bytes, and what stands between its numbers.
        at: usize,
        between: Option<char>,
    },
}

impl NameStamp {
    /// The time in a name without its ending; none where there is none, or more than one.
    pub(super) fn of(stem: &str) -> Option<Self> {
        let (mut found, mut at) = (None, 0);
        while at < stem.len() {
            let digits = stem.as_bytes()[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                at += 1;
                continue;
            }
            match time_at(stem.as_bytes(), at) {
                Some((stamp, end)) => {
                    if found.is_some_and(|before| before != stamp) {
                        return None;
                    }
                    found = Some(stamp);
                    at = end;
                }
                None => at += digits,
            }
        }
        found
    }
}

/// The time that begins at the run of digits at `at`, and where it ends.
fn time_at(name: &[u8], at: usize) -> Option<(NameStamp, usize)> {
    epoch(Reader { name, at }).or_else(|| civil(Reader { name, at }))
}

/// Seconds since 1970 with any decimals, or milli-, micro- or nanoseconds.
fn epoch(mut from: Reader<'_>) -> Option<(NameStamp, usize)> {
    let whole = from.run();
    let number: i128 = whole.parse().ok()?;
    let mut ns = match whole.len() {
        10 => number * 1_000_000_000,
        13 => number * 1_000_000,
        16 => number * 1_000,
        19 => number,
        _ => return None,
    };
    if whole.len() == 10 {
        ns += i128::from(from.fraction(b".").unwrap_or(0));
    }
    let utc = Timestamp::from_nanosecond(ns).ok()?;
    EPOCH_S.contains(&utc.as_second()).then_some((NameStamp::Sure(Stamp::of_utc(utc)), from.at))
}

/// A date and a time of day.
fn civil(mut from: Reader<'_>) -> Option<(NameStamp, usize)> {
    let start = from.at;
    let mut year_first = from;
    let (date, between, mut from) = match year_first.date([4, 2, 2]) {
        Some(([y, m, d], between)) if YEARS.contains(&(y as i16)) => {
            (Date::Sure([y, m, d]), between, year_first)
        }
        _ => {
            let ([a, b, y], between) = from.date([2, 2, 4])?;
            (Date::Either([a, b, y]), between, from)
        }
    };
    // A year goes on with no digit where its date has gaps.
    if between.is_some() && from.peek().is_some_and(|b| b.is_ascii_digit()) {
        return None;
    }
    from.gap(between.is_some());
    let [h, min, s, ns] = from.clock()?;
    let zone = from.zone();
    // What goes on with digits is another number.
    if from.peek().is_some_and(|b| b.is_ascii_digit()) {
        return None;
    }
    let stamp = |y: u32, m: u32, d: u32| {
        let year = i16::try_from(y).ok().filter(|y| YEARS.contains(y))?;
        let [m, d, h, min, s] = [m, d, h, min, s].map(|v| i8::try_from(v).unwrap_or(-1));
        let local = DateTime::new(year, m, d, h, min, s, ns as i32).ok()?;
        Some(Stamp::new(local, zone))
    };
    let found = match date {
        Date::Sure([y, m, d]) => NameStamp::Sure(stamp(y, m, d)?),
        Date::Either([a, b, y]) => {
            let (day_first, month_first) = (stamp(y, b, a), stamp(y, a, b));
            day_first.or(month_first)?;
            NameStamp::DayOrMonth { day_first, month_first, at: start, between }
        }
    };
    Some((found, from.at))
}

enum Date {
    Sure([u32; 3]),
    Either([u32; 3]),
}

/// A place in a name.
#[derive(Clone, Copy)]
struct Reader<'a> {
    name: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.name.get(self.at).copied()
    }

    /// The digits from here on.
    fn run(&mut self) -> &'a str {
        let rest = &self.name[self.at..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += digits;
        std::str::from_utf8(&rest[..digits]).unwrap_or_default()
    }

    /// A number of exactly `n` digits; more may follow.
    fn number(&mut self, n: usize) -> Option<u32> {
        let digits = self.name.get(self.at..self.at + n)?;
        let number = digits
            .iter()
            .try_fold(0u32, |sum, b| b.is_ascii_digit().then(|| 10 * sum + u32::from(b - b'0')))?;
        self.at += n;
        Some(number)
    }

    /// One of `letters`.
    fn one_of(&mut self, letters: &[u8]) -> Option<u8> {
        let found = self.peek().filter(|b| letters.contains(b))?;
        self.at += 1;
        Some(found)
    }

    /// Three numbers of so many digits each, alike apart: by the same letter or by none.
    fn date(&mut self, digits: [usize; 3]) -> Option<([u32; 3], Option<char>)> {
        let a = self.number(digits[0])?;
        let between = self.one_of(b"-_.");
        let b = self.number(digits[1])?;
        if self.one_of(b"-_.") != between {
            return None;
        }
        Some(([a, b, self.number(digits[2])?], between.map(char::from)))
    }

    /// What stands between date and time: little, or nothing.
    fn gap(&mut self, apart: bool) {
        let rest = &self.name[self.at..];
        let wide = [&b" at "[..], b"_at_", b" - "].into_iter().find(|gap| rest.starts_with(gap));
        match wide {
            Some(gap) if apart => self.at += gap.len(),
            _ => {
                self.one_of(b"_-T t.");
            }
        }
    }

    /// Hour, minute, second and nanosecond.
    fn clock(&mut self) -> Option<[u32; 4]> {
        let h = self.number(2)?;
        let between = self.one_of(b"-_.:");
        let min = self.number(2)?;
        let here = *self;
        let second = match between {
            None => self.number(2),
            Some(letter) => self.one_of(&[letter]).and_then(|_| self.number(2)),
        };
        let Some(s) = second else {
            *self = here;
            return Some([h, min, 0, 0]);
        };
        let ns = match self.fraction(b".,") {
            Some(ns) => ns,
            // Phones write milliseconds right behind.
            None if self.peek().is_some_and(|b| b.is_ascii_digit()) => {
                let here = *self;
                match (self.number(3), self.peek().is_some_and(|b| b.is_ascii_digit())) {
                    (Some(ms), false) => ms * 1_000_000,
                    _ => {
                        *self = here;
                        0
                    }
                }
            }
            None => 0,
        };
        Some([h, min, s, ns])
    }

    /// Decimals behind one of `points`, as nanoseconds.
    fn fraction(&mut self, points: &[u8]) -> Option<u32> {
        let here = *self;
        let decimals = self.one_of(points).map(|_| self.run()).unwrap_or_default();
        if !(1..=9).contains(&decimals.len()) {
            *self = here;
            return None;
        }
        format!("{decimals:0<9}").parse().ok()
    }

    /// `Z`, `UTC`, or hours and minutes east of it.
    fn zone(&mut self) -> Option<Offset> {
        let rest = &self.name[self.at..];
        let goes_on = |n: usize| rest.get(n).is_some_and(u8::is_ascii_alphanumeric);
        for word in [&b"Z"[..], b"UTC", b"_UTC", b"-UTC", b" UTC"] {
            if rest.starts_with(word) && !goes_on(word.len()) {
                self.at += word.len();
                return Some(Offset::UTC);
            }
        }
        let here = *self;
        let east = self.one_of(b"+").and_then(|_| {
            let h = self.number(2)?;
            self.one_of(b":");
            let min = self.number(2)?;
            Offset::from_seconds(i32::try_from(3600 * h + 60 * min).ok()?).ok()
        });
        if east.is_none() {
            *self = here;
        }
        east
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_time_or_none() {
        for (name, local, utc) in [
            ("cam1_20260801_120000", "2026-08-01T12:00:00", false),
            ("DJI_20260801120000_0001_T", "2026-08-01T12:00:00", false),
            ("PXL_20260801_120000123", "2026-08-01T12:00:00.123", false),
            ("192.168.1.64_01_20260801120000123_TIMING", "2026-08-01T12:00:00.123", false),
            ("2026-08-01_12-00-05", "2026-08-01T12:00:05", false),
            ("2026-08-01T12:00:05Z", "2026-08-01T12:00:05", true),
            ("20260801T120005.25Z", "2026-08-01T12:00:05.25", true),
            ("20260801-1200+0200", "2026-08-01T12:00:00", true),
            ("Screenshot 2026-08-01 at 12.00.05", "2026-08-01T12:00:05", false),
            ("2026.08.01 12.00", "2026-08-01T12:00:00", false),
            ("202608011200", "2026-08-01T12:00:00", false),
            ("1785585600", "2026-08-01T12:00:00", true),
            ("1785585600.4", "2026-08-01T12:00:00.4", true),
            ("cam-1785585600.25-abc1", "2026-08-01T12:00:00.25", true),
            ("1785585600250", "2026-08-01T12:00:00.25", true),
            ("1785585600250000000", "2026-08-01T12:00:00.25", true),
        ] {
            match NameStamp::of(name) {
                Some(NameStamp::Sure(stamp)) => {
                    assert_eq!(stamp.local, local.parse().unwrap(), "{name}");
                    assert_eq!(stamp.utc.is_some(), utc, "{name}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        for name in [
            "frame_0012",
            "20260801",        // a day is no time
            "20261301_120000", // no 13th month
            "20260801_250000", // no 25th hour
            "2026080112",      // neither hours since when, nor seconds since 1970
            "0000000012",
            "000000001234",
            "3000000000",
            "20260801_120000_20260801_120500", // two times
            "20260801_1200001",                // one digit too many
            "01_02_20260801",
            "é2026€",
            "",
        ] {
            assert_eq!(NameStamp::of(name), None, "{name}");
        }
    }

    #[test]
    fn a_day_before_its_year_may_be_a_month() {
        for (name, day_first, month_first, between) in [
            ("31-07-2026_23-50-00", Some("2026-07-31T23:50:00"), None, Some('-')),
            ("07.31.2026 23.50.00", None, Some("2026-07-31T23:50:00"), Some('.')),
            (
                "01-08-2026_00-02-00",
                Some("2026-08-01T00:02:00"),
                Some("2026-01-08T00:02:00"),
                Some('-'),
            ),
            ("x_01082026_000200", Some("2026-08-01T00:02:00"), Some("2026-01-08T00:02:00"), None),
        ] {
            let Some(NameStamp::DayOrMonth { day_first: d, month_first: m, between: b, at }) =
                NameStamp::of(name)
            else {
                panic!("{name}");
            };
            let parsed = |t: Option<&str>| t.map(|t| t.parse().unwrap());
            assert_eq!(d.map(|s| s.local), parsed(day_first), "{name}");
            assert_eq!((m.map(|s| s.local), b), (parsed(month_first), between), "{name}");
            assert_eq!(at, name.find(|c: char| c.is_ascii_digit()).unwrap());
        }
    }
}
