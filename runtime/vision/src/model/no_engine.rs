//! No engine: what stands in an engine's place for a model that has no graph to run.

use emberline_engine::{Buffers, Engine, EngineError, Graph, Net, Preference};

/// An engine that runs nothing: the model is arithmetic of this program.
#[derive(Debug)]
pub(super) struct NoEngine {
    cores: usize,
    buffers: Buffers,
}

impl NoEngine {
    /// For a model that may use so many cores.
    pub(super) fn of(cores: usize) -> Self {
        Self { cores, buffers: Buffers::default() }
    }
}

impl Engine for NoEngine {
    fn name(&self) -> &'static str {
        "none"
    }

    fn detail(&self) -> String {
        "arithmetic of this program".to_owned()
    }

    fn at_once(&self) -> usize {
        self.cores
    }

    fn preference(&self) -> Preference {
        Preference::Whole
    }

    fn load(&self, _: &Graph<'_>) -> Result<Box<dyn Net>, EngineError> {
        Err(self.failed("loading a graph", "there is no engine"))
    }

    fn buffers(&self) -> &Buffers {
        &self.buffers
    }
}
