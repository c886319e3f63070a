//! Rain at a place, from radar frames: when it starts or stops, and how often that was right lately.

use std::path::Path;

use ndarray::{ArrayRef2, Axis};
use serde_json::{Value, json};

use emberline::clip::{Clip, Observed, Truth};
use emberline::forecast::{Chance, Predicted, Rain};
use emberline::frame::{Film, Kind};
use emberline::model::{Model, RunOptions};
use emberline::note::Note;
use emberline::nowcast::Onset;
use emberline::pipeline::{self, Opened, PipelineOptions};
use emberline::product::place::Map;
use emberline::rain_rate::mm_h;

use super::super::outcome::Outcome;
use super::super::screen::{print, progress, say};
use super::super::table::Table;
use super::super::typed::{leads, options};
use super::{area, place};
use crate::cli::WeatherArgs;

/// Share by which a rate may fall short for rounding and still be reached.
const ROUNDING: f32 = 1e-4;

/// Whether an input is a film of radar frames, and no table of readings.
pub(super) fn claims(input: &Path) -> bool {
    let name = input.to_string_lossy().to_ascii_lowercase();
    let film = [".npz", ".pgm", ".pgm.gz", ".tif", ".tiff", ".h5", ".hdf", ".hdf5"];
    input.is_dir() || name.starts_with("sim:") || film.iter().any(|end| name.ends_with(end))
}

/// Everything that is asked of each forecast.
struct Asked<'a> {
    model: &'a Model,
    options: &'a PipelineOptions,
    film: &'a Film,
    cells: Vec<[usize; 2]>,
    rate_mm_h: f32,
    leads: usize,
}

/// One forecast of the place.
struct Made {
    onset: Onset,
    rain: Rain,
    /// Which of the rates with a chance counts as rain.
    k: usize,
    clip: Clip,
    notes: Vec<Note>,
}

/// How earlier forecasts of the place came out.
#[derive(Default)]
struct Checked {
    made: usize,
    came_true: usize,
    /// How many should have come true by their own chances.
    expected: f64,
    /// Why there are not more.
    why: Option<String>,
}

/// Runs the verb on radar frames.
pub(super) fn run(args: &WeatherArgs) -> anyhow::Result<Outcome> {
    let name = args.input.display().to_string();
    if args.station.is_some() || args.zone.is_some() {
        anyhow::bail!("{name}: radar frames have no --station and no --zone; leave them out");
    }
    let mut pick = args.pick.clone();
    pick.kind = pick.kind.or(Some(Kind::Rain));
    let options = options(&pick);
    let Opened { film, .. } = pipeline::open(&name, &options)?;
    let model = pipeline::model_for(&film, &options)?;
    let chances = model.folder().card.nowcast.as_ref().and_then(|n| n.chance.as_ref());
    let Some(chances) = chances else {
        let id = model.folder().card.id();
        anyhow::bail!("model {id}: tells no chances of rain; use --model rain");
    };
    // As far as chances were checked, which is about an hour, if nothing else is asked for.
    let leads = if pick.leads.is_some() { leads(&model, &pick) } else { chances.leads };
    model.suits(&film, pick.step.unwrap_or_else(|| film.step_s()), leads)?;
    let map = Map::of(&film.grid)?.ok_or_else(|| {
        anyhow::anyhow!(
            "{name}: the frames do not tell where they lie; give --crs, or files that do"
        )
    })?;
    let size = [film.grid.height, film.grid.width];
    let cells = match (&args.radar.area, &args.at) {
        (Some(file), _) => area::of_file(&map, file, size)?,
        (None, Some(at)) => area::of_place(&map, place(at)?, size)?,
        (None, None) => anyhow::bail!("{name}: rain where? give --at LAT,LON, or --area FILE"),
    };
    let asked = Asked {
        model: &model,
        options: &options,
        film: &film,
        cells,
        rate_mm_h: args.radar.rate,
        leads,
    };
    let last = film.frames.len() - 1;
    let now = asked.forecast(last, pick.step)?;
    let checked = asked.checked(last, args.radar.checks as usize, pick.step)?;
    if args.json {
        print(&serde_json::to_string_pretty(&asked.document(args, &now, &checked))?)?;
        return Ok(Outcome::Done);
    }
    print(&asked.text(args, &now, &checked))?;
    for note in asked.notes(&now) {
        say(&format!("note: {note}"));
    }
    Ok(Outcome::Done)
}

