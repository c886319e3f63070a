//! The series itself: readings, oldest first, no time twice.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::note::{SeriesNoteKind, SeriesNotes};
use crate::rain_kind::RainKind;
use crate::reading::{Quantity, Reading};

/// No station is silent for longer and then goes on with the same table, …
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);
/// … at least not after one reading in so many, or after so few rows.
const FEW: usize = 100;
const FEW_ROWS: usize = 3;
/// Years with which clocks begin that were not set, and the days for which they may run so.
const UNSET_YEARS: [i16; 8] = [0, 1, 1900, 1904, 1970, 1980, 1999, 2000];
const UNSET_DAYS: i16 = 31;

/// Readings, oldest first, no time twice.
#[derive(Clone, Debug)]
pub struct Series {
    readings: Vec<Reading>,
    /// What was dropped, joined or not understood.
    pub notes: SeriesNotes,
    /// What `rain_mm` of the readings is, as far as whoever read them could tell.
    pub rain: RainKind,
}

impl Series {
    /// Puts `readings` in order and makes one of those of the same time; `notes` are those of
    /// whoever read them.
    ///
    /// Of one time, equal values are one, a value completes a missing one, and values that differ
    /// are missing, for nobody knows which is right.
    #[must_use]
    pub fn new(mut readings: Vec<Reading>, mut notes: SeriesNotes) -> Self {
        let mut latest: Option<Timestamp> = None;
        for r in &readings {
            match latest {
                Some(t) if r.time < t => {
                    notes.add(SeriesNoteKind::OutOfOrder, || format!("{} after {t}", r.time));
                }
                _ => latest = Some(r.time),
            }
        }
        readings.sort_by_key(|r| r.time);
        // A long series is not copied for nothing.
        if readings.windows(2).any(|p| p[0].time == p[1].time) {
            let groups = readings.chunk_by(|a, b| a.time == b.time);
            readings = groups.map(|group| one_of(group, &mut notes)).collect();
        }
        readings.shrink_to_fit();
        let mut series = Self { readings, notes, rain: RainKind::Increment };
        series.note_gaps();
        series
    }

    /// The readings.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// The usual time between readings: the median, or `None` of fewer than two.
    #[must_use]
    pub fn step(&self) -> Option<SignedDuration> {
        let mut steps: Vec<_> =
            self.readings.windows(2).map(|p| p[1].time.duration_since(p[0].time)).collect();
        let middle = steps.len() / 2;
        (!steps.is_empty()).then(|| *steps.select_nth_unstable(middle).1)
    }

    /// The readings and notes by themselves.
    #[must_use]
    pub fn into_parts(self) -> (Vec<Reading>, SeriesNotes) {
        (self.readings, self.notes)
    }

    /// The series without readings later than `now`, which a wrong clock writes.
    #[must_use]
    pub fn until(mut self, now: Timestamp) -> Self {
        let keep = self.readings.partition_point(|r| r.time <= now);
        if keep < self.readings.len() {
            for r in self.readings.drain(keep..) {
                self.notes.add(SeriesNoteKind::TimeAhead, || r.time.to_string());
            }
            self.note_gaps();
        }
        self
    }

    /// The series without what a clock wrote that was not set yet: readings more than a year before all
    /// others, if they are few or begin when a clock without a battery does.
    #[must_use]
    pub fn since_clock_was_set(mut self) -> Self {
        let far = |p: &[Reading]| p[1].time.duration_since(p[0].time) > YEAR;
        let Some(gap) = self.readings.windows(2).rposition(far) else { return self };
        let before = gap + 1;
        let few =
            before * FEW <= self.readings.len() || before <= FEW_ROWS.min(self.readings.len() / 2);
        let unset = self.readings[..before].iter().all(|r| is_of_unset_clock(r.time));
        if few || unset {
            for r in self.readings.drain(..before) {
                self.notes.add(SeriesNoteKind::ClockNotSet, || r.time.to_string());
            }
            self.note_gaps();
        }
        self
    }

