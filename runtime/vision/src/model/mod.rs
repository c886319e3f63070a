//! Models: a folder with a card, and an engine that runs its graph; out comes a forecast.
//!
//! An engine knows tensors and nothing else. What a model takes and gives stands in its card, which
//! the folder holds beside the graph; the forecaster joins the two. Nothing here falls back to
//! something else without saying so: an engine that was asked for by name runs or is an error.

mod builtin;
mod card;
mod choose;
mod drift;
mod film;
mod fire;
mod folder;
mod forecaster;
mod form;
mod known;
mod latents;
mod net;
#[cfg(feature = "ort")]
mod ort;
mod rates;
mod signature;
mod spare;
mod split;
mod tiles;
#[cfg(feature = "tract")]
mod tract;
mod verify;

use ndarray::{Array3, ArrayView3};

pub use card::{Card, Codebook, Decision, Input, Level, Output, Precision};
pub use choose::{
    Choice, EngineAsk, EngineKind, GpuAsk, REFERENCE, Standing, Tell, choose, open_engine,
    standings,
};
pub use drift::{DriftBits, DriftLevels};
pub use folder::Folder;
pub use forecaster::{Forecaster, Timings};
pub use known::{Known, Origin, find, known, usual};
pub use rates::Rates;
pub use verify::{AGREE_MIN, CODES_AGREE_MIN, Check, DIFFERENCE_MAX, checks, replay_golden};

/// What a network gives for one tile, before it is cut and blended.
#[derive(Clone, Debug)]
pub struct Raw {
    /// Intensity `[L, H, W]`.
    pub frames: Array3<f32>,
    /// Probability `[L, H, W]` that a cell burns or has burnt by each lead: of the task `fire-front`.
    pub burn_probability: Option<Array3<f32>>,
    /// Codes of the coarse view `[T, H/4, W/4]`, where the card names a global codebook.
    pub codes_global: Option<Array3<u16>>,
    /// Codes of the fine view `[T, H/2, W/2]`, where the card names a local codebook.
    pub codes_local: Option<Array3<u16>>,
}

/// Something that runs a model's graph.
pub trait Engine: Send + Sync {
    /// Name as on the command line: `tract`, `ort-cpu`, `cuda`, `tensorrt`.
    fn name(&self) -> &'static str;

    /// Version and place, for people.
    fn detail(&self) -> String;

    /// How many tiles it is worth running at once.
    fn at_once(&self) -> usize;

    /// Runs the network on one window: intensity `[T, H, W]` and, for the task `fire-front`, front
    /// maps `[5, H, W]`, with sides that are multiples of the card's `multiple_px`. An engine that
    /// uses one core a run may use up to `lanes`.
    ///
    /// # Errors
    /// [`ModelError::Engine`] with what the engine said.
    fn run(
        &self,
        frames: ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
        lanes: usize,
    ) -> Result<Raw, ModelError>;

    /// Lets go of what is kept from earlier windows, so that the next one is run anew.
    fn forget(&self) {}
}

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
        #[source]
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
    /// The engine asked for is not on this machine.
    #[error("engine {engine}: {what}; {fix}")]
    NoEngine {
        /// As on the command line.
        engine: &'static str,
        /// Why it is not there.
        what: String,
        /// What to do.
        fix: String,
    },
    /// The engine refused the graph or failed while it ran.
    #[error("engine {engine}: {doing}: {cause}; try another --engine, or run `emberline doctor`")]
    Engine {
        /// As on the command line.
        engine: &'static str,
        /// What it was doing.
        doing: &'static str,
        /// What it said, on one line.
        cause: String,
    },
    /// The network gave something that is no number.
    #[error(
        "engine {engine}: {output} is not finite at lead {lead}; no forecast is given: run \
         `emberline models verify {model}`"
    )]
    NotFinite {
        /// As on the command line.
        engine: &'static str,
        /// Output of the graph.
        output: &'static str,
        /// Lead, 1 is the first.
        lead: usize,
        /// Name and version.
        model: String,
    },
}

/// Text of any error on one line, without what would break a terminal.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let mut line = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    if line.chars().count() > 400 {
        line = line.chars().take(400).chain("…".chars()).collect();
    }
    line
}
