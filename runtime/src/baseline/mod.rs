//! Baselines: simple forecasts that every model is measured against, and the fall-back without one.
//!
//! They give the same type as a model, with certain answers: probabilities are 0 or 1.

use clap::ValueEnum;
use ndarray::{Array2, Array3, Axis};
use serde::{Deserialize, Serialize};

use crate::clip::Clip;
use crate::flow::{self, Flow};
use crate::forecast::{Forecast, arrival_from_probability};
use crate::front::Front;

/// Weight of the whole front's mean speed in the blend; the rest is the local speed's.
const BLEND_GLOBAL: f32 = 0.75;

/// A forecaster without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Nothing moves: the last frame again.
    Persistence,
    /// The whole front moves outwards at its mean speed.
    MeanSpeed,
    /// What was seen moves on as it moved between the last frames.
    OpticalFlow,
    /// Each cell is reached at the speed of the nearest piece of front.
    LocalSpeed,
    /// As local speed, with three quarters of the mean speed and one of the local.
    SpeedBlend,
}

impl Baseline {
    /// All of them, simplest first.
    pub const ALL: [Self; 5] =
        [Self::Persistence, Self::MeanSpeed, Self::OpticalFlow, Self::LocalSpeed, Self::SpeedBlend];

    /// Name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Persistence => "persistence",
            Self::MeanSpeed => "mean-speed",
            Self::OpticalFlow => "optical-flow",
            Self::LocalSpeed => "local-speed",
            Self::SpeedBlend => "speed-blend",
        }
    }

    /// Forecast for `leads` steps after the clip, given the front of the clip's burnt masks.
    ///
    /// Burnt by lead `l` is what lies within `l` frames of the front at the baseline's speed; newly
    /// burnt cells are painted as hot as what counts as burning. Optical flow instead moves the last
    /// frame and the burnt mask, and what has burnt stays burnt.
    #[must_use]
    pub fn forecast(self, clip: &Clip, front: &Front, leads: usize) -> Forecast {
        let global = front.global_px;
        match self {
            Self::Persistence => by_speed(clip, front, leads, |_| 0.0),
            Self::MeanSpeed => by_speed(clip, front, leads, |_| global),
            Self::LocalSpeed => by_speed(clip, front, leads, |local| local),
            Self::SpeedBlend => by_speed(clip, front, leads, |local| {
                BLEND_GLOBAL * global + (1.0 - BLEND_GLOBAL) * local
            }),
            Self::OpticalFlow => by_flow(clip, leads),
        }
    }
}

impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A forecast of `leads` steps, to be filled: frames of the right shape, nothing burnt.
fn blank(clip: &Clip, leads: usize) -> Forecast {
    let (_, h, w) = clip.frames.dim();
    Forecast {
        lead_s: (1..=leads).map(|l| l as f64 * clip.step_s).collect(),
        frames: Array3::zeros((leads, h, w)),
        burn_probability: Array3::zeros((leads, h, w)),
        arrival_s: Array2::from_elem((h, w), f32::NAN),
        threshold: 0.5,
        rollout_from_lead: None,
        codes_global: None,
        codes_local: None,
        grid: clip.grid.clone(),
        notes: Vec::new(),
    }
}

/// The front moves outwards at `speed_px` (from a cell's local speed), pixels per frame.
fn by_speed(clip: &Clip, front: &Front, leads: usize, speed_px: impl Fn(f32) -> f32) -> Forecast {
    let mut forecast = blank(clip, leads);
    let Some(now) = clip.frames.outer_iter().next_back() else { return forecast };
    let Some(burnt) = clip.burnt.outer_iter().next_back() else { return forecast };
    for ((y, x), &seen) in now.indexed_iter() {
        let burnt = burnt[[y, x]];
        let speed = speed_px(front.local_px[[y, x]]);
        let distance = front.distance_px[[y, x]];
        for l in 0..leads {
            let reached = !burnt && distance <= (l + 1) as f32 * speed;
            forecast.frames[[l, y, x]] = if reached { seen.max(clip.hot) } else { seen };
            forecast.burn_probability[[l, y, x]] = f32::from(u8::from(burnt || reached));
        }
        if burnt {
            forecast.arrival_s[[y, x]] = 0.0;
        } else if distance <= leads as f32 * speed {
            forecast.arrival_s[[y, x]] = (f64::from(distance / speed) * clip.step_s) as f32;
        }
    }
    forecast
}

/// What was seen moves on along the optical flow of the last frames.
fn by_flow(clip: &Clip, leads: usize) -> Forecast {
    let mut forecast = blank(clip, leads);
    let Some(last) = clip.frames.dim().0.checked_sub(1) else { return forecast };
    if last < flow::STEPS {
        forecast.notes.push(format!(
            "optical flow over {last} frames, not {}: the clip has only {}",
            flow::STEPS,
            last + 1
        ));
    }
    let flow = Flow::ending(&clip.frames);
    let seen = clip.frames.index_axis(Axis(0), last);
    let burnt = clip.burnt_now();
    let mask = burnt.mapv(|b| f32::from(u8::from(b)));
    let mut by_now = burnt.clone();
    for l in 0..leads {
        let mut image = forecast.frames.index_axis_mut(Axis(0), l);
        let mut probability = forecast.burn_probability.index_axis_mut(Axis(0), l);
        for ((y, x), by_now) in by_now.indexed_iter_mut() {
            let times = (l + 1) as f32;
            image[[y, x]] = flow.moved(&seen, y, x, times);
            *by_now |= flow.brings(&mask, y, x, times);
            probability[[y, x]] = f32::from(u8::from(*by_now));
        }
    }
    forecast.arrival_s = arrival_from_probability(
        &forecast.burn_probability,
        &forecast.lead_s,
        &burnt,
        forecast.threshold,
    );
    forecast
}

#[cfg(test)]
mod tests;