    fn note_gaps(&mut self) {
        self.notes.forget(SeriesNoteKind::Gap);
        let Some(step) = self.step() else { return };
        for p in self.readings.windows(2) {
            let gap = p[1].time.duration_since(p[0].time);
            if gap.as_secs_f64() > 1.5 * step.as_secs_f64() {
                self.notes.add(SeriesNoteKind::Gap, || {
                    let h = gap.as_secs_f64() / 3600.0;
                    format!("{h:.1} h from {} to {}", p[0].time, p[1].time)
                });
            }
        }
    }
}

/// Whether a clock shows `time` that nobody has set.
fn is_of_unset_clock(time: Timestamp) -> bool {
    let date = Offset::UTC.to_datetime(time).date();
    UNSET_YEARS.contains(&date.year()) && date.day_of_year() <= UNSET_DAYS
        || date.year() < 1 && date.year() >= -1
}

/// The one reading of those of one time.
fn one_of(group: &[Reading], notes: &mut SeriesNotes) -> Reading {
    let mut out = group[0];
    let mut contradicted = [false; Quantity::ALL.len()];
    for other in &group[1..] {
        let mut news = false;
        for q in Quantity::ALL {
            match (out.get(q), other.get(q)) {
                (Some(a), Some(b)) if a != b => {
                    contradicted[q.index()] = true;
                    news = true;
                    notes.add(SeriesNoteKind::Contradicted, || {
                        format!("{} {q}: {a} and {b}", out.time)
                    });
                }
                (None, Some(b)) => {
                    out.set(q, Some(b));
                    news = true;
                }
                _ => {}
            }
        }
        let what = if news { SeriesNoteKind::Joined } else { SeriesNoteKind::Repeated };
        notes.add(what, || out.time.to_string());
    }
    for q in Quantity::ALL {
        if contradicted[q.index()] {
            out.set(q, None);
        }
    }
    out
}

