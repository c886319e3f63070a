//! Times of a row: in one column, in two, or in one each for year, month, day and hour.

use jiff::civil::Date;

use super::clock::{self, Clock, Moment, Written};
use super::meaning::{Meaning, TimePart};
use super::stamp::{self, Clock as DayClock, Day, Stamp};
use super::text::Row;
use jiff::tz::TimeZone;

/// Which columns hold the time.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Times {
    /// All in one.
    One(usize),
    /// A date and a time of day.
    Two { date: usize, clock: usize, by: ClockBy },
    /// A number each.
    Parts {
        year: usize,
        month: Option<usize>,
        day: usize,
        clock: Option<(usize, ClockBy)>,
        minute: Option<usize>,
    },
}

/// How a column of times of day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockBy {
    /// `00:55`, `12:55a`.
    Stamp,
    /// `0` to `24`.
    Hour,
    /// `55`, `0055`, `2400`.
    Hhmm,
}

impl Times {
    /// The column of the date.
    pub(super) fn first(&self) -> usize {
        match self {
            Self::One(at) => *at,
            Self::Two { date, .. } => *date,
            Self::Parts { year, .. } => *year,
        }
    }

    /// All columns of the time.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        let all = match *self {
            Self::One(at) => [Some(at), None, None, None, None],
            Self::Two { date, clock, .. } => [Some(date), Some(clock), None, None, None],
            Self::Parts { year, month, day, clock, minute } => {
                [Some(year), month, Some(day), clock.map(|(at, _)| at), minute]
            }
        };
        all.into_iter().flatten()
    }

    /// The time of a row as text, for whoever must be told of it.
    pub(super) fn text(&self, row: &Row) -> String {
        let cells: Vec<&str> = self.columns().map(|at| row.cell(at)).collect();
        cells.join(" ")
    }

    /// The moment of a row.
    pub(super) fn moment(&self, row: &Row, clock: &Clock, of_row: Option<&TimeZone>) -> Moment {
        match *self {
            Self::One(at) => clock.whole(row.cell(at), of_row),
            Self::Two { date, clock: at, by } => {
                if matches!(clock.written, Written::Pattern(_)) {
                    return clock.whole(&format!("{} {}", row.cell(date), row.cell(at)), of_row);
                }
                match day_clock(row.cell(at), by) {
                    Some(time) => clock.of_two(row.cell(date), time, of_row),
                    None => Moment::Unreadable,
                }
            }
            Self::Parts { .. } => {
                self.parts(row).map_or(Moment::Unreadable, |stamp| clock.stamped(stamp, of_row))
            }
        }
    }

    fn parts(&self, row: &Row) -> Option<Stamp> {
        let Self::Parts { year, month, day, clock, minute } = *self else { return None };
        let number = |at: usize| -> Option<i32> {
            let text = row.cell(at);
            text.parse().ok().or_else(|| text.parse::<f64>().ok().map(|v| v as i32))
        };
        let year: i16 = match number(year)? {
            short @ 0..=68 => 2000 + short,
            short @ 69..=99 => 1900 + short,
            full => full,
        }
        .try_into()
        .ok()?;
        let date = match month {
            Some(at) => {
                Date::new(year, number(at)?.try_into().ok()?, number(day)?.try_into().ok()?)
            }
            None => Date::new(year, 1, 1).and_then(|first| {
                let days = number(day).filter(|n| (1..=366).contains(n)).unwrap_or(-1) - 1;
                first
                    .checked_add(jiff::Span::new().days(days))
                    .and_then(|d| if d.year() == year { Ok(d) } else { Date::new(year, 13, 1) })
            }),
        }
        .ok()?;
        let time = match clock {
            None => None,
            Some((at, by)) => {
                let mut time = day_clock(row.cell(at), by)?;
                if let (Some(at), false) = (minute, time.ends_day) {
                    let minute = number(at)?.try_into().ok()?;
                    time = DayClock::new(time.time.hour(), minute, 0, 0)?;
                }
                Some(time)
            }
        };
        Some(Stamp { date: Some(Day::Clear(date)), clock: time, offset: None })
    }
}

/// A time of day.
fn day_clock(text: &str, by: ClockBy) -> Option<DayClock> {
    match by {
        ClockBy::Stamp => stamp::stamp(text)?.clock,
        ClockBy::Hour => DayClock::new(whole(text)?.try_into().ok()?, 0, 0, 0),
        ClockBy::Hhmm => DayClock::of_hhmm(whole(text)?),
    }
}

fn whole(text: &str) -> Option<i32> {
    text.parse().ok().or_else(|| {
        let number = text.parse::<f64>().ok()?;
        (number.fract() == 0.0).then_some(number as i32)
    })
}

