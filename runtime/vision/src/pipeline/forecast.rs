//! The forecast from one film, written as one folder.

use std::path::Path;
use std::time::Instant;

use super::error::PipelineError;
use super::kept_state::{KeptState, begin_at};
use super::leads::Leads;
use super::options::{ForecastOptions, PipelineOptions};
use super::prepare::{Opened, clip_ending, model_for, open, provenance};
use super::summary::Summary;
use crate::clip::Clip;
use crate::forecast::{Forecast, Provenance};
use crate::frame::Film;
use crate::model::{Model, ModelError, RunOptions};
use crate::product::{self, Events, ProductError, Staged, Which, Written, cot};

/// What a forecast is made from.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The input.
    pub film: &'a Film,
    /// What the model sees of it.
    pub clip: &'a Clip,
    /// Seconds that reading took.
    pub decode_s: f64,
    /// Seconds that making the clip took.
    pub clip_s: f64,
}

/// Forecasts `leads` leads by `model` from a clip that is at hand; `progress` hears of parts done and of how many.
///
/// # Errors
/// [`ModelError`] of the model, and [`ModelError::Stopped`].
pub fn forecast_from(
    seen: &Seen<'_>,
    model: &Model,
    leads: usize,
    options: &PipelineOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(Forecast, Provenance), ModelError> {
    let Seen { film, clip, decode_s, clip_s } = *seen;
    let run = RunOptions { leads, members: options.members, seed: options.seed };
    let (forecast, mut spent) = model.forecast(clip, run, &mut |done, of| {
        progress(done, of);
        options.stop.flow()
    })?;
    (spent.decode, spent.clip) = (decode_s, clip_s);
    let provenance = provenance(model, film, clip, &forecast, spent, options);
    Ok((forecast, provenance))
}

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
    /// Its events of Cursor on Target, where they were asked for.
    pub events: Option<Events>,
}

/// Reads `input`, forecasts from the frame asked for and writes the folder `output`, then the state where
/// one is kept; `progress` hears of parts done and of how many.
///
/// # Errors
/// [`PipelineError`]; then `output` and the state are as they were before, but where the state alone cannot
/// be written.
pub fn forecast(
    input: &str,
    output: &Path,
    options: &ForecastOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<ForecastDone, PipelineError> {
    // What can be refused is refused before the long work: output, input, model.
    drop(Staged::begin(output)?);
    let opened = open(input, &options.pipeline)?;
    forecast_opened(opened, output, options, progress, &mut |_| Ok(()))
}

/// The same from an input that is at hand; `beside` writes files of the caller's own into the folder.
///
/// # Errors
/// As [`forecast`], and what `beside` says.
pub fn forecast_opened(
    mut opened: Opened,
    output: &Path,
    options: &ForecastOptions,
    progress: &mut dyn FnMut(usize, usize),
    beside: &mut dyn FnMut(&mut Staged) -> Result<(), ProductError>,
) -> Result<ForecastDone, PipelineError> {
    let ForecastOptions { pipeline: options, at, state, start_utc, cot: name } = options;
    if let Some(start) = *start_utc {
        begin_at(&mut opened.film, start)?;
    }
    let model = model_for(&opened.film, options)?;
    opened.film.notes.extend(product::places(&opened.film.grid, model.folder().card.task)?);
    let film = &opened.film;
    let card = &model.folder().card;
    let Leads { asked_s, count: leads } = Leads::of(film, card, options, card.output.leads)?;
    model.suits(film, asked_s, leads)?;
    let at = at.unwrap_or(film.frames.len().saturating_sub(1));
    if name.is_some() {
        cot::suits(&film.grid, card.task, film.frames.get(at).and_then(|f| f.time.utc))?;
    }
    let (clip, clip_s, kept) = match state {
        Some(path) => {
            let started = Instant::now();
            let want = card.want(asked_s);
            let (clip, kept) = KeptState::clip_ending(path, film, at, &want)?;
            (clip, started.elapsed().as_secs_f64(), Some(kept))
        }
        None => {
            let (clip, clip_s) = clip_ending(film, at, &model, options)?;
            (clip, clip_s, None)
        }
    };
    let seen = Seen { film, clip: &clip, decode_s: opened.decode_s, clip_s };
    let (forecast, mut provenance) = forecast_from(&seen, &model, leads, options, progress)?;
    provenance.memory = kept.as_ref().map(|kept| kept.facts().clone());
    let leads = cot::usual_leads(forecast.lead_s.len());
    let told = |name: &String| cot::events(&clip, &forecast, &provenance, name, &leads);
    let events = name.as_ref().map(told).transpose()?;
    let written = product::write_beside(output, &clip, &forecast, &provenance, Which::All, beside)?;
    if let Some(kept) = &kept {
        kept.write()?;
    }
    let summary = Summary::of(&clip, &forecast);
    Ok(ForecastDone { model, provenance, summary, written, events })
}
