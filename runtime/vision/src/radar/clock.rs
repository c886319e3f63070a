//! Times of radar frames: UTC stamps of digits, as files and their names carry them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Years that a radar frame can be of; other digits are no time.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2100;

/// The time of `YYYYMMDDHHMM`, with or without seconds, as UTC.
pub(super) fn stamp(digits: &str) -> Option<Timestamp> {
    if !matches!(digits.len(), 12 | 14) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| digits.get(at..at + 2)?.parse::<i8>().ok();
    let year: i16 = digits.get(..4)?.parse().ok()?;
    let second = if digits.len() == 14 { two(12)? } else { 0 };
    let civil = DateTime::new(year, two(4)?, two(6)?, two(8)?, two(10)?, second, 0).ok()?;
    let known = YEARS.contains(&year);
    known.then(|| civil.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp())).flatten()
}

/// The time in a text that holds nothing else: digits, or ISO 8601 (UTC where it names no zone).
pub(super) fn written(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    stamp(text).or_else(|| text.parse().ok()).or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// Which of two times in a file's name is the frame's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameTime {
    /// The one that comes first in the name.
    First,
    /// The one that comes last.
    Last,
}

/// How a name tells its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Year, month, day, hour and minute, in full.
    Full,
    /// As many digits, with an offset from UTC behind them.
    Offset,
    /// A start and an end, which is taken.
    Span,
    /// Two times of which one was asked for.
    OneOfTwo,
    /// `YYMMDDHHMM`.
    ShortYear,
    /// `YYDDDHHMM`, with the day of the year.
    DayOfYear,
    /// Seconds since 1970.
    Unix,
}

impl Form {
    /// How it is written, where that is not plain.
    pub(super) fn words(self) -> Option<&'static str> {
        match self {
            Self::Full => None,
            Self::Offset => Some("times with their offset from UTC"),
            Self::Span => Some("a start and an end, which is the frame's time"),
            Self::OneOfTwo => Some("two times, one of them as asked"),
            Self::ShortYear => Some("YYMMDDHHMM"),
            Self::DayOfYear => Some("years, days of the year, hours and minutes"),
            Self::Unix => Some("seconds since 1970"),
        }
    }
}

/// A name that tells more than one time, or one in an unknown zone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Doubt {
    /// Two times.
    Two(Timestamp, Timestamp),
    /// One number that is one time or another.
    Either(Timestamp, Timestamp),
    /// A word or number behind the time.
    Zone(String),
}

/// Words behind a time that are zones, but no offset that all agree on.
const ZONES: [&str; 19] = [
    "CEST", "CET", "MESZ", "MEZ", "BST", "EEST", "EET", "EST", "EDT", "CST", "CDT", "MST", "MDT",
    "PST", "PDT", "AEST", "AEDT", "JST", "LT",
];
/// Seconds since 1970 that a name may hold: 2012 to 2031.
const UNIX_S: std::ops::Range<i64> = 1_325_376_000..1_950_000_000;

/// The time in a file's name, as UTC, and how it is told: year first in full (`202409251435`,
/// `20240925T143500Z`, `2024-09-25_14-35`, with offsets), a start and an end (`20240925-S143500-E143959`);
/// where there is none of these `YYMMDDHHMM`, `YYDDDHHMM`, or seconds since 1970.
///
/// # Errors
/// [`Doubt`] where a name holds two different times and none is `asked` for, or names a zone.
pub(super) fn of_name(
    name: &str,
    asked: Option<NameTime>,
) -> Result<Option<(Timestamp, Form)>, Doubt> {
    let bytes = name.as_bytes();
    let (mut found, mut at): (Vec<(Timestamp, Form)>, usize) = (Vec::new(), 0);
    while at < bytes.len() {
        let digits = run(bytes, at);
        if digits == 0 {
            at += 1;
            continue;
        }
        let told = match span(bytes, at) {
            Some((end, next)) => Some((end, Form::Span, next)),
            None => full(bytes, at)?,
        };
        match told {
            Some((utc, form, end)) => {
                if found.iter().all(|(t, _)| *t != utc) {
                    found.push((utc, form));
                }
                at = end;
            }
            None => at += digits,
        }
    }
    if found.is_empty() {
        found = short(name)?;
    }
    match (&found[..], asked) {
        ([], _) => Ok(None),
        ([one], _) => Ok(Some(*one)),
        ([first, ..], Some(NameTime::First)) => Ok(Some((first.0, Form::OneOfTwo))),
        ([.., last], Some(NameTime::Last)) => Ok(Some((last.0, Form::OneOfTwo))),
        ([a, b, ..], None) => Err(Doubt::Two(a.0, b.0)),
    }
}

