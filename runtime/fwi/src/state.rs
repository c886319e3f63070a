//! The state of a station: its codes, the day they belong to, and the step to the next day.

use crate::codes::Codes;
use crate::date::Date;
use crate::indices::Indices;
use crate::method::Method;
use crate::refused::Refused;
use crate::weather::Noon;

/// The most days without weather over which codes are carried, in a row: a choice of this crate.
///
/// The FFMC has then forgotten most of what it was: its time lag is two thirds of a day. DMC and DC
/// miss a few points of drying, or any rain that fell unseen. To estimate the missing noons, from a
/// forecast or a station nearby, and to step them one by one is better.
pub const MAX_GAP_DAYS: u32 = 3;

/// What a station carries from one day to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    /// The codes at the end of `date`.
    pub codes: Codes,
    /// The last day that was counted.
    pub date: Date,
    /// How the codes were reckoned, and will be.
    pub method: Method,
}

/// What one day brought.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Step {
    /// The state to carry on, with the codes of this day.
    pub state: State,
    /// The indices of this day.
    pub indices: Indices,
    /// Days without weather just before this one. Unless it is 0, say so beside every number shown:
    /// the codes were carried over these days as they were.
    pub gap_days: u32,
}

impl State {
    /// Starts, or starts again, with known codes for the evening of `date`.
    ///
    /// The first noon to step is that of the next day. For the start of a season see
    /// [`Codes::START`].
    ///
    /// # Errors
    /// A code is NaN or out of its range.
    pub fn start(codes: Codes, date: Date, method: Method) -> Result<Self, Refused> {
        codes.check()?;
        Ok(Self { codes, date, method })
    }

    /// Counts the noon of `date`, which must be later than the state's own date.
    ///
    /// Days that are missing in between are carried as they were (nothing is invented for them),
    /// counted in [`Step::gap_days`], and refused beyond [`MAX_GAP_DAYS`].
    ///
    /// # Errors
    /// - [`Refused::SameDay`] or [`Refused::BeforeLast`]: this day was counted, or lies before one
    ///   that was;
    /// - [`Refused::GapTooLong`]: only [`State::start`] with known codes helps;
    /// - [`Refused::NotANumber`] or [`Refused::OutOfRange`]: a reading or a carried code is bad.
    ///
    /// The state itself never changes, so the same day can be tried again with good readings.
    ///
    /// ```
    /// use emberline_fwi::{Codes, Date, DayLength, FfScale, Latitude, Method, Noon, State};
    /// # fn main() -> Result<(), emberline_fwi::Refused> {
    /// let day_length = DayLength::At(Latitude::new(40.0)?);
    /// let method = Method { ff_scale: FfScale::Printed1987, day_length };
    /// let evening_before = State::start(Codes::START, Date::new(1985, 4, 12)?, method)?;
    ///
    /// let noon = Noon { temp_c: 17.0, rh_percent: 42.0, wind_km_h: 25.0, rain_24h_mm: 0.0 };
    /// let day = evening_before.step(Date::new(1985, 4, 13)?, &noon)?;
    /// assert!((day.indices.fwi - 10.096).abs() < 0.001);
    /// assert_eq!(day.gap_days, 0);
    ///
    /// assert!(day.state.step(Date::new(1985, 4, 13)?, &noon).is_err()); // no day counts twice
    /// # Ok(())
    /// # }
    /// ```
    pub fn step(&self, date: Date, noon: &Noon) -> Result<Step, Refused> {
        let gap_days = match date.days_since(self.date) {
            0 => return Err(Refused::SameDay { date }),
            days if days < 0 => {
                return Err(Refused::BeforeLast { last: self.date, given: date });
            }
            days => days.unsigned_abs() - 1,
        };
        if gap_days > MAX_GAP_DAYS {
            return Err(Refused::GapTooLong { days: gap_days, limit: MAX_GAP_DAYS });
        }
        let codes = self.codes.next(noon, date.month(), self.method)?;
        let indices = Indices::of(&codes, noon.wind_km_h, self.method.ff_scale)?;
        Ok(Step { state: Self { codes, date, method: self.method }, indices, gap_days })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day_length::DayLength;
    use crate::ff_scale::FfScale;
    use crate::refused::Quantity;

    const NOON: Noon = Noon { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_24h_mm: 0.0 };
    const METHOD: Method = Method { ff_scale: FfScale::Printed1987, day_length: DayLength::Canada };

    fn date(month: u8, day: u8) -> Date {
        Date::new(2025, month, day).unwrap()
    }

    fn on_30_june() -> State {
        State::start(Codes::START, date(6, 30), METHOD).unwrap()
    }

    #[test]
    fn the_calendar_is_kept() {
        struct Case {
            given: Date,
            want: Result<u32, Refused>,
        }
        for Case { given, want } in [
            Case { given: date(7, 1), want: Ok(0) },
            Case { given: date(7, 2), want: Ok(1) },
            Case { given: date(7, 4), want: Ok(3) },
            Case { given: date(7, 5), want: Err(Refused::GapTooLong { days: 4, limit: 3 }) },
            Case { given: date(6, 30), want: Err(Refused::SameDay { date: date(6, 30) }) },
            Case {
                given: date(6, 29),
                want: Err(Refused::BeforeLast { last: date(6, 30), given: date(6, 29) }),
            },
        ] {
            assert_eq!(on_30_june().step(given, &NOON).map(|step| step.gap_days), want, "{given}");
        }
    }

    #[test]
    fn a_gap_carries_the_codes_as_they_were() {
        let next = on_30_june().step(date(7, 1), &NOON).unwrap();
        let late = on_30_june().step(date(7, 3), &NOON).unwrap();
        assert_eq!(late.state.codes, next.state.codes);
        assert_eq!(late.state.date, date(7, 3));
    }

    #[test]
    fn a_new_year_is_no_gap() {
        let new_year = Date::new(2026, 1, 1).unwrap();
        let state = State { date: date(12, 31), ..on_30_june() };
        assert_eq!(state.step(new_year, &NOON).unwrap().gap_days, 0);
    }

    #[test]
    fn the_month_of_the_new_day_sets_the_day_length() {
        let july = on_30_june().step(date(7, 1), &NOON).unwrap().state.codes.dc;
        assert!((july - (15.0 + 0.5 * (0.36 * 22.8 + 6.4))).abs() < 1e-12);
    }

    #[test]
    fn a_state_takes_56_bytes() {
        assert_eq!(size_of::<State>(), 56);
    }

    #[test]
    fn bad_readings_and_bad_carried_codes_are_refused() {
        let bad = Noon { rh_percent: f64::NAN, ..NOON };
        let refused = on_30_june().step(date(7, 1), &bad);
        assert_eq!(refused, Err(Refused::NotANumber { what: Quantity::RhPercent }));
        for codes in [
            Codes { ffmc: 101.5, ..Codes::START },
            Codes { dmc: -1.0, ..Codes::START },
            Codes { dc: f64::NAN, ..Codes::START },
        ] {
            assert!(State::start(codes, date(6, 30), METHOD).is_err(), "{codes:?}");
            // Fields are public: what was read back from flash is checked again.
            let state = State { codes, ..on_30_june() };
            assert!(state.step(date(7, 1), &NOON).is_err(), "{codes:?}");
        }
    }
}
