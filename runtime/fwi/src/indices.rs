//! The indices: what the three codes and the wind say about spread, fuel and intensity of a fire.
//!
//! Equation numbers are those of Van Wagner and Pickett (1985). Danger classes ("high", "extreme") are not here:
//! each agency sets its own for its own forests.

use libm::{exp, log, pow};

use crate::codes::Codes;
use crate::ff_scale::FfScale;
use crate::refused::{Quantity, Refused, within};
use crate::weather::WIND_KM_H;
use crate::{dc, dmc, ffmc};

/// The largest ISI, BUI or FWI taken as an input; a limit of this crate.
const MAX_INDEX: f64 = 1e12;

/// The four indices of one day; none has a unit, none has an upper end.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Indices {
    /// Initial Spread Index: how fast a fire would spread, from FFMC and wind.
    pub isi: f64,
    /// Buildup Index: how much fuel could burn, from DMC and DC.
    pub bui: f64,
    /// Fire Weather Index: how intense the front would be, from ISI and BUI.
    pub fwi: f64,
    /// Daily Severity Rating: the FWI weighed by how hard a fire is to put out; may be averaged.
    pub dsr: f64,
}

impl Indices {
    /// The indices for the codes of a day and the wind at its noon.
    ///
    /// # Errors
    /// A code or the wind is NaN or out of its range.
    pub fn of(codes: &Codes, wind_km_h: f64, scale: FfScale) -> Result<Self, Refused> {
        let isi = initial_spread(codes.ffmc, wind_km_h, scale)?;
        let bui = buildup(codes.dmc, codes.dc)?;
        let fwi = fire_weather(isi, bui)?;
        let dsr = daily_severity(fwi)?;
        Ok(Self { isi, bui, fwi, dsr })
    }
}

/// Initial Spread Index for an FFMC of 0 to 101 and a wind of 0 to 400 km/h.
///
/// This is the index of the FWI System; the Fire Behavior Prediction System bends it above 40 km/h.
///
/// # Errors
/// An input is NaN or out of its range.
pub fn initial_spread(ffmc: f64, wind_km_h: f64, scale: FfScale) -> Result<f64, Refused> {
    let moisture = scale.moisture_percent(ffmc::check(ffmc)?);
    let wind_km_h = within(Quantity::WindKmH, wind_km_h, WIND_KM_H.0, WIND_KM_H.1)?;
    let wind = exp(0.05039 * wind_km_h); // (24)
    let fuel = 91.9 * exp(-0.1386 * moisture) * (1.0 + pow(moisture, 5.31) / 4.93e7); // (25)
    Ok(0.208 * wind * fuel) // (26)
}

/// Buildup Index for a DMC of 0 to 10,000 and a DC of 0 to 100,000.
///
/// # Errors
/// An input is NaN or out of its range.
pub fn buildup(dmc: f64, dc: f64) -> Result<f64, Refused> {
    let (dmc, dc) = (dmc::check(dmc)?, dc::check(dc)?);
    if dmc == 0.0 {
        return Ok(0.0); // also spares 0/0 when both are 0
    }
    let mean = 0.8 * dmc * dc / (dmc + 0.4 * dc); // (27a)
    if dmc <= 0.4 * dc {
        return Ok(mean);
    }
    let share = 1.0 - 0.8 * dc / (dmc + 0.4 * dc);
    Ok((dmc - share * (0.92 + pow(0.0114 * dmc, 1.7))).max(0.0)) // (27b)
}

/// Fire Weather Index for an ISI and a BUI of 0 or more.
///
/// # Errors
/// An input is NaN or out of its range.
pub fn fire_weather(isi: f64, bui: f64) -> Result<f64, Refused> {
    let isi = within(Quantity::Isi, isi, 0.0, MAX_INDEX)?;
    let bui = within(Quantity::Bui, bui, 0.0, MAX_INDEX)?;
    let fuel = if bui <= 80.0 {
        0.626 * pow(bui, 0.809) + 2.0 // (28a)
    } else {
        1000.0 / (25.0 + 108.64 * exp(-0.023 * bui)) // (28b)
    };
    let intensity = 0.1 * isi * fuel; // (29)
    if intensity > 1.0 {
        Ok(exp(2.72 * pow(0.434 * log(intensity), 0.647))) // (30a)
    } else {
        Ok(intensity) // (30b)
    }
}

/// Daily Severity Rating for an FWI of 0 or more. Equation (31).
///
/// # Errors
/// The input is NaN or out of its range.
pub fn daily_severity(fwi: f64) -> Result<f64, Refused> {
    Ok(0.0272 * pow(within(Quantity::Fwi, fwi, 0.0, MAX_INDEX)?, 1.77))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wet_fuel_gives_nothing() {
        assert_eq!(buildup(0.0, 0.0), Ok(0.0));
        assert_eq!(buildup(0.0, 500.0), Ok(0.0));
        assert_eq!(fire_weather(0.0, 0.0), Ok(0.0));
        assert_eq!(daily_severity(0.0), Ok(0.0));
        assert!(initial_spread(0.0, 0.0, FfScale::Printed1987).unwrap() < 1e-8);
    }

    #[test]
    fn the_two_halves_of_each_equation_nearly_meet() {
        // (27a) and (27b) at DMC = 0.4 DC; (28a) and (28b) at BUI 80; (30) at 1.
        let jump = |low: Result<f64, _>, high: Result<f64, _>| {
            let (low, high): (f64, f64) = (low.unwrap(), high.unwrap());
            (high - low).abs()
        };
        assert!(jump(buildup(40.0, 100.0), buildup(40.000_001, 100.0)) < 1e-4);
        assert!(jump(fire_weather(1.0, 80.0), fire_weather(1.0, 80.000_001)) < 0.05);
        assert!(jump(fire_weather(5.0, 0.0), fire_weather(5.000_001, 0.0)) < 1e-3);
    }

    #[test]
    fn everything_stays_finite_at_the_ends() {
        for ffmc in [0.0, 101.0] {
            for dmc in [0.0, dmc::MAX_DMC] {
                for dc in [0.0, dc::MAX_DC] {
                    for wind in [0.0, 400.0] {
                        let codes = Codes { ffmc, dmc, dc };
                        let all = Indices::of(&codes, wind, FfScale::Printed1987).unwrap();
                        for value in [all.isi, all.bui, all.fwi, all.dsr] {
                            assert!(value.is_finite() && value >= 0.0, "{codes:?} {all:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn bad_inputs_are_refused() {
        for bad in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(initial_spread(bad, 0.0, FfScale::Exact).is_err());
            assert!(initial_spread(85.0, bad, FfScale::Exact).is_err());
            assert!(buildup(bad, 0.0).is_err() && buildup(0.0, bad).is_err());
            assert!(fire_weather(bad, 0.0).is_err() && fire_weather(0.0, bad).is_err());
            assert!(daily_severity(bad).is_err());
        }
    }
}
