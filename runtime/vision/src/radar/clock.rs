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

/// Whether a time can be that of a radar frame.
pub(super) fn is_of_a_radar(time: Timestamp) -> bool {
    YEARS.contains(&time.to_zoned(TimeZone::UTC).year())
}

/// The time in a text that holds nothing else: digits, or ISO 8601 (UTC where it names no zone).
pub(super) fn written(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    stamp(text).or_else(|| text.parse().ok()).or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// The time in a file's name: 12 or 14 digits, or 8 and 4 or 6 with one letter between them
/// (`20160928T1705`, `20160928_170500`).
///
/// # Errors
/// Says which, where a name holds two different times.
pub(super) fn of_name(name: &str) -> Result<Option<Timestamp>, String> {
    let mut found: Vec<Timestamp> = Vec::new();
    let runs = digit_runs(name);
    for (i, &(start, end)) in runs.iter().enumerate() {
        let next = runs.get(i + 1).filter(|next| end - start == 8 && next.0 == end + 1);
        let this = stamp(&name[start..end]).or_else(|| {
            let &(from, to) = next?;
            matches!(to - from, 4 | 6)
                .then(|| stamp(&[&name[start..end], &name[from..to]].concat()))?
        });
        found.extend(this.filter(|t| !found.contains(t)));
    }
    match found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        [a, b, ..] => Err(format!("its name holds two times, {a} and {b}")),
    }
}

/// Start and end of each run of digits.
fn digit_runs(name: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (i, byte) in name.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.1 == i => run.1 = i + 1,
            _ => runs.push((i, i + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_time_or_none_or_two() {
        for (name, want) in [
            ("201609281705_fmi.radar.composite.pgm.gz", Ok(Some("2016-09-28T17:05:00Z"))),
            ("T_PAAH21_C_EUOC_20180824193000.hdf", Ok(Some("2018-08-24T19:30:00Z"))),
            ("RAD_NL25_RAP_5min_201008260155.h5", Ok(Some("2010-08-26T01:55:00Z"))),
            ("rain_20240229T1200Z.tif", Ok(Some("2024-02-29T12:00:00Z"))),
            ("rain-20240229_120005.tif", Ok(Some("2024-02-29T12:00:05Z"))),
            ("202402291200_202402291200.tif", Ok(Some("2024-02-29T12:00:00Z"))),
            ("202302291200.tif", Ok(None)), // no 29 February 2023
            ("123456789012.tif", Ok(None)), // year 1234
            ("frame_0012.tif", Ok(None)),
            ("2024022912001.tif", Ok(None)), // 13 digits
            ("20240229x12.tif", Ok(None)),
            ("é20240229€1200", Ok(None)),
            ("202402291200_202402291205.tif", Err("two times, 2024-02-29T12:00:00Z and 2024")),
        ] {
            match (of_name(name), want) {
                (Ok(got), Ok(want)) => {
                    assert_eq!(got, want.map(|t| t.parse().unwrap()), "{name}")
                }
                (Err(got), Err(want)) => assert!(got.contains(want), "{got}"),
                (got, want) => panic!("{name}: {got:?} is not {want:?}"),
            }
        }
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
