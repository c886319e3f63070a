//! A view: what a picture of a station's weather shows, from some hours ago to the end of the outlook.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::alarm::Alarm;
use crate::outlook::{Outlook, Predictand, Value};
use crate::reading::{Quantity, Reading};

/// What is shown.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Whose weather it is.
    pub title: String,
    /// Readings in order of time, after quality control; earlier and later ones are not shown.
    pub readings: &'a [Reading],
    /// Usual time between them.
    pub step: Option<SignedDuration>,
    /// Where the picture begins.
    pub from: Timestamp,
    /// The last reading; the outlook begins there.
    pub now: Timestamp,
    /// Alarms; those before `from` are not shown.
    pub alarms: &'a [Alarm],
    /// The outlook from `now`.
    pub outlook: Option<&'a Outlook>,
    /// The zone of the clock along the picture.
    pub zone: TimeZone,
    /// What that zone is called.
    pub zone_name: String,
}

/// One point of an outlook, in the unit of its quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ahead {
    pub(super) time: Timestamp,
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// A value at its time.
pub(super) type Point = (Timestamp, f64);

impl View<'_> {
    /// Readings from `from` to `now`.
    pub(super) fn shown(&self) -> &[Reading] {
        let first = self.readings.partition_point(|r| r.time < self.from);
        let end = self.readings.partition_point(|r| r.time <= self.now);
        &self.readings[first.min(end)..end]
    }

    /// Where the picture ends.
    pub(super) fn until(&self) -> Timestamp {
        let ahead = self.outlook.iter().flat_map(|o| &o.predicted).map(|p| p.time);
        ahead.max().map_or(self.now, |t| t.max(self.now))
    }

    /// Values of one quantity as lines, broken where a value or a reading is missing.
    pub(super) fn lines(&self, quantity: Quantity) -> Vec<Vec<Point>> {
        let longest = self.step.map_or(SignedDuration::MAX, |s| s * 3 / 2);
        let mut out: Vec<Vec<Point>> = Vec::new();
        let mut last: Option<Timestamp> = None;
        for r in self.shown() {
            let Some(value) = r.get(quantity) else {
                last = None;
                continue;
            };
            match out.last_mut() {
                Some(line) if last.is_some_and(|t| r.time.duration_since(t) <= longest) => {
                    line.push((r.time, value));
                }
                _ => out.push(vec![(r.time, value)]),
            }
            last = Some(r.time);
        }
        out
    }

    /// The outlook of one quantity, nearest first; it begins with the reading of now, where there is
    /// one.
    pub(super) fn ahead(&self, predictand: Predictand, quantity: Quantity) -> Vec<Ahead> {
        let all = self.outlook.iter().flat_map(|o| &o.predicted);
        let mut out: Vec<Ahead> = all
            .filter(|p| p.predictand == predictand)
            .filter_map(|p| match p.value {
                Value::Number { value, low, high } => {
                    Some(Ahead { time: p.time, value, low, high })
                }
                Value::Wind { .. } => None,
            })
            .collect();
        out.sort_by_key(|a| a.time);
        let now = self.shown().last().filter(|r| r.time == self.now);
        if let (Some(value), false) = (now.and_then(|r| r.get(quantity)), out.is_empty()) {
            out.insert(0, Ahead { time: self.now, value, low: value, high: value });
        }
        out
    }

    /// Where the wind of the outlook comes from, degrees, nearest first.
    pub(super) fn wind_ahead(&self) -> Vec<Point> {
        let all = self.outlook.iter().flat_map(|o| &o.predicted);
        let mut out: Vec<Point> = all
            .filter_map(|p| match p.value {
                Value::Wind { from_deg: Some(from), .. } => Some((p.time, from)),
                _ => None,
            })
            .collect();
        out.sort_by_key(|p| p.0);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    #[test]
    fn lines_break_where_nothing_was_measured() {
        let reading = |(hour, temp_c)| Reading { temp_c, ..Reading::new(at(hour)) };
        let rows = [
            (0, Some(9.0)),
            (1, Some(10.0)),
            (2, Some(11.0)),
            (3, None),
            (4, Some(12.0)),
            (7, Some(13.0)), // two hours without a reading
            (8, Some(14.0)),
            (9, Some(15.0)), // later than now
        ];
        let readings = rows.map(reading);
        let view = View {
            title: String::new(),
            readings: &readings,
            step: Some(SignedDuration::from_hours(1)),
            from: at(1),
            now: at(8),
            alarms: &[],
            outlook: None,
            zone: TimeZone::UTC,
            zone_name: "UTC".into(),
        };
        let hours: Vec<Vec<i64>> = view
            .lines(Quantity::Temp)
            .iter()
            .map(|line| line.iter().map(|(t, _)| t.as_second() / 3600).collect())
            .collect();
        assert_eq!(hours, [vec![1, 2], vec![4], vec![7, 8]]);
        assert_eq!(view.until(), at(8));
        assert!(view.ahead(Predictand::Temp, Quantity::Temp).is_empty());
    }
}
