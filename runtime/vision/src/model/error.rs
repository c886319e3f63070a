//! Why a model could not be used.

use emberline_engine::EngineError;

/// Why a model could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No folder and no known name.
    #[error("model {name}: no such model or folder; known here: {known}, or give a model folder")]
    NotFound {
        /// As typed.
        name: String,
        /// Names that would have worked.
        known: String,
    },
    /// A file of the folder cannot be read.
    #[error("model {model}: {file}: {cause}; copy the whole model folder again")]
    Read {
        /// Folder or name.
        model: String,
        /// File in it.
        file: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file of the folder is not as it was made.
    #[error("model {model}: {file} {what}; copy the whole model folder again")]
    Damaged {
        /// Folder or name.
        model: String,
        /// File in it.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// The card cannot be read, or asks for what this version does not know.
    #[error("model {model}: card.toml: {what}")]
    Card {
        /// Folder or name.
        model: String,
        /// What is wrong with it, and what would be right.
        what: String,
    },
    /// The graph is not the one its card describes.
    #[error("model {model}: {file} does not fit its card: {what}; export the folder again")]
    Signature {
        /// Folder or name.
        model: String,
        /// The graph's file.
        file: String,
        /// Which input or output, found and wanted.
        what: String,
    },
    /// The card names a family of networks that this program does not know.
    #[error(
        "model {model}: family {family}: this emberline knows {known}; use a matching emberline"
    )]
    NoFamily {
        /// Folder or name.
        model: String,
        /// As the card says.
        family: String,
        /// Families that are known.
        known: String,
    },
    /// The input is not one this model takes.
    #[error("model {model}: {what}; {fix}")]
    Unsuited {
        /// Name and version.
        model: String,
        /// What does not fit.
        what: String,
        /// What to do.
        fix: String,
    },
    /// The card has no such precision, or its graph is not at hand.
    #[error("model {model}: {what}; {fix}")]
    NoPrecision {
        /// Name and version.
        model: String,
        /// What is missing, and what there is.
        what: String,
        /// What to do.
        fix: String,
    },
    /// The forecast does not fit into memory.
    #[error("model {model}: {what}; {fix}")]
    NoMemory {
        /// Name and version.
        model: String,
        /// What it needs and what there is.
        what: String,
        /// What to do.
        fix: String,
    },
    /// The engine asked for is not here, refused the graph, or failed while it ran.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Whoever watched the work called it off.
    #[error("stopped before it was done")]
    Stopped,
    /// The network gave something that is no number.
    #[error(
        "engine {engine}: {output} is not finite at lead {lead}; no forecast is given: run \
         ‹emberline models verify {model}›"
    )]
    NotFinite {
        /// Name of the engine.
        engine: &'static str,
        /// Output of the graph.
        output: &'static str,
        /// Lead, 1 is the first.
        lead: usize,
        /// Name and version.
        model: String,
    },
}

impl ModelError {
    /// Why, short enough for a list of engines that were passed over.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Engine(e) => e.reason(),
            other => other.to_string(),
        }
    }
}
