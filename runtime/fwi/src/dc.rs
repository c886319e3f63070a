//! The Drought Code: how dry deep, compact soil organic matter is, which takes a season to change.
//!
//! Equation numbers are those of Van Wagner and Pickett (1985).

use libm::{exp, log, log1p};

use crate::date::Month;
use crate::day_length::DayLength;
use crate::refused::{Quantity, Refused, within};
use crate::weather::Noon;

/// The largest DC taken from the day before; a limit of this crate, far above any that was seen.
pub const MAX_DC: f64 = 100_000.0;

/// The code at the end of a day, 0 or more, from the code of the day before (0 to [`MAX_DC`]).
///
/// Rain counts above 2.8 mm, warmth above −2.8 °C. Humidity and wind play no part.
///
/// # Errors
/// A reading or `before` is NaN or out of its range.
pub fn daily_dc(
    before: f64,
    noon: &Noon,
    month: Month,
    day_length: DayLength,
) -> Result<f64, Refused> {
    noon.check()?;
    let before = check(before)?;
    let warmth = noon.temp_c.max(-2.8) + 2.8;
    let evaporated = (0.36 * warmth + day_length.dc_factor(month)).max(0.0); // (22)
    let wetted = if noon.rain_24h_mm > 2.8 { after_rain(before, noon.rain_24h_mm) } else { before };
    Ok(wetted + 0.5 * evaporated) // (23)
}

pub(crate) fn check(dc: f64) -> Result<f64, Refused> {
    within(Quantity::Dc, dc, 0.0, MAX_DC)
}

fn after_rain(before: f64, rain_mm: f64) -> f64 {
    let effective_mm = 0.83 * rain_mm - 1.27; // (18)
    let moisture = moisture_equivalent(before);
    (before - 400.0 * log1p(3.937 * effective_mm / moisture)).max(0.0) // (20), (21)
}

/// Water in the layer, in units of 0.01 inch: 800 when it is full. Equation (19).
pub(crate) fn moisture_equivalent(dc: f64) -> f64 {
    800.0 * exp(-dc / 400.0)
}

/// The code at which the layer holds so much water; below 0 when it is more than full.
pub(crate) fn code_of_moisture(equivalent: f64) -> f64 {
    400.0 * log(800.0 / equivalent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Noon = Noon { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_24h_mm: 0.0 };

    fn in_month(month: u8, before: f64, noon: &Noon) -> f64 {
        daily_dc(before, noon, Month::new(month).unwrap(), DayLength::Canada).unwrap()
    }

    #[test]
    fn rain_counts_above_two_point_eight_millimetres() {
        let after = |rain_24h_mm| in_month(7, 300.0, &Noon { rain_24h_mm, ..NOON });
        assert_eq!(after(2.8), after(0.0));
        assert!(after(2.9) < after(2.8));
        assert!(after(20.0) < after(2.9));
    }

    #[test]
    fn a_cold_winter_day_changes_nothing() {
        // The factor of January is negative: evaporation stops at zero, it does not turn round.
        for temp_c in [1.0, -2.8, -90.0] {
            assert_eq!(in_month(1, 300.0, &Noon { temp_c, ..NOON }), 300.0);
        }
        // In July the long day alone dries: half of 6.4.
        assert!((in_month(7, 300.0, &Noon { temp_c: -40.0, ..NOON }) - 303.2).abs() < 1e-12);
    }

    #[test]
    fn heavy_rain_never_takes_the_code_below_zero() {
        for before in [0.0, 15.0, 1000.0, MAX_DC] {
            let wet = Noon { rain_24h_mm: 2000.0, temp_c: -10.0, ..NOON };
            let code = in_month(1, before, &wet);
            assert!((0.0..=before).contains(&code), "{before}: {code}");
        }
    }

    #[test]
    fn a_code_that_is_none_is_refused() {
        for before in [-0.1, MAX_DC + 1.0, f64::NAN] {
            assert!(daily_dc(before, &NOON, Month::new(7).unwrap(), DayLength::Canada).is_err());
        }
    }
}