impl Asked<'_> {
    /// The forecast from frame `at`.
    fn forecast(&self, at: usize, step_s: Option<f64>) -> anyhow::Result<Made> {
        let want = self.model.folder().card.want(step_s);
        let clip = Clip::ending(self.film, at, &want)
            .map_err(|e| anyhow::anyhow!("input {}: {e}", self.film.name))?;
        let (forecast, _) =
            self.model.forecast(&clip, RunOptions::leads(self.leads), &mut |_, _| {
                self.options.stop.flow()
            })?;
        let Predicted::Rain(Rain { mm_h, chance: Some(chance) }) = forecast.predicted else {
            anyhow::bail!("input {}: no chances were told of it", self.film.name);
        };
        let near = |rate: &f32| (rate / self.rate_mm_h - 1.0).abs() < ROUNDING;
        let Some(k) = chance.rates_mm_h.iter().position(near) else {
            let rates: Vec<String> = chance.rates_mm_h.iter().map(f32::to_string).collect();
            let rates = rates.join(", ");
            anyhow::bail!("--rate {}: chances are told of {rates} mm/h", self.rate_mm_h);
        };
        let wet = self.chance(&chance, k).ok_or_else(|| {
            anyhow::anyhow!("input {}: the radar has no data there", self.film.name)
        })?;
        let rate = self.most(&self.seen(&clip)).unwrap_or(0.0);
        let onset = Onset::of(&wet, self.reached(rate));
        let rain = Rain { mm_h, chance: Some(chance) };
        Ok(Made { onset, rain, k, clip, notes: forecast.notes })
    }

    /// Chance in 0..1 at each lead that it rains anywhere in the area: no less than in its likeliest
    /// cell. `None` where no cell has data.
    fn chance(&self, chance: &Chance, k: usize) -> Option<Vec<f64>> {
        let each = self.cells.iter().filter_map(|cell| chance.by_lead(k, *cell));
        each.reduce(|most, one| most.iter().zip(&one).map(|(a, b)| a.max(*b)).collect())
    }

    /// Rates of the last frame seen, mm/h, NaN without data.
    fn seen(&self, clip: &Clip) -> ndarray::Array2<f32> {
        let last = clip.frames.dim().0 - 1;
        let mut rates = clip.frames.index_axis(Axis(0), last).mapv(mm_h);
        if let Observed::Rain(unseen) = &clip.observed {
            rates.zip_mut_with(&unseen.now(), |v, none| *v = if *none { f32::NAN } else { *v });
        }
        rates
    }

    /// Largest rate in the area, mm/h; `None` where no cell has data.
    fn most(&self, rates: &ArrayRef2<f32>) -> Option<f32> {
        let each = self.cells.iter().map(|cell| rates[*cell]).filter(|v| !v.is_nan());
        each.reduce(f32::max)
    }

    fn reached(&self, rate_mm_h: f32) -> bool {
        rate_mm_h >= self.rate_mm_h * (1.0 - ROUNDING)
    }

    /// Whether it rained in the area at each lead; `None` where some lead was not seen.
    fn came(&self, truth: &Truth) -> Option<Vec<bool>> {
        let Observed::Rain(unseen) = &truth.observed else { return None };
        let lead = |l: usize| {
            let mut rates = truth.frames.index_axis(Axis(0), l).mapv(mm_h);
            let none = unseen.no_data.index_axis(Axis(0), l);
            rates.zip_mut_with(&none, |v, none| *v = if *none { f32::NAN } else { *v });
            self.most(&rates).map(|rate| self.reached(rate))
        };
        if truth.lead_s.len() < self.leads {
            return None;
        }
        (0..self.leads).map(lead).collect()
    }

    /// Forecasts from the newest frames whose whole horizon has been seen, held against it.
    fn checked(&self, last: usize, most: usize, step_s: Option<f64>) -> anyhow::Result<Checked> {
        let mut checked = Checked::default();
        let want = self.model.folder().card.want(step_s);
        let bar = progress(most as u64, "earlier forecasts");
        for at in (0..last).rev() {
            if checked.made == most {
                break;
            }
            let Ok(clip) = Clip::ending(self.film, at, &want) else { continue };
            let Some(came) = self.came(&clip.truth(self.film, self.leads)) else { continue };
            let Ok(made) = self.forecast(at, step_s) else { continue };
            checked.made += 1;
            checked.came_true += usize::from(made.onset.came_true(&came));
            checked.expected += made.onset.chance();
            bar.inc(1);
        }
        bar.finish_and_clear();
        checked.why = (checked.made < most).then(|| {
            format!(
                "of the film's frames {} have {} seen steps after them",
                checked.made, self.leads
            )
        });
        Ok(checked)
    }

    fn text(&self, args: &WeatherArgs, made: &Made, checked: &Checked) -> String {
        let step_min = made.clip.step_s / 60.0;
        let rate = self.most(&self.seen(&made.clip)).unwrap_or(0.0);
        let mut text = format!(
            "{}: last frame {}, {rate:.1} mm/h there now\n\n{}\n",
            self.place(args),
            self.time(made).unwrap_or_else(|| format!("at {} s", made.clip.end_s())),
            made.onset.words(self.leads, step_min),
        );
        if self.rate_mm_h > 0.1 {
            text += &format!("(rain of {} mm/h or more)\n", self.rate_mm_h);
        }
        text += &checked.words();
        let chance = made.rain.chance.as_ref();
        let told: Vec<usize> = chance.map_or_else(Vec::new, Chance::published);
        let mut headings = vec!["in min".to_owned(), "mm/h".to_owned()];
        let rates = |k: &usize| chance.map_or(0.0, |c| c.rates_mm_h[*k]);
        headings.extend(told.iter().map(|k| format!("≥ {} mm/h", rates(k))));
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        let mut table = Table::new(&headings);
        let by: Vec<Option<Vec<f64>>> =
            told.iter().map(|k| chance.and_then(|c| self.chance(c, *k))).collect();
        for (l, frame) in made.rain.mm_h.outer_iter().enumerate() {
            let minutes = format!("{:.0}", (l + 1) as f64 * step_min);
            let rate = self.most(&frame).map_or_else(|| "–".to_owned(), |v| format!("{v:.1}"));
            let percent = |p: &Option<Vec<f64>>| {
                p.as_ref().map_or_else(|| "–".to_owned(), |p| format!("{:.0} %", 100.0 * p[l]))
            };
            table.row([vec![minutes, rate], by.iter().map(percent).collect()].concat());
        }
        text + "\n" + &table.text() + "not for evacuation decisions\n"
    }

    fn place(&self, args: &WeatherArgs) -> String {
        match (&args.radar.area, &args.at) {
            (Some(file), _) => format!("{} ({} cells)", file.display(), self.cells.len()),
            (None, at) => at.clone().unwrap_or_default(),
        }
    }

    fn time(&self, made: &Made) -> Option<String> {
        Some(made.clip.end_utc?.to_string())
    }

    /// What a person should know of the film and the forecast.
    fn notes(&self, made: &Made) -> Vec<String> {
        let seen = self.film.notes.iter().chain(&made.clip.notes);
        seen.chain(&made.notes).map(ToString::to_string).collect()
    }

    fn document(&self, args: &WeatherArgs, made: &Made, checked: &Checked) -> Value {
        let step_min = made.clip.step_s / 60.0;
        let chance = made.rain.chance.as_ref();
        let rates = chance.map_or(&[][..], |c| &c.rates_mm_h);
        let leads: Vec<Value> = made
            .rain
            .mm_h
            .outer_iter()
            .enumerate()
            .map(|(l, frame)| {
                let of = |k: usize| chance.and_then(|c| self.chance(c, k)).map(|p| p[l]);
                let chances: Vec<Value> = (0..rates.len())
                    .map(|k| json!({ "mm_h": decimal(rates[k]), "chance": of(k) }))
                    .collect();
                json!({
                    "lead_s": (l + 1) as f64 * made.clip.step_s,
                    "rain_mm_h": self.most(&frame),
                    "chances": chances,
                })
            })
            .collect();
        let mut onset = json!(made.onset);
        onset["words"] = json!(made.onset.words(self.leads, step_min));
        onset["rate_mm_h"] = json!(chance.map(|c| decimal(c.rates_mm_h[made.k])));
        let folder = self.model.folder();
        json!({
            "emberline": env!("CARGO_PKG_VERSION"),
            "input": { "name": self.film.name, "sha256": self.film.digest },
            "model": { "id": folder.card.id(), "sha256": folder.sha256() },
            "engine": self.model.why(),
            "place": self.place(args),
            "cells": self.cells.len(),
            "last_frame_utc": self.time(made),
            "step_s": made.clip.step_s,
            "rain_now_mm_h": self.most(&self.seen(&made.clip)),
            "onset": onset,
            "earlier_forecasts": {
                "made": checked.made,
                "came_true": checked.came_true,
                "expected_true": checked.expected,
                "note": checked.why,
            },
            "leads": leads,
            "notes": self.notes(made),
        })
    }
}

impl Checked {
    fn words(&self) -> String {
        let why = self.why.as_ref().map_or_else(String::new, |why| format!("; {why}"));
        if self.made == 0 {
            return format!("no earlier forecast was checked{why}\n");
        }
        format!(
            "of the last {} forecasts of this place that could be checked {} came true ({:.1} by their \
             own chances){why}\n",
            self.made, self.came_true, self.expected
        )
    }
}

/// A rate through its decimal form: 0.1, not 0.10000000149011612.
fn decimal(rate: f32) -> f64 {
    rate.to_string().parse().unwrap_or(f64::from(rate))
}