/// The least minutes between the times of `names` where these are a radar's rather than a camera's: all
/// tell one, in whole minutes, two or more apart, and five or more where they tell seconds. 0 of one name.
pub(crate) fn whole_minutes(names: impl IntoIterator<Item = String>) -> Option<i64> {
    let (mut times, mut seconds): (Vec<i64>, bool) = (Vec::new(), false);
    for name in names {
        let (utc, form) = of_name(&name, None).ok()??;
        times.push(utc.as_second());
        let told = (0..name.len()).any(|at| {
            let begins = at == 0 || !name.as_bytes()[at - 1].is_ascii_digit();
            begins && civil(name.as_bytes(), at).is_some_and(|(text, ..)| text.len() == 14)
        });
        seconds |= told || form == Form::Unix;
    }
    times.sort_unstable();
    let steps: Vec<i64> = times.windows(2).map(|p| p[1] - p[0]).collect();
    let unit_s = if seconds { 300 } else { 60 };
    if times.is_empty()
        || times.iter().any(|s| s % 60 != 0)
        || steps.iter().any(|s| s % unit_s != 0)
    {
        return None;
    }
    match steps.iter().min() {
        None => (!seconds).then_some(0),
        Some(&least) => (least >= 120).then_some(least / 60),
    }
}

/// How many digits there are from `at` on.
fn run(name: &[u8], at: usize) -> usize {
    name.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count()
}

/// `n` digits at `at`, no more and no fewer where `alone`.
fn digits(name: &[u8], at: usize, n: usize, alone: bool) -> Option<&str> {
    let here = run(name, at);
    let enough = if alone { here == n } else { here >= n };
    enough.then(|| std::str::from_utf8(&name[at..at + n]).ok()).flatten()
}

/// A day and two times of day, `20240925-S143500-E143959`: the end, and where in the name it ends. A last
/// second such as 59 belongs to the frame: the next is its end.
fn span(name: &[u8], at: usize) -> Option<(Timestamp, usize)> {
    let day = digits(name, at, 8, true)?;
    let time = |at: usize, letter: u8| {
        let mark = name.get(at..at + 2)?;
        (matches!(mark[0], b'-' | b'_' | b'.') && mark[1].eq_ignore_ascii_case(&letter))
            .then(|| digits(name, at + 2, 6, true))?
    };
    let (start, end) = (time(at + 8, b'S')?, time(at + 16, b'E')?);
    let (from, mut to) = (stamp(&[day, start].concat())?, stamp(&[day, end].concat())?);
    if to < from {
        to += jiff::SignedDuration::from_hours(24);
    }
    if end.ends_with("59") {
        to += jiff::SignedDuration::from_secs(1);
    }
    Some((to, at + 24))
}

/// A date and a time of day in full at `at`, how it is told, and where it ends.
fn full(name: &[u8], at: usize) -> Result<Option<(Timestamp, Form, usize)>, Doubt> {
    let Some((text, is_iso, mut end)) = civil(name, at) else { return Ok(None) };
    let Some(local) = stamp(&text) else { return Ok(None) };
    // Decimals of a second count only before a zone.
    if name.get(end) == Some(&b'.') {
        let behind = end + 1 + run(name, end + 1);
        if behind > end + 1 && matches!(name.get(behind), Some(b'Z' | b'+')) {
            end = behind;
        }
    }
    let (east_s, length) = zone(name.get(end..).unwrap_or_default(), is_iso)?;
    let form = if east_s == 0 { Form::Full } else { Form::Offset };
    Ok(Some((local - jiff::SignedDuration::from_secs(east_s), form, end + length)))
}

