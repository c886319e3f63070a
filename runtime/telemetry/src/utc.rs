//! Coordinated time: from weeks of GPS, and from text with its zone.

use jiff::Timestamp;

/// 1980-01-06, when GPS began to count, in seconds since 1970.
const GPS_START_S: f64 = 315_964_800.0;
/// Seconds of a week.
const WEEK_S: f64 = 604_800.0;
/// Seconds since 1970 from which on GPS is so many seconds ahead; no later one is announced.
const LEAPS: [(f64, f64); 6] = [
    (1_483_228_800.0, 18.0), // 2017
    (1_435_708_800.0, 17.0), // July 2015
    (1_341_100_800.0, 16.0), // July 2012
    (1_230_768_000.0, 15.0), // 2009
    (1_136_073_600.0, 14.0), // 2006
    (0.0, 13.0),
];
/// What a clock that was set tells: from 2005 to 2100, in seconds since 1970.
const PLAUSIBLE_S: std::ops::Range<f64> = 1_104_537_600.0..4_102_444_800.0;

/// Seconds since 1970 of a week of GPS and a time within it, `None` where no clock was set.
pub(crate) fn of_gps(week: f64, in_week_s: f64) -> Option<f64> {
    let gps = GPS_START_S + week * WEEK_S + in_week_s;
    let leap = LEAPS.iter().find(|(from, ahead)| gps - ahead >= *from)?.1;
    plausible(gps - leap)
}

/// The same seconds where a clock that was set tells them.
pub(crate) fn plausible(unix_s: f64) -> Option<f64> {
    PLAUSIBLE_S.contains(&unix_s).then_some(unix_s)
}

/// Why a text is no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoTime {
    /// A time of day without its zone.
    NoZone,
    /// Something else.
    NotATime,
}

/// Seconds since 1970 of a text such as `2026-08-02T14:31:07.2Z`.
pub(crate) fn of_text(text: &str) -> Result<f64, NoTime> {
    let text = text.trim();
    match text.parse::<Timestamp>() {
        Ok(t) => Ok(t.as_second() as f64 + f64::from(t.subsec_nanosecond()) / 1e9),
        Err(_) if text.parse::<jiff::civil::DateTime>().is_ok() => Err(NoTime::NoZone),
        Err(_) => Err(NoTime::NotATime),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: GNU date and the bulletins C of the IERS, by which GPS is 18 s ahead since 2017.
    #[test]
    fn gps_is_ahead_by_its_leap_seconds_and_weeks_roll_over() {
        let table: [(f64, f64, Option<f64>); 5] = [
            (2300.0, 0.0, Some(1_707_004_782.0)), // 2024-02-04 00:00:00 GPS
            (2299.0, 604_799.999, Some(1_707_004_781.999)),
            (1930.0, 0.0, Some(1_483_228_783.0)), // 2017-01-01 00:00:00 GPS: still 17
            (1930.0, 18.0, Some(1_483_228_800.0)),
            (0.0, 0.0, None), // a receiver that was never set
        ];
        for (week, in_week_s, unix) in table {
            let got = of_gps(week, in_week_s);
            assert_eq!(got.map(|s| (s * 1e3).round()), unix.map(|s| (s * 1e3).round()), "{week}");
        }
    }

    #[test]
    fn a_time_says_its_zone() {
        for (text, want) in [
            ("2026-08-02T14:31:07.2Z", Ok(1_785_681_067.2)),
            ("2026-08-02T16:31:07.2+02:00", Ok(1_785_681_067.2)),
            ("2026-08-02T14:31:07", Err(NoTime::NoZone)),
            ("yesterday", Err(NoTime::NotATime)),
        ] {
            assert_eq!(of_text(text), want, "{text}");
        }
    }
}
