//! Curves: the chance of each rate from what is known of a cell, fitted on rain that was observed.

/// What is known of a cell at a lead, for one rate: the inputs of its curve, in the order of a fit. Levels are
/// those of the rate in dBR; squares have their half side at 30 minutes, and grow with the root of the
/// lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// The carried frame's distance from the rate, in steps of 5 dB, within 3.
    Own,
    /// The same of an older frame, carried.
    Was,
    /// The same of the largest within 6 km.
    Max,
    /// Distance of the expected value from the rate in deviations around the cell, within 4.
    Z,
    /// Log odds of the share of cells within 2 km that reach the rate.
    Near,
    /// The same within 6 km.
    Mid,
    /// The same within 16 km.
    Far,
    /// What the share within 6 km grew by in ten minutes, times 4.
    GrowthMid,
    /// The same within 16 km, times 8.
    GrowthFar,
    /// Logarithm of the view's deviation from what is expected, dB.
    LnSigma,
    /// The same around the cell.
    LnSigmaNear,
    /// What the mean within 16 km grew by in ten minutes, dB, within 5.
    GrowthDb,
    /// The same within 48 km.
    GrowthWideDb,
    /// Logarithm of one more than the kilometres beyond the border from which the cell's rain comes.
    Beyond,
}

impl Feature {
    /// All, in the order of a fit.
    pub(crate) const ALL: [Self; 14] = [
        Self::Own,
        Self::Was,
        Self::Max,
        Self::Z,
        Self::Near,
        Self::Mid,
        Self::Far,
        Self::GrowthMid,
        Self::GrowthFar,
        Self::LnSigma,
        Self::LnSigmaNear,
        Self::GrowthDb,
        Self::GrowthWideDb,
        Self::Beyond,
    ];

    /// Its name in cards.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Was => "was",
            Self::Max => "max",
            Self::Z => "z",
            Self::Near => "near",
            Self::Mid => "mid",
            Self::Far => "far",
            Self::GrowthMid => "growth_mid",
            Self::GrowthFar => "growth_far",
            Self::LnSigma => "ln_sigma",
            Self::LnSigmaNear => "ln_sigma_near",
            Self::GrowthDb => "growth_db",
            Self::GrowthWideDb => "growth_wide_db",
            Self::Beyond => "beyond",
        }
    }
}

/// Numbers of a curve: a constant, then a weight for each of [`Feature::ALL`].
pub(crate) const NUMBERS: usize = Feature::ALL.len() + 1;
/// Lead at which the first half of a fit holds, minutes.
const REFERENCE_MIN: f64 = 30.0;

/// Logistic curves, one a rate, whose numbers change with the logarithm of the lead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curves {
    /// Rates, mm/h, smallest first.
    pub(crate) rates_mm_h: Vec<f32>,
    /// Of each rate its numbers at 30 minutes, and what the logarithm of the lead over 30 minutes adds.
    pub(crate) fit: Vec<[[f64; NUMBERS]; 2]>,
}

impl Curves {
    /// Numbers of rate `k` at a lead.
    pub(super) fn at(&self, k: usize, minutes: f64) -> [f32; NUMBERS] {
        let [at, more] = &self.fit[k];
        let ln = (minutes / REFERENCE_MIN).ln();
        std::array::from_fn(|i| (at[i] + more[i] * ln) as f32)
    }
}

/// Chances `1 / (1 + exp(-x))` of log odds, to a millionth, in place.
#[inline(always)]
pub(super) fn chances(odds: &mut [f32]) {
    // 2^f for f within a half, by Taylor's series; the rest of the power is put into the exponent.
    const ROUND: f32 = 12_582_912.0;
    for x in odds {
        let power = (*x * -std::f32::consts::LOG2_E).clamp(-43.0, 43.0);
        let rounded = power + ROUND;
        let f = power - (rounded - ROUND);
        let part = 1.0
            + f * (std::f32::consts::LN_2
                + f * (0.240_226_5 + f * (0.055_504_11 + f * (0.009_618_13 + f * 0.001_333_36))));
        let whole = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3f80_0000));
        *x = 1.0 / (1.0 + part * whole);
    }
}

/// Natural logarithm of a number above 0, to a ten-thousandth.
#[inline(always)]
pub(super) fn ln_of(x: f32) -> f32 {
    // The power of two, and the rest of 0.7 to 1.4 by the series of ln((1 + t) / (1 - t)).
    let bits = x.to_bits();
    let power = (bits.wrapping_sub(0x3f35_04f3) as i32) >> 23;
    let rest = f32::from_bits(bits.wrapping_sub((power as u32) << 23));
    let t = (rest - 1.0) / (rest + 1.0);
    let squared = t * t;
    let series = 2.0 * t * (1.0 + squared * (1.0 / 3.0 + squared * (0.2 + squared / 7.0)));
    power as f32 * std::f32::consts::LN_2 + series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_the_logistic_curve() {
        for k in -400..=400 {
            let odds = k as f32 * 0.0937;
            let mut got = [odds];
            chances(&mut got);
            let want = 1.0 / (1.0 + (-f64::from(odds)).exp());
            assert!((f64::from(got[0]) - want).abs() < 2e-6, "{odds}: {} not {want}", got[0]);
        }
    }

    #[test]
    fn logarithms_are_those_of_the_standard_library() {
        for k in 0..2000 {
            let x = 1e-6 * 1.0137f32.powi(k % 1100);
            assert!((ln_of(x) - x.ln()).abs() < 2e-6 * (1.0 + x.ln().abs()), "{x}");
        }
    }

    #[test]
    fn a_curve_at_half_an_hour_is_the_first_half_of_its_fit() {
        let fit = [std::array::from_fn(|i| i as f64), [1.0; NUMBERS]];
        let curves = Curves { rates_mm_h: vec![1.0], fit: vec![fit] };
        assert_eq!(curves.at(0, 30.0)[3], 3.0);
        assert!((curves.at(0, 60.0)[3] - 3.693_147).abs() < 1e-5);
    }
}
