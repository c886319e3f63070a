//! Stamps: a date, a time of day or both, in whichever way people write them.
//!
//! What a text says is taken as it stands; whether `01/07/2026` is in January or July is not decided here.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// What a text says of a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stamp {
    /// The date, where it has one.
    pub(super) date: Option<Day>,
    /// The time of day, where it has one.
    pub(super) clock: Option<Clock>,
    /// Its offset from UTC, where it has one.
    pub(super) offset: Option<Offset>,
}

/// A date as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Day {
    /// Year, month and day are clear.
    Clear(Date),
    /// Two numbers and a year: day and month, or month and day. `short` years have two digits.
    Either { first: i8, second: i8, year: i16, short: bool },
}

/// A time of day; 24:00 is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Clock {
    /// The time.
    pub(super) time: Time,
    /// Whether it is 24:00, midnight of the next day.
    pub(super) ends_day: bool,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Abbreviations of zones that RFC 2822 defines, and the European ones; hours east.
const ZONES: [(&str, i8); 20] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("wet", 0),
    ("cet", 1),
    ("west", 1),
    ("cest", 2),
    ("eet", 2),
    ("eest", 3),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("akst", -9),
    ("akdt", -8),
];

impl Clock {
    /// Hour 0 to 24 and minute; `None` beyond.
    pub(super) fn new(hour: i8, minute: i8, second: i8, nanos: i32) -> Option<Self> {
        if hour == 24 {
            return (minute == 0 && second == 0 && nanos == 0)
                .then_some(Self { time: Time::midnight(), ends_day: true });
        }
        Some(Self { time: Time::new(hour, minute, second, nanos).ok()?, ends_day: false })
    }

    /// Hours and minutes in one number: 55 is 00:55, 2400 the end of the day.
    pub(super) fn of_hhmm(number: i32) -> Option<Self> {
        Self::new((number / 100).try_into().ok()?, (number % 100).try_into().ok()?, 0, 0)
    }
}

/// Reads `text`; `None` where it holds anything besides a date and a time of day.
pub(super) fn stamp(text: &str) -> Option<Stamp> {
    let mut scan = Scan { rest: text.trim().trim_matches('"').trim() };
    scan.weekday();
    let date = scan.date();
    if date.is_some() {
        scan.between();
    }
    let clock = scan.clock(date.is_some())?;
    let offset = if clock.is_some() { scan.offset()? } else { None };
    let is_all = scan.rest.trim().is_empty() && (date.is_some() || clock.is_some());
    is_all.then_some(Stamp { date, clock, offset })
}

