//! Forecasts of one place from any frame of one film, and whether they came true.

use ndarray::{Array2, ArrayRef2, Axis};

use super::cells::Cells;
use super::earlier_forecasts::EarlierForecasts;
use super::error::RainAtError;
use super::place_forecast::PlaceForecast;
use crate::clip::{Clip, Observed, Truth};
use crate::forecast::{Predicted, Rain};
use crate::frame::Film;
use crate::model::{Model, ModelError, RunOptions};
use crate::nowcast::Onset;
use crate::pipeline::error::PipelineError;
use crate::pipeline::options::PipelineOptions;
use crate::pipeline::prepare::clip_ending;
use crate::rain_rate::mm_h;

/// Share by which a rate may fall short for rounding and still be reached.
const ROUNDING: f32 = 1e-4;

/// What all forecasts of the place have in common.
pub(super) struct Forecaster<'a> {
    /// What forecasts.
    pub(super) model: &'a Model,
    /// How.
    pub(super) options: &'a PipelineOptions,
    /// What was seen.
    pub(super) film: &'a Film,
    /// The place.
    pub(super) cells: Cells,
    /// What counts as rain, mm/h.
    pub(super) rate_mm_h: f32,
    /// Leads of each forecast.
    pub(super) leads: usize,
}

impl Forecaster<'_> {
    /// The forecast from frame `at`.
    pub(super) fn forecast(&self, at: usize) -> Result<PlaceForecast, PipelineError> {
        let (clip, _) = clip_ending(self.film, at, self.model, self.options)?;
        let PipelineOptions { members, seed, stop, .. } = self.options;
        let run = RunOptions { leads: self.leads, members: *members, seed: *seed };
        let (forecast, _) = self.model.forecast(&clip, run, &mut |_, _| stop.flow())?;
        let input = || self.film.name.clone();
        let leads = 0..forecast.lead_s.len();
        let likely = |l| self.cells.most_mm_h(&forecast.likely_mm_h(l)?);
        let likely_mm_h: Vec<Option<f32>> = leads.map(likely).collect();
        let Predicted::Rain(rain @ Rain { chance: Some(_), .. }) = forecast.predicted else {
            return Err(RainAtError::ForecastWithoutChances { input: input() }.into());
        };
        let likely_mm_h = rain.frames_are_likely.then_some(likely_mm_h);
        let most_mm_h = rain.mm_h.outer_iter().map(|lead| self.cells.most_mm_h(&lead)).collect();
        let Some(chance) = rain.chance else {
            return Err(RainAtError::ForecastWithoutChances { input: input() }.into());
        };
        let near = |rate: &f32| (rate / self.rate_mm_h - 1.0).abs() < ROUNDING;
        let Some(k) = chance.rates_mm_h.iter().position(near) else {
            let known: Vec<String> = chance.rates_mm_h.iter().map(f32::to_string).collect();
            let (rate_mm_h, known) = (self.rate_mm_h, known.join(", "));
            return Err(RainAtError::UnknownRate { rate_mm_h, known }.into());
        };
        let wet = self.cells.chance_by_lead(&chance, k);
        let wet = wet.ok_or_else(|| RainAtError::NoData { input: input() })?;
        let rains = self.now_mm_h(&clip).is_some_and(|rate| self.reached(rate));
        let onset = Onset::of(&wet, rains);
        Ok(PlaceForecast { onset, most_mm_h, likely_mm_h, chance, k, clip, notes: forecast.notes })
    }

    /// Forecasts from the newest frames whose whole horizon has been seen, at most so many, held
    /// against it; `progress` hears of forecasts made and of how many.
    pub(super) fn earlier(
        &self,
        most: usize,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<EarlierForecasts, PipelineError> {
        let mut earlier = EarlierForecasts::default();
        let last = self.film.frames.len().saturating_sub(1);
        for at in (0..last).rev() {
            if earlier.made == most {
                break;
            }
            let clip = clip_ending(self.film, at, self.model, self.options);
            let Ok((clip, _)) = clip else { continue };
            let Some(came) = self.came(&clip.truth(self.film, self.leads)) else { continue };
            let onset = match self.forecast(at) {
                Ok(forecast) => forecast.onset,
                Err(PipelineError::Model(ModelError::Stopped)) => {
                    return Err(ModelError::Stopped.into());
                }
                Err(_) => continue,
            };
            earlier.add(onset.chance(), onset.came_true(&came));
            progress(earlier.made, most);
        }
        if earlier.made < most {
            earlier.note = Some(format!(
                "of the film's frames {} have {} seen steps after them",
                earlier.made, self.leads
            ));
        }
        Ok(earlier)
    }

    /// Largest rate at the last frame of `clip`, mm/h; `None` where no cell has data.
    pub(super) fn now_mm_h(&self, clip: &Clip) -> Option<f32> {
        let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
        self.cells.most_mm_h(&match &clip.observed {
            Observed::Rain(unseen) => rates_mm_h(&last, &unseen.now()),
            Observed::Fire(_) | Observed::Film => last.mapv(mm_h),
        })
    }

    /// Whether it rained at each lead; `None` where some lead was not seen.
    fn came(&self, truth: &Truth) -> Option<Vec<bool>> {
        let Observed::Rain(unseen) = &truth.observed else { return None };
        if truth.lead_s.len() < self.leads {
            return None;
        }
        let lead = |l: usize| {
            let frame = truth.frames.index_axis(Axis(0), l);
            let rates = rates_mm_h(&frame, &unseen.no_data.index_axis(Axis(0), l));
            self.cells.most_mm_h(&rates).map(|rate| self.reached(rate))
        };
        (0..self.leads).map(lead).collect()
    }

    fn reached(&self, rate_mm_h: f32) -> bool {
        rate_mm_h >= self.rate_mm_h * (1.0 - ROUNDING)
    }
}

/// Rates `[H, W]` of a frame of intensity, mm/h, NaN without data.
fn rates_mm_h(frame: &ArrayRef2<f32>, no_data: &ArrayRef2<bool>) -> Array2<f32> {
    let mut rates = frame.mapv(mm_h);
    rates.zip_mut_with(no_data, |v, none| *v = if *none { f32::NAN } else { *v });
    rates
}
