//! What can be typed after `emberline node`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

pub(crate) const HELP: &str = "\
A node keeps each reading until it is on this machine's disk. Readings lie in the store, a folder:
  node-5a3f19c2/2026-08-01.ndjson   a line a reading, gap, start or fault; days are UTC
  nodes.toml                        yours, optional: [5a3f19c2] and below it
                                    name = \"ridge\" and rain_mm_per_tip = 0.2

Examples:
  emberline node ports
  emberline node listen /dev/ttyUSB0 /dev/ttyUSB1 --store nodes
  emberline node status nodes
  emberline node tail nodes --follow
  emberline node export csv nodes --node ridge --since 2026-08-01 > ridge.csv
  emberline weather nodes --station ridge --at 40.78,-73.87

Exit code of `status`: 1 when a port is closed, a node is silent or a chip fails. See docs/node.md.";

#[derive(Debug, Subcommand)]
pub(crate) enum NodeWhat {
    /// Listens to nodes on serial ports and stores what they measured, until it is stopped.
    Listen(ListenArgs),
    /// Shows the last lines of a store.
    Tail(TailArgs),
    /// Writes readings to stdout, as a table or as the stored lines.
    Export(ExportArgs),
    /// Tells how ports and nodes fare.
    Status(StatusArgs),
    /// Lists this machine's serial ports, their lasting names and who has them open.
    Ports,
    /// Prints the udev rule that gives ports their rights and lasting names.
    UdevRule,
}

#[derive(Args, Debug)]
pub(crate) struct ListenArgs {
    /// Ports by path, or by the name that udev gives them.
    #[arg(required = true, value_name = "PORT")]
    pub(crate) ports: Vec<String>,
    /// Folder to store into; it is made if it is not there.
    #[arg(long, value_name = "DIR", default_value = "emberline-nodes")]
    pub(crate) store: PathBuf,
    /// Bits a second.
    #[arg(long, value_name = "N", default_value_t = 115_200, value_parser = clap::value_parser!(u32).range(300..=4_000_000))]
    pub(crate) baud: u32,
    /// Also print each stored line on stdout, once it is on the disk.
    #[arg(long)]
    pub(crate) print: bool,
}

#[derive(Args, Debug)]
pub(crate) struct TailArgs {
    /// The store.
    pub(crate) store: PathBuf,
    /// Only this node, by name or number.
    #[arg(long, value_name = "NODE")]
    pub(crate) node: Option<String>,
    /// How many lines of each node.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    pub(crate) lines: usize,
    /// Go on with what is stored from now on.
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// The stored lines as they are.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What readings are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A table of readings in order of time, which `emberline weather` and spreadsheets read.
    Csv,
    /// The stored lines as they are: readings, gaps, starts, clocks and faults.
    Ndjson,
}

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// What to write.
    #[arg(value_enum)]
    pub(crate) format: ExportFormat,
    /// The store.
    pub(crate) store: PathBuf,
    /// Only this node, by name or number.
    #[arg(long, value_name = "NODE")]
    pub(crate) node: Option<String>,
    /// Only readings from this time on: 2026-08-01, or 2026-08-01T12:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) since: Option<Timestamp>,
    /// Only readings before this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<Timestamp>,
    /// Only what was stored since the last export with this file, which is moved on at the end.
    #[arg(long, value_name = "FILE")]
    pub(crate) cursor: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The store.
    pub(crate) store: PathBuf,
    /// Print JSON on stdout instead of the table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A time with an offset, or a day in UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let day = || {
        let date: jiff::civil::Date = text.parse().ok()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp())
    };
    let is_day = text.len() == "2026-08-01".len();
    let read = if is_day { day() } else { text.parse().ok() };
    read.ok_or_else(|| format!("'{text}' is no time; write 2026-08-01 or 2026-08-01T12:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_or_a_moment() {
        for (text, want) in [
            ("2026-08-01", Some(1_785_542_400)),
            ("2026-08-01T02:00:00+02:00", Some(1_785_542_400)),
            ("2026-08-01T00:00:00", None),
            ("yesterday", None),
        ] {
            assert_eq!(time(text).ok().map(Timestamp::as_second), want, "{text}");
        }
    }
}
