//! Standing: the codes of a station, where they began and the last noon, as days are counted.

use emberline_fwi::{Codes, DayLength, FfScale, Latitude, Method, Refused, State, Step};
use jiff::civil;

use super::calendar::fwi_date;
use super::last::Last;
use super::noon::Noon;
use super::start::{Origin, Start};

/// Where the codes of a station stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) state: Option<State>,
    pub(super) start: Option<Start>,
    pub(super) last: Option<Last>,
}

impl Standing {
    /// Counts the noon of `day`; returns the start, where the codes began with it.
    pub(super) fn count(
        &mut self,
        day: civil::Date,
        noon: &Noon,
        latitude: Latitude,
    ) -> Result<Option<Start>, Refused> {
        let date = fwi_date(day)?;
        let (stepped, began) = match self.state {
            None => self.begin(day, noon, latitude, Origin::Standard)?,
            Some(state) => match state.step(date, &noon.weather) {
                Err(Refused::GapTooLong { days, .. }) => {
                    self.begin(day, noon, latitude, Origin::AfterGap { days })?
                }
                stepped => (stepped?, None),
            },
        };
        if let Some(start) = &mut self.start {
            start.noons += 1;
            start.carried += stepped.gap_days;
        }
        let Step { state, indices, gap_days } = stepped;
        self.state = Some(state);
        let mut ground = self.last.map(|l| l.ground).unwrap_or_default();
        ground.take(day, noon.weather.temp_c);
        self.last = Some(Last { noon: noon.time, indices, gap_days, ground });
        Ok(began)
    }

    /// Starts on the evening before `day`, and steps to it. Codes that were given keep their method.
    fn begin(
        &mut self,
        day: civil::Date,
        noon: &Noon,
        latitude: Latitude,
        origin: Origin,
    ) -> Result<(Step, Option<Start>), Refused> {
        let usual = Method { ff_scale: FfScale::default(), day_length: DayLength::At(latitude) };
        let method = self.state.map_or(usual, |s| s.method);
        let eve = fwi_date(day.yesterday().unwrap_or(day))?;
        let state = State::start(Codes::START, eve, method)?;
        let start = Start { date: eve, codes: Codes::START, origin, noons: 0, carried: 0 };
        self.start = Some(start);
        Ok((state.step(fwi_date(day)?, &noon.weather)?, Some(start)))
    }
}
