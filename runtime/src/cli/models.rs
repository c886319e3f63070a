//! What can be typed after `models`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsWhat {
    /// Lists the models that can be asked for by name.
    List,
    /// Tells what a model takes and gives, and how good it was.
    Info {
        /// Name or folder.
        model: String,
        /// Print the card as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Builds TensorRT's engines of a model ahead of time, and replays its golden clips on them.
    Prepare {
        /// Name or folder.
        model: String,
        /// Precisions to build [default: all that the model's card names].
        #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
        precision: Vec<String>,
        /// Build for a CUDA graph, as `forecast --cuda-graph` asks for.
        #[arg(long)]
        cuda_graph: bool,
        /// Build for this core of a Jetson's deep learning accelerator.
        #[arg(long, value_name = "CORE")]
        dla: Option<u32>,
        /// Print the checks as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Checks hashes and replays the model's golden clips on every engine of this machine.
    Verify {
        /// Name or folder.
        model: String,
        /// Print the checks as JSON.
        #[arg(long)]
        json: bool,
    },
}
