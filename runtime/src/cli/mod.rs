//! The command line: what can be typed, and what help says about it.

mod bench;
mod choices;
mod codes;
mod command;
mod cot;
mod drone;
mod forecast;
mod models;
pub(crate) mod node;
mod pick;
mod place;
mod radar;
mod replay;
mod span;
mod station;
mod weather;

pub(crate) use bench::BenchArgs;
pub(crate) use command::{Cli, Verb};
pub(crate) use cot::CotPick;
pub(crate) use drone::{DroneArgs, Steady};
pub(crate) use forecast::ForecastArgs;
pub(crate) use models::ModelsWhat;
pub(crate) use pick::Pick;
pub(crate) use place::typed;
pub(crate) use replay::ReplayArgs;
pub(crate) use station::{AlertsArgs, CamerasArgs, ConfigWhat, PauseArgs, RunArgs};
pub(crate) use weather::WeatherArgs;
