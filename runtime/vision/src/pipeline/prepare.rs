//! What every pipeline begins with: the input read, the model for it, a clip; and what is said of it.

use std::time::Instant;

use serde_json::{Map, json};

use super::error::PipelineError;
use super::options::PipelineOptions;
use crate::clip::Clip;
use crate::forecast::{Forecast, InputFacts, MaskFacts, Provenance, StageSeconds};
use crate::frame::Film;
use crate::model::{self, Model, ModelError};
use crate::note::Note;
use crate::source::{self, SourceError};

/// The model of a film of no special kind; another one is told.
const USUAL: &str = "fire";

/// An input that was read.
#[derive(Debug)]
pub struct Opened {
    /// The whole film.
    pub film: Film,
    /// Seconds that reading took.
    pub decode_s: f64,
}

/// Reads the input called `input`.
///
/// # Errors
/// [`SourceError`] names the file and what to do about it.
pub fn open(input: &str, options: &PipelineOptions) -> Result<Opened, SourceError> {
    let started = Instant::now();
    let film = source::read_film(input, &options.source)?;
    Ok(Opened { film, decode_s: started.elapsed().as_secs_f64() })
}

/// The model asked for, or the one that `film` is usually for, in the engine asked for.
///
/// # Errors
/// [`ModelError`] of a model that is not known or damaged, or an engine that does not start.
pub fn model_for(film: &Film, options: &PipelineOptions) -> Result<Model, ModelError> {
    let usual = model::usual(film.kind);
    if options.model.is_none() && usual != USUAL {
        tracing::info!(
            "note: a {} film: the model {usual} is taken; ‹model› says otherwise",
            film.kind
        );
    }
    let folder = model::find(options.model.as_deref().unwrap_or(usual))?;
    Model::open(folder, &options.engine)
}

/// What `film` shows up to frame `at`, as the model wants it, and seconds it took.
///
/// # Errors
/// [`PipelineError::NoClip`].
pub fn clip_ending(
    film: &Film,
    at: usize,
    model: &Model,
    options: &PipelineOptions,
) -> Result<(Clip, f64), PipelineError> {
    let started = Instant::now();
    let want = model.folder().card.want(options.asked_s());
    let clip = Clip::ending(film, at, &want)
        .map_err(|cause| PipelineError::NoClip { input: film.name.clone(), cause })?;
    Ok((clip, started.elapsed().as_secs_f64()))
}

/// What is said of a palette.
fn palette(note: &Note) -> Option<&'static str> {
    let Note::PaletteUndone { palette, .. } = note else { return None };
    Some(palette)
}

/// What is said of a mask.
fn mask(note: &Note) -> Option<MaskFacts> {
    let Note::Masked { file, sha256, cells, .. } = note else { return None };
    Some(MaskFacts { name: file.clone(), sha256: sha256.clone(), cells: *cells })
}

/// How a forecast came to be; `spent` are the seconds of its stages.
#[must_use]
pub fn provenance(
    model: &Model,
    film: &Film,
    clip: &Clip,
    forecast: &Forecast,
    spent: StageSeconds,
    options: &PipelineOptions,
) -> Provenance {
    let spelled = |note: &Note| (options.spell)(&note.to_string());
    let forecast_notes: Vec<String> =
        clip.notes.iter().chain(&forecast.notes).map(spelled).collect();
    let film_notes = film.notes.iter().map(spelled);
    let card = &model.folder().card;
    let mut settings = Map::new();
    if let Some(rates) = card.rates() {
        settings.insert("rates".to_owned(), json!(rates));
    }
    if let Some(nowcast) = &card.nowcast {
        settings.insert("nowcast".to_owned(), json!(nowcast));
    }
    Provenance {
        emberline: env!("CARGO_PKG_VERSION"),
        model: model.facts(),
        engine: model.engine_facts(),
        input: InputFacts {
            name: film.name.clone(),
            sha256: film.digest.clone(),
            kind: film.kind,
            frames: film.frames.len(),
            height: film.grid.height,
            width: film.grid.width,
            film_step_s: film.step_s(),
            times_from: film.time_source(),
            start_utc: film.start_utc(),
            mask: film.notes.iter().find_map(mask),
            palette: film.notes.iter().find_map(palette),
            last_frame_seen: clip.picked.last().copied(),
            frames_seen: clip.picked.clone(),
        },
        timings_s: spent,
        rollout_from_lead: forecast.rollout_from_lead,
        warnings: film_notes.chain(forecast_notes.iter().cloned()).collect(),
        forecast_notes,
        drift: forecast.drift.clone(),
        memory: None,
        settings,
    }
}
