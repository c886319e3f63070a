//! Winter: how much of last autumn's drought is left in the ground in spring.
//!
//! Lawson and Armitage (2008), equations 2 to 4 and Table 9. Only the DC needs it; FFMC and DMC start
//! anew. With about 200 mm of precipitation the ground is full again and the plain start is right.

use crate::codes::Codes;
use crate::dc;
use crate::refused::{Quantity, Refused, within};

/// The winter between two seasons.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Winter {
    /// Rain and melted snow from the last day of one season to the first of the next, mm, 0 to 20,000.
    pub precipitation_mm: f64,
    /// How much of autumn's moisture was still there when the ground froze.
    pub carry_over: CarryOver,
    /// How much of the snow went into the ground.
    pub wetting: Wetting,
}

/// Carry-over fraction `a` of last autumn's moisture (Lawson and Armitage 2008, Table 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum CarryOver {
    /// 1.0: the DC was reckoned until 1 November, lasting snow or frozen ground, whichever was first.
    Full,
    /// 0.75: it was stopped before that, or warm winds lay the ground bare now and then.
    Part,
    /// 0.5: forest whose soil dries for long in autumn or winter.
    Half,
}

impl CarryOver {
    /// The fraction `a`.
    #[must_use]
    pub fn fraction(self) -> f64 {
        match self {
            Self::Full => 1.0,
            Self::Part => 0.75,
            Self::Half => 0.5,
        }
    }
}

/// Effectiveness `b` of winter precipitation (Lawson and Armitage 2008, Table 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Wetting {
    /// 0.9: poorly drained, boggy ground with deep organic layers.
    Boggy,
    /// 0.75: moderately drained ground that freezes late or not deeply and takes most of the melt.
    Moderate,
    /// 0.5: well drained or early and deeply frozen ground, or slopes from which the melt runs off.
    Drained,
}

impl Wetting {
    /// The fraction `b`.
    #[must_use]
    pub fn fraction(self) -> f64 {
        match self {
            Self::Boggy => 0.9,
            Self::Moderate => 0.75,
            Self::Drained => 0.5,
        }
    }
}

/// The DC with which spring starts, from the last DC of autumn; never below the 15 of
/// [`Codes::START`].
///
/// # Errors
/// `last_dc` or the precipitation is NaN or out of its range.
pub fn overwintered_dc(last_dc: f64, winter: &Winter) -> Result<f64, Refused> {
    let last_dc = dc::check(last_dc)?;
    let fell_mm = within(Quantity::WinterMm, winter.precipitation_mm, 0.0, 20_000.0)?;
    let kept = winter.carry_over.fraction() * dc::moisture_equivalent(last_dc);
    let gained = winter.wetting.fraction() * 3.94 * fell_mm;
    Ok(dc::code_of_moisture(kept + gained).max(Codes::START.dc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wet_winter_starts_at_15_and_a_dry_one_does_not() {
        let after = |precipitation_mm, carry_over| {
            let winter = Winter { precipitation_mm, carry_over, wetting: Wetting::Moderate };
            overwintered_dc(300.0, &winter).unwrap()
        };
        assert_eq!(after(500.0, CarryOver::Full), 15.0);
        assert!((after(0.0, CarryOver::Full) - 300.0).abs() < 1e-9);
        assert!(after(0.0, CarryOver::Part) > 300.0); // the soil dried on
        assert!(after(50.0, CarryOver::Half) > after(50.0, CarryOver::Part));
    }

    #[test]
    fn bad_inputs_are_refused() {
        for bad in [-0.1, 1e9, f64::NAN] {
            let (carry_over, wetting) = (CarryOver::Full, Wetting::Boggy);
            let good = Winter { precipitation_mm: 100.0, carry_over, wetting };
            let winter = Winter { precipitation_mm: bad, ..good };
            assert!(overwintered_dc(300.0, &winter).is_err());
            assert!(overwintered_dc(bad, &good).is_err());
        }
    }
}
