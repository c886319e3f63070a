//! Days of the fire weather index as those of the calendar used here, and back.

use emberline_fwi::{Date, Refused};
use jiff::civil;

/// A day of the calendar as one of the fire weather index.
pub(super) fn fwi_date(date: civil::Date) -> Result<Date, Refused> {
    let [month, day] = [date.month(), date.day()].map(i8::unsigned_abs);
    // A year before Christ is in neither calendar: year 0 is refused as such.
    let date = Date::new(u16::try_from(date.year()).unwrap_or(0), month, day)?;
    Ok(date)
}

/// A day of the fire weather index as one of the calendar used here.
pub(super) fn civil_date(date: Date) -> civil::Date {
    // Both calendars are Gregorian, and the years 1583 to 9999 lie in both.
    civil::Date::new(date.year() as i16, date.month().get() as i8, date.day() as i8)
        .unwrap_or(civil::Date::MIN)
}
