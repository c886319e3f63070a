//! The command: its verbs, and what help says about all of them.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::bench::BenchArgs;
use super::drone::{self, DroneArgs};
use super::forecast::{self, ForecastArgs};
use super::models::ModelsWhat;
use super::node::{self, NodeWhat};
use super::replay::{self, ReplayArgs};
use super::station::{self, AlertsArgs, CamerasArgs, ConfigWhat, PauseArgs, RunArgs};
use super::weather::{self, WeatherArgs};

/// What the program does, in a line.
const ABOUT: &str = "Forecasts how a fire front moves in the next minutes, on the device that sees it, without a network.";

const EXAMPLES: &str = "\
Examples:
  emberline demo                               a first forecast: no camera, no file, no network
  emberline forecast fire.mp4 out              forecast from the last frame of a film
  emberline forecast frames/ out --step 30     a folder of images, one each 30 seconds
  emberline run sim:                           a living station with a page, on a simulated fire
  emberline replay fires/ scores --every 5     how good it would have been, against simple methods
  emberline doctor                             does everything work on this machine?

Exit codes: 0 done, 1 a check failed or a score fell short, 2 an error (one line on stderr).
A forecast is an aid. Do not use it alone to decide on evacuation.";

const COMPLETIONS: &str = "\
Examples:
  emberline completions bash > ~/.local/share/bash-completion/completions/emberline
  emberline completions fish > ~/.config/fish/completions/emberline.fish
  emberline completions zsh > ~/.zfunc/_emberline";

const MAN: &str = "\
Examples:
  emberline man | man -l -
  emberline man /usr/local/share/man/man1";

/// Forecasts how a fire front moves in the next minutes, on the device that sees it, offline.
#[derive(Debug, Parser)]
#[command(version, about = ABOUT, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Makes a first forecast from a built-in simulated fire with the built-in model.
    Demo {
        /// Folder to write.
        #[arg(default_value = "emberline-demo")]
        out: PathBuf,
    },
    /// Forecasts from one film and writes maps, pictures and numbers into a folder.
    #[command(after_help = forecast::HELP)]
    Forecast(ForecastArgs),
    /// Puts what a drone or a mast camera sees on the ground, and forecasts there.
    #[command(after_help = drone::HELP)]
    Drone(DroneArgs),
    /// Forecasts from every frame of recorded films and scores it against what followed.
    #[command(after_help = replay::HELP)]
    Replay(ReplayArgs),
    /// Lists models, tells about one, or proves that one runs right on this machine.
    Models {
        #[command(subcommand)]
        what: ModelsWhat,
    },
    /// Checks this machine: engines, model, rights, memory, and a station. Exit code 1 when a check fails.
    Doctor {
        /// The file of a station, which is checked too: its configuration, and how it fares where it runs.
        config: Option<String>,
        /// Also write the report as JSON into this file, to send along with a question.
        #[arg(long, value_name = "FILE")]
        bundle: Option<PathBuf>,
    },
    /// Measures how long each stage of a forecast takes on this machine.
    Bench(BenchArgs),
    /// Tells the weather of a place: from a station's own readings, with fire weather, or when rain
    /// starts or stops there from radar frames.
    #[command(after_help = weather::HELP)]
    Weather(WeatherArgs),
    /// Runs a field station: watches its cameras, forecasts, and tells how it fares, until it is stopped.
    #[command(after_help = station::RUN_HELP)]
    Run(RunArgs),
    /// Lists the alerts of a station, and says that somebody knows of one.
    #[command(after_help = station::ALERTS_HELP)]
    Alerts(AlertsArgs),
    /// Pauses a station while people work on it: nothing is forecast, nothing is a fault.
    #[command(after_help = station::PAUSE_HELP)]
    Pause(PauseArgs),
    /// Finds cameras of the local network that speak ONVIF. Exit code 1 when none answers.
    Cameras(CamerasArgs),
    /// Checks or shows a station's file.
    #[command(after_help = station::CONFIG_HELP)]
    Config {
        #[command(subcommand)]
        what: ConfigWhat,
    },
    /// Prints what a shell needs to complete what is typed.
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Prints the manual page, or writes those of all verbs into a folder.
    #[command(after_help = MAN)]
    Man {
        /// Folder to write emberline.1, emberline-forecast.1, … into.
        folder: Option<PathBuf>,
    },
    /// Listens to sensor nodes on serial lines, and shows what they have measured.
    #[command(after_help = node::HELP)]
    Node {
        #[command(subcommand)]
        what: NodeWhat,
    },
}