/// The reading nearest to `time` among those at most `within` away, of readings in order of time.
#[must_use]
pub fn nearest(readings: &[Reading], time: Timestamp, within: SignedDuration) -> Option<&Reading> {
    let after = readings.partition_point(|r| r.time < time);
    let away = |r: &&Reading| r.time.duration_since(time).abs();
    let around = &readings[after.saturating_sub(1)..readings.len().min(after + 1)];
    around.iter().min_by_key(away).filter(|r| away(r) <= within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(time: &str, temp_c: Option<f64>, rh_percent: Option<f64>) -> Reading {
        let time = format!("2026-08-01T{time}:00Z").parse().unwrap();
        Reading { temp_c, rh_percent, ..Reading::new(time) }
    }

    #[test]
    fn order_and_repeats_are_noted() {
        struct Case {
            rows: Vec<Reading>,
            want: Vec<Reading>,
            notes: &'static [&'static str],
        }
        let r = |time, temp| reading(time, Some(temp), None);
        for Case { rows, want, notes } in [
            Case { rows: vec![], want: vec![], notes: &[] },
            Case { rows: vec![r("12:00", 1.0)], want: vec![r("12:00", 1.0)], notes: &[] },
            Case {
                rows: vec![r("14:00", 3.0), r("12:00", 1.0), r("13:00", 2.0)],
                want: vec![r("12:00", 1.0), r("13:00", 2.0), r("14:00", 3.0)],
                notes: &["2 rows put in order of time \
                         (first: 2026-08-01T12:00:00Z after 2026-08-01T14:00:00Z)"],
            },
            Case {
                rows: vec![r("12:00", 1.0), r("12:00", 1.0), r("13:00", 2.0)],
                want: vec![r("12:00", 1.0), r("13:00", 2.0)],
                notes: &["1 row left out: the same time and values again (2026-08-01T12:00:00Z)"],
            },
            Case {
                rows: vec![r("12:00", 1.0), reading("12:00", None, Some(40.0))],
                want: vec![reading("12:00", Some(1.0), Some(40.0))],
                notes: &["1 row joined to another of the same time (2026-08-01T12:00:00Z)"],
            },
            // A third value does not settle it.
            Case {
                rows: vec![r("12:00", 1.0), r("12:00", 1.5), r("12:00", 1.0)],
                want: vec![reading("12:00", None, None)],
                notes: &[
                    "1 value missing: told twice, differently, for one time \
                     (2026-08-01T12:00:00Z temp_c: 1 and 1.5)",
                    "1 row joined to another of the same time (2026-08-01T12:00:00Z)",
                    "1 row left out: the same time and values again (2026-08-01T12:00:00Z)",
                ],
            },
            Case {
                rows: vec![r("08:00", 1.0), r("09:00", 1.0), r("10:00", 1.0), r("13:00", 1.0)],
                want: vec![r("08:00", 1.0), r("09:00", 1.0), r("10:00", 1.0), r("13:00", 1.0)],
                notes: &["1 gap without readings, not filled in \
                         (3.0 h from 2026-08-01T10:00:00Z to 2026-08-01T13:00:00Z)"],
            },
        ] {
            let series = Series::new(rows, SeriesNotes::default());
            assert_eq!(series.readings(), want);
            assert_eq!(series.notes.lines(), notes);
        }
    }

    #[test]
    fn a_clock_ahead_writes_no_future() {
        let rows = ["12:00", "13:00", "14:00"].map(|t| reading(t, Some(1.0), None)).to_vec();
        let now = "2026-08-01T13:00:00Z".parse().unwrap();
        let series = Series::new(rows, SeriesNotes::default()).until(now);
        assert_eq!(series.readings().len(), 2);
        assert_eq!(series.notes.count(SeriesNoteKind::TimeAhead), 1);
    }

    #[test]
    fn one_row_of_another_age_costs_a_row() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let hours = |from: &str, n: i64| -> Vec<Reading> {
            let from: Timestamp = from.parse().unwrap();
            let at = |k| from.checked_add(SignedDuration::from_hours(k)).unwrap();
            (0..n).map(|k| Reading { temp_c: Some(1.0), ..Reading::new(at(k)) }).collect()
        };
        for (other, rows, left) in [
            ("1970-01-01T00:00:00Z", 1, 100),
            ("1970-01-01T00:00:07Z", 200, 100), // three days on without a battery
            ("2000-01-01T00:00:00Z", 150, 100),
            ("1980-01-06T00:00:00Z", 150, 100),
            ("0001-01-01T00:00:00Z", 1, 100),
            ("2014-07-01T00:00:00Z", 1, 100),
            ("2099-01-01T00:00:00Z", 1, 100),
            ("2026-11-01T15:00:00Z", 2, 100),
            // Seasons of old are readings like others.
            ("2014-07-01T00:00:00Z", 90, 190),
            ("1970-07-01T00:00:00Z", 90, 190),
        ] {
            let mut all = hours("2026-08-01T00:00:00Z", 100);
            all.extend(hours(other, rows));
            let series = Series::new(all, SeriesNotes::default());
            let series = series.until(now).since_clock_was_set();
            assert_eq!(series.readings().len(), left, "{other}");
            let told = series.notes.count(SeriesNoteKind::TimeAhead)
                + series.notes.count(SeriesNoteKind::ClockNotSet);
            assert_eq!(told, 100 + rows as usize - left, "{other}");
            let gaps = series.notes.count(SeriesNoteKind::Gap);
            assert_eq!(gaps, usize::from(left > 100), "{other}");
        }
        let lone = Series::new(hours("1970-01-01T00:00:00Z", 5), SeriesNotes::default());
        assert_eq!(lone.since_clock_was_set().readings().len(), 5, "nothing says that it is wrong");
    }

    #[test]
    fn nearest_is_within_its_reach() {
        let rows = ["12:00", "13:00"].map(|t| reading(t, Some(1.0), None));
        let ten = SignedDuration::from_mins(10);
        for (time, want) in
            [("11:49", None), ("11:50", Some(0)), ("12:40", None), ("13:09", Some(1))]
        {
            let time = format!("2026-08-01T{time}:00Z").parse().unwrap();
            assert_eq!(nearest(&rows, time, ten), want.map(|i| &rows[i]), "{time}");
        }
        assert_eq!(nearest(&[], rows[0].time, ten), None);
    }
}
