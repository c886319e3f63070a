//! Forecasts of one place from any frame of one film, and whether they came true.

use ndarray::Axis;

use super::cells::Cells;
use super::earlier_forecasts::EarlierForecasts;
use super::error::RainAtError;
use super::place_forecast::PlaceForecast;
use super::statement::{Statement, is_reached, rates_mm_h};
use crate::clip::{Observed, Truth};
use crate::forecast::{Predicted, Rain};
use crate::frame::Film;
use crate::model::{Model, ModelError, RunOptions};
use crate::pipeline::error::PipelineError;
use crate::pipeline::options::PipelineOptions;
use crate::pipeline::prepare::clip_ending;

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
        let Statement { onset, k } =
            Statement::of(&self.cells, self.rate_mm_h, &clip, &chance, &self.film.name)?;
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

    /// Whether it rained at each lead; `None` where some lead was not seen.
    fn came(&self, truth: &Truth) -> Option<Vec<bool>> {
        let Observed::Rain(unseen) = &truth.observed else { return None };
        if truth.lead_s.len() < self.leads {
            return None;
        }
        let lead = |l: usize| {
            let frame = truth.frames.index_axis(Axis(0), l);
            let rates = rates_mm_h(&frame, &unseen.no_data.index_axis(Axis(0), l));
            self.cells.most_mm_h(&rates).map(|rate| is_reached(rate, self.rate_mm_h))
        };
        (0..self.leads).map(lead).collect()
    }
}