/// The digits of a date and a time of day at `at`, whether a `T` stands between them, and where they end.
fn civil(name: &[u8], at: usize) -> Option<(String, bool, usize)> {
    match run(name, at) {
        12 | 14 => {
            let n = run(name, at);
            return Some((digits(name, at, n, true)?.to_owned(), false, at + n));
        }
        // Hundredths or thousandths of a second behind the seconds.
        16 | 17 => {
            let n = run(name, at);
            return Some((digits(name, at, 14, false)?.to_owned(), false, at + n));
        }
        _ => {}
    }
    let (date, from) = match run(name, at) {
        8 => (digits(name, at, 8, true)?.to_owned(), at + 8),
        4 => {
            let between = *name.get(at + 4).filter(|b| b"-_.".contains(b))?;
            let (month, day) = (
                digits(name, at + 5, 2, true)?,
                digits(name, at + 8, 2, true).filter(|_| name.get(at + 7) == Some(&between))?,
            );
            ([digits(name, at, 4, true)?, month, day].concat(), at + 10)
        }
        _ => return None,
    };
    let gap = *name.get(from).filter(|b| b.is_ascii())?;
    let from = from + 1;
    let is_iso = gap == b'T';
    if let n @ (4 | 6) = run(name, from) {
        return Some((date + digits(name, from, n, true)?, is_iso, from + n));
    }
    let (hour, between) = (digits(name, from, 2, true)?, *name.get(from + 2)?);
    if !b":-_.".contains(&between) {
        return None;
    }
    let minute = digits(name, from + 3, 2, true)?;
    let second =
        (name.get(from + 5) == Some(&between)).then(|| digits(name, from + 6, 2, true)).flatten();
    let end = from + 5 + second.map_or(0, |_| 3);
    Some(([&*date, hour, minute, second.unwrap_or_default()].concat(), is_iso, end))
}

/// Seconds east of UTC that the text behind a time tells, and its length; 0 where it tells nothing.
fn zone(rest: &[u8], is_iso: bool) -> Result<(i64, usize), Doubt> {
    let goes_on = |n: usize| rest.get(n).is_some_and(u8::is_ascii_alphanumeric);
    let words = rest.strip_prefix(b"_").or(rest.strip_prefix(b"-")).unwrap_or(rest);
    let gap = rest.len() - words.len();
    for word in ZONES {
        if words.starts_with(word.as_bytes()) && !goes_on(gap + word.len()) {
            return Err(Doubt::Zone(word.to_owned()));
        }
    }
    let Some(&sign) = rest.first().filter(|s| matches!(s, b'+' | b'-')) else { return Ok((0, 0)) };
    let n = run(rest, 1);
    let parts = match n {
        4 => digits(rest, 1, 2, false).zip(digits(rest, 3, 2, true)).map(|p| (p, 5)),
        2 if rest.get(3) == Some(&b':') => {
            digits(rest, 1, 2, true).zip(digits(rest, 4, 2, true)).map(|p| (p, 6))
        }
        2 if sign == b'+' || (is_iso && !goes_on(3) && rest.get(3) != Some(&b'-')) => {
            digits(rest, 1, 2, true).map(|h| ((h, "00"), 3))
        }
        _ => None,
    };
    let number = |t: &str| t.parse::<i64>().unwrap_or(99);
    let known = parts
        .map(|((h, m), length)| (number(h), number(m), length))
        .filter(|(h, m, length)| *h <= 14 && matches!(m, 0 | 15 | 30 | 45) && !goes_on(*length));
    match (known, sign) {
        (Some((h, m, length)), b'+') => Ok((3600 * h + 60 * m, length)),
        (Some((h, m, length)), _) if is_iso => Ok((-3600 * h - 60 * m, length)),
        // A number behind a dash is an offset or a count.
        (Some((h, _, length)), _) if (3..=12).contains(&h) && length > 3 => {
            Err(Doubt::Zone(String::from_utf8_lossy(&rest[..length]).into_owned()))
        }
        (None, b'+') if n > 0 => {
            Err(Doubt::Zone(String::from_utf8_lossy(&rest[..=n]).into_owned()))
        }
        _ => Ok((0, 0)),
    }
}

