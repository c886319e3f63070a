//! What can be typed after `replay`.

use std::path::PathBuf;

use clap::Args;

use super::pick::Pick;

pub(super) const HELP: &str = "\
INPUT is one film as for `forecast`, or a folder of .npz films, one a fire (an \"event\").
OUTPUT is a folder with scores.ndjson (a row a start, lead and method), scores.json (pooled) and
report.html (open it in a browser).

Examples:
  emberline replay thermal.npz scores --every 2
  emberline replay fires/ scores --engine tract --json";

#[derive(Args, Debug)]
pub(crate) struct ReplayArgs {
    /// Film, or folder of .npz films.
    pub(crate) input: String,
    /// Folder to write.
    pub(crate) output: PathBuf,
    /// Forecast from every N-th frame.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) every: u32,
    /// Forecast from this frame only, counted from 0.
    #[arg(long, value_name = "K", conflicts_with = "every")]
    pub(crate) at: Option<usize>,
    /// Print scores.json on stdout instead of the table.
    #[arg(long)]
    pub(crate) json: bool,
    /// For `forecast` only; refused here.
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pick: Pick,
}
