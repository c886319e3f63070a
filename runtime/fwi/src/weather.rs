//! Weather as the fire weather system wants it: one observation at noon, or one hourly step.

use crate::refused::{Quantity, Refused, within};

/// Air temperatures taken, °C: what has been measured on Earth (−89.2 to 56.7), and a little more.
pub(crate) const TEMP_C: (f64, f64) = (-90.0, 60.0);
/// Wind taken, km/h. No mean of ten minutes over 400 has been measured.
pub(crate) const WIND_KM_H: (f64, f64) = (0.0, 400.0);
/// Rain taken, mm: the record of 24 hours is 1,825.
pub(crate) const RAIN_MM: (f64, f64) = (0.0, 2000.0);

/// The weather at noon **local standard time** (13:00 where clocks show summer time).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Noon {
    /// Air temperature in the screen, °C, −90 to 60.
    pub temp_c: f64,
    /// Relative humidity, %, 0 to 100.
    pub rh_percent: f64,
    /// Wind 10 m above open ground, mean of ten minutes, km/h, 0 to 400.
    pub wind_km_h: f64,
    /// Rain from noon of the day before to this noon, mm, 0 to 2,000.
    pub rain_24h_mm: f64,
}

impl Noon {
    /// Checks every reading.
    ///
    /// # Errors
    /// [`Refused::NotANumber`] or [`Refused::OutOfRange`], with the first reading that is wrong.
    pub fn check(&self) -> Result<(), Refused> {
        air(self.temp_c, self.rh_percent, self.wind_km_h)?;
        within(Quantity::Rain24hMm, self.rain_24h_mm, RAIN_MM.0, RAIN_MM.1)?;
        Ok(())
    }
}

/// The weather of one step, for the hourly FFMC. It is taken to be constant over the step.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Hour {
    /// Air temperature in the screen, °C, −90 to 60.
    pub temp_c: f64,
    /// Relative humidity, %, 0 to 100.
    pub rh_percent: f64,
    /// Wind 10 m above open ground, km/h, 0 to 400.
    pub wind_km_h: f64,
    /// Rain within the step, mm, 0 to 2,000.
    pub rain_mm: f64,
    /// Length of the step in hours, 0 to 24. The method was made for 1; much longer is poor.
    pub step_hours: f64,
}

impl Hour {
    /// Checks every reading.
    ///
    /// # Errors
    /// [`Refused::NotANumber`] or [`Refused::OutOfRange`], with the first reading that is wrong.
    pub fn check(&self) -> Result<(), Refused> {
        air(self.temp_c, self.rh_percent, self.wind_km_h)?;
        within(Quantity::RainStepMm, self.rain_mm, RAIN_MM.0, RAIN_MM.1)?;
        within(Quantity::StepHours, self.step_hours, 0.0, 24.0)?;
        Ok(())
    }
}

fn air(temp_c: f64, rh_percent: f64, wind_km_h: f64) -> Result<(), Refused> {
    within(Quantity::TempC, temp_c, TEMP_C.0, TEMP_C.1)?;
    within(Quantity::RhPercent, rh_percent, 0.0, 100.0)?;
    within(Quantity::WindKmH, wind_km_h, WIND_KM_H.0, WIND_KM_H.1)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Noon = Noon { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_24h_mm: 0.0 };
    const HOUR: Hour =
        Hour { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_mm: 0.0, step_hours: 1.0 };

    #[test]
    fn the_ends_of_each_range_are_taken() {
        for (temp_c, rh_percent, wind_km_h, rain_24h_mm) in
            [(-90.0, 0.0, 0.0, 0.0), (60.0, 100.0, 400.0, 2000.0)]
        {
            assert_eq!(Noon { temp_c, rh_percent, wind_km_h, rain_24h_mm }.check(), Ok(()));
        }
    }

    #[test]
    fn bad_readings_are_named() {
        use Quantity::{Rain24hMm, RainStepMm, RhPercent, StepHours, TempC, WindKmH};
        let noons = [
            (Noon { temp_c: 60.1, ..FINE }, TempC),
            (Noon { temp_c: -90.1, ..FINE }, TempC),
            (Noon { rh_percent: -0.1, ..FINE }, RhPercent),
            (Noon { rh_percent: 100.1, ..FINE }, RhPercent),
            (Noon { wind_km_h: -0.1, ..FINE }, WindKmH),
            (Noon { wind_km_h: f64::INFINITY, ..FINE }, WindKmH),
            (Noon { rain_24h_mm: -0.1, ..FINE }, Rain24hMm),
            (Noon { rain_24h_mm: f64::NEG_INFINITY, ..FINE }, Rain24hMm),
        ];
        for (noon, quantity) in noons {
            assert!(
                matches!(noon.check(), Err(Refused::OutOfRange { what, .. }) if what == quantity),
                "{noon:?}"
            );
        }
        for (hour, quantity) in [
            (Hour { rain_mm: -0.1, ..HOUR }, RainStepMm),
            (Hour { step_hours: -1.0, ..HOUR }, StepHours),
            (Hour { step_hours: 24.1, ..HOUR }, StepHours),
        ] {
            assert!(
                matches!(hour.check(), Err(Refused::OutOfRange { what, .. }) if what == quantity),
                "{hour:?}"
            );
        }
    }

    #[test]
    fn nan_is_never_taken() {
        let nan = f64::NAN;
        for noon in [
            Noon { temp_c: nan, ..FINE },
            Noon { rh_percent: nan, ..FINE },
            Noon { wind_km_h: nan, ..FINE },
            Noon { rain_24h_mm: nan, ..FINE },
        ] {
            assert!(matches!(noon.check(), Err(Refused::NotANumber { .. })), "{noon:?}");
        }
        for hour in [Hour { rain_mm: nan, ..HOUR }, Hour { step_hours: nan, ..HOUR }] {
            assert!(matches!(hour.check(), Err(Refused::NotANumber { .. })), "{hour:?}");
        }
    }
}
