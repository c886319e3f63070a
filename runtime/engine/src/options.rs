//! What is asked of an engine: which one, at which precision, on how many cores.

use std::num::NonZeroUsize;

use crate::error::EngineError;
use crate::kind::EngineKind;

/// Precision that every model has and others are measured against.
pub const REFERENCE_PRECISION: &str = "float32";

/// What is asked of an engine.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Which.
    pub engine: EngineKind,
    /// Precision of the graphs, by the name that the model's card gives it.
    pub precision: String,
    /// Processor cores it may use; all there are where not given.
    pub threads: Option<NonZeroUsize>,
    /// Of a graphics card.
    pub gpu: GpuOptions,
}

/// What is asked of a graphics card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct GpuOptions {
    /// Record the launches of one run as a CUDA graph and replay it: of `cuda` and `tensorrt`.
    pub cuda_graph: bool,
    /// Core of a Jetson's deep learning accelerator that takes the layers it can: of `tensorrt`.
    pub dla: Option<u32>,
}

impl EngineOptions {
    /// `engine` at float32, on all cores.
    #[must_use]
    pub fn of(engine: EngineKind) -> Self {
        let precision = REFERENCE_PRECISION.to_owned();
        Self { engine, precision, threads: None, gpu: GpuOptions::default() }
    }

    /// Refuses options that the engine does not have.
    ///
    /// # Errors
    /// [`EngineError::Absent`] names the option and the engines that have it.
    pub fn check(&self) -> Result<(), EngineError> {
        use EngineKind::{Cuda, Tensorrt};
        for (asked, option, of) in [
            (self.gpu.cuda_graph, "‹cuda-graph›", &[Cuda, Tensorrt][..]),
            (self.gpu.dla.is_some(), "‹dla›", &[Tensorrt]),
        ] {
            if asked && !of.contains(&self.engine) {
                let names: Vec<&str> = of.iter().map(|e| e.name()).collect();
                return Err(EngineError::Absent {
                    engine: self.engine.name(),
                    what: format!("has no {option}"),
                    fix: format!("use ‹engine› {}", names.join(" or ")),
                });
            }
        }
        Ok(())
    }

    /// Cores it may use.
    #[must_use]
    pub fn cores(&self) -> usize {
        let here = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(here, usize::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_card_are_refused_elsewhere() {
        use EngineKind::{Auto, Cuda, OrtCpu, Tensorrt, Tract};
        let graph = GpuOptions { cuda_graph: true, dla: None };
        let dla = GpuOptions { cuda_graph: false, dla: Some(0) };
        for (engine, gpu, fits) in [
            (Auto, graph, false),
            (Tract, graph, false),
            (OrtCpu, dla, false),
            (Cuda, dla, false),
            (Cuda, graph, true),
            (Tensorrt, graph, true),
            (Tensorrt, dla, true),
            (Auto, GpuOptions::default(), true),
        ] {
            let checked = EngineOptions { gpu, ..EngineOptions::of(engine) }.check();
            assert_eq!(checked.is_ok(), fits, "{engine:?} {gpu:?}: {checked:?}");
        }
    }
}
