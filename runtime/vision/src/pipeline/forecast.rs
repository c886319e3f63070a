//! The forecast from one film, written as one folder.

use std::path::Path;

use super::error::PipelineError;
use super::options::PipelineOptions;
use super::prepare::{clip_ending, model_for, open, provenance};
use super::summary::Summary;
use crate::forecast::Provenance;
use crate::model::{Model, RunOptions};
use crate::product::{self, Staged, Written};

/// A forecast that has been written.
#[derive(Debug)]
pub struct ForecastDone {
    /// What made it.
    pub model: Model,
    /// How it came to be, with what a person should know.
    pub provenance: Provenance,
    /// What it comes to.
    pub summary: Summary,
    /// The folder's files.
    pub written: Written,
}

/// Reads `input`, forecasts from frame `at` (the last where not given) and writes the folder `output`;
/// `progress` hears of parts done and of how many.
///
/// # Errors
/// [`PipelineError`]; then `output` is as it was before.
pub fn forecast(
    input: &str,
    output: &Path,
    at: Option<usize>,
    options: &PipelineOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<ForecastDone, PipelineError> {
    // What can be refused is refused before the long work: output, input, model.
    drop(Staged::begin(output)?);
    let opened = open(input, options)?;
    let film = &opened.film;
    let model = model_for(film, options)?;
    let leads = options.leads.unwrap_or(model.folder().card.output.leads);
    model.suits(film, options.source.step_s.unwrap_or_else(|| film.step_s()), leads)?;
    let at = at.unwrap_or(film.frames.len().saturating_sub(1));
    let (clip, clip_s) = clip_ending(film, at, &model, options)?;
    let run = RunOptions { leads, members: options.members, seed: options.seed };
    let (forecast, mut spent) = model.forecast(&clip, run, &mut |done, of| {
        progress(done, of);
        options.stop.flow()
    })?;
    (spent.decode, spent.clip) = (opened.decode_s, clip_s);
    let provenance = provenance(&model, film, &clip, &forecast, spent, options);
    let written = product::write_all(output, &clip, &forecast, &provenance)?;
    let summary = Summary::of(&clip, &forecast);
    Ok(ForecastDone { model, provenance, summary, written })
}
