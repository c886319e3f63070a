//! Standard time: which hour a station's clock would show if nobody ever put it forward for summer.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::{Dst, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::zone::{UnknownZone, named_zone};

/// Names of no place: they are how times are written, not where the station stands.
const UTC: [&str; 8] = ["UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich", "UTC0", "GMT0"];
/// A summer time lasts less than this.
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Most hours that a zone's standard time is off the sun's; China's west comes to three.
const OFF_MOST_H: f64 = 3.5;

/// Standard time of one station.
#[derive(Clone, Debug)]
pub struct StandardTime {
    by: By,
    longitude_deg: f64,
}

#[derive(Clone, Debug)]
enum By {
    Zone { zone: TimeZone, name: String },
    Sun(Offset),
}

impl StandardTime {
    /// That of the zone, where one is named that is a place's; else the whole hours nearest to the
    /// sun at `longitude_deg`, east of Greenwich, −180 to 180.
    ///
    /// # Errors
    /// [`UnknownZone`] for a zone that is not known here.
    pub fn new(zone: Option<&str>, longitude_deg: f64) -> Result<Self, UnknownZone> {
        let is_utc = |name: &str| {
            let bare = name.strip_prefix("Etc/").unwrap_or(name);
            UTC.iter().any(|u| bare.eq_ignore_ascii_case(u))
        };
        let by = match zone.filter(|name| !is_utc(name)) {
            Some(name) => By::Zone { zone: named_zone(name)?, name: name.to_owned() },
            None => By::Sun(Offset::constant((longitude_deg / 15.0).round() as i8)),
        };
        Ok(Self { by, longitude_deg })
    }

    /// What is ahead of UTC at `time`.
    #[must_use]
    pub fn offset(&self, time: Timestamp) -> Offset {
        match &self.by {
            By::Zone { zone, .. } => standard(zone, time),
            By::Sun(offset) => *offset,
        }
    }

    /// The day of `time`.
    #[must_use]
    pub fn day(&self, time: Timestamp) -> Date {
        self.offset(time).to_datetime(time).date()
    }

    /// Noon of `day`; `None` beyond the times that there are.
    #[must_use]
    pub fn noon(&self, day: Date) -> Option<Timestamp> {
        let noon = day.at(12, 0, 0, 0);
        let about = Offset::UTC.to_timestamp(noon).ok()?;
        let about = self.offset(about).to_timestamp(noon).ok()?;
        self.offset(about).to_timestamp(noon).ok()
    }

    /// Hours by which standard time is ahead of the sun at `time`, where that is too much for a zone
    /// and a longitude of one place.
    #[must_use]
    pub fn off_the_sun_h(&self, time: Timestamp) -> Option<f64> {
        let ahead = f64::from(self.offset(time).seconds()) / 3600.0 - self.longitude_deg / 15.0;
        let off = (ahead + 12.0).rem_euclid(24.0) - 12.0;
        (off.abs() > OFF_MOST_H).then_some(off)
    }
}

impl fmt::Display for StandardTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            By::Zone { name, .. } => write!(f, "standard time of {name}"),
            By::Sun(_) => write!(f, "by the sun at longitude {}", self.longitude_deg),
        }
    }
}

/// The zone's offset at `time` without summer time.
///
/// Where the year is split the other way round, and winter is the exception by law (Ireland, Morocco),
/// the smaller offset still is the one nearer to the sun.
fn standard(zone: &TimeZone, time: Timestamp) -> Offset {
    let here = zone.to_offset_info(time);
    let near = |t: Timestamp| t.duration_since(time).abs() <= YEAR;
    let mut back = zone.preceding(time);
    let before = back.next().filter(|t| near(t.timestamp())).and_then(|_| back.next());
    let after = zone.following(time).next().filter(|t| near(t.timestamp()));
    let beside = [before, after].into_iter().flatten();
    let other: Option<Offset> = beside
        .filter(|t| t.dst() != here.dst())
        .filter(|t| here.dst() == Dst::Yes || t.offset() < here.offset())
        .map(|t| t.offset())
        .next();
    other.map_or(here.offset(), |o| o.min(here.offset()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By rule, so that no time zone files are needed.
    const NEW_YORK: Option<&str> = Some("EST5EDT,M3.2.0,M11.1.0");
    /// Winter is the exception by law.
    const DUBLIN: Option<&str> = Some("IST-1GMT0,M10.5.0,M3.5.0/1");

    #[test]
    fn noon_is_in_standard_time_all_year() {
        for (zone, longitude_deg, day, want) in [
            (NEW_YORK, -74.0, "2013-01-15", "17:00"),
            (NEW_YORK, -74.0, "2013-07-15", "17:00"),
            // The days on which clocks go forward and back.
            (NEW_YORK, -74.0, "2013-03-10", "17:00"),
            (NEW_YORK, -74.0, "2013-11-03", "17:00"),
            (Some("EET-2EEST,M3.5.0/3,M10.5.0/4"), 23.7, "2026-08-01", "10:00"),
            (Some("AEST-10AEDT,M10.1.0,M4.1.0/3"), 151.2, "2026-01-15", "02:00"),
            (Some("IST-5:30"), 77.2, "2026-08-01", "06:30"),
            (DUBLIN, -6.3, "2026-01-15", "12:00"),
            (DUBLIN, -6.3, "2026-07-15", "12:00"),
            // No place's zone: by the sun.
            (Some("Etc/UTC"), 23.7, "2026-08-01", "10:00"),
            (Some("utc"), -74.0, "2026-08-01", "17:00"),
            (None, -74.0, "2026-08-01", "17:00"),
            (None, 179.0, "2026-08-01", "00:00"),
        ] {
            let time = StandardTime::new(zone, longitude_deg).unwrap();
            let day: Date = day.parse().unwrap();
            let noon = time.noon(day).unwrap();
            assert_eq!(noon.strftime("%H:%M").to_string(), want, "{zone:?} {day}");
            assert_eq!(time.day(noon), day, "{zone:?}");
            assert_eq!(time.off_the_sun_h(noon), None, "{zone:?}");
        }
    }

    #[test]
    fn a_zone_that_stays_on_its_summer_time_has_a_new_standard_time() {
        // Turkey in 2016; needs the machine's time zone files.
        let Ok(time) = StandardTime::new(Some("Europe/Istanbul"), 29.0) else { return };
        for (day, want) in [("2015-07-15", "10:00"), ("2018-07-15", "09:00")] {
            let noon = time.noon(day.parse().unwrap()).unwrap();
            assert_eq!(noon.strftime("%H:%M").to_string(), want, "{day}");
        }
    }

    #[test]
    fn a_zone_and_a_longitude_of_two_places_are_noticed() {
        let noon = "2026-08-01T17:00:00Z".parse().unwrap();
        let time = StandardTime::new(NEW_YORK, 74.0).unwrap();
        assert!(time.off_the_sun_h(noon).is_some_and(|h| (h + 9.93).abs() < 0.01));
        assert!(StandardTime::new(Some("Mars/Olympus"), 0.0).is_err());
    }
}
