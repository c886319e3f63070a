//! What can be typed after `bench`.

use clap::Args;

use super::pick::Pick;

#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// Film to measure with.
    #[arg(default_value = "sim:fire")]
    pub(crate) input: String,
    /// Measure the network alone: every engine and precision that is here, on each --grid.
    #[arg(long, conflicts_with = "input")]
    pub(crate) matrix: bool,
    /// Sides of the made-up films of --matrix, in px.
    #[arg(
        long,
        value_name = "PX,…",
        value_delimiter = ',',
        default_value = "64,128,256",
        requires = "matrix",
        value_parser = clap::value_parser!(u32).range(32..=4096)
    )]
    pub(crate) grid: Vec<u32>,
    /// Forecasts to make, after one that is not counted.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) rounds: u32,
    /// Print JSON on stdout instead of the table.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) pick: Pick,
}
