//! Axes: which values and which hours get a line and a number.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Hours between two marks of time, the finest first.
const HOURS: [i64; 11] = [1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 1440];

/// An axis of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
}

impl Axis {
    /// An axis with about `marks` steps that holds `low`..=`high` and spans at least `least`.
    pub(super) fn holding(low: f64, high: f64, least: f64, marks: usize) -> Self {
        let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
        let wider = (least - (high - low)).max(0.0) / 2.0;
        let (low, high) = (low - wider, high + wider);
        let rough = (high - low) / marks as f64;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0].map(|n| n * power).into_iter().find(|s| *s >= rough * 0.999);
        let step = step.unwrap_or(10.0 * power);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// Values that get a line, lowest first.
    pub(super) fn marks(self) -> impl Iterator<Item = f64> {
        let n = ((self.high - self.low) / self.step).round() as usize;
        (0..=n).map(move |i| self.low + self.step * i as f64)
    }

    /// A value as this axis writes it.
    pub(super) fn words(self, value: f64) -> String {
        let digits = usize::from(self.step < 1.0);
        // No "-0".
        let value = if value.abs() < self.step / 1e3 { 0.0 } else { value };
        format!("{value:.digits$}")
    }
}

/// A mark of time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hour {
    pub(super) time: Timestamp,
    /// Time of day; the day itself where marks are whole days.
    pub(super) words: String,
    /// The day, at the first mark and at each that begins one.
    pub(super) day: Option<String>,
}

/// Marks at whole hours of `zone`'s clock from `from` to `until`, `most` of them at most.
pub(super) fn hours(from: Timestamp, until: Timestamp, zone: &TimeZone, most: usize) -> Vec<Hour> {
    let long_h = until.duration_since(from).as_secs_f64() / 3600.0;
    let step = HOURS.into_iter().find(|h| long_h / *h as f64 <= most as f64).unwrap_or(8784);
    // Some zones are half or three quarters of an hour off; a quarter meets every whole hour.
    let quarter = SignedDuration::from_mins(15);
    let first = from.as_second().div_euclid(900) * 900;
    let mut out: Vec<Hour> = Vec::new();
    let mut next = Timestamp::from_second(first).ok();
    while let Some(time) = next.filter(|t| *t <= until) {
        next = time.checked_add(quarter).ok();
        let local = zone.to_datetime(time);
        let day = i64::from(local.date().day_of_year() - 1);
        let whole = local.minute() == 0 && (day * 24 + i64::from(local.hour())) % step == 0;
        if time < from || !whole {
            continue;
        }
        let date = local.strftime("%-d %b").to_string();
        out.push(match step {
            24.. => Hour { time, words: date, day: None },
            _ => Hour {
                time,
                words: local.strftime("%H:%M").to_string(),
                day: (out.is_empty() || local.hour() == 0).then_some(date),
            },
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_its_values_with_round_steps() {
        for (low, high, least, want) in [
            (18.3, 31.2, 5.0, (15.0, 35.0, 5.0)),
            (20.0, 20.0, 4.0, (18.0, 22.0, 1.0)),
            (1009.7, 1013.2, 4.0, (1009.0, 1014.0, 1.0)),
            (0.0, 0.3, 0.2, (0.0, 0.3, 0.1)),
            (f64::INFINITY, f64::NEG_INFINITY, 5.0, (-4.0, 4.0, 2.0)),
        ] {
            let axis = Axis::holding(low, high, least, 4);
            let (l, h, s) = want;
            let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
            assert!(close(axis.low, l) && close(axis.high, h) && close(axis.step, s), "{axis:?}");
            assert!(axis.marks().count() <= 8);
        }
        assert_eq!(Axis::holding(-2.0, 2.0, 4.0, 4).words(-1e-12), "0");
        assert_eq!(Axis::holding(0.0, 0.3, 0.2, 4).words(0.2), "0.2");
    }

    #[test]
    fn hours_are_those_of_the_clock() {
        let hours = |from: &str, until: &str, zone: &str| {
            let zone = TimeZone::posix(zone).unwrap();
            let marks = hours(from.parse().unwrap(), until.parse().unwrap(), &zone, 12);
            let one = |h: &Hour| h.day.clone().unwrap_or_default() + "|" + &h.words;
            marks.iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(
            hours("2026-08-01T18:20:00Z", "2026-08-02T06:00:00Z", "UTC0")[..2],
            ["1 Aug|19:00", "|20:00"]
        );
        assert_eq!(
            hours("2026-08-01T12:00:00Z", "2026-08-02T18:00:00Z", "IST-5:30"),
            [
                "1 Aug|18:00",
                "|21:00",
                "2 Aug|00:00",
                "|03:00",
                "|06:00",
                "|09:00",
                "|12:00",
                "|15:00",
                "|18:00",
                "|21:00"
            ]
        );
        // Clocks go forward at 02:00: an hour is missing, and no mark is.
        let spring =
            hours("2013-03-10T04:00:00Z", "2013-03-10T12:00:00Z", "EST5EDT,M3.2.0,M11.1.0");
        assert_eq!(spring[..4], ["9 Mar|23:00", "10 Mar|00:00", "|01:00", "|03:00"]);
        let days = hours("2026-08-01T12:00:00Z", "2026-08-09T12:00:00Z", "UTC0");
        assert_eq!(days[..2], ["|2 Aug", "|3 Aug"]);
    }
}
