//! The fire weather of a station: codes and indices, stepped from noon to noon.

use emberline_fwi::{Codes, DayLength, FfScale, Latitude, Method, Refused, State};
use jiff::civil;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::calendar::{civil_date, fwi_date};
use super::memory::Memory;
use super::missing::Missing;
use super::noon::{Before, Day, days};
use super::note::FireNote;
use super::rain_sum::RainSum;
use super::resume::Resume;
use super::row::Row;
use super::rows::Rows;
use super::standing::Standing;
use super::start::{Origin, Start};
use super::window::{day_of, window_of};
use crate::quality::Limits;
use crate::reading::Reading;
use crate::standard_time::StandardTime;

/// Days after a start from the standard values until the drought code depends on the weather rather
/// than on the start; its time lag is 52 days (Van Wagner 1987).
pub const DC_SETTLES_DAYS: i32 = 50;
/// Readings of so long are kept, so that a table may come late or complete the last one, …
const KEEP: SignedDuration = SignedDuration::from_hours(48);
/// … unless they are more than this: then only what a later reading may change is kept.
const KEEP_ROWS: usize = 3000;

/// What the days of a table brought.
#[derive(Clone, Debug, PartialEq)]
pub struct FireWeather {
    /// Codes and indices of the last noon, to be kept.
    pub memory: Memory,
    /// Days that were stepped in this run.
    pub stepped: usize,
    /// Days that have no noon.
    pub missing: Vec<MissingNoons>,
    /// Days part of whose rain was not measured.
    pub rain_lacks: Vec<RainLack>,
    /// Starts from the standard values.
    pub starts: Vec<Start>,
}

/// Days in a row that have no noon for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MissingNoons {
    /// The first day, in standard time.
    pub first: civil::Date,
    /// The last day.
    pub last: civil::Date,
    /// How many they are.
    pub days: usize,
    /// Why the first has none.
    pub why: Missing,
}

/// A day part of whose rain was not measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RainLack {
    /// The day, in standard time.
    pub date: civil::Date,
    /// For how many hours of the 24 to its noon.
    pub hours: f64,
}

/// Where a later run may go on from.
struct Mark {
    standing: Standing,
    /// The first day that is not in it.
    next: civil::Date,
    /// Where that day's rain begins, unless it is that of the memory.
    rain_since: Option<Timestamp>,
}

/// Steps the codes over the days of `readings` (in order of time, as they were measured) that are later
/// than those of `memory`.
///
/// Readings go through quality control here, so that what comes out depends on them alone and not on how
/// they were cut into tables. Without codes, and after more than [`emberline_fwi::MAX_GAP_DAYS`] days
/// without a noon, it starts with [`emberline_fwi::Codes::START`], FF scale 147.2 and the day lengths of
/// `latitude`.
///
/// # Errors
/// [`Refused`] only for what neither readings nor memory could have held: a day beyond the calendar.
pub fn follow(
    readings: &[Reading],
    time: &StandardTime,
    latitude: Latitude,
    memory: Memory,
) -> Result<FireWeather, Refused> {
    let known = memory.state.map(|s| civil_date(s.date));
    let (missing, rain_lacks, starts) = (Vec::new(), Vec::new(), Vec::new());
    let mut out = FireWeather { memory, stepped: 0, missing, rain_lacks, starts };
    let Some(resume) = out.memory.resume(readings, time) else { return Ok(out) };
    let rows = Rows::new(&resume.rows, resume.until, readings);
    if rows.last().is_none() {
        return Ok(out);
    }
    let limits = Limits::default();
    let mut scan = resume.quality;
    let candidates = scan.over(&rows, rows.len(), time, &limits);
    let steps = resume.steps();
    let Resume { next, rain, until, .. } = &resume;
    let before = Before { next: *next, rain, until: *until, steps: &steps };
    let mut standing = Standing { state: resume.state, start: resume.start, last: resume.last };
    let mut marks = vec![Mark { standing, next: *next, rain_since: None }];
    for day in days(&rows, &candidates, time, before, &limits) {
        let is_news = known.is_none_or(|known| day.first > known);
        match &day.noon {
            Ok(noon) => {
                let start = standing.count(day.first, noon, latitude)?;
                if is_news {
                    out.stepped += 1;
                    out.starts.extend(start);
                    let lack = |hours| RainLack { date: day.first, hours };
                    out.rain_lacks.extend(noon.rain_lacks_h.map(lack));
                }
            }
            Err(why) if is_news => out.add_missing(&day, *why),
            Err(_) => {}
        }
        if let (true, Ok(next)) = (day.is_settled, day.last.tomorrow()) {
            marks.push(Mark { standing, next, rain_since: Some(day.end) });
        }
    }
    let Standing { state, start, last } = standing;
    let resume = resumed(&resume, &rows, &marks, time, &limits);
    let resume = resume.map(|r| Resume { told: state, ..r });
    out.memory = Memory { state, start, last, resume, rain: None, ..out.memory };
    Ok(out)
}

