//! `emberline forecast`: one film in, one folder out.

use std::path::Path;

use emberline::forecast::Forecast;
use emberline::model::Forecaster;
use emberline::product::{self, Staged};

use super::{Outcome, Read, clip_ending, forecaster, leads, open, print, progress, report, say};
use crate::cli::{ForecastArgs, Pick};

/// Runs the verb.
pub(crate) fn run(args: &ForecastArgs) -> anyhow::Result<Outcome> {
    let made = make(&args.input, &args.output, args.at, &args.pick)?;
    made.say();
    if args.json {
        print(&std::fs::read_to_string(args.output.join("forecast.json"))?)?;
    } else {
        print(&args.output.display().to_string())?;
    }
    Ok(Outcome::Done)
}

/// A forecast that has been written.
#[derive(Debug)]
pub(super) struct Made {
    forecaster: Forecaster,
    forecast: Forecast,
    warnings: Vec<String>,
    burnt_now: usize,
}

/// Reads `input`, forecasts from frame `at` (the last where `None`), and writes `output`.
pub(super) fn make(
    input: &str,
    output: &Path,
    at: Option<usize>,
    pick: &Pick,
) -> anyhow::Result<Made> {
    // What can be refused is refused before the long work: output, input, model.
    drop(Staged::begin(output)?);
    let (film, decode_s) = open(input, pick)?;
    let forecaster = forecaster(pick)?;
    let leads = leads(&forecaster, pick);
    forecaster.suits(&film, pick.step.unwrap_or_else(|| film.step_s()), leads)?;
    let at = at.unwrap_or(film.frames.len().saturating_sub(1));
    let (clip, clip_s) = clip_ending(&film, at, &forecaster, pick)?;
    let bar = progress(0, "forecast");
    let (forecast, spent) = forecaster.forecast(&clip, leads, &mut |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let facts = report(&forecaster, &film, &clip, &forecast, Read { decode_s, clip_s }, spent);
    product::write_all(output, &film, &clip, &forecast, &facts)?;
    let mut warnings = film.notes;
    warnings.extend(clip.notes.iter().cloned());
    warnings.extend(forecast.notes.iter().cloned());
    let burnt_now = clip.burnt_now().iter().filter(|b| **b).count();
    Ok(Made { forecaster, forecast, warnings, burnt_now })
}

impl Made {
    /// Tells a person what was forecast, by what, and what to be wary of.
    pub(super) fn say(&self) {
        let card = &self.forecaster.folder().card;
        say(&format!("model: {}, {}", card.id(), self.forecaster.folder().origin));
        say(&format!("engine: {}", self.forecaster.why()));
        let f = &self.forecast;
        let last = f.lead_s.len().saturating_sub(1);
        let then = f.burnt_by(last).iter().filter(|b| **b).count();
        say(&format!(
            "burnt now: {} cells; by +{} s: {then} cells at probability {} or more",
            self.burnt_now,
            f.lead_s.get(last).copied().unwrap_or(0.0),
            f.threshold
        ));
        for warning in &self.warnings {
            say(&format!("note: {warning}"));
        }
    }
}
