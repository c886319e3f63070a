//! A golden clip: an input, the answer where the model was made, and how an answer here compares.

use emberline_engine::{Engine, REFERENCE_PRECISION, one_line};
use ndarray::Array3;
use serde::Serialize;

use super::window::WindowOutput;

/// Largest difference allowed from the golden answer.
pub const DIFFERENCE_MAX: f32 = 1e-3;
/// Smallest share of cells and leads that must agree on "probability at least one half".
pub const AGREE_MIN: f64 = 0.999;

/// Smallest share of equal codes of another precision than float32.
pub const CODES_AGREE_MIN: f64 = 0.99;

/// One golden clip on one engine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Engine, as on the command line.
    pub engine: &'static str,
    /// Precision of the graphs.
    pub precision: String,
    /// Name of the golden clip; empty when the engine did not start.
    pub case: String,
    /// Largest difference of the forecast frames.
    pub frames_difference: f32,
    /// Largest difference of burn probability, where the network gives one.
    pub probability_difference: Option<f32>,
    /// Share of cells and leads that agree on "at least one half", likewise.
    pub agree: Option<f64>,
    /// Share of equal codes of both codebooks.
    pub codes_agree: f64,
    /// Seconds for the run.
    pub seconds: f64,
    /// What went wrong, where the engine refused.
    pub fault: Option<String>,
}

impl Check {
    /// Whether the engine gives the golden answer: the frames and, of fire, the probability; where
    /// there is no probability, the codes. Another precision than float32 must keep
    /// [`CODES_AGREE_MIN`] of the codes; what it loses of scores was measured when it was made.
    #[must_use]
    pub fn passed(&self) -> bool {
        if self.precision != REFERENCE_PRECISION {
            let finite = self.frames_difference.is_finite();
            return self.fault.is_none() && finite && self.codes_agree >= CODES_AGREE_MIN;
        }
        let besides = match (self.probability_difference, self.agree) {
            (Some(difference), Some(agree)) => difference <= DIFFERENCE_MAX && agree >= AGREE_MIN,
            _ => self.codes_agree >= AGREE_MIN,
        };
        self.fault.is_none() && self.frames_difference <= DIFFERENCE_MAX && besides
    }
}

/// A golden clip and its answer.
#[derive(Debug)]
pub struct Golden {
    /// Its name in the file.
    pub name: String,
    /// Precision of the graphs that replay it.
    pub precision: String,
    /// Intensity `[T, H, W]`.
    pub frames: Array3<f32>,
    /// Answer, intensity `[L, H, W]`.
    pub forecast: Array3<f32>,
    /// What a golden clip of fire holds besides.
    pub fire: Option<GoldenFire>,
    /// What a golden clip of rain for a model without a network holds besides.
    pub rain: Option<GoldenRain>,
    /// Codes `[T, h, w]` by name.
    pub codes: Vec<(String, Array3<i64>)>,
}

/// What a golden clip of fire holds besides.
#[derive(Debug)]
pub struct GoldenFire {
    /// Front maps `[5 or 6, H, W]`.
    pub front: Array3<f32>,
    /// Answer, probability `[L, H, W]`.
    pub burn_probability: Array3<f32>,
}

/// What a golden clip of rain for a model without a network holds besides; its answer, in place of frames, is
/// the chances of each rate, all leads of the first rate before those of the next.
#[derive(Debug)]
pub struct GoldenRain {
    /// Age of each frame, seconds, oldest first.
    pub age_s: Vec<f64>,
    /// Leads, seconds.
    pub lead_s: Vec<f64>,
    /// Side of a cell, km.
    pub cell_km: f64,
    /// Motion `[2, H, W]`, to the right and downwards, cells a minute.
    pub velocity: Array3<f32>,
}

impl Golden {
    /// How chances `[K L, H, W]`, found in so many `seconds`, compare.
    pub(super) fn of_chances(
        &self,
        engine: &dyn Engine,
        chances: &Array3<f32>,
        seconds: f64,
    ) -> Check {
        let half = |p: &Array3<f32>| p.mapv(|p| p >= 0.5);
        let off = difference(chances, &self.forecast);
        Check {
            engine: engine.name(),
            precision: self.precision.clone(),
            case: self.name.clone(),
            frames_difference: off,
            probability_difference: Some(off),
            agree: Some(equal_share(&half(chances), &half(&self.forecast))),
            codes_agree: 1.0,
            seconds,
            fault: None,
        }
    }

    /// How a window's answer, found in so many `seconds`, compares.
    pub(super) fn compared(
        &self,
        engine: &dyn Engine,
        output: &WindowOutput,
        seconds: f64,
    ) -> Check {
        let half = |p: &Array3<f32>| p.mapv(|p| p >= 0.5);
        let wanted = self.fire.as_ref().map(|f| &f.burn_probability);
        let burn = output.burn_probability.as_ref().zip(wanted);
        let codes = self.codes.iter().filter_map(|(name, want)| {
            let got = output.codes.iter().find(|c| c.name == name)?;
            Some(equal_share(&got.codes.mapv(i64::from), want))
        });
        Check {
            engine: engine.name(),
            precision: self.precision.clone(),
            case: self.name.clone(),
            frames_difference: difference(&output.frames, &self.forecast),
            probability_difference: burn.map(|(got, want)| difference(got, want)),
            agree: burn.map(|(got, want)| equal_share(&half(got), &half(want))),
            codes_agree: codes.fold(1.0, f64::min),
            seconds,
            fault: None,
        }
    }

    /// The check of an engine that gave no answer.
    pub(super) fn failed(&self, engine: &dyn Engine, fault: &str) -> Check {
        failed(engine.name(), &self.precision, &self.name, fault)
    }
}

pub(super) fn failed(engine: &'static str, precision: &str, case: &str, fault: &str) -> Check {
    Check {
        engine,
        precision: precision.to_owned(),
        case: case.to_owned(),
        frames_difference: f32::NAN,
        probability_difference: None,
        agree: None,
        codes_agree: 0.0,
        seconds: 0.0,
        fault: Some(one_line(fault)),
    }
}

/// Largest difference; infinite when a shape differs or a value is no number.
fn difference(a: &Array3<f32>, b: &Array3<f32>) -> f32 {
    if a.dim() != b.dim() {
        return f32::INFINITY;
    }
    a.iter().zip(b).fold(0.0, |most, (a, b)| {
        let d = (a - b).abs();
        if d.is_nan() { f32::INFINITY } else { d.max(most) }
    })
}

fn equal_share<T: PartialEq>(a: &Array3<T>, b: &Array3<T>) -> f64 {
    if a.dim() != b.dim() || a.is_empty() {
        return 0.0;
    }
    a.iter().zip(b).filter(|(a, b)| a == b).count() as f64 / a.len() as f64
}
