//! `emberline forecast`: one film in, one folder out.

use std::path::Path;

use ndarray::{Array2, Axis};

use emberline::clip::{Clip, Shown};
use emberline::forecast::{Forecast, Said};
use emberline::model::Forecaster;
use emberline::product::{self, Staged};
use emberline::rain::{LEAST_MM_H, mm_h};

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
    warnings: Vec<String>,
    /// What there is now and will be, in a line.
    told: String,
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
    let forecaster = forecaster(pick, &film)?;
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
    let told = told(&clip, &forecast);
    Ok(Made { forecaster, warnings, told })
}

/// What there is now and will be at the last lead, in a line.
fn told(clip: &Clip, f: &Forecast) -> String {
    let last = f.lead_s.len().saturating_sub(1);
    let lead_s = f.lead_s.get(last).copied().unwrap_or(0.0);
    let count = |mask: &Array2<bool>| mask.iter().filter(|b| **b).count();
    match (&clip.shown, &f.said) {
        (Shown::Fire(burning), Said::Fire(burn)) => format!(
            "burnt now: {} cells; by +{lead_s} s: {} cells at probability {} or more",
            count(&burning.now()),
            count(&burn.by(last)),
            burn.threshold
        ),
        (_, Said::Rain(rain)) => {
            let wet = |v: &&f32| **v >= LEAST_MM_H;
            let now = clip.frames.outer_iter().next_back();
            let now = now.map_or(0, |f| f.iter().filter(|v| wet(&&mm_h(**v))).count());
            let then = rain.mm_h.index_axis(Axis(0), last).iter().filter(wet).count();
            format!(
                "rain of {LEAST_MM_H} mm/h or more now: {now} cells; at +{lead_s} s: {then} cells"
            )
        }
        _ => format!("{} frames forecast, up to +{lead_s} s", f.lead_s.len()),
    }
}

impl Made {
    /// Tells a person what was forecast, by what, and what to be wary of.
    pub(super) fn say(&self) {
        let card = &self.forecaster.folder().card;
        say(&format!("model: {}, {}", card.id(), self.forecaster.folder().origin));
        say(&format!("engine: {}", self.forecaster.why()));
        say(&self.told);
        for warning in &self.warnings {
            say(&format!("note: {warning}"));
        }
    }
}
