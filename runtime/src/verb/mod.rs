//! The verbs of the command line, one a file, and what they share.

mod bench;
mod demo;
mod doctor;
mod forecast;
mod models;
mod node;
mod replay;
mod table;
mod weather;

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use emberline::clip::Clip;
use emberline::forecast::Forecast;
use emberline::frame::Film;
use emberline::model::{self, EngineAsk, Forecaster, GpuAsk, REFERENCE, Timings};
use emberline::source::{self, Ask};

use crate::cli::{Cli, Pick, Verb};
use crate::spell::spelled;

/// How a verb that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Done,
    /// A check failed or a score fell short.
    Short,
}

/// The model of a film of no special kind; another one is said aloud.
const USUAL: &str = "fire";

/// Runs what was typed.
pub(crate) fn run(cli: Cli) -> anyhow::Result<Outcome> {
    match cli.verb {
        Verb::Demo { out } => demo::run(&out),
        Verb::Forecast(args) => forecast::run(&args),
        Verb::Replay(args) => replay::run(&args),
        Verb::Models { what } => models::run(&what),
        Verb::Doctor { bundle } => doctor::run(bundle.as_deref()),
        Verb::Bench(args) => bench::run(&args),
        Verb::Weather(args) => weather::run(&args),
        Verb::Node { what } => node::run(&what),
    }
}

/// The model asked for, or the one that `film` is usually for, in the engine asked for.
fn forecaster(pick: &Pick, film: &Film) -> anyhow::Result<Forecaster> {
    let usual = model::usual(film.kind);
    if pick.model.is_none() && usual != USUAL {
        say(&format!(
            "note: a {} film: the model {usual} is taken; --model says otherwise",
            film.kind
        ));
    }
    let folder = model::find(pick.model.as_deref().unwrap_or(usual))?;
    let ask = engine_ask(pick);
    let choice = model::choose(&ask, &folder)?;
    Ok(Forecaster::new(folder, choice))
}

/// The engine asked for.
fn engine_ask(pick: &Pick) -> EngineAsk {
    EngineAsk {
        engine: pick.engine,
        precision: pick.precision.clone().unwrap_or_else(|| REFERENCE.to_owned()),
        threads: pick.threads,
        gpu: GpuAsk { cuda_graph: pick.cuda_graph, dla: pick.dla },
        tell: say,
    }
}

/// The film called `input`, and seconds it took to read.
fn open(input: &str, pick: &Pick) -> anyhow::Result<(Film, f64)> {
    let started = Instant::now();
    let ask = Ask {
        kind: pick.kind,
        array: pick.array.clone(),
        step_s: pick.step,
        radar: pick.radar.ask(),
    };
    let film = source::open(input, &ask)?;
    Ok((film, started.elapsed().as_secs_f64()))
}

/// What the film shows up to frame `at`, as the model wants it, and seconds it took.
fn clip_ending(
    film: &Film,
    at: usize,
    forecaster: &Forecaster,
    pick: &Pick,
) -> anyhow::Result<(Clip, f64)> {
    let started = Instant::now();
    let clip = Clip::ending(film, at, &forecaster.folder().card.want(pick.step))
        .map_err(|e| anyhow::anyhow!("input {}: {e}", film.name))?;
    Ok((clip, started.elapsed().as_secs_f64()))
}

/// Leads asked for, or the model's own.
fn leads(forecaster: &Forecaster, pick: &Pick) -> usize {
    pick.leads.map_or(forecaster.folder().card.output.leads, |n| n as usize)
}

/// Seconds that reading the film and making the clip took.
#[derive(Clone, Copy, Debug)]
struct Read {
    decode_s: f64,
    clip_s: f64,
}

/// Facts of one forecast for `forecast.json`.
fn report(
    forecaster: &Forecaster,
    film: &Film,
    clip: &Clip,
    forecast: &Forecast,
    read: Read,
    spent: Timings,
) -> Value {
    let mut warnings: Vec<&String> = film.notes.iter().chain(&clip.notes).collect();
    warnings.extend(&forecast.notes);
    let mut facts = json!({
        "emberline": env!("CARGO_PKG_VERSION"),
        "model": model_facts(forecaster),
        "engine": engine_facts(forecaster),
        "input": {
            "name": film.name,
            "sha256": film.digest,
            "kind": film.kind,
            "frames": film.frames.len(),
            "height": film.grid.height,
            "width": film.grid.width,
            "film_step_s": film.step_s(),
            "times_from": film.time_source,
            "start_utc": film.start_utc.map(|t| t.to_string()),
            "last_frame_seen": clip.picked.last(),
            "frames_seen": clip.picked,
        },
        "timings_s": {
            "decode": read.decode_s,
            "clip": read.clip_s,
            "front": spent.front_s,
            "model": spent.model_s,
            "nowcast": spent.nowcast_s,
        },
        "rollout_from_lead": forecast.rollout_from_lead,
        "warnings": warnings,
    });
    if let Some(drift) = forecast.drift {
        facts["drift"] = json!(drift);
    }
    if let Some(rates) = forecaster.folder().card.rates() {
        facts["rates"] = json!(rates);
    }
    if let Some(nowcast) = &forecaster.folder().card.nowcast {
        facts["nowcast"] = json!(nowcast);
    }
    facts
}

/// Which model, to the byte.
fn model_facts(forecaster: &Forecaster) -> Value {
    let folder = forecaster.folder();
    json!({
        "name": folder.card.name,
        "version": folder.card.version,
        "sha256": folder.sha256(),
        "from": folder.origin.to_string(),
        "precision": forecaster.precision(),
    })
}

/// Which engine, and why.
fn engine_facts(forecaster: &Forecaster) -> Value {
    let engine = forecaster.engine();
    json!({ "name": engine.name(), "detail": engine.detail(), "why": forecaster.why(), "threads": forecaster.threads() })
}

/// A progress bar on a terminal, nothing elsewhere.
fn progress(total: u64, what: &'static str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(total), target).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Writes data to stdout; a reader that went away is an error of its own kind.
fn print(text: &str) -> anyhow::Result<()> {
    let text = spelled(text);
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Says one line to the person.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", spelled(line));
}