/// What the cells of a column of time hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// Date and time of day, in `offset` with one from UTC.
    Moment {
        offset: bool,
    },
    Date,
    Clock,
    /// Hours, or hours and minutes in one.
    Number(ClockBy),
    Nothing,
}

/// Finds the columns of the time among those that may be; `None` where there is no date.
pub(super) fn of(meanings: &[Meaning], rows: &[Row]) -> Option<Times> {
    let part = |wanted: TimePart| {
        meanings.iter().position(|m| matches!(m, Meaning::Time { part, .. } if *part == wanted))
    };
    let utc = |at: usize| matches!(meanings[at], Meaning::Time { is_utc: true, .. });
    let any: Vec<(usize, Holds)> = meanings
        .iter()
        .enumerate()
        .filter(|(_, m)| matches!(m, Meaning::Time { part: TimePart::Any, .. }))
        .map(|(at, _)| (at, holds(rows, at)))
        .collect();
    let moments = any.iter().filter(|(_, h)| matches!(h, Holds::Moment { .. }));
    let clear =
        |(at, h): &&&(usize, Holds)| matches!(h, Holds::Moment { offset: true }) || utc(*at);
    if let Some((at, _)) = moments.clone().find(|m| clear(&m)).or_else(|| moments.clone().next()) {
        return Some(Times::One(*at));
    }
    let hour = part(TimePart::Hour).map(|at| (at, number_by(rows, at)));
    let clocks = any.iter().find_map(|(at, h)| match h {
        Holds::Clock => Some((*at, ClockBy::Stamp)),
        Holds::Number(by) => Some((*at, *by)),
        _ => None,
    });
    let clock = clocks.or(hour);
    if let Some((date, _)) = any.iter().find(|(_, h)| *h == Holds::Date) {
        return Some(match clock {
            Some((clock, by)) => Times::Two { date: *date, clock, by },
            None => Times::One(*date),
        });
    }
    let (month, doy) = (part(TimePart::Month), part(TimePart::DayOfYear));
    if let (Some(year), Some(day)) = (part(TimePart::Year), month.and(part(TimePart::Day)).or(doy))
    {
        let month = month.filter(|_| part(TimePart::Day) == Some(day));
        let minute =
            part(TimePart::Minute).filter(|_| clock.is_some_and(|(_, by)| by == ClockBy::Hour));
        return Some(Times::Parts { year, month, day, clock, minute });
    }
    // What is no time that is known yet: its rows tell.
    any.iter().find(|(_, h)| *h == Holds::Nothing).map(|(at, _)| Times::One(*at))
}

/// What most of the cells hold.
fn holds(rows: &[Row], at: usize) -> Holds {
    let probe = Clock { zone: None, order: Some(clock::Order::DayFirst), written: Written::Usual };
    let filled: Vec<&str> = rows.iter().map(|r| r.cell(at)).filter(|c| !c.is_empty()).collect();
    let (mut moments, mut offsets, mut dates, mut clocks) = (0, 0, 0, 0);
    for cell in &filled {
        let read = probe.whole(cell, None);
        let stamp = stamp::stamp(cell);
        match (read, stamp) {
            (Moment::At(_), _) => {
                moments += 1;
                offsets += 1;
            }
            (Moment::NoOffset | Moment::Either, _) => moments += 1,
            (_, Some(Stamp { date: Some(_), clock: Some(_), .. })) => moments += 1,
            (_, Some(Stamp { date: Some(_), clock: None, .. })) => dates += 1,
            (_, Some(Stamp { date: None, clock: Some(_), .. })) => clocks += 1,
            _ => {}
        }
    }
    let most = |n: usize| n > 0 && 2 * n >= filled.len();
    if most(moments) {
        Holds::Moment { offset: most(offsets) }
    } else if most(dates) {
        Holds::Date
    } else if most(clocks) {
        Holds::Clock
    } else if !filled.is_empty()
        && filled.iter().all(|c| whole(c).is_some_and(|n| (0..=2400).contains(&n)))
    {
        Holds::Number(number_by(rows, at))
    } else {
        Holds::Nothing
    }
}

/// Hours where none is above 24.
fn number_by(rows: &[Row], at: usize) -> ClockBy {
    let cells = || rows.iter().map(|r| r.cell(at)).filter(|c| !c.is_empty());
    if cells().any(|c| c.contains(':')) {
        return ClockBy::Stamp;
    }
    let is_wide = cells().any(|c| c.len() > 2 && !c.contains('.'));
    let is_above = cells().filter_map(whole).any(|n| n > 24);
    if is_wide || is_above { ClockBy::Hhmm } else { ClockBy::Hour }
}
