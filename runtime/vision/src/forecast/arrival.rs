//! When a cell burns: its arrival time from the probability at each lead.

use ndarray::{Array2, Array3};

/// Chance to burn within the horizon below which no arrival time is given.
pub const ARRIVAL_CHANCE_MIN: f32 = 0.1;

/// When a cell burns if it burns within the horizon: the median of its arrival time, seconds,
/// interpolated linearly within a lead. 0 where `burnt`; NaN where the chance to burn within the
/// horizon is below `chance_min`.
///
/// `probability` is `[L, H, W]` and never falls with lead, `lead_s` increases, `burnt` is `[H, W]`.
/// For a forecast that is sure of itself (0 or 1) this is the middle of the lead that turns to 1.
/// The decision threshold plays no part: *whether* it burns and *when* are two questions.
#[must_use]
pub fn arrival_from_probability(
    probability: &Array3<f32>,
    lead_s: &[f64],
    burnt: &Array2<bool>,
    chance_min: f32,
) -> Array2<f32> {
    let last = lead_s.len().saturating_sub(1);
    Array2::from_shape_fn(burnt.dim(), |(y, x)| {
        if burnt[[y, x]] {
            return 0.0;
        }
        let Some(&chance) = probability.get([last, y, x]) else { return f32::NAN };
        if chance <= 0.0 || chance < chance_min {
            return f32::NAN;
        }
        let (half, mut p0, mut t0) = (0.5 * chance, 0.0f32, 0.0f64);
        for (l, &t) in lead_s.iter().enumerate() {
            let p = probability[[l, y, x]];
            if p >= half {
                let f = if p > p0 { f64::from((half - p0) / (p - p0)) } else { 1.0 };
                return (t0 + f.clamp(0.0, 1.0) * (t - t0)) as f32;
            }
            (p0, t0) = (p, t);
        }
        f32::NAN
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_is_the_median_among_the_leads_it_may_burn_in() {
        struct Case {
            p: [f32; 4],
            burnt: bool,
            want_s: f32,
        }
        for Case { p, burnt, want_s } in [
            Case { p: [0.0, 0.0, 1.0, 1.0], burnt: false, want_s: 25.0 }, // sure: middle of lead 3
            Case { p: [1.0; 4], burnt: false, want_s: 5.0 },
            Case { p: [0.0, 0.2, 0.4, 0.4], burnt: false, want_s: 20.0 }, // half of 0.4 at lead 2
            Case { p: [0.1, 0.2, 0.3, 0.4], burnt: false, want_s: 20.0 },
            Case { p: [0.0, 0.0, 0.0, 0.09], burnt: false, want_s: f32::NAN }, // too unlikely
            Case { p: [0.0; 4], burnt: false, want_s: f32::NAN },
            Case { p: [0.0; 4], burnt: true, want_s: 0.0 },
        ] {
            let arrival_s = arrival_from_probability(
                &Array3::from_shape_fn((4, 1, 1), |(l, _, _)| p[l]),
                &[10.0, 20.0, 30.0, 40.0],
                &Array2::from_elem((1, 1), burnt),
                ARRIVAL_CHANCE_MIN,
            )[[0, 0]];
            assert!(
                (arrival_s - want_s).abs() < 1e-4 || (arrival_s.is_nan() && want_s.is_nan()),
                "{p:?} {arrival_s}"
            );
        }
    }
}
