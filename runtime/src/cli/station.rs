//! What can be typed after `run` and `config`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::span::seconds;

pub(crate) const RUN_HELP: &str = "\
The address of the page is printed on stdout. /healthz is 200 while all is fresh, else 503 with the reasons;
/metrics is for Prometheus. SIGTERM and SIGINT end it in order, with exit code 0.

Examples:
  emberline run sim:                        a living station on a simulated fire, no file needed
  emberline run station.toml
  emberline run sim:fire?seed=3 --listen 127.0.0.1:0 --data /tmp/station

See docs/station-life.md for the file.";

pub(crate) const CONFIG_HELP: &str = "\
Examples:
  emberline config check station.toml
  emberline config show station.toml        the whole file, defaults written out
  emberline config show sim: > station.toml a file to begin with
  emberline config schema > station.schema.json";

#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The station's file, or sim: for a simulated one.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: String,
    /// Folder of what it keeps, instead of the file's [of sim: emberline-station].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address of its page, instead of the file's: of this machine alone; port 0 is any that is free.
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    pub(crate) listen: Option<SocketAddr>,
}

pub(crate) const PAUSE_HELP: &str = "\
While people work on the station nothing is forecast and nothing is a fault; its page says so. A pause outlives a
restart.

Examples:
  emberline pause station.toml --for 4h
  emberline pause station.toml --over";

#[derive(Args, Debug)]
pub(crate) struct PauseArgs {
    /// The station's file.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: String,
    /// How long, such as 30min or 4h; at most 168h.
    #[arg(long = "for", value_name = "SPAN", value_parser = seconds, required_unless_present = "over")]
    pub(crate) span: Option<f64>,
    /// Ends the pause.
    #[arg(long, conflicts_with = "span")]
    pub(crate) over: bool,
    /// Folder of what the station keeps, instead of the file's.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

pub(crate) const ALERTS_HELP: &str = "\
Lists the alerts that are open, and the last that are over. Who knows of one says so: it stays open until it is over,
and everybody sees who knows.

Examples:
  emberline alerts station.toml
  emberline alerts station.toml --acknowledge fire-north-20260802T143049000Z --by ann";

#[derive(Args, Debug)]
pub(crate) struct AlertsArgs {
    /// The station's file.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: String,
    /// Says that this alert is known.
    #[arg(long, value_name = "ID", requires = "by")]
    pub(crate) acknowledge: Option<String>,
    /// To whom.
    #[arg(long, value_name = "NAME", requires = "acknowledge")]
    pub(crate) by: Option<String>,
    /// Folder of what the station keeps, instead of the file's.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CamerasArgs {
    /// How long to wait for answers.
    #[arg(long = "for", value_name = "SPAN", default_value = "4s", value_parser = seconds)]
    pub(crate) span: f64,
    /// This machine's own address in the network that is asked [the usual network].
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0", hide_default_value = true)]
    pub(crate) from: Ipv4Addr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigWhat {
    /// Reads a station's file and says whether it is right; opens no camera. Exit code 2 when it is not.
    Check {
        /// The file, or sim:.
        config: String,
    },
    /// Prints what may stand in a station's file as JSON Schema, for editors.
    Schema,
    /// Makes the hash of a password for the page: asks for it twice, or reads the first line of standard input, and
    /// prints what stands in a password file.
    Password,
    /// Prints the whole configuration, defaults written out.
    Show {
        /// The file, or sim:.
        config: String,
    },
}

/// An address of this machine alone.
fn loopback(typed: &str) -> Result<SocketAddr, String> {
    let listen = typed.parse::<SocketAddr>().ok().filter(|a| a.ip().is_loopback());
    listen.ok_or_else(|| "give an address of this machine alone, such as 127.0.0.1:8085".to_owned())
}
