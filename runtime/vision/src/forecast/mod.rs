//! A forecast: frames for each lead and what is said of them, whoever made it.

mod arrival;
mod code_map;
mod drift;
mod estimate;
mod provenance;

use ndarray::{Array2, Array3, Array4, ArrayView3, Axis, CowArray, Ix3, Zip};

pub use arrival::{ARRIVAL_CHANCE_MIN, arrival_from_probability};
pub use code_map::CodeMap;
pub use drift::{Drift, Signal};
pub use estimate::{Estimate, Parameter};
pub use provenance::{
    EngineFacts, InputFacts, MaskFacts, MemoryFacts, ModelFacts, Provenance, StageSeconds,
};

use crate::grid::Grid;
use crate::note::Note;
use crate::rain_rate;
use crate::task::Task;

/// What will be seen. Models and baselines give the same type.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Seconds after the last frame seen, one a lead, increasing.
    pub lead_s: Vec<f64>,
    /// Intensity `[M, L, H, W]` in 0..1 of each member (products give it back in the input's unit); one
    /// member where whoever made it knows one future only.
    pub frames: Array4<f32>,
    /// What is predicted besides, by all members together.
    pub predicted: Predicted,
    /// First lead (1 is the first) that was rolled out on the forecast's own output.
    pub rollout_from_lead: Option<usize>,
    /// Codes that the network turned the frames seen into, where its family has such.
    pub codes: Vec<CodeMap>,
    /// How far the clip is from what the model was trained on, where its card can tell.
    pub drift: Option<Drift>,
    /// Where the cells lie.
    pub grid: Grid,
    /// Things a person should know.
    pub notes: Vec<Note>,
}

/// What a forecast predicts besides its frames.
#[derive(Clone, Debug)]
pub enum Predicted {
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
    /// Where `[L, H, W]` the rain of a lead comes from beyond the border, or from where the radar has no data:
    /// a guess; where motion is known.
    pub from_outside: Option<Array3<bool>>,
    /// Whether the forecast's frames are the rain that is likely: at each cell the largest rate whose chance
    /// passes its cut, as one would say yes or no ([`Forecast::likely_mm_h`]). `mm_h` is then what is
    /// expected, the mean of what may come, which is smooth.
    pub frames_are_likely: bool,
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
    /// Rates whose chance maps, files and scores show, mm/h: any rain, moderate and heavy.
    pub const PUBLISHED_RATES_MM_H: [f32; 3] = [0.1, 1.0, 5.0];

    /// Places in `rates_mm_h` of the published rates.
    #[must_use]
    pub fn published(&self) -> Vec<usize> {
        let published = |rate: &f32| Self::PUBLISHED_RATES_MM_H.contains(rate);
        (0..self.rates_mm_h.len()).filter(|k| published(&self.rates_mm_h[*k])).collect()
    }
}

impl Forecast {
    /// Number of members, at least 1.
    #[must_use]
    pub fn members(&self) -> usize {
        self.frames.dim().0
    }

    /// Intensity `[L, H, W]`: that of the only member, or the mean of all.
    #[must_use]
    pub fn mean_frames(&self) -> CowArray<'_, f32, Ix3> {
        if self.members() == 1 {
            return self.frames.index_axis(Axis(0), 0).into();
        }
        self.frames.mean_axis(Axis(0)).unwrap_or_else(|| Array3::zeros((0, 0, 0))).into()
    }

    /// Frames `[L, H, W]` of member `m`.
    #[must_use]
    pub fn member(&self, m: usize) -> ArrayView3<'_, f32> {
        self.frames.index_axis(Axis(0), m)
    }

    /// The rain that is likely, lead by lead and row by row as `mm_h` has it, mm/h, NaN where there is no data;
    /// nothing of a forecast that does not tell it.
    #[must_use]
    pub fn likely(&self) -> Option<impl Iterator<Item = f32> + Clone> {
        let Predicted::Rain(rain) = &self.predicted else { return None };
        let cells = self.frames.iter().zip(&rain.mm_h);
        rain.frames_are_likely.then(|| cells.map(|(share, rate)| likely_mm_h(*share, *rate)))
    }

    /// The rain that is likely at lead `l` (0-based) `[H, W]`, mm/h, NaN where there is no data; of a forecast
    /// that tells none its rate, of one that is not of rain nothing.
    #[must_use]
    pub fn likely_mm_h(&self, l: usize) -> Option<Array2<f32>> {
        let Predicted::Rain(rain) = &self.predicted else { return None };
        let rate = rain.mm_h.index_axis(Axis(0), l);
        if !rain.frames_are_likely {
            return Some(rate.to_owned());
        }
        let frame = self.member(0);
        let frame = frame.index_axis(Axis(0), l);
        Some(Zip::from(&frame).and(&rate).map_collect(|share, rate| likely_mm_h(*share, *rate)))
    }

    /// Forecasts nothing in cells that are never looked at: they do not burn, and at no time.
    pub fn hide_masked(&mut self) {
        let Predicted::Fire(burn) = &mut self.predicted else { return };
        burn.probability.outer_iter_mut().for_each(|lead| self.grid.hide(lead, 0.0));
        self.grid.hide(burn.arrival_s.view_mut(), f32::NAN);
    }

    /// Where and when it burns, in a forecast of fire.
    #[must_use]
    pub fn burn(&self) -> Option<&Burn> {
        match &self.predicted {
            Predicted::Fire(burn) => Some(burn),
            Predicted::Film | Predicted::Rain(_) => None,
        }
    }
}

/// Rate of a share that is likely, mm/h, where the expected `rate` has data.
pub(crate) fn likely_mm_h(share: f32, rate: f32) -> f32 {
    if rate.is_nan() { f32::NAN } else { rain_rate::mm_h(share) }
}

impl Predicted {
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
    /// Whether rain is a guess anywhere, at any lead.
    #[must_use]
    pub fn is_guessed_anywhere(&self) -> bool {
        self.from_outside.as_ref().is_some_and(|guessed| guessed.iter().any(|b| *b))
    }

    /// Share of the cells with data, 0..1, whose rain is a guess at each lead; where motion is known.
    #[must_use]
    pub fn from_outside_by_lead(&self) -> Option<Vec<f64>> {
        let leads = self.from_outside.as_ref()?.outer_iter().zip(self.mm_h.outer_iter());
        let share = leads.map(|(guessed, rate)| {
            let seen = rate.iter().filter(|v| !v.is_nan()).count();
            guessed.iter().filter(|b| **b).count() as f64 / seen.max(1) as f64
        });
        Some(share.collect())
    }

    /// The rates of `frames` `[L, H, W]`, shares in 0..1; `no_data` `[H, W]` is where none is given.
    #[must_use]
    pub fn of(frames: &Array3<f32>, no_data: &Array2<bool>) -> Self {
        let mut mm_h = frames.mapv(rain_rate::mm_h);
        for mut lead in mm_h.outer_iter_mut() {
            lead.zip_mut_with(no_data, |v, &none| {
                if none {
                    *v = f32::NAN;
                }
            });
        }
        Self { mm_h, chance: None, from_outside: None, frames_are_likely: false }
    }
}
