//! The interface of every engine: a loader of nets.

use crate::buffers::Buffers;
use crate::error::EngineError;
use crate::net::Net;

/// Names of a graph's inputs with their shapes, in the graph's own order.
pub type Shapes = Vec<(String, Vec<usize>)>;

/// What an engine is told of the model that it is opened for.
#[derive(Clone, Debug, Default)]
pub struct ModelFacts {
    /// Name and version, `fire-v1`: what is built for it is kept under this name.
    pub id: String,
    /// Precision of the graphs.
    pub precision: String,
    /// SHA-256 of the graph that holds the whole network, hex.
    pub sha256: String,
    /// Shapes of that graph's inputs: a builder plans for these.
    pub shapes: ShapeRange,
}

/// Smallest, usual and largest shapes of a graph's inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShapeRange {
    /// Smallest.
    pub least: Shapes,
    /// Such as are met most.
    pub usual: Shapes,
    /// Largest.
    pub most: Shapes,
}

/// A graph to load.
#[derive(Clone, Copy, Debug)]
pub struct Graph<'a> {
    /// An ONNX file's bytes.
    pub onnx: &'a [u8],
    /// Outputs that are wanted, in the order in which a run gives them.
    pub outputs: &'a [&'static str],
}

/// How an engine likes a network that comes both as one graph and as several small ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Small graphs, where at least so many of their results are used again: each call costs some.
    Parts {
        /// Results used again from which small graphs are worth it.
        reused_min: usize,
    },
    /// One graph.
    Whole,
}

impl Preference {
    /// Whether small graphs of which `reused` results are used again suit better than one.
    #[must_use]
    pub fn parts(self, reused: usize) -> bool {
        match self {
            Self::Parts { reused_min } => reused >= reused_min,
            Self::Whole => false,
        }
    }
}

/// Something that loads graphs and runs them, opened for one model.
pub trait Engine: Send + Sync {
    /// Its name: `tract`, `ort-cpu`, `cuda`, `tensorrt`.
    fn name(&self) -> &'static str;

    /// Version and place, for people; of a graphics card also who runs which nodes, once a graph is
    /// loaded.
    fn detail(&self) -> String;

    /// How many runs it is worth doing side by side: above 1 where a run keeps to one core.
    fn at_once(&self) -> usize;

    /// Which form of a network suits it.
    fn preference(&self) -> Preference;

    /// Loads a graph.
    ///
    /// # Errors
    /// [`EngineError::Failed`] with what the engine said.
    fn load(&self, graph: &Graph<'_>) -> Result<Box<dyn Net>, EngineError>;

    /// Where its nets take large arrays from; who is done with an array gives it back there.
    fn buffers(&self) -> &Buffers;

    /// What went wrong while it was `doing` something, as an error.
    fn failed(&self, doing: &'static str, cause: &str) -> EngineError {
        EngineError::Failed { engine: self.name(), doing, cause: crate::one_line(cause) }
    }
}
