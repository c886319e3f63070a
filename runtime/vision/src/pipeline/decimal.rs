//! A rate through its decimal form, for files that people read: 0.1, not 0.10000000149011612.

/// The shortest decimal that is `rate` in single precision.
pub(super) fn decimal(rate: f32) -> f64 {
    rate.to_string().parse().unwrap_or(f64::from(rate))
}
