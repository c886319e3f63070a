//! A graph in a session of ONNX Runtime.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::ArrayViewD;
use ort::memory::AllocationDevice;
use ort::session::{Session, SessionInputValue, SessionOutputs, builder::GraphOptimizationLevel};
use ort::value::{DynValue, TensorRef};

use super::bound::Bound;
use super::library::Library;
use super::placement::Placement;
use super::provider::{Provider, dispatch};
use super::tensor::tensor;
use super::tensorrt::TensorRtPlan;
use crate::buffers::Buffers;
use crate::engine::Graph;
use crate::net::{Net, RunError, Tensor};
use crate::options::EngineOptions;

/// What every session of an engine begins with.
pub(super) struct Start<'a> {
    pub(super) provider: Provider,
    pub(super) options: &'a EngineOptions,
    pub(super) library: &'static Library,
    pub(super) plan: Option<&'a TensorRtPlan>,
}

/// A graph in a session.
pub(super) struct OrtNet {
    session: Mutex<Session>,
    outputs: Vec<&'static str>,
    /// Buffers on the device, for a CUDA graph.
    bound: Option<Mutex<Bound>>,
    buffers: Arc<Buffers>,
}

impl OrtNet {
    /// One graph with its buffers on `bound`, where that is given.
    pub(super) fn open(
        start: &Start<'_>,
        graph: &Graph<'_>,
        bound: Option<AllocationDevice<'static>>,
        buffers: Arc<Buffers>,
    ) -> Result<Self, String> {
        let profile = start.provider != Provider::Cpu && bound.is_none();
        let session = session(start, graph.onnx, profile)?;
        let bound = bound.map(|device| Mutex::new(Bound::on(device)));
        Ok(Self { session: Mutex::new(session), outputs: graph.outputs.to_vec(), bound, buffers })
    }

    fn tensors(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> ort::Result<Vec<Tensor>> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bound) = &self.bound {
            let mut bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
            return bound.run(&mut session, inputs, &self.outputs, &self.buffers);
        }
        let given = inputs.iter().map(|(name, values)| {
            let tensor = TensorRef::from_array_view(values.view())?;
            Ok((Cow::from((*name).to_owned()), SessionInputValue::from(tensor)))
        });
        let given = given.collect::<ort::Result<Vec<_>>>()?;
        let outputs = session.run(given)?;
        let one = |name: &&'static str| tensor(output(&outputs, name)?, &self.buffers);
        self.outputs.iter().map(one).collect()
    }

    /// Who ran which nodes since the session was opened, which was opened with a profile.
    pub(super) fn placement(&self) -> Result<Placement, String> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let file = session.end_profiling().map_err(|e| e.to_string())?;
        let profile = std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
        let _ = std::fs::remove_file(&file);
        Placement::read(&profile)
    }
}

impl Net for OrtNet {
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Tensor>, RunError> {
        self.tensors(inputs).map_err(|e| e.to_string().into())
    }
}

/// A session that does not spin while it waits; with a `profile` it writes down its first run.
fn session(start: &Start<'_>, onnx: &[u8], profile: bool) -> Result<Session, String> {
    let text = |e: ort::Error<ort::session::builder::SessionBuilder>| e.to_string();
    let mut builder = Session::builder(&start.library.environment)
        .map_err(|e| e.to_string())?
        .with_optimization_level(GraphOptimizationLevel::All)
        .map_err(text)?
        .with_intra_threads(start.options.cores())
        .map_err(text)?
        .with_intra_op_spinning(false)
        .map_err(text)?;
    let version = &start.library.version;
    if let Some(dispatch) = dispatch(start.provider, start.options, start.plan, version) {
        builder = builder.with_execution_providers([dispatch]).map_err(text)?;
    }
    if profile {
        let name = format!("emberline-{}-nodes", std::process::id());
        builder = builder.with_profiling(std::env::temp_dir().join(name)).map_err(text)?;
    }
    builder.commit_from_memory(onnx).map_err(|e| e.to_string())
}

/// The output `name`.
fn output<'a>(given: &'a SessionOutputs<'_>, name: &str) -> ort::Result<&'a DynValue> {
    given.get(name).ok_or_else(|| ort::Error::new(format!("output {name} is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::EngineKind;

    /// Needs an ONNX Runtime, named by `ORT_DYLIB_PATH`; on the processor, since no card is here.
    #[test]
    fn a_profile_of_a_real_run_tells_where_its_nodes_ran() {
        if std::env::var_os("ORT_DYLIB_PATH").is_none() {
            assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
            println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
            return;
        }
        let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/fire-v1/encode.onnx");
        let onnx = std::fs::read(model).expect("a model of this repository");
        let options = EngineOptions::of(EngineKind::OrtCpu);
        let library = super::super::library::library().expect("ONNX Runtime");
        let start = Start { provider: Provider::Cpu, options: &options, library, plan: None };
        let session = session(&start, &onnx, true).expect("a session");
        let net = OrtNet {
            session: Mutex::new(session),
            outputs: vec!["codes_local"],
            bound: None,
            buffers: Arc::default(),
        };
        let frame = ndarray::Array4::<f32>::zeros((1, 1, 32, 32));
        net.run(&[("frame", frame.view().into_dyn())]).expect("a run");
        let words = net.placement().expect("a profile").words();
        assert!(words.starts_with("the processor runs all "), "{words}");
    }
}
