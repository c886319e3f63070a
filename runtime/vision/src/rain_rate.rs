//! Rain rates: millimetres an hour, the 8-bit code of the contract, and the share that networks see.
//!
//! A code `v` of 1 to 254 is R = 0.1 · 10^(0.015 (v − 1)) mm/h, 0 is dry, 255 no data; a share is
//! `v / 254`. The same definitions stand in `export/emberline_export/data/rain.py`.

/// Smallest rate that is rain, mm/h.
pub const LEAST_MM_H: f32 = 0.1;
/// Code of the largest rate.
pub(crate) const FULL_CODE: u8 = 254;
/// Code of a cell without data.
pub(crate) const NO_DATA_CODE: u8 = 255;
/// Powers of ten between two codes.
const STEP: f64 = 0.015;
/// dBR that stands for no rain, that of the first code, and that between two codes.
pub(crate) const DRY_DBR: f64 = -15.0;
const FIRST_DBR: f64 = -10.0;
const STEP_DBR: f64 = 0.15;

/// Largest rate that has a code, mm/h: 623.7.
#[must_use]
pub(crate) fn most_mm_h() -> f32 {
    mm_h(1.0)
}

/// Rate of a share in 0..1, mm/h; below half of the first code it is dry, 0.
#[must_use]
pub fn mm_h(share: f32) -> f32 {
    let code = share * f32::from(FULL_CODE);
    if code < 0.5 {
        return 0.0;
    }
    LEAST_MM_H * ((STEP * std::f64::consts::LOG2_10) as f32 * (code - 1.0)).exp2()
}

/// Share, 0..1, of a rate: 0 below 0.1 mm/h, 1 from the largest rate on, NaN of NaN.
#[must_use]
pub(crate) fn share_of_mm_h(mm_h: f32) -> f32 {
    if mm_h.is_nan() {
        return f32::NAN;
    }
    if mm_h < LEAST_MM_H {
        return 0.0;
    }
    let code = (f64::from(mm_h) / f64::from(LEAST_MM_H)).log10() / STEP + 1.0;
    ((code / f64::from(FULL_CODE)) as f32).min(1.0)
}

/// Share, 0..1, of a rate of 0.1 mm/h or more that is given by its natural logarithm.
#[must_use]
pub(crate) fn share_of_ln(ln_mm_h: f64) -> f32 {
    let code = (ln_mm_h / std::f64::consts::LN_10 + 1.0) / STEP + 1.0;
    ((code / f64::from(FULL_CODE)) as f32).min(1.0)
}

/// dBR of a share, 10 log10 of mm/h, and that of a dry one.
#[must_use]
pub(crate) fn dbr(share: f32) -> f64 {
    let code = f64::from(share) * f64::from(FULL_CODE);
    if code < 0.5 { DRY_DBR } else { FIRST_DBR + STEP_DBR * (code - 1.0) }
}

/// Share, 0..1, of a code; NaN for no data.
#[must_use]
pub fn share_of_code(code: u8) -> f32 {
    match code {
        NO_DATA_CODE => f32::NAN,
        code => f32::from(code) / f32::from(FULL_CODE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_rates_and_shares_are_the_contracts() {
        // Code, mm/h: 0.1 · 10^(0.015 (v − 1)), by numpy 2.3.
        for (code, want) in [
            (0, 0.0),
            (1, 0.1),
            (2, 0.103_514),
            (68, 1.011_579),
            (134, 9.885_531),
            (254, 623.734_8),
        ] {
            let share = share_of_code(code);
            let rate = mm_h(share);
            assert!((rate - want).abs() <= 2e-5 * want.max(1e-3), "{code}: {rate}");
            assert!((share_of_mm_h(rate) - share).abs() < 1e-5, "{code}");
        }
        for (rate, share) in [(0.0, 0.0), (0.0999, 0.0), (-1.0, 0.0), (700.0, 1.0), (1e9, 1.0)] {
            assert_eq!(share_of_mm_h(rate), share, "{rate}");
        }
        assert!(share_of_code(NO_DATA_CODE).is_nan() && share_of_mm_h(f32::NAN).is_nan());
        assert_eq!(mm_h(0.4 / 254.0), 0.0, "less than half a code is dry");
        for code in [1, 2, 68, 254] {
            let rate = f64::from(mm_h(share_of_code(code)));
            assert!((dbr(share_of_code(code)) - 10.0 * rate.log10()).abs() < 1e-4, "{code}");
        }
        assert!(dbr(f32::NAN).is_nan() && dbr(0.0) == DRY_DBR);
    }
}