/// Times of names that do not tell the year in full.
fn short(name: &str) -> Result<Vec<(Timestamp, Form)>, Doubt> {
    let stem = name.split('.').next().unwrap_or(name);
    let (bytes, mut at) = (name.as_bytes(), 0);
    let mut found: Vec<(Timestamp, Form)> = Vec::new();
    while at < bytes.len() {
        let n = run(bytes, at);
        let text = std::str::from_utf8(&bytes[at..at + n]).unwrap_or_default();
        let told = match n {
            10 => {
                let date = stamp(&format!("20{text}")).map(|t| (t, Form::ShortYear));
                let seconds = text.parse::<i64>().ok().filter(|s| UNIX_S.contains(s));
                let unix = seconds.and_then(|s| Timestamp::from_second(s).ok());
                // Alone, and a whole minute: it may be either.
                if let (Some((a, _)), Some(b)) = (date, unix)
                    && stem == text
                    && b.as_second() % 60 == 0
                {
                    return Err(Doubt::Either(a, b));
                }
                date.or(unix.map(|t| (t, Form::Unix)))
            }
            9 => day_of_year(&format!("20{text}")),
            11 | 13 => day_of_year(text),
            // Tenths of a second behind the seconds.
            14 => day_of_year(&text[..13]),
            _ => None,
        };
        found.extend(told.filter(|(t, _)| found.iter().all(|(known, _)| known != t)));
        at += n.max(1);
    }
    Ok(found)
}

