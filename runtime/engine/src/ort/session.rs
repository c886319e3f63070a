//! A graph in a session of ONNX Runtime.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::ArrayViewD;
use ort::memory::AllocationDevice;
use ort::session::{Session, SessionInputValue, SessionOutputs, builder::GraphOptimizationLevel};
use ort::value::{DynValue, TensorElementType, TensorRef, ValueType};

use super::OnnxRuntime;
use super::bound::Bound;
use super::placement::Placement;
use super::provider::{Provider, dispatch};
use super::tensorrt::TensorRtPlan;
use crate::buffers::Buffers;
use crate::engine::Graph;
use crate::net::{Net, RunError, Tensor};

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
        engine: &OnnxRuntime,
        graph: &Graph<'_>,
        plan: Option<&TensorRtPlan>,
        bound: Option<AllocationDevice<'static>>,
    ) -> Result<Self, String> {
        let profile = engine.provider != Provider::Cpu && bound.is_none();
        let session = session(engine, graph.onnx, plan, profile)?;
        let bound = bound.map(|device| Mutex::new(Bound::on(device)));
        let buffers = Arc::clone(&engine.buffers);
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
        let said = session.run(given)?;
        let one = |name: &&'static str| tensor(output(&said, name)?, &self.buffers);
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
fn session(
    engine: &OnnxRuntime,
    onnx: &[u8],
    plan: Option<&TensorRtPlan>,
    profile: bool,
) -> Result<Session, String> {
    let said = |e: ort::Error<ort::session::builder::SessionBuilder>| e.to_string();
    let mut builder = Session::builder(&engine.library.environment)
        .map_err(|e| e.to_string())?
        .with_optimization_level(GraphOptimizationLevel::All)
        .map_err(said)?
        .with_intra_threads(engine.options.cores())
        .map_err(said)?
        .with_intra_op_spinning(false)
        .map_err(said)?;
    let version = &engine.library.version;
    if let Some(dispatch) = dispatch(engine.provider, &engine.options, plan, version) {
        builder = builder.with_execution_providers([dispatch]).map_err(said)?;
    }
    if profile {
        let name = format!("emberline-{}-nodes", std::process::id());
        builder = builder.with_profiling(std::env::temp_dir().join(name)).map_err(said)?;
    }
    builder.commit_from_memory(onnx).map_err(|e| e.to_string())
}

/// The output `name`.
fn output<'a>(given: &'a SessionOutputs<'_>, name: &str) -> ort::Result<&'a DynValue> {
    given.get(name).ok_or_else(|| ort::Error::new(format!("output {name} is missing")))
}

/// A tensor of this machine's memory as one of ours.
pub(super) fn tensor(value: &DynValue, buffers: &Buffers) -> ort::Result<Tensor> {
    if matches!(value.dtype(), ValueType::Tensor { ty: TensorElementType::Int64, .. }) {
        let codes = value.try_extract_array::<i64>()?;
        return Ok(Tensor::Codes(codes.mapv(|k| u16::try_from(k).unwrap_or(u16::MAX))));
    }
    Ok(Tensor::Floats(buffers.copy(&value.try_extract_array::<f32>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine as _, ModelFacts};
    use crate::kind::EngineKind;
    use crate::options::EngineOptions;

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
        let engine = OnnxRuntime::open(&options, ModelFacts::default(), Provider::Cpu);
        let engine = engine.expect("ONNX Runtime");
        let session = session(&engine, &onnx, None, true).expect("a session");
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
        assert!(engine.detail().starts_with("ONNX Runtime "));
    }
}
