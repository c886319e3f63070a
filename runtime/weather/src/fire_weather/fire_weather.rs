//! The fire weather of a station: codes and indices, stepped from noon to noon.

use emberline_fwi::{Codes, Date, DayLength, FfScale, Latitude, Method, Refused, State, Step};
use jiff::SignedDuration;
use jiff::civil;
use serde::Serialize;

use super::memory::{Last, Memory};
use super::noon::{Before, Day, Missing, Noon, days};
use super::note::FireNote;
use super::start::{Origin, Start};
use crate::reading::Reading;
use crate::standard_time::StandardTime;

/// Days after a start from the standard values until the drought code depends on the weather rather
/// than on the start; its time lag is 52 days (Van Wagner 1987).
pub const DC_SETTLES_DAYS: i32 = 50;

/// What the days of a table brought.
#[derive(Clone, Debug, PartialEq)]
pub struct FireWeather {
    /// Codes and indices of the last noon, to be kept.
    pub memory: Memory,
    /// Days that were stepped in this run.
    pub stepped: usize,
    /// Days that have no noon.
    pub missing: Vec<MissingNoon>,
    /// Days part of whose rain was not measured.
    pub rain_lacks: Vec<RainLack>,
    /// Starts from the standard values.
    pub starts: Vec<Start>,
}

/// A day that has no noon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MissingNoon {
    /// The day, in standard time.
    pub date: civil::Date,
    /// Why it has none.
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

/// Steps the codes over the days of `readings` (in order of time, `step` apart, after quality
/// control) that are later than those of `memory`.
///
/// Without codes, and after more than [`emberline_fwi::MAX_GAP_DAYS`] days without a noon, it starts
/// with [`Codes::START`], FF scale 147.2 and the day lengths of `latitude`.
///
/// # Errors
/// [`Refused`] only for what neither readings nor memory could have held: a day beyond the calendar.
pub fn follow(
    readings: &[Reading],
    step: Option<SignedDuration>,
    time: &StandardTime,
    latitude: Latitude,
    memory: Memory,
) -> Result<FireWeather, Refused> {
    let date = memory.state.map(|s| civil_date(s.date));
    let before = Before { date, noon: memory.last.map(|l| l.noon), rain: memory.rain };
    let (found, rain) = days(readings, step, time, before);
    let (missing, rain_lacks, starts) = (Vec::new(), Vec::new(), Vec::new());
    let mut out = FireWeather { memory, stepped: 0, missing, rain_lacks, starts };
    out.memory.rain = rain;
    for Day { date, noon } in found {
        match noon {
            Ok(noon) => out.count(date, &noon, latitude)?,
            Err(why) => out.missing.push(MissingNoon { date, why }),
        }
    }
    Ok(out)
}

impl FireWeather {
    fn count(&mut self, day: civil::Date, noon: &Noon, latitude: Latitude) -> Result<(), Refused> {
        let date = fwi_date(day)?;
        let stepped = match self.memory.state {
            None => self.start(day, noon, latitude, Origin::Standard)?,
            Some(state) => match state.step(date, &noon.weather) {
                Err(Refused::GapTooLong { days, .. }) => {
                    self.start(day, noon, latitude, Origin::AfterGap { days })?
                }
                stepped => stepped?,
            },
        };
        if let Some(start) = &mut self.memory.start {
            start.noons += 1;
            start.carried += stepped.gap_days;
        }
        if let Some(hours) = noon.rain_lacks_h {
            self.rain_lacks.push(RainLack { date: day, hours });
        }
        self.stepped += 1;
        self.memory.state = Some(stepped.state);
        let Step { indices, gap_days, .. } = stepped;
        self.memory.last = Some(Last { noon: noon.time, indices, gap_days });
        Ok(())
    }

    /// Starts on the evening before `day`, and steps to it. Codes that were given keep their method.
    fn start(
        &mut self,
        day: civil::Date,
        noon: &Noon,
        latitude: Latitude,
        origin: Origin,
    ) -> Result<Step, Refused> {
        let usual = Method { ff_scale: FfScale::default(), day_length: DayLength::At(latitude) };
        let method = self.memory.state.map_or(usual, |s| s.method);
        let eve = fwi_date(day.yesterday().unwrap_or(day))?;
        let state = State::start(Codes::START, eve, method)?;
        let start = Start { date: eve, codes: Codes::START, origin, noons: 0, carried: 0 };
        self.memory.start = Some(start);
        self.starts.push(start);
        state.step(fwi_date(day)?, &noon.weather)
    }

    /// What a person must know to trust the numbers or not.
    #[must_use]
    pub fn notes(&self) -> Vec<FireNote> {
        let mut out = Vec::new();
        if let Some(MissingNoon { date, why }) = self.missing.first() {
            let days = self.missing.len();
            out.push(FireNote::NoNoon { days, first: *date, why: *why });
        }
        if let Some(RainLack { date, hours }) = self.rain_lacks.first() {
            let days = self.rain_lacks.len();
            out.push(FireNote::RainNotMeasured { days, first: *date, hours: *hours });
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

fn fwi_date(date: civil::Date) -> Result<Date, Refused> {
    let [month, day] = [date.month(), date.day()].map(i8::unsigned_abs);
    // A year before Christ is in neither calendar: year 0 is refused as such.
    let date = Date::new(u16::try_from(date.year()).unwrap_or(0), month, day)?;
    Ok(date)
}

/// A day of the fire weather index as one of the calendar used here.
fn civil_date(date: Date) -> civil::Date {
    // Both calendars are Gregorian, and the years 1583 to 9999 lie in both.
    civil::Date::new(date.year() as i16, date.month().get() as i8, date.day() as i8)
        .unwrap_or(civil::Date::MIN)
}
