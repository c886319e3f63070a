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

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ndarray::{Array3, ArrayView3, ArrayViewD};
use ort::memory::AllocationDevice;
use ort::session::{Session, SessionInputValue, SessionOutputs, builder::GraphOptimizationLevel};
use ort::value::{DynValue, TensorElementType, TensorRef, ValueType};

use self::bound::Bound;
use self::library::{LIBRARY_VARIABLE, library};
use self::placement::Placement;
pub(crate) use self::provider::{Provider, standing};
use self::provider::{TensorRtPlan, dispatch};
use super::choose::{EngineAsk, Tell};
use super::folder::Folder;
use super::form::{Form, Want};
use super::net::{Net, Value};
use super::{Engine, ModelError, Raw, one_line, spare};

/// Fewest frames of a window that the streaming split is worth.
const FRAMES_SPLIT_MIN: usize = 4;
/// How often the person hears that an engine is still being built.
const STILL_EVERY: Duration = Duration::from_secs(30);

/// A network in ONNX Runtime.
pub(crate) struct OnnxRuntime {
    provider: Provider,
    form: Form<Graph>,
    detail: String,
}

/// A graph in a session.
struct Graph {
    session: Mutex<Session>,
    outputs: Vec<&'static str>,
    /// Buffers on the device, for a CUDA graph.
    bound: Option<Mutex<Bound>>,
}

impl OnnxRuntime {
    /// Opens `folder`'s graphs with `provider`: on the processor the streaming split, on a card the
    /// whole window, which is run once, so that what a card does at its first run is done.
    pub(crate) fn load(
        folder: &Folder,
        ask: &EngineAsk,
        provider: Provider,
    ) -> Result<Self, ModelError> {
        let mut detail = standing(provider).map_err(|what| ModelError::NoEngine {
            engine: provider.name(),
            what,
            fix: match provider {
                Provider::Cpu => format!("set {LIBRARY_VARIABLE} to one, or use --engine tract"),
                _ => "install one built for this card, or use --engine tract".to_owned(),
            },
        })?;
        let mut making = Making::new(folder, ask, provider)?;
        let fresh = making.plan.as_ref().is_some_and(TensorRtPlan::is_new);
        if fresh {
            (ask.tell)(&format!(
                "note: no TensorRT engine of {} {} for this card yet: building it, which takes \
                 minutes; `emberline models prepare` does it ahead of time",
                folder.card.id(),
                ask.precision
            ));
        }
        let started = Instant::now();
        let (form, placed) = while_telling(fresh, ask.tell, || making.form())?;
        if let Some(plan) = making.plan.take() {
            detail += &format!(", {}", plan.words());
            match plan.keep() {
                Ok(()) if fresh => {
                    let spent_s = started.elapsed().as_secs_f64();
                    (ask.tell)(&format!("note: TensorRT engine built in {spent_s:.0} s and kept"));
                }
                Ok(()) => {}
                Err(what) => (ask.tell)(&format!(
                    "note: the TensorRT engine is not kept and will be built at each start: {what}"
                )),
            }
        }
        detail += &format!(", {}", form.name());
        if let Some(placed) = placed {
            detail += &format!(", {}", placed.words());
        }
        Ok(Self { provider, form, detail })
    }
}

/// Runs `work`; when it is `long`, the person hears every half minute that it goes on.
fn while_telling<T: Send>(long: bool, tell: Tell, work: impl FnOnce() -> T + Send) -> T {
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
                tell(&format!("note: still building the TensorRT engine, {spent_s} s"));
            }
        });
        let made = work();
        drop(done);
        made
    })
}

/// What it takes to make the sessions of one model.
struct Making<'a> {
    folder: &'a Folder,
    ask: &'a EngineAsk,
    provider: Provider,
    library: &'static library::Library,
    plan: Option<TensorRtPlan>,
}

impl<'a> Making<'a> {
    fn new(folder: &'a Folder, ask: &'a EngineAsk, provider: Provider) -> Result<Self, ModelError> {
        let library = library().map_err(|cause| failed(provider, "loading the library", &cause))?;
        let plan =
            (provider == Provider::TensorRt).then(|| TensorRtPlan::new(folder, ask, library));
        let plan = plan
            .transpose()
            .map_err(|cause| failed(provider, "making room for its engine", &cause))?;
        Ok(Self { folder, ask, provider, library, plan })
    }

