//! The verbs of the command line, one a file, and what they share.

mod bench;
mod completions;
mod demo;
mod doctor;
mod drone;
mod forecast;
mod man;
mod models;
mod node;
mod outcome;
mod replay;
mod screen;
mod station;
mod table;
mod typed;
mod weather;

use crate::cli::node::NodeWhat;
use crate::cli::{Cli, Verb};
use crate::log::{self, Stamp};

pub(crate) use outcome::Outcome;

/// Runs what was typed.
pub(crate) fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let runs_on = matches!(cli.verb, Verb::Run(_) | Verb::Node { what: NodeWhat::Listen(_) });
    log::start(if runs_on { Stamp::Utc } else { Stamp::None })?;
    match cli.verb {
        Verb::Demo { out } => demo::run(&out),
        Verb::Forecast(args) => forecast::run(&args),
        Verb::Drone(args) => drone::run(&args),
        Verb::Replay(args) => replay::run(&args),
        Verb::Models { what } => models::run(&what),
        Verb::Doctor { config, bundle } => doctor::run(config.as_deref(), bundle.as_deref()),
        Verb::Bench(args) => bench::run(&args),
        Verb::Completions { shell } => completions::run(shell),
        Verb::Man { folder } => man::run(folder.as_deref()),
        Verb::Run(args) => station::run(&args),
        Verb::Cameras(args) => station::cameras(&args),
        Verb::Alerts(args) => station::alerts(&args),
        Verb::Pause(args) => station::pause(&args),
        Verb::Config { what } => station::config(&what),
        Verb::Weather(args) => weather::run(&args),
        Verb::Node { what } => node::run(&what),
    }
}
