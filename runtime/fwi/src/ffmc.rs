//! The Fine Fuel Moisture Code: how dry litter and needles are, day by day or hour by hour.
//!
//! Equation numbers are those of Van Wagner and Pickett (1985).

use libm::{exp, pow, sqrt};

use crate::ff_scale::FfScale;
use crate::refused::{Quantity, Refused, within};
use crate::weather::{Hour, Noon};

/// The code at the end of a day, 0 to 101, from the code of the day before (0 to 101).
///
/// The first 0.5 mm of rain stay in the canopy.
///
/// # Errors
/// A reading or `before` is NaN or out of its range.
pub fn daily_ffmc(before: f64, noon: &Noon, scale: FfScale) -> Result<f64, Refused> {
    noon.check()?;
    let mut moisture = scale.moisture_percent(check(before)?); // (1)
    if noon.rain_24h_mm > 0.5 {
        moisture = wetted(moisture, noon.rain_24h_mm - 0.5); // (2)
    }
    let air = Air { temp_c: noon.temp_c, rh_percent: noon.rh_percent, wind_km_h: noon.wind_km_h };
    Ok(scale.code(air.settle(moisture, 0.581)))
}

/// The code at the end of one step of hours, 0 to 101, from the code before it (0 to 101).
///
/// Van Wagner (1977) with the equations of 1987, as in cffdrs. Two things differ from the daily code:
/// fuel settles at the pace of hours, and rain is not reduced by a canopy. One thing differs from
/// cffdrs: the result is kept at 101 at most, as the daily code is (cffdrs gives up to 101.2 in heat
/// that no fire has seen, and could then no longer be stepped).
///
/// # Errors
/// A reading or `before` is NaN or out of its range.
pub fn hourly_ffmc(before: f64, hour: &Hour, scale: FfScale) -> Result<f64, Refused> {
    hour.check()?;
    let mut moisture = scale.moisture_percent(check(before)?);
    if hour.rain_mm > 0.0 {
        moisture = wetted(moisture, hour.rain_mm);
    }
    let air = Air { temp_c: hour.temp_c, rh_percent: hour.rh_percent, wind_km_h: hour.wind_km_h };
    Ok(scale.code(air.settle(moisture, 0.0579 * hour.step_hours)))
}

pub(crate) fn check(ffmc: f64) -> Result<f64, Refused> {
    within(Quantity::Ffmc, ffmc, 0.0, 101.0)
}

/// Moisture after `rain_mm` (more than 0) on the fuel itself; never over 250 %.
fn wetted(moisture: f64, rain_mm: f64) -> f64 {
    let soaked = 42.5 * rain_mm * exp(-100.0 / (251.0 - moisture)) * (1.0 - exp(-6.93 / rain_mm)); // (3a)
    let already_wet = (moisture - 150.0).max(0.0);
    let extra = 0.0015 * already_wet * already_wet * sqrt(rain_mm); // (3b)
    (moisture + soaked + extra).min(250.0)
}

struct Air {
    temp_c: f64,
    rh_percent: f64,
    wind_km_h: f64,
}

impl Air {
    /// Moves `moisture` towards balance with this air; `pace` is 0.581 for a day, 0.0579 an hour.
    fn settle(&self, moisture: f64, pace: f64) -> f64 {
        let rh = self.rh_percent;
        let damp = exp((rh - 100.0) / 10.0);
        let cool = 0.18 * (21.1 - self.temp_c) * (1.0 - exp(-0.115 * rh));
        let dries_to = 0.942 * pow(rh, 0.679) + 11.0 * damp + cool; // (4)
        let wets_to = 0.618 * pow(rh, 0.753) + 10.0 * damp + cool; // (5)
        if moisture > dries_to {
            let left = pow(10.0, -pace * self.rate(rh / 100.0)); // (6)
            dries_to + (moisture - dries_to) * left // (8)
        } else if moisture < wets_to {
            let left = pow(10.0, -pace * self.rate((100.0 - rh) / 100.0)); // (7)
            wets_to - (wets_to - moisture) * left // (9)
        } else {
            moisture
        }
    }

    /// How fast it settles, for a humidity (drying) or dryness (wetting) of 0 to 1.
    fn rate(&self, share: f64) -> f64 {
        let still = 0.424 * (1.0 - pow(share, 1.7));
        let windy = 0.0694 * sqrt(self.wind_km_h) * (1.0 - pow(share, 8.0));
        (still + windy) * exp(0.0365 * self.temp_c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Noon = Noon { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_24h_mm: 0.0 };
    const HOUR: Hour =
        Hour { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_mm: 0.0, step_hours: 1.0 };

    fn after_rain(rain_24h_mm: f64) -> f64 {
        daily_ffmc(85.0, &Noon { rain_24h_mm, ..NOON }, FfScale::Printed1987).unwrap()
    }

    #[test]
    fn rain_counts_above_half_a_millimetre() {
        assert_eq!(after_rain(0.5), after_rain(0.0));
        assert!(after_rain(0.6) < after_rain(0.5));
        assert!(after_rain(1.5) < after_rain(0.6));
    }

    #[test]
    fn hourly_rain_counts_at_once() {
        let after = |rain_mm| hourly_ffmc(85.0, &Hour { rain_mm, ..HOUR }, FfScale::Exact).unwrap();
        assert!(after(0.1) < after(0.0));
    }

    #[test]
    fn a_step_of_no_length_changes_nothing() {
        let still = Hour { step_hours: 0.0, ..HOUR };
        assert!((hourly_ffmc(85.0, &still, FfScale::Exact).unwrap() - 85.0).abs() < 1e-12);
    }

    #[test]
    fn the_code_stays_within_0_and_101_at_the_corners_of_the_weather() {
        let airs = [-90.0, -40.0, 0.0, 60.0].into_iter().flat_map(|temp_c| {
            [0.0, 50.0, 100.0].into_iter().flat_map(move |rh_percent| {
                [0.0, 400.0].map(|wind_km_h| Noon { temp_c, rh_percent, wind_km_h, ..NOON })
            })
        });
        for (air, rain_24h_mm) in airs.flat_map(|air| [0.0, 0.6, 2000.0].map(|rain| (air, rain))) {
            let noon = Noon { rain_24h_mm, ..air };
            let Noon { temp_c, rh_percent, wind_km_h, .. } = noon;
            let hour = Hour { temp_c, rh_percent, wind_km_h, rain_mm: rain_24h_mm, ..HOUR };
            for scale in [FfScale::Printed1987, FfScale::Exact] {
                for before in [0.0, 85.0, 101.0] {
                    let day = daily_ffmc(before, &noon, scale).unwrap();
                    let step = hourly_ffmc(before, &hour, scale).unwrap();
                    assert!((0.0..=101.0).contains(&day), "{before} {noon:?} {day}");
                    assert!((0.0..=101.0).contains(&step), "{before} {hour:?} {step}");
                }
            }
        }
    }

    #[test]
    fn a_code_that_is_none_is_refused() {
        for before in [-0.1, 101.1, f64::NAN, f64::INFINITY] {
            assert!(daily_ffmc(before, &NOON, FfScale::Exact).is_err());
            assert!(hourly_ffmc(before, &HOUR, FfScale::Exact).is_err());
        }
    }
}
