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
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use emberline::engine::{EngineOptions, GpuOptions, REFERENCE_PRECISION};
use emberline::model::Model;
use emberline::pipeline::PipelineOptions;
use emberline::source::SourceOptions;

use crate::cli::node::NodeWhat;
use crate::cli::{Cli, Pick, Verb};
use crate::log::{self, Stamp};
use crate::signals;
use crate::spell::spelled;

/// How a verb that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Done,
    /// A check failed or a score fell short.
    Short,
}

/// Runs what was typed.
pub(crate) fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let runs_on = matches!(cli.verb, Verb::Node { what: NodeWhat::Listen(_) });
    log::start(if runs_on { Stamp::Utc } else { Stamp::None })?;
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

/// What was typed of how to read, which model and engine, as a pipeline takes it.
fn options(pick: &Pick) -> PipelineOptions {
    PipelineOptions {
        model: pick.model.clone(),
        source: SourceOptions {
            kind: pick.kind,
            array: pick.array.clone(),
            step_s: pick.step,
            radar: pick.radar.options(),
        },
        engine: engine_options(pick),
        leads: pick.leads.map(|n| n as usize),
        members: 1,
        seed: 0,
        spell: spelled,
        stop: signals::stop(),
    }
}

/// The engine asked for.
fn engine_options(pick: &Pick) -> EngineOptions {
    EngineOptions {
        engine: pick.engine,
        precision: pick.precision.clone().unwrap_or_else(|| REFERENCE_PRECISION.to_owned()),
        threads: pick.threads,
        gpu: GpuOptions { cuda_graph: pick.cuda_graph, dla: pick.dla },
    }
}

/// Leads asked for, or the model's own.
fn leads(model: &Model, pick: &Pick) -> usize {
    pick.leads.map_or(model.folder().card.output.leads, |n| n as usize)
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
