//! Dates: a day of the Gregorian calendar, and how many days lie between two.

use core::fmt;

/// A day of the Gregorian calendar, years 1583 to 9999, in the station's standard time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "(u16, u8, u8)", try_from = "(u16, u8, u8)"))]
pub struct Date {
    year: u16,
    month: Month,
    day: u8,
}

impl Date {
    /// The day `year`-`month`-`day`.
    ///
    /// # Errors
    /// [`NoSuchDate`] for a day that the calendar does not have.
    ///
    /// ```
    /// use emberline_fwi::Date;
    /// assert!(Date::new(2024, 2, 29).is_ok());
    /// assert!(Date::new(2025, 2, 29).is_err());
    /// ```
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, NoSuchDate> {
        let none = NoSuchDate { year, month, day };
        let named = Month::new(month).ok_or(none)?;
        if !(1583..=9999).contains(&year) || day < 1 || day > days_in(year, month) {
            return Err(none);
        }
        Ok(Self { year, month: named, day })
    }

    /// Year, 1583 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// Month, which picks the day length.
    #[must_use]
    pub fn month(self) -> Month {
        self.month
    }

    /// Day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// Days from `earlier` to this day; negative if `earlier` is in fact later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.number() - earlier.number()
    }

    /// Days since 1 March of the year 0. Counting the year from March puts the leap day last.
    fn number(self) -> i32 {
        let month = i32::from(self.month.get());
        let year = i32::from(self.year) - i32::from(month < 3);
        let months_from_march = (month + 9) % 12;
        let day_of_year = (153 * months_from_march + 2) / 5 + i32::from(self.day) - 1;
        365 * year + year / 4 - year / 100 + year / 400 + day_of_year
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month.get(), self.day)
    }
}

impl From<Date> for (u16, u8, u8) {
    fn from(date: Date) -> Self {
        (date.year, date.month.get(), date.day)
    }
}

impl TryFrom<(u16, u8, u8)> for Date {
    type Error = NoSuchDate;

    fn try_from((year, month, day): (u16, u8, u8)) -> Result<Self, NoSuchDate> {
        Self::new(year, month, day)
    }
}

/// The calendar has no such day (or it lies outside the years 1583 to 9999).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchDate {
    /// Year of the Gregorian calendar.
    pub year: u16,
    /// 1 to 12 is right.
    pub month: u8,
    /// 1 to 28, 29, 30 or 31 is right.
    pub day: u8,
}

impl fmt::Display for NoSuchDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "there is no day {year:04}-{month:02}-{day:02}")
    }
}

impl core::error::Error for NoSuchDate {}

/// A month, 1 (January) to 12 (December).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u8);

impl Month {
    /// Month number `month`; `None` unless it is 1 to 12.
    #[must_use]
    pub fn new(month: u8) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self(month))
    }

    /// 1 to 12.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// The entry of this month in a table that starts in January.
    pub(crate) fn of(self, table: &[f64; 12]) -> f64 {
        table[usize::from(self.0 - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_between_two_dates() {
        struct Case {
            from: (u16, u8, u8),
            to: (u16, u8, u8),
            days: i32,
        }
        for Case { from, to, days } in [
            Case { from: (2025, 5, 1), to: (2025, 5, 1), days: 0 },
            Case { from: (2024, 2, 28), to: (2024, 3, 1), days: 2 }, // leap year
            Case { from: (2025, 2, 28), to: (2025, 3, 1), days: 1 },
            Case { from: (1900, 2, 28), to: (1900, 3, 1), days: 1 }, // a century is none
            Case { from: (2000, 2, 28), to: (2000, 3, 1), days: 2 }, // but every fourth is
            Case { from: (2024, 12, 31), to: (2025, 1, 1), days: 1 },
            Case { from: (1970, 1, 1), to: (2000, 1, 1), days: 10_957 },
            Case { from: (2025, 1, 1), to: (2024, 1, 1), days: -366 },
        ] {
            let date = |d| Date::try_from(d).unwrap();
            assert_eq!(date(to).days_since(date(from)), days, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn every_day_of_a_century_follows_the_one_before() {
        let mut last = Date::new(1999, 12, 31).unwrap();
        for (year, month, day) in
            (2000..2100).flat_map(|y| (1..=12).flat_map(move |m| (1..=31).map(move |d| (y, m, d))))
        {
            let Ok(date) = Date::new(year, month, day) else { continue };
            assert_eq!(date.days_since(last), 1, "{date}");
            last = date;
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for (year, month, day) in
            [(2025, 0, 1), (2025, 13, 1), (2025, 4, 31), (2025, 1, 0), (1582, 1, 1), (10_000, 1, 1)]
        {
            assert_eq!(Date::new(year, month, day), Err(NoSuchDate { year, month, day }));
        }
    }
}