/// The time of `YYYYDDDHHMM`, with or without seconds.
fn day_of_year(text: &str) -> Option<(Timestamp, Form)> {
    let day: i16 = text.get(4..7)?.parse().ok()?;
    let first: i16 = text.get(..4)?.parse().ok()?;
    let date = jiff::civil::Date::new(first, 1, 1).ok()?;
    let date = date.with().day_of_year(day).build().ok()?;
    let digits =
        format!("{:04}{:02}{:02}{}", date.year(), date.month(), date.day(), text.get(7..)?);
    stamp(&digits).map(|t| (t, Form::DayOfYear))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_time_or_none() {
        for (name, want, form) in [
            ("201609281705_fmi.radar.composite.pgm.gz", "2016-09-28T17:05:00Z", Form::Full),
            ("T_PAAH21_C_EUOC_20180824193000.hdf", "2018-08-24T19:30:00Z", Form::Full),
            ("RAD_NL25_RAP_5min_201008260155.h5", "2010-08-26T01:55:00Z", Form::Full),
            ("rain_20240229T1200Z.tif", "2024-02-29T12:00:00Z", Form::Full),
            ("rain-20240229_120005.tif", "2024-02-29T12:00:05Z", Form::Full),
            ("202402291200_202402291200.tif", "2024-02-29T12:00:00Z", Form::Full),
            ("rain_2024-09-25T14:35:00Z.tif", "2024-09-25T14:35:00Z", Form::Full),
            ("rain_2024-09-25T14:35:00.000Z.tif", "2024-09-25T14:35:00Z", Form::Full),
            ("rain_2024-09-25T14-35-00Z.tif", "2024-09-25T14:35:00Z", Form::Full),
            ("rain_2024-09-25_14-35.tif", "2024-09-25T14:35:00Z", Form::Full),
            ("rain_2024_09_25_14_35.tif", "2024-09-25T14:35:00Z", Form::Full),
            ("rain_2024_09_25_14_35_30.tif", "2024-09-25T14:35:30Z", Form::Full),
            ("rain_20240925T143500Z.tif", "2024-09-25T14:35:00Z", Form::Full),
            ("rain_20240925_14-35-00.tif", "2024-09-25T14:35:00Z", Form::Full),
            ("2024092514350000dBR.srir.tif", "2024-09-25T14:35:00Z", Form::Full), // IMGW
            ("MergedReflectivity_00.50_20160928-162500.tif", "2016-09-28T16:25:00Z", Form::Full),
            ("rain_20240925T1645+0200.tif", "2024-09-25T14:45:00Z", Form::Offset),
            ("rain_2024-09-25T16:45:00+02:00.tif", "2024-09-25T14:45:00Z", Form::Offset),
            ("rain_202409251645+02.tif", "2024-09-25T14:45:00Z", Form::Offset),
            ("rain_20240925T0945-0500.tif", "2024-09-25T14:45:00Z", Form::Offset),
            ("rain_20240925T2015+0530.tif", "2024-09-25T14:45:00Z", Form::Offset),
            (
                "3B-HHR-L.MS.MRG.3IMERG.20240925-S143500-E143959.0870.V07B.30min.tif",
                "2024-09-25T14:40:00Z",
                Form::Span,
            ),
            ("3IMERG.20240925-S233000-E235959.1410.V07B.tif", "2024-09-26T00:00:00Z", Form::Span),
            ("radar_1008260140.tif", "2010-08-26T01:40:00Z", Form::ShortYear), // SMHI
            ("raa01-ry_10000-1408102050-dwd---bin", "2014-08-10T20:50:00Z", Form::ShortYear),
            ("1408102050.tif", "2014-08-10T20:50:00Z", Form::ShortYear),
            ("1727274900.tif", "2024-09-25T14:35:00Z", Form::Unix), // RainViewer
            ("radar_1727274900_2_1.tif", "2024-09-25T14:35:00Z", Form::Unix),
            ("AQC151351545F_00005.801.gif", "2015-05-15T15:45:00Z", Form::DayOfYear), // MeteoSwiss
            ("OR_s20242691435000.tif", "2024-09-25T14:35:00Z", Form::DayOfYear),
        ] {
            let want: Timestamp = want.parse().unwrap();
            assert_eq!(of_name(name, None), Ok(Some((want, form))), "{name}");
        }
        for name in [
            "202302291200.tif", // no 29 February 2023
            "123456789012.tif", // year 1234
            "frame_0012.tif",
            "2024022912001.tif", // 13 digits
            "20240229x12.tif",
            "é20240229€1200",
            "25-09-2024_14-35.tif", // a day or a month first
            "09_25_2024_1435.tif",
            "2024092514.tif", // an hour
            "1727279999999.tif",
            "rain_2024-09-25.tif",
            "",
        ] {
            assert_eq!(of_name(name, None), Ok(None), "{name}");
        }
    }

    #[test]
    fn names_of_radars_are_told_from_those_of_cameras() {
        for (names, want) in [
            (&["202409251400", "202409251405"][..], Some(5)),
            (&["20240925T1400Z", "20240925T1402Z"], Some(2)),
            (&["20240925140000", "20240925140500", "20240925141500"], Some(5)),
            (&["202409251400"], Some(0)),
            (&["cam_20260801_120000", "cam_20260801_120200"], None),
            (&["202409251400", "202409251401"], None),
            (&["20240925_140003", "20240925_140503"], None),
            (&["202409251400", "frame_1"], None),
            (&[], None),
        ] {
            assert_eq!(whole_minutes(names.iter().map(|n| (*n).to_owned())), want, "{names:?}");
        }
    }

    #[test]
    fn names_with_two_times_or_a_zone_are_asked_about() {
        let t = |text: &str| text.parse::<Timestamp>().unwrap();
        let (a, b) = (t("2024-02-29T12:00:00Z"), t("2024-02-29T12:05:00Z"));
        for (name, want) in [
            ("202402291200_202402291205.tif", Doubt::Two(a, b)),
            ("nwc_2024-02-29T12:00:00Z_2024-02-29T12:05:00Z.tif", Doubt::Two(a, b)),
            ("20240229_1200_20240229_1205.tif", Doubt::Two(a, b)),
            ("rain_20240925T1645CEST.tif", Doubt::Zone("CEST".into())),
            ("rain_202409251645_MESZ.tif", Doubt::Zone("MESZ".into())),
            ("rain_202409251645-0500.tif", Doubt::Zone("-0500".into())),
            ("nwc_202409251645+005.tif", Doubt::Zone("+005".into())),
        ] {
            assert_eq!(of_name(name, None), Err(want), "{name}");
        }
        let name = "202402291200_202402291205.tif";
        for (asked, want) in [(NameTime::First, a), (NameTime::Last, b)] {
            assert_eq!(of_name(name, Some(asked)), Ok(Some((want, Form::OneOfTwo))));
        }
        // Both a date and whole minutes since 1970.
        let both = (0..1200)
            .map(|i| 1_701_010_000 + i)
            .find(|n| n % 60 == 0 && stamp(&format!("20{n}")).is_some());
        let e = of_name(&format!("{}.tif", both.unwrap()), None).unwrap_err();
        assert!(matches!(e, Doubt::Either(..)));
    }

    #[test]
    fn written_times_are_utc_where_they_name_no_zone() {
        for (text, want) in [
            ("201609281705", Some("2016-09-28T17:05:00Z")),
            (" 2016-09-28T17:05:00 ", Some("2016-09-28T17:05:00Z")),
            ("2016-09-28T17:05:00+02:00", Some("2016-09-28T15:05:00Z")),
            ("2016-09-28", Some("2016-09-28T00:00:00Z")),
            ("now", None),
            ("", None),
        ] {
            assert_eq!(written(text), want.map(|t| t.parse().unwrap()), "{text}");
        }
    }
}
