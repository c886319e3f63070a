//! ONNX Runtime, found when the program runs: the only room that names ort.
//!
//! Its absence is normal. A provider (CUDA, TensorRT) that was asked for and cannot start is an error:
//! nothing is moved to the CPU in silence, and nodes that a provider leaves to it are counted.

mod bound;
mod cache;
mod gear;
mod library;
mod placement;
mod provider;
mod session;
mod tensor;
mod tensorrt;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ndarray::ArrayD;
use ort::memory::AllocationDevice;

use self::library::{LIBRARY_VARIABLE, Library, library};
pub(crate) use self::provider::{Provider, available};
use self::session::{OrtNet, Start};
use self::tensorrt::TensorRtPlan;
use crate::buffers::Buffers;
use crate::engine::{Engine, Graph, ModelFacts, Preference};
use crate::error::EngineError;
use crate::net::Net;
use crate::one_line;
use crate::options::EngineOptions;

/// Results used again from which small graphs are worth their calls.
const REUSED_MIN: usize = 4;
/// How often it is said that an engine is still being built.
const STILL_EVERY: Duration = Duration::from_secs(30);

/// ONNX Runtime with one provider, opened for one model.
pub(crate) struct OnnxRuntime {
    provider: Provider,
    options: EngineOptions,
    facts: ModelFacts,
    library: &'static Library,
    /// How TensorRT's engine is built and where it is kept, until it is.
    plan: Mutex<Option<TensorRtPlan>>,
    detail: Mutex<String>,
    buffers: Arc<Buffers>,
}

impl OnnxRuntime {
    /// Finds the library and the provider; of TensorRT also the place where its engine is kept.
    pub(crate) fn open(
        options: &EngineOptions,
        facts: ModelFacts,
        provider: Provider,
    ) -> Result<Self, EngineError> {
        let detail = available(provider).map_err(|what| EngineError::Absent {
            engine: provider.name(),
            what,
            fix: match provider {
                Provider::Cpu => format!("set {LIBRARY_VARIABLE} to one, or use ‹engine› tract"),
                _ => "install one built for this card, or use ‹engine› tract".to_owned(),
            },
        })?;
        let failed = |doing, cause: &str| EngineError::Failed {
            engine: provider.name(),
            doing,
            cause: one_line(cause),
        };
        let library = library().map_err(|cause| failed("loading the library", &cause))?;
        let plan = (provider == Provider::TensorRt)
            .then(|| TensorRtPlan::new(&facts, options, library))
            .transpose()
            .map_err(|cause| failed("making room for its engine", &cause))?;
        Ok(Self {
            provider,
            options: options.clone(),
            facts,
            library,
            plan: Mutex::new(plan),
            detail: Mutex::new(detail),
            buffers: Arc::default(),
        })
    }

    fn on_card(&self) -> bool {
        self.provider != Provider::Cpu
    }

    /// Where the tensors of its nets stay: on the card, for a CUDA graph.
    fn bound(&self) -> Option<AllocationDevice<'static>> {
        (self.on_card() && self.options.gpu.cuda_graph).then_some(AllocationDevice::CUDA)
    }

    /// Adds to what people are told of this engine.
    fn add_detail(&self, words: &str) {
        let mut detail = self.detail.lock().unwrap_or_else(PoisonError::into_inner);
        *detail += ", ";
        *detail += words;
    }

    /// A graph in a session with a `plan` of TensorRT. On a card it is run once, so that what a card
    /// does at its first run is done.
    fn start(&self, graph: &Graph<'_>, plan: Option<&TensorRtPlan>) -> Result<OrtNet, EngineError> {
        let begin =
            Start { provider: self.provider, options: &self.options, library: self.library, plan };
        let net = OrtNet::open(&begin, graph, self.bound(), Arc::clone(&self.buffers));
        let net = net.map_err(|cause| self.failed("opening the graph", &cause))?;
        // A CUDA graph is recorded at its first run, whose shape is not known yet; and the library
        // refuses one with nodes on the processor.
        if !self.on_card() || self.bound().is_some() {
            return Ok(net);
        }
        let zeros: Vec<(&str, ArrayD<f32>)> = self
            .facts
            .shapes
            .usual
            .iter()
            .map(|(name, shape)| (name.as_str(), ArrayD::zeros(shape.clone())))
            .collect();
        let inputs: Vec<_> = zeros.iter().map(|(name, z)| (*name, z.view())).collect();
        net.run(&inputs).map_err(|e| self.failed("starting the network", &e.0))?;
        let placed = net.placement();
        let placed =
            placed.map_err(|cause| self.failed("reading which nodes run where", &cause))?;
        self.add_detail(&placed.words());
        Ok(net)
    }
}

impl Engine for OnnxRuntime {
    fn name(&self) -> &'static str {
        self.provider.name()
    }

    fn detail(&self) -> String {
        self.detail.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One: a run already uses every core.
    fn at_once(&self) -> usize {
        1
    }

    fn preference(&self) -> Preference {
        if self.on_card() {
            Preference::Whole
        } else {
            Preference::Parts { reused_min: REUSED_MIN }
        }
    }

    fn load(&self, graph: &Graph<'_>) -> Result<Box<dyn Net>, EngineError> {
        let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(plan) = plan else { return Ok(Box::new(self.start(graph, None)?)) };
        let fresh = plan.is_new();
        if fresh {
            tracing::info!(
                "note: no TensorRT engine of {} {} for this card yet: building it, which takes \
                 minutes; ‹emberline models prepare› does it ahead of time",
                self.facts.id,
                self.facts.precision
            );
        }
        let started = Instant::now();
        let net = while_telling(fresh, || self.start(graph, Some(&plan)))?;
        self.add_detail(&plan.words());
        match plan.keep() {
            Ok(()) if fresh => {
                let spent_s = started.elapsed().as_secs_f64();
                tracing::info!("note: TensorRT engine built in {spent_s:.0} s and kept");
            }
            Ok(()) => {}
            Err(what) => tracing::warn!(
                "note: the TensorRT engine is not kept and will be built at each start: {what}"
            ),
        }
        Ok(Box::new(net))
    }

    fn buffers(&self) -> &Buffers {
        &self.buffers
    }
}

/// Runs `work`; when it is `long`, the person hears every half minute that it goes on.
fn while_telling<T: Send>(long: bool, work: impl FnOnce() -> T + Send) -> T {
    if !long {
        return work();
    }
    let started = Instant::now();
    std::thread::scope(|scope| {
        let (done, waiting) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            // Ends when `done` goes away.
            while waiting.recv_timeout(STILL_EVERY)
                == Err(std::sync::mpsc::RecvTimeoutError::Timeout)
            {
                let spent_s = started.elapsed().as_secs();
                tracing::info!("note: still building the TensorRT engine, {spent_s} s");
            }
        });
        let made = work();
        drop(done);
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_work_gives_what_it_made() {
        assert_eq!(while_telling(true, || 3), 3);
        assert_eq!(while_telling(false, || 4), 4);
    }
}
