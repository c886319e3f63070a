//! `emberline run` and `emberline config`: the station, and the file that says what it is.

use std::path::Path;

use emberline::station::Station;
use emberline::station::config::{Config, ConfigError};

use super::outcome::Outcome;
use super::screen::print;
use crate::cli::{ConfigWhat, RunArgs};
use crate::signals;
use crate::spell::spelled;

/// Where a simulated station keeps what it makes unless told.
const SIM_DATA: &str = "emberline-station";

/// What `typed` means: a file, or a simulator.
fn read(typed: &str) -> Result<Config, ConfigError> {
    if typed.starts_with("sim:") {
        return Config::simulated(typed, Path::new(SIM_DATA));
    }
    Config::read(Path::new(typed))
}

/// Runs the station until a signal ends it.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<Outcome> {
    let mut config = read(&args.config)?;
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    if let Some(listen) = args.listen {
        config.web.listen = listen;
    }
    let station = Station::open(config, spelled, signals::stop())?;
    print(&format!("http://{}/", station.address()?))?;
    station.run()?;
    Ok(Outcome::Done)
}

/// Checks or shows a configuration.
pub(crate) fn config(what: &ConfigWhat) -> anyhow::Result<Outcome> {
    match what {
        ConfigWhat::Check { config } => {
            let read = read(config)?;
            let count = |n: usize, what: &str| match n {
                0 => None,
                1 => Some(format!("1 {what}")),
                n => Some(format!("{n} {what}s")),
            };
            let all = [count(read.cameras.len(), "camera"), count(read.radars.len(), "radar")];
            let all: Vec<String> = all.into_iter().flatten().collect();
            print(&format!("{config}: right: {}", all.join(", ")))?;
        }
        ConfigWhat::Show { config } => print(&read(config)?.to_toml())?,
    }
    Ok(Outcome::Done)
}
