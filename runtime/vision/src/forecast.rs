//! A forecast: frames for each lead and what is said of them, whoever made it.

use ndarray::{Array2, Array3, Array4, Axis};

use crate::grid::Grid;
use crate::rain;
use crate::task::Task;

/// What will be seen. Models and baselines give the same type.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Seconds after the last frame seen, one a lead, increasing.
    pub lead_s: Vec<f64>,
    /// Intensity `[L, H, W]` in 0..1 (products give it back in the input's unit).
    pub frames: Array3<f32>,
    /// What is said besides.
    pub said: Said,
    /// First lead (1 is the first) that was rolled out on the forecast's own output.
    pub rollout_from_lead: Option<usize>,
    /// Vector-quantization codes of the coarse view, where a model has them (`[T, h, w]`).
    pub codes_global: Option<Array3<u16>>,
    /// Codes of the fine view (`[T, h, w]`).
    pub codes_local: Option<Array3<u16>>,
    /// How far the clip is from what the model was trained on, where its card can tell.
    pub drift: Option<Drift>,
    /// Where the cells lie.
    pub grid: Grid,
    /// Things a person should know, a line each.
    pub notes: Vec<String>,
}

/// What a forecast says besides its frames.
#[derive(Clone, Debug)]
pub enum Said {
    /// Of a fire: where and when it burns.
    Fire(Burn),
    /// Of any film: nothing else.
    Film,
    /// Of rain: its rate.
    Rain(Rain),
}

/// Where and when a fire will be.
#[derive(Clone, Debug)]
pub struct Burn {
    /// Probability `[L, H, W]` in 0..1 that a cell burns or has burnt by each lead; never falls.
    pub probability: Array3<f32>,
    /// Seconds until a cell burns, if it burns within the horizon `[H, W]`: the median; 0 already
    /// burnt, NaN where the chance to burn within the horizon is below [`ARRIVAL_CHANCE_MIN`].
    pub arrival_s: Array2<f32>,
    /// Probability from which a cell is said to burn: lines on maps, yes-or-no scores.
    pub threshold: f32,
}

/// How much it will rain.
#[derive(Clone, Debug)]
pub struct Rain {
    /// Rate `[L, H, W]`, mm/h; NaN where the last frame seen has no data.
    pub mm_h: Array3<f32>,
    /// How likely it is, where that is known.
    pub chance: Option<Chance>,
}

/// How likely rates of rain are.
#[derive(Clone, Debug, PartialEq)]
pub struct Chance {
    /// Rates, mm/h, smallest first.
    pub rates_mm_h: Vec<f32>,
    /// Chance `[K, L, H, W]` in percent that it rains at each rate or more at each lead;
    /// [`Chance::NO_DATA`] where the last frame seen has no data.
    pub percent: Array4<u8>,
}

impl Chance {
    /// What stands where there is no data.
    pub const NO_DATA: u8 = 255;
    /// Rates that people are told of, mm/h: any rain, moderate and heavy.
    pub const TOLD_MM_H: [f32; 3] = [0.1, 1.0, 5.0];

    /// Places in `rates_mm_h` of those that people are told of.
    #[must_use]
    pub fn told(&self) -> Vec<usize> {
        let told = |rate: &f32| Self::TOLD_MM_H.contains(rate);
        (0..self.rates_mm_h.len()).filter(|k| told(&self.rates_mm_h[*k])).collect()
    }
}

/// How far a clip is from what a model was trained on, by the codes of its codebooks.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Drift {
    /// Largest of the signals below, each as a multiple of its level in the card.
    pub ratio: f64,
    /// How unlike the clip's use of codes is: 0 (as in training) to 1 (nothing in common), bits.
    pub codes_bits: f64,
    /// How surprising the step of a code to the next frame's is, bits, mean over all steps.
    pub all_bits: f64,
    /// The same over steps that change the code; 0 where none does.
    pub change_bits: f64,
    /// Whether the forecast warns: the ratio is above 1.
    pub warned: bool,
}

impl Forecast {
    /// Where and when it burns, in a forecast of fire.
    #[must_use]
    pub fn burn(&self) -> Option<&Burn> {
        match &self.said {
            Said::Fire(burn) => Some(burn),
            Said::Film | Said::Rain(_) => None,
        }
    }
}

impl Said {
    /// The task that this answers.
    #[must_use]
    pub fn task(&self) -> Task {
        match self {
            Self::Fire(_) => Task::FireFront,
            Self::Film => Task::Frames,
            Self::Rain(_) => Task::Rain,
        }
    }
}

impl Burn {
    /// Cells said to burn or have burnt by lead `l` (0-based).
    #[must_use]
    pub fn by(&self, l: usize) -> Array2<bool> {
        self.probability.index_axis(Axis(0), l).mapv(|p| p >= self.threshold)
    }
}

impl Rain {
    /// The rates of `frames` `[L, H, W]`, shares in 0..1; `no_data` `[H, W]` is where none is given.
    #[must_use]
    pub fn of(frames: &Array3<f32>, no_data: &Array2<bool>) -> Self {
        let mut mm_h = frames.mapv(rain::mm_h);
        for mut lead in mm_h.outer_iter_mut() {
            lead.zip_mut_with(no_data, |v, &none| {
                if none {
                    *v = f32::NAN;
                }
            });
        }
        Self { mm_h, chance: None }
    }
}

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
            let said = arrival_from_probability(
                &Array3::from_shape_fn((4, 1, 1), |(l, _, _)| p[l]),
                &[10.0, 20.0, 30.0, 40.0],
                &Array2::from_elem((1, 1), burnt),
                ARRIVAL_CHANCE_MIN,
            )[[0, 0]];
            assert!(
                (said - want_s).abs() < 1e-4 || (said.is_nan() && want_s.is_nan()),
                "{p:?} {said}"
            );
        }
    }
}