/// What is left of a text.
#[derive(Clone, Copy)]
struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn number(&mut self) -> Option<(i32, usize)> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 9 {
            return None;
        }
        let (text, rest) = self.rest.split_at(digits);
        self.rest = rest;
        Some((text.parse().ok()?, digits))
    }

    fn word(&mut self) -> Option<&'a str> {
        let letters = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = self.rest.split_at(letters);
        self.rest = rest;
        (letters > 0).then_some(word)
    }

    fn one_of(&mut self, marks: &[char]) -> Option<char> {
        let mark = self.rest.chars().next().filter(|c| marks.contains(c))?;
        self.rest = &self.rest[mark.len_utf8()..];
        Some(mark)
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn weekday(&mut self) {
        let mut ahead = *self;
        let is_day =
            |w: &str| w.get(..3).is_some_and(|s| DAYS.contains(&s.to_ascii_lowercase().as_str()));
        if ahead.word().is_some_and(is_day) {
            ahead.one_of(&[',', '.']);
            ahead.blanks();
            *self = ahead;
        }
    }

    fn month(&mut self) -> Option<i8> {
        let word = self.word()?.get(..3)?.to_ascii_lowercase();
        let at = MONTHS.iter().position(|m| *m == word)?;
        Some(at as i8 + 1)
    }

    fn date(&mut self) -> Option<Day> {
        let mut ahead = *self;
        let day = ahead.date_of_words().or_else(|| {
            ahead = *self;
            ahead.date_of_numbers()
        })?;
        *self = ahead;
        Some(day)
    }

    /// `01-Jul-2026`, `1 July 2026`, `Jul 1, 2026`.
    fn date_of_words(&mut self) -> Option<Day> {
        const MARKS: &[char] = &['-', '/', '.', ' ', ','];
        let mut ahead = *self;
        let (day, month) = if let Some((day, _)) = ahead.number() {
            ahead.one_of(MARKS)?;
            ahead.blanks();
            (day, ahead.month()?)
        } else {
            let month = ahead.month()?;
            ahead.one_of(MARKS);
            ahead.blanks();
            (ahead.number()?.0, month)
        };
        while ahead.one_of(MARKS).is_some() {}
        let (year, digits) = ahead.number()?;
        // `2026-Jul-01` too.
        let (year, digits, day) = if day > 31 { (day, 4, year) } else { (year, digits, day) };
        *self = ahead;
        Date::new(full_year(year, digits)?, month, day.try_into().ok()?).ok().map(Day::Clear)
    }

    /// `2026-07-01`, `2026/7/1`, `20260701`, `01.07.2026`, `7/1/26`.
    fn date_of_numbers(&mut self) -> Option<Day> {
        let (a, digits) = self.number()?;
        if digits == 8 && !self.rest.starts_with(['-', '/', '.']) {
            let (month, day) = (a / 100 % 100, a % 100);
            return date((a / 10_000).try_into().ok()?, month, day).map(Day::Clear);
        }
        let mark = self.one_of(&['-', '/', '.'])?;
        self.blanks();
        let (b, _) = self.number()?;
        self.one_of(&[mark])?;
        self.blanks();
        let (c, last) = self.number()?;
        if digits == 4 {
            return date(a.try_into().ok()?, b, c).map(Day::Clear);
        }
        let year = full_year(c, last)?;
        let (first, second) = (a.try_into().ok()?, b.try_into().ok()?);
        let is_day = |n: i8| (1..=31).contains(&n);
        (is_day(first) && is_day(second) && (first <= 12 || second <= 12)).then_some(Day::Either {
            first,
            second,
            year,
            short: last == 2,
        })
    }

    /// What stands between a date and a time of day.
    fn between(&mut self) {
        self.one_of(&['T', 't', ',', '_', ';', '-']);
        self.blanks();
    }

    /// `None` where something like a time is none; `Some(None)` where there is none.
    #[expect(clippy::option_option, reason = "a wrong clock is not the lack of one")]
    fn clock(&mut self, after_date: bool) -> Option<Option<Clock>> {
        if self.rest.is_empty() {
            return Some(None);
        }
        let mut ahead = *self;
        let Some((first, digits)) = ahead.number() else { return Some(None) };
        let (mut hour, mut minute, mut second, mut nanos) = (first, 0, 0, 0);
        if let Some(mark) = ahead.one_of(&[':', 'h']) {
            if mark == ':' || ahead.rest.starts_with(|c: char| c.is_ascii_digit()) {
                minute = ahead.number()?.0;
            }
            if ahead.one_of(&[':']).is_some() {
                second = ahead.number()?.0;
                if ahead.one_of(&['.', ',']).is_some() {
                    let (part, digits) = ahead.number()?;
                    nanos = part.checked_mul(10_i32.checked_pow(9 - digits as u32)?)?;
                }
            }
        } else {
            match digits {
                4 if after_date => (hour, minute) = (first / 100, first % 100),
                6 if after_date => {
                    (hour, minute, second) = (first / 10_000, first / 100 % 100, first % 100);
                }
                1 | 2 if after_date => {}
                _ => return None,
            }
        }
        let mut behind = ahead;
        behind.blanks();
        let half = behind.word().map(str::to_ascii_lowercase);
        behind.one_of(&['.']);
        if matches!(half.as_deref(), Some("a" | "p")) {
            // `12:30 a. m.`
            let mut spaced = behind;
            spaced.blanks();
            if spaced.word().is_some_and(|m| m.eq_ignore_ascii_case("m")) {
                spaced.one_of(&['.']);
                behind = spaced;
            }
        }
        let noon = match half.as_deref() {
            Some("am" | "a") => Some(false),
            Some("pm" | "p") => Some(true),
            _ => None,
        };
        if let Some(after_noon) = noon {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if after_noon { 12 } else { 0 };
            ahead = behind;
        }
        *self = ahead;
        let part = |n: i32| i8::try_from(n).ok();
        Clock::new(part(hour)?, part(minute)?, part(second)?, nanos).map(Some)
    }

    /// `Z`, `UTC`, `+02:00`, `-0500`, `EST`; `None` where something else stands there.
    #[expect(clippy::option_option, reason = "a wrong offset is not the lack of one")]
    fn offset(&mut self) -> Option<Option<Offset>> {
        self.blanks();
        if self.rest.is_empty() {
            return Some(None);
        }
        let mut hours = 0;
        if let Some(word) = self.word() {
            let word = word.to_ascii_lowercase();
            hours = ZONES.iter().find(|(name, _)| *name == word)?.1;
            if self.rest.is_empty() {
                return Some(Some(Offset::constant(hours)));
            }
        }
        let west = self.one_of(&['+', '-'])? == '-';
        let (number, digits) = self.number()?;
        let (mut h, mut m) = if digits > 2 { (number / 100, number % 100) } else { (number, 0) };
        if digits <= 2 && self.one_of(&[':']).is_some() {
            m = self.number()?.0;
        }
        if m > 59 || h > 14 || hours != 0 {
            return None;
        }
        if west {
            (h, m) = (-h, -m);
        }
        Offset::from_seconds(h * 3600 + m * 60).ok().map(Some)
    }
}

