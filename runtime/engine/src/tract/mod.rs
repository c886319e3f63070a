//! The embedded CPU engine, always there: the only folder that names tract.

mod depthwise;
mod graph;
mod nearest;
mod pool;
mod sample;
mod softmax;
mod warp;

use std::sync::Arc;

use self::graph::TractNet;
use crate::buffers::Buffers;
use crate::engine::{Engine, Graph, Preference};
use crate::error::EngineError;
use crate::net::Net;
use crate::options::{EngineOptions, REFERENCE_PRECISION};

const NAME: &str = "tract";
/// Version of tract in this program.
pub(crate) const VERSION: &str = "0.23.9";

/// tract, on so many cores.
pub(crate) struct Tract {
    cores: usize,
    buffers: Arc<Buffers>,
}

impl Tract {
    /// Refuses any other precision than float32.
    pub(crate) fn open(options: &EngineOptions) -> Result<Self, EngineError> {
        let precision = options.precision.as_str();
        if precision != REFERENCE_PRECISION {
            return Err(EngineError::Absent {
                engine: NAME,
                what: format!("runs float32 only, not {precision}"),
                fix: "use ‹precision› float32, or ‹engine› ort-cpu".to_owned(),
            });
        }
        Ok(Self { cores: options.cores(), buffers: Arc::default() })
    }
}

impl Engine for Tract {
    fn name(&self) -> &'static str {
        NAME
    }

    fn detail(&self) -> String {
        format!("tract {VERSION}, inside this program")
    }

    /// A run keeps to one core.
    fn at_once(&self) -> usize {
        self.cores
    }

    fn preference(&self) -> Preference {
        Preference::Parts { reused_min: 0 }
    }

    /// Reads the graph; plans are made when a shape is first met.
    fn load(&self, graph: &Graph<'_>) -> Result<Box<dyn Net>, EngineError> {
        let net = TractNet::read(graph, Arc::clone(&self.buffers));
        Ok(Box::new(net.map_err(|e| self.failed("reading the graph", &format!("{e:#}")))?))
    }

    fn buffers(&self) -> &Buffers {
        &self.buffers
    }
}