/// What a later run needs: the earliest mark from which not too much has to be kept.
fn resumed(
    before: &Resume,
    rows: &Rows<'_>,
    marks: &[Mark],
    time: &StandardTime,
    limits: &Limits,
) -> Option<Resume> {
    let last = rows.last()?.time;
    let folded = |mark: &Mark| {
        let [begin, _] = window_of(time.noon(mark.next)?, time)?;
        Some(rows.partition_point(|t| t < begin))
    };
    let is_short = |n: usize| {
        let young = |r: &Reading| last.duration_since(r.time) <= KEEP;
        rows.len() - n <= KEEP_ROWS && rows.get(n).is_none_or(young)
    };
    let fits = |mark: &&Mark| folded(mark).is_some_and(is_short);
    let mark = marks.iter().find(fits).or(marks.last())?;
    let n = folded(mark)?;
    let (mut rain, from) = match mark.rain_since {
        Some(since) => (RainSum::from(since), rows.partition_point(|t| t <= since)),
        None => (before.rain.clone(), 0),
    };
    rows.range(from, n.max(from)).for_each(|r| rain.add(r, limits));
    let mut quality = before.quality;
    quality.over(rows, n, time, limits);
    let steps = rows.intervals(n, before.until, &before.steps());
    let until = n.checked_sub(1).and_then(|i| rows.get(i)).map(|r| r.time);
    let Standing { state, start, last } = mark.standing;
    Some(Resume {
        told: None,
        state,
        start,
        last,
        next: mark.next,
        rain,
        until: until.or(before.until),
        steps_s: steps.iter().map(SignedDuration::as_secs_f64).collect(),
        quality,
        rows: rows.range(n, rows.len()).map(Row::of).collect(),
    })
}

impl Memory {
    /// Takes codes that were given for the evening before the first noon after `first`.
    ///
    /// # Errors
    /// [`Refused`] for a code out of its range.
    pub fn give(
        &mut self,
        [ffmc, dmc, dc]: [f64; 3],
        first: Timestamp,
        time: &StandardTime,
        latitude: Latitude,
    ) -> Result<(), Refused> {
        let eve = day_of(first, time).and_then(|d| d.yesterday().ok());
        let method = Method { ff_scale: FfScale::default(), day_length: DayLength::At(latitude) };
        let date = fwi_date(eve.unwrap_or(time.day(first)))?;
        let state = State::start(Codes { ffmc, dmc, dc }, date, method)?;
        (self.state, self.start) = (Some(state), Some(Start::given(state)));
        self.resume = None;
        Ok(())
    }

    /// What this run goes on from; `None` without readings.
    fn resume(&self, readings: &[Reading], time: &StandardTime) -> Option<Resume> {
        if let Some(resume) = &self.resume {
            return Some(resume.clone());
        }
        let first = day_of(readings.first()?.time, time)?;
        let after = |date: civil::Date| date.tomorrow().ok();
        let later = self.state.and_then(|s| after(civil_date(s.date)));
        let old = self.rain.as_ref().and_then(|rain| Some((after(time.day(rain.since))?, rain)));
        let (next, rain) = match old {
            // The days since were looked at already.
            Some((next, rain)) if later.is_none_or(|later| later <= next) => (next, rain.clone()),
            _ => {
                let next = later.map_or(first, |later| later.max(first));
                let yesterday = next.yesterday().ok()?;
                let read = self.last.map(|l| l.noon).filter(|noon| time.day(*noon) == yesterday);
                (next, RainSum::from(read.or(time.noon(yesterday))?))
            }
        };
        let until = self.rain.as_ref().map(|rain| rain.until);
        Some(Resume {
            told: self.state,
            state: self.state,
            start: self.start,
            last: self.last,
            next,
            rain,
            until,
            steps_s: Vec::new(),
            quality: super::scan::Scan::default(),
            rows: Vec::new(),
        })
    }
}

impl FireWeather {
    fn add_missing(&mut self, day: &Day, why: Missing) {
        let days = (day.last - day.first).get_days().unsigned_abs() as usize + 1;
        match self.missing.last_mut() {
            Some(span)
                if span.why.is_like(&why) && span.last.tomorrow().ok() == Some(day.first) =>
            {
                span.last = day.last;
                span.days += days;
            }
            _ => self.missing.push(MissingNoons { first: day.first, last: day.last, days, why }),
        }
    }

    /// What a person must know to trust the numbers or not.
    #[must_use]
    pub fn notes(&self) -> Vec<FireNote> {
        let mut out = Vec::new();
        // A line for each reason.
        for (i, span) in self.missing.iter().enumerate() {
            let is_like = |other: &&MissingNoons| other.why.is_like(&span.why);
            if self.missing[..i].iter().any(|earlier| is_like(&earlier)) {
                continue;
            }
            let days = self.missing[i..].iter().filter(is_like).map(|s| s.days).sum();
            out.push(FireNote::NoNoon { days, first: span.first, why: span.why });
        }
        if let Some(RainLack { date, hours }) = self.rain_lacks.first() {
            let days = self.rain_lacks.len();
            out.push(FireNote::RainNotMeasured { days, first: *date, hours: *hours });
        }
        if let Some(since) = self.memory.last.and_then(|l| l.ground.frozen_since()) {
            out.push(FireNote::Frozen { since });
        }
        let again = |s: &&Start| matches!(s.origin, Origin::AfterGap { .. });
        out.extend(self.starts.iter().filter(again).map(|s| FireNote::StartedAgain(*s)));
        out
    }

    /// How far its start can still be felt, `None` before the first noon.
    #[must_use]
    pub fn age_days(&self) -> Option<i32> {
        Some(self.memory.state?.date.days_since(self.memory.start?.date))
    }
}