fn date(year: i16, month: i32, day: i32) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// Two digits are 1969 to 2068, as POSIX has it.
fn full_year(year: i32, digits: usize) -> Option<i16> {
    match (digits, year) {
        (4, _) => year.try_into().ok(),
        (2, 69..) => (1900 + year).try_into().ok(),
        (2, _) => (2000 + year).try_into().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_read_as_people_write_them() {
        for (text, want) in [
            ("2026-07-01 00:55", "2026-07-01 00:55:00"),
            ("2026/07/01 00:55", "2026-07-01 00:55:00"),
            ("2026-7-1 0:55", "2026-07-01 00:55:00"),
            ("2026-07-01T00:55:30.25Z", "2026-07-01 00:55:30.25 +00"),
            ("2026-07-01 00:55:00 Z", "2026-07-01 00:55:00 +00"),
            ("2026-07-01 00:55:00 UTC", "2026-07-01 00:55:00 +00"),
            ("2026-07-01 00:55:00 -0500", "2026-07-01 00:55:00 -05"),
            ("2026-07-01 00:55:00 +05:30", "2026-07-01 00:55:00 +05:30"),
            ("07/01/2026 00:55 PDT", "7|1|2026 00:55:00 -07"),
            ("Wed, 01 Jul 2026 00:55:00 +0000", "2026-07-01 00:55:00 +00"),
            ("01-Jul-2026 00:55", "2026-07-01 00:55:00"),
            ("Jul 1, 2026 12:55 AM", "2026-07-01 00:55:00"),
            ("1.7.2026 00:55", "1|7|2026 00:55:00"),
            ("7/1/26 12:30a", "7|1|2026 00:30:00"),
            ("7/1/26 1:00 p. m.", "7|1|2026 13:00:00"),
            ("7/1/26 1:00p", "7|1|2026 13:00:00"),
            ("13/07/26 24:00", "13|7|2026 24"),
            ("20260701 0055", "2026-07-01 00:55:00"),
            ("20260701T005500Z", "2026-07-01 00:55:00 +00"),
            ("2026-07-01", "2026-07-01"),
            ("00:55", "00:55:00"),
            ("12:30 PM", "12:30:00"),
            ("2026-06-30T24:00:00Z", "2026-06-30 24 +00"),
        ] {
            let got = stamp(text).map(|s| {
                let date = s.date.map(|d| match d {
                    Day::Clear(date) => date.to_string(),
                    Day::Either { first, second, year, .. } => format!("{first}|{second}|{year}"),
                });
                let clock = s.clock.map(|c| match c.ends_day {
                    true => "24".to_owned(),
                    false => c.time.to_string(),
                });
                let offset = s.offset.map(|o| match o == Offset::UTC {
                    true => "+00".to_owned(),
                    false => o.to_string(),
                });
                [date, clock, offset].into_iter().flatten().collect::<Vec<_>>().join(" ")
            });
            assert_eq!(got.as_deref(), Some(want), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "32 May",
            "2026-13-01",
            "13/13/2026",
            "1782864000",
            "7/1/26 13:00 PM",
            "12.5",
        ] {
            assert_eq!(stamp(text), None, "{text}");
        }
    }
}
