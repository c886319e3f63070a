//! The three moisture codes that a station carries from one day to the next.

use crate::date::Month;
use crate::method::Method;
use crate::refused::Refused;
use crate::weather::Noon;
use crate::{dc, dmc, ffmc};

/// How dry three layers of fuel are at the end of a day. Higher is drier.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Codes {
    /// Fine Fuel Moisture Code, 0 to 101: litter; forgets within days.
    pub ffmc: f64,
    /// Duff Moisture Code, 0 to [`crate::MAX_DMC`]: loose duff; forgets within weeks.
    pub dmc: f64,
    /// Drought Code, 0 to [`crate::MAX_DC`]: deep organic soil; forgets within months.
    pub dc: f64,
}

impl Codes {
    /// The start of a season after a winter that soaked the ground: 85, 6 and 15 (Van Wagner 1987).
    ///
    /// They stand for the evening before the first day of the season, which comes after three days
    /// without snow (Lawson and Armitage 2008) or, where there is none, after three noons in a row
    /// above 12 °C (Wotton and Flannigan 1993). After a dry winter, take the DC of
    /// [`crate::overwintered_dc`].
    pub const START: Self = Self { ffmc: 85.0, dmc: 6.0, dc: 15.0 };

    /// Checks every code.
    ///
    /// # Errors
    /// [`Refused::NotANumber`] or [`Refused::OutOfRange`], with the first code that is wrong.
    pub fn check(&self) -> Result<(), Refused> {
        ffmc::check(self.ffmc)?;
        dmc::check(self.dmc)?;
        dc::check(self.dc)?;
        Ok(())
    }

    /// The codes one day later. Knows no date: [`crate::State::step`] keeps the calendar.
    ///
    /// # Errors
    /// A code or a reading is NaN or out of its range.
    pub fn next(&self, noon: &Noon, month: Month, method: Method) -> Result<Self, Refused> {
        Ok(Self {
            ffmc: ffmc::daily_ffmc(self.ffmc, noon, method.ff_scale)?,
            dmc: dmc::daily_dmc(self.dmc, noon, month, method.day_length)?,
            dc: dc::daily_dc(self.dc, noon, month, method.day_length)?,
        })
    }
}