    /// The form that suits the provider, started; of a card also who runs which nodes.
    fn form(&self) -> Result<(Form<Graph>, Option<Placement>), ModelError> {
        let fault = |doing: &'static str| {
            let provider = self.provider;
            move |cause: String| failed(provider, doing, &cause)
        };
        let on_card = self.provider != Provider::Cpu;
        let bound = (on_card && self.ask.gpu.cuda_graph).then_some(AllocationDevice::CUDA);
        // Encoding a frame once saves little where a window has few, and each graph costs some.
        let few = self.folder.card.input.frames < FRAMES_SPLIT_MIN;
        let want = if on_card || few { Want::Whole } else { Want::Split };
        let form = Form::load(self.folder, &self.ask.precision, want, |onnx, outputs| {
            self.graph(onnx, outputs, bound.clone()).map_err(fault("opening the graph"))
        })?;
        // A CUDA graph is recorded at its first run, whose shape is not known yet; and the library
        // refuses one with nodes on the processor.
        if !on_card || bound.is_some() {
            return Ok((form, None));
        }
        let input = &self.folder.card.input;
        let side = self.folder.card.usual_px();
        let frames = Array3::zeros((input.frames, side, side));
        let front = Array3::zeros((input.front_channels, side, side));
        let front = (input.front_channels > 0).then(|| front.view());
        form.run(&frames.view(), front, 1).map_err(fault("starting the network"))?;
        let Form::Whole { net, .. } = &form else { return Ok((form, None)) };
        let placed = net.placement().map_err(fault("reading which nodes run where"))?;
        Ok((form, Some(placed)))
    }

    /// One graph with its buffers on `bound`, when that is said.
    fn graph(
        &self,
        onnx: &[u8],
        outputs: &[&'static str],
        bound: Option<AllocationDevice<'static>>,
    ) -> Result<Graph, String> {
        let profile = self.provider != Provider::Cpu && bound.is_none();
        let session = self.session(onnx, profile)?;
        let bound = bound.map(|device| Mutex::new(Bound::on(device)));
        Ok(Graph { session: Mutex::new(session), outputs: outputs.to_vec(), bound })
    }

    /// A session that does not spin while it waits; with a `profile` it writes down its first run.
    fn session(&self, onnx: &[u8], profile: bool) -> Result<Session, String> {
        let said = |e: ort::Error<ort::session::builder::SessionBuilder>| e.to_string();
        let mut builder = Session::builder(&self.library.environment)
            .map_err(|e| e.to_string())?
            .with_optimization_level(GraphOptimizationLevel::All)
            .map_err(said)?
            .with_intra_threads(self.ask.cores())
            .map_err(said)?
            .with_intra_op_spinning(false)
            .map_err(said)?;
        if let Some(dispatch) =
            dispatch(self.provider, self.ask, self.plan.as_ref(), &self.library.version)
        {
            builder = builder.with_execution_providers([dispatch]).map_err(said)?;
        }
        if profile {
            let name = format!("emberline-{}-nodes", std::process::id());
            builder = builder.with_profiling(std::env::temp_dir().join(name)).map_err(said)?;
        }
        builder.commit_from_memory(onnx).map_err(|e| e.to_string())
    }
}

fn failed(provider: Provider, doing: &'static str, cause: &str) -> ModelError {
    let cause = one_line(cause);
    ModelError::Engine { engine: provider.name(), doing, cause }
}

impl Engine for OnnxRuntime {
    fn name(&self) -> &'static str {
        self.provider.name()
    }

    fn detail(&self) -> String {
        self.detail.clone()
    }

    /// One: a run already uses every core.
    fn at_once(&self) -> usize {
        1
    }

    fn run(
        &self,
        frames: ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
        _: usize,
    ) -> Result<Raw, ModelError> {
        // One lane: a session already uses every core.
        let run = self.form.run(&frames, front, 1);
        run.map_err(|cause| failed(self.provider, "running the network", &cause))
    }

    fn forget(&self) {
        self.form.forget();
    }
}

impl Graph {
    fn values(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> ort::Result<Vec<Value>> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bound) = &self.bound {
            let mut bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
            return bound.run(&mut session, inputs, &self.outputs);
        }
        let given = inputs.iter().map(|(name, values)| {
            let tensor = TensorRef::from_array_view(values.view())?;
            Ok((Cow::from((*name).to_owned()), SessionInputValue::from(tensor)))
        });
        let given = given.collect::<ort::Result<Vec<_>>>()?;
        let said = session.run(given)?;
        self.outputs.iter().map(|name| value(output(&said, name)?)).collect()
    }

    /// Who ran which nodes since the session was opened, which was opened with a profile.
    fn placement(&self) -> Result<Placement, String> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let file = session.end_profiling().map_err(|e| e.to_string())?;
        let profile = std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
        let _ = std::fs::remove_file(&file);
        Placement::read(&profile)
    }
}

impl Net for Graph {
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Value>, String> {
        self.values(inputs).map_err(|e| e.to_string())
    }
}

/// The output `name`.
fn output<'a>(given: &'a SessionOutputs<'_>, name: &str) -> ort::Result<&'a DynValue> {
    given.get(name).ok_or_else(|| ort::Error::new(format!("output {name} is missing")))
}

/// A tensor of this machine's memory as a value of ours.
fn value(tensor: &DynValue) -> ort::Result<Value> {
    if matches!(tensor.dtype(), ValueType::Tensor { ty: TensorElementType::Int64, .. }) {
        let codes = tensor.try_extract_array::<i64>()?;
        return Ok(Value::Codes(codes.mapv(|k| u16::try_from(k).unwrap_or(u16::MAX))));
    }
    Ok(Value::Floats(spare::copy(&tensor.try_extract_array::<f32>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EngineKind;

    /// Needs an ONNX Runtime, named by `ORT_DYLIB_PATH`; on the processor, since no card is here.
    #[test]
    fn a_profile_of_a_real_run_tells_where_its_nodes_ran() {
        if std::env::var_os("ORT_DYLIB_PATH").is_none() {
            assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
            println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
            return;
        }
        let folder = Folder::builtin().expect("inside this program");
        let ask = EngineAsk::of(EngineKind::OrtCpu);
        let making = Making::new(&folder, &ask, Provider::Cpu).expect("ONNX Runtime");
        let onnx = folder.graph("encode", "float32").expect("a graph");
        let session = making.session(onnx, true).expect("a session");
        let graph =
            Graph { session: Mutex::new(session), outputs: vec!["codes_local"], bound: None };
        let frame = ndarray::Array4::<f32>::zeros((1, 1, 32, 32));
        graph.run(&[("frame", frame.view().into_dyn())]).expect("a run");
        let words = graph.placement().expect("a profile").words();
        assert!(words.starts_with("the processor runs all "), "{words}");
    }

    #[test]
    fn long_work_gives_what_it_made() {
        assert_eq!(while_telling(true, |_| (), || 3), 3);
        assert_eq!(while_telling(false, |_| (), || 4), 4);
    }
}
