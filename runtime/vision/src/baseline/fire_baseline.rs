//! Baselines of fire: the front moves on at a speed that was seen.

use ndarray::{Array2, Array3, Axis};
use serde::{Deserialize, Serialize};

use super::certain::{certain_forecast, lead_s, short_flow};
use crate::clip::{Burning, Clip};
use crate::forecast::{Burn, Forecast, Predicted, arrival_from_probability};
use crate::front::Front;
use crate::motion::farneback::flow_at_end;
use crate::note::Note;

/// Weight of the whole front's mean speed in the blend; the rest is the local speed's.
const BLEND_GLOBAL: f32 = 0.75;
/// Probability from which a cell counts as burning; all are 0 or 1.
const THRESHOLD: f32 = 0.5;

/// A forecaster of fire without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FireBaseline {
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

impl FireBaseline {
    /// All of them, simplest first.
    pub const ALL: [Self; 5] =
        [Self::Persistence, Self::MeanSpeed, Self::OpticalFlow, Self::LocalSpeed, Self::SpeedBlend];

    /// Name in files.
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

    /// Forecast for `leads` steps after the clip, given what burns in it and the front of that.
    ///
    /// Burnt by lead `l` is what lies within `l` frames of the front at the baseline's speed; newly
    /// burnt cells are painted as hot as what counts as burning. Optical flow instead moves the last
    /// frame and the burnt mask, and what has burnt stays burnt.
    #[must_use]
    pub fn forecast(self, clip: &Clip, burning: &Burning, front: &Front, leads: usize) -> Forecast {
        let global = front.global_px;
        let by_speed =
            |speed_px: &dyn Fn(f32) -> f32| by_speed(clip, burning, front, leads, speed_px);
        match self {
            Self::Persistence => by_speed(&|_| 0.0),
            Self::MeanSpeed => by_speed(&|_| global),
            Self::LocalSpeed => by_speed(&|local| local),
            Self::SpeedBlend => {
                by_speed(&|local| BLEND_GLOBAL * global + (1.0 - BLEND_GLOBAL) * local)
            }
            Self::OpticalFlow => by_flow(clip, burning, leads),
        }
    }
}

impl std::fmt::Display for FireBaseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Answers of one forecast while they are found: frames, probability, arrival.
struct Answers {
    frames: Array3<f32>,
    probability: Array3<f32>,
    arrival_s: Array2<f32>,
}

impl Answers {
    /// Frames of the right shape, nothing burnt.
    fn blank(clip: &Clip, leads: usize) -> Self {
        let (_, h, w) = clip.frames.dim();
        Self {
            frames: Array3::zeros((leads, h, w)),
            probability: Array3::zeros((leads, h, w)),
            arrival_s: Array2::from_elem((h, w), f32::NAN),
        }
    }

    fn forecast(self, clip: &Clip, notes: Vec<Note>) -> Forecast {
        let Self { frames, probability, arrival_s } = self;
        let predicted = Predicted::Fire(Burn { probability, arrival_s, threshold: THRESHOLD });
        certain_forecast(clip, frames, predicted, notes)
    }
}

/// The front moves outwards at `speed_px` (from a cell's local speed), pixels per frame.
fn by_speed(
    clip: &Clip,
    burning: &Burning,
    front: &Front,
    leads: usize,
    speed_px: &dyn Fn(f32) -> f32,
) -> Forecast {
    let mut answers = Answers::blank(clip, leads);
    let now = clip.frames.outer_iter().next_back();
    let burnt = burning.burnt.outer_iter().next_back();
    let Some((now, burnt)) = now.zip(burnt) else { return answers.forecast(clip, Vec::new()) };
    for ((y, x), &seen) in now.indexed_iter() {
        let burnt = burnt[[y, x]];
        let speed = speed_px(front.local_px[[y, x]]);
        let distance = front.distance_px[[y, x]];
        for l in 0..leads {
            let reached = !burnt && distance <= (l + 1) as f32 * speed;
            answers.frames[[l, y, x]] = if reached { seen.max(burning.hot) } else { seen };
            answers.probability[[l, y, x]] = f32::from(u8::from(burnt || reached));
        }
        if burnt {
            answers.arrival_s[[y, x]] = 0.0;
        } else if distance <= leads as f32 * speed {
            answers.arrival_s[[y, x]] = (f64::from(distance / speed) * clip.step_s) as f32;
        }
    }
    answers.forecast(clip, Vec::new())
}

/// What was seen moves on along the optical flow of the last frames.
fn by_flow(clip: &Clip, burning: &Burning, leads: usize) -> Forecast {
    let mut answers = Answers::blank(clip, leads);
    let Some(last) = clip.frames.dim().0.checked_sub(1) else {
        return answers.forecast(clip, Vec::new());
    };
    let flow = flow_at_end(&clip.frames);
    let seen = clip.frames.index_axis(Axis(0), last);
    let burnt = burning.now();
    let mask = burnt.mapv(|b| f32::from(u8::from(b)));
    let mut by_now = burnt.clone();
    for l in 0..leads {
        let mut image = answers.frames.index_axis_mut(Axis(0), l);
        let mut probability = answers.probability.index_axis_mut(Axis(0), l);
        for ((y, x), by_now) in by_now.indexed_iter_mut() {
            let times = (l + 1) as f32;
            image[[y, x]] = flow.value_reaching(&seen, y, x, times);
            *by_now |= flow.mask_reaches(&mask, y, x, times);
            probability[[y, x]] = f32::from(u8::from(*by_now));
        }
    }
    answers.arrival_s =
        arrival_from_probability(&answers.probability, &lead_s(clip, leads), &burnt, THRESHOLD);
    answers.forecast(clip, short_flow(last))
}
