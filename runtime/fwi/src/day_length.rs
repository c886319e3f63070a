//! Day lengths: how long fuel can dry in a month, which depends on how far north a station lies.
//!
//! The system was made in Canada. Its own tables (Van Wagner 1987, for 46° N) hold for the north; the
//! tables of the other bands are those of Wang, Anderson and Suddaby (2015), at the borders that
//! cffdrs uses.

use crate::date::Month;
use crate::refused::{Quantity, Refused, within};

/// Degrees of latitude, −90 (south) to 90 (north).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "f64", try_from = "f64"))]
pub struct Latitude(f64);

impl Latitude {
    /// `degrees` of latitude, north positive.
    ///
    /// # Errors
    /// [`Refused::NotANumber`] or [`Refused::OutOfRange`] unless it is −90 to 90.
    pub fn new(degrees: f64) -> Result<Self, Refused> {
        within(Quantity::LatitudeDeg, degrees, -90.0, 90.0).map(Self)
    }

    /// Degrees, north positive.
    #[must_use]
    pub fn degrees(self) -> f64 {
        self.0
    }
}

impl From<Latitude> for f64 {
    fn from(latitude: Latitude) -> Self {
        latitude.0
    }
}

impl TryFrom<f64> for Latitude {
    type Error = Refused;

    fn try_from(degrees: f64) -> Result<Self, Refused> {
        Self::new(degrees)
    }
}

/// Which day lengths a station reckons with.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum DayLength {
    /// The tables of 1987 wherever the station is: what "no latitude adjustment" means.
    Canada,
    /// The tables of the latitude's band, one set of borders for DMC and one for DC.
    At(Latitude),
}

impl DayLength {
    /// Effective day length `Le` for the DMC, hours.
    ///
    /// Bands, by where they begin in the south: −90 to −30, −30 to −10, −10 to 10, 10 to 30, and over
    /// 30. The border itself belongs to the band south of it, as in the program cffdrs (whose comments
    /// say otherwise).
    #[must_use]
    pub fn dmc_hours(self, month: Month) -> f64 {
        match self {
            Self::Canada => month.of(&DMC_NORTH),
            Self::At(Latitude(lat)) if lat > 30.0 => month.of(&DMC_NORTH),
            Self::At(Latitude(lat)) if lat > 10.0 => month.of(&DMC_TROPIC_NORTH),
            Self::At(Latitude(lat)) if lat > -10.0 => DMC_EQUATOR,
            Self::At(Latitude(lat)) if lat > -30.0 => month.of(&DMC_TROPIC_SOUTH),
            Self::At(_) => month.of(&DMC_SOUTH),
        }
    }

    /// Day-length factor `Lf` for the DC, in units of 0.01 inch of water.
    ///
    /// Bands: −90 to −20, −20 to 20, and over 20; a border belongs to the band south of it.
    #[must_use]
    pub fn dc_factor(self, month: Month) -> f64 {
        match self {
            Self::Canada => month.of(&DC_NORTH),
            Self::At(Latitude(lat)) if lat > 20.0 => month.of(&DC_NORTH),
            Self::At(Latitude(lat)) if lat > -20.0 => DC_EQUATOR,
            Self::At(_) => month.of(&DC_SOUTH),
        }
    }
}

// January to December.
const DMC_NORTH: [f64; 12] = [6.5, 7.5, 9.0, 12.8, 13.9, 13.9, 12.4, 10.9, 9.4, 8.0, 7.0, 6.0];
const DMC_TROPIC_NORTH: [f64; 12] = [7.9, 8.4, 8.9, 9.5, 9.9, 10.2, 10.1, 9.7, 9.1, 8.6, 8.1, 7.8];
const DMC_EQUATOR: f64 = 9.0;
const DMC_TROPIC_SOUTH: [f64; 12] = [10.1, 9.6, 9.1, 8.5, 8.1, 7.8, 7.9, 8.3, 8.9, 9.4, 9.9, 10.2];
const DMC_SOUTH: [f64; 12] = [11.5, 10.5, 9.2, 7.9, 6.8, 6.2, 6.5, 7.4, 8.7, 10.0, 11.2, 11.8];
const DC_NORTH: [f64; 12] = [-1.6, -1.6, -1.6, 0.9, 3.8, 5.8, 6.4, 5.0, 2.4, 0.4, -1.6, -1.6];
const DC_EQUATOR: f64 = 1.4;
const DC_SOUTH: [f64; 12] = [6.4, 5.0, 2.4, 0.4, -1.6, -1.6, -1.6, -1.6, -1.6, 0.9, 3.8, 5.8];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_band_has_its_own_july() {
        let july = Month::new(7).unwrap();
        for (degrees, dmc_hours, dc_factor) in [
            (90.0, 12.4, 6.4),
            (30.1, 12.4, 6.4),
            (30.0, 10.1, 6.4), // the border belongs to the south
            (20.1, 10.1, 6.4),
            (20.0, 10.1, 1.4),
            (10.1, 10.1, 1.4),
            (10.0, 9.0, 1.4),
            (0.0, 9.0, 1.4),
            (-9.9, 9.0, 1.4),
            (-10.0, 7.9, 1.4),
            (-19.9, 7.9, 1.4),
            (-20.0, 7.9, -1.6),
            (-30.0, 6.5, -1.6),
            (-90.0, 6.5, -1.6),
        ] {
            let at = DayLength::At(Latitude::new(degrees).unwrap());
            assert_eq!(
                (at.dmc_hours(july), at.dc_factor(july)),
                (dmc_hours, dc_factor),
                "{degrees}"
            );
        }
        let canada = (DayLength::Canada.dmc_hours(july), DayLength::Canada.dc_factor(july));
        assert_eq!(canada, (12.4, 6.4));
    }

    #[test]
    fn the_south_has_its_summer_in_january() {
        for month in 1..=12 {
            let half_a_year_later = (month + 5) % 12 + 1;
            let (here, there) = (Month::new(month), Month::new(half_a_year_later));
            assert_eq!(here.unwrap().of(&DC_SOUTH), there.unwrap().of(&DC_NORTH), "{month}");
        }
    }

    #[test]
    fn the_tropics_mirror_each_other() {
        for (north, south) in DMC_TROPIC_NORTH.into_iter().zip(DMC_TROPIC_SOUTH) {
            assert!((north + south - 2.0 * DMC_EQUATOR).abs() < 1e-12);
        }
    }

    #[test]
    fn a_latitude_off_the_globe_is_refused() {
        for degrees in [-90.1, 90.1, f64::NAN, f64::INFINITY] {
            assert!(Latitude::new(degrees).is_err(), "{degrees}");
        }
    }
}
