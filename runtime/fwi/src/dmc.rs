//! The Duff Moisture Code: how dry loose duff of a few centimetres is.
//!
//! Equation numbers are those of Van Wagner and Pickett (1985).

use libm::{exp, log};

use crate::date::Month;
use crate::day_length::DayLength;
use crate::refused::{Quantity, Refused, within};
use crate::weather::Noon;

/// The largest DMC taken from the day before; a limit of this crate, far above any that was seen.
pub const MAX_DMC: f64 = 10_000.0;

/// The code at the end of a day, 0 or more, from the code of the day before (0 to [`MAX_DMC`]).
///
/// Rain counts above 1.5 mm, warmth above −1.1 °C. The moisture before rain is reckoned as
/// 20 + 280 · e^(−0.023 DMC), as the programs and the tables made with them have it. The printed
/// equation (12), 20 + e^(5.6348 − DMC/43.43), gives a little more or less after rain: 0.087 at most in
/// a year of GFWED, which uses it.
///
/// # Errors
/// A reading or `before` is NaN or out of its range.
pub fn daily_dmc(
    before: f64,
    noon: &Noon,
    month: Month,
    day_length: DayLength,
) -> Result<f64, Refused> {
    noon.check()?;
    let before = check(before)?;
    let warmth = noon.temp_c.max(-1.1) + 1.1;
    let drying = 1.894e-4 * warmth * (100.0 - noon.rh_percent) * day_length.dmc_hours(month); // (16), (17)
    let wetted = if noon.rain_24h_mm > 1.5 { after_rain(before, noon.rain_24h_mm) } else { before };
    Ok(wetted + drying)
}

pub(crate) fn check(dmc: f64) -> Result<f64, Refused> {
    within(Quantity::Dmc, dmc, 0.0, MAX_DMC)
}

fn after_rain(before: f64, rain_mm: f64) -> f64 {
    let effective_mm = 0.92 * rain_mm - 1.27; // (11)
    let moisture = 20.0 + 280.0 * exp(-0.023 * before); // (12)
    let slope = if before <= 33.0 {
        100.0 / (0.5 + 0.3 * before) // (13a)
    } else if before <= 65.0 {
        14.0 - 1.3 * log(before) // (13b)
    } else {
        6.2 * log(before) - 17.2 // (13c)
    };
    let wet = moisture + 1000.0 * effective_mm / (48.77 + slope * effective_mm); // (14)
    (43.43 * (5.6348 - log(wet - 20.0))).max(0.0) // (15)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Noon = Noon { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_24h_mm: 0.0 };

    fn july(before: f64, noon: &Noon) -> f64 {
        daily_dmc(before, noon, Month::new(7).unwrap(), DayLength::Canada).unwrap()
    }

    #[test]
    fn rain_counts_above_one_and_a_half_millimetres() {
        let after = |rain_24h_mm| july(40.0, &Noon { rain_24h_mm, ..NOON });
        assert_eq!(after(1.5), after(0.0));
        assert!(after(1.6) < after(1.5));
        assert!(after(20.0) < after(1.6));
    }

    #[test]
    fn frost_stops_the_drying() {
        for temp_c in [-1.1, -2.0, -90.0] {
            assert_eq!(july(40.0, &Noon { temp_c, ..NOON }), 40.0);
        }
        assert!(july(40.0, &Noon { temp_c: -1.0, ..NOON }) > 40.0);
    }

    #[test]
    fn saturated_air_stops_the_drying() {
        assert_eq!(july(40.0, &Noon { rh_percent: 100.0, ..NOON }), 40.0);
    }

    #[test]
    fn heavy_rain_never_takes_the_code_below_zero() {
        for before in [0.0, 33.0, 33.1, 65.0, 65.1, MAX_DMC] {
            let code = july(before, &Noon { rain_24h_mm: 2000.0, rh_percent: 100.0, ..NOON });
            assert!((0.0..=before).contains(&code), "{before}: {code}");
        }
    }

    #[test]
    fn a_code_that_is_none_is_refused() {
        for before in [-0.1, MAX_DMC + 1.0, f64::NAN] {
            let month = Month::new(7).unwrap();
            assert!(daily_dmc(before, &NOON, month, DayLength::Canada).is_err());
        }
    }
}
