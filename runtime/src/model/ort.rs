//! ONNX Runtime, found when the program runs: the only file that names ort.
//!
//! The library is looked for at `$ORT_DYLIB_PATH` alone when that is set, else beside this program
//! and in the usual places. Its absence is normal. A provider (CUDA, TensorRT) that was asked for
//! and cannot start is an error: nothing is moved to the CPU in silence.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ndarray::{ArrayView3, ArrayViewD};
use ort::environment::Environment;
use ort::ep::{CUDA, ExecutionProvider as _, ExecutionProviderDispatch, TensorRT};
use ort::session::{Session, SessionInputValue, SessionOutputs, builder::GraphOptimizationLevel};
use ort::value::{TensorElementType, TensorRef, ValueType};

use super::choose::EngineAsk;
use super::folder::Folder;
use super::form::{Form, Want};
use super::net::{Net, Value};
use super::{Engine, ModelError, Raw, one_line};

/// Variable that names the library, as everywhere around ONNX Runtime.
const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// Which provider of ONNX Runtime runs the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// The processor.
    Cpu,
    /// An NVIDIA card.
    Cuda,
    /// An NVIDIA card, by an engine built for it.
    TensorRt,
}

impl Provider {
    /// Name as on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cpu => "ort-cpu",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
        }
    }

    fn dispatch(self) -> Option<ExecutionProviderDispatch> {
        match self {
            Self::Cpu => None,
            Self::Cuda => Some(CUDA::default().build().error_on_failure()),
            Self::TensorRt => Some(TensorRT::default().build().error_on_failure()),
        }
    }
}

/// The library of this process.
#[derive(Debug)]
struct Library {
    environment: Environment,
    path: PathBuf,
    version: String,
}

/// Loads the library once; afterwards the same answer.
fn library() -> Result<&'static Library, String> {
    static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
    LIBRARY.get_or_init(load).as_ref().map_err(Clone::clone)
}

fn load() -> Result<Library, String> {
    let named = std::env::var_os(LIBRARY_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
    let candidates = match &named {
        Some(path) if path.is_dir() => in_folder(path),
        Some(path) => vec![path.clone()],
        None => usual_places().iter().flat_map(|p| in_folder(p)).collect(),
    };
    let mut why = match &named {
        Some(path) => format!("no ONNX Runtime library at {LIBRARY_VARIABLE}={}", path.display()),
        None => "no ONNX Runtime library (libonnxruntime.so) beside this program or in the usual \
                 places"
            .to_owned(),
    };
    for path in candidates.iter().filter(|p| p.is_file()) {
        // Messages of the library go nowhere: what matters comes back as an error.
        let built = match ort::init_from(path) {
            Ok(builder) => builder
                .with_name("emberline")
                .with_telemetry(false)
                .with_logger(Arc::new(|_, _, _, _, _| {}))
                .build()
                .map_err(|e| e.to_string()),
            Err(e) => Err(e.to_string()),
        };
        match built {
            Ok(environment) => {
                return Ok(Library { environment, version: version(path), path: path.clone() });
            }
            Err(e) => why = format!("{} cannot be used: {}", path.display(), one_line(&e)),
        }
    }
    Err(why)
}

/// Places where installers put libraries.
fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(beside) = std::env::current_exe().ok().and_then(|e| e.parent().map(Path::to_owned))
    {
        places.extend([beside.clone(), beside.join("lib"), beside.join("../lib")]);
    }
    let arch = std::env::consts::ARCH;
    places.extend(
        [
            "/usr/local/lib".to_owned(),
            "/usr/lib".to_owned(),
            format!("/usr/lib/{arch}-linux-gnu"),
            "/usr/lib64".to_owned(),
            "/opt/onnxruntime/lib".to_owned(),
            "/opt/homebrew/lib".to_owned(),
        ]
        .map(PathBuf::from),
    );
    places
}

/// Files in `folder` that are named like the library, plain name first, then the newest.
fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_library = |name: &str| {
        name == "libonnxruntime.dylib"
            || name
                .strip_prefix("libonnxruntime.so")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .flatten()
        .filter(|e| e.file_name().to_str().is_some_and(is_library))
        .map(|e| (numbers(&e.file_name().to_string_lossy()), e.path()))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.is_empty().cmp(&b.is_empty()).then(a.cmp(b)).reverse());
    found.into_iter().map(|(_, p)| p).collect()
}

/// `1.31.1` of `libonnxruntime.so.1.31.1`.
fn numbers(name: &str) -> Vec<u32> {
    name.rsplit_once(".so.")
        .map_or(Vec::new(), |(_, v)| v.split('.').flat_map(str::parse).collect())
}

/// The library's version, from its real file name or from what it says of its build.
fn version(path: &Path) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let numbers = numbers(&name);
    if numbers.len() >= 2 {
        return numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    }
    let info = one_line(ort::info());
    let words = info.trim_start_matches("ORT Build Info: ").split(", ");
    let known = words.filter(|w| w.starts_with("git-branch=") || w.starts_with("git-commit-id="));
    format!("of unknown version ({})", known.collect::<Vec<_>>().join(", "))
}

/// Whether the library is here and has `provider`: what it is, or why not.
pub(crate) fn standing(provider: Provider) -> Result<String, String> {
    let library = library()?;
    let has = match provider {
        Provider::Cpu => Ok(true),
        Provider::Cuda => CUDA::is_available(),
        Provider::TensorRt => TensorRT::is_available(),
    };
    match has {
        Ok(true) => Ok(format!("ONNX Runtime {} at {}", library.version, library.path.display())),
        Ok(false) => Err(format!("not in the ONNX Runtime at {}", library.path.display())),
        Err(e) => Err(one_line(&e.to_string())),
    }
}

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
}

impl OnnxRuntime {
    /// Opens `folder`'s graphs at a `precision` with `provider`: on the processor the streaming
    /// split, on a card the whole window, which it starts once.
    pub(crate) fn load(
        folder: &Folder,
        ask: &EngineAsk,
        provider: Provider,
    ) -> Result<Self, ModelError> {
        let detail = standing(provider).map_err(|what| ModelError::NoEngine {
            engine: provider.name(),
            what,
            fix: match provider {
                Provider::Cpu => format!("set {LIBRARY_VARIABLE} to one, or use --engine tract"),
                _ => "install one built for this card, or use --engine tract".to_owned(),
            },
        })?;
        let library = library().map_err(|cause| failed(provider, "loading the library", &cause))?;
        let want = if provider == Provider::Cpu { Want::Split } else { Want::Whole };
        let form = Form::load(folder, &ask.precision, want, |onnx, outputs| {
            let session = session(&library.environment, onnx, provider, ask.cores())
                .map_err(|cause| failed(provider, "opening the graph", &cause))?;
            Ok(Graph { session: Mutex::new(session), outputs: outputs.to_vec() })
        })?;
        let detail = format!("{detail}, {}", form.name());
        Ok(Self { provider, form, detail })
    }
}

/// A session with `cores` threads, that does not spin while it waits.
fn session(
    env: &Environment,
    onnx: &[u8],
    provider: Provider,
    cores: usize,
) -> Result<Session, String> {
    let mut builder = Session::builder(env)
        .map_err(|e| e.to_string())?
        .with_optimization_level(GraphOptimizationLevel::All)
        .map_err(|e| e.to_string())?
        .with_intra_threads(cores)
        .map_err(|e| e.to_string())?
        .with_intra_op_spinning(false)
        .map_err(|e| e.to_string())?;
    if let Some(dispatch) = provider.dispatch() {
        builder = builder.with_execution_providers([dispatch]).map_err(|e| e.to_string())?;
    }
    builder.commit_from_memory(onnx).map_err(|e| e.to_string())
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
        let given = inputs.iter().map(|(name, values)| {
            let tensor = TensorRef::from_array_view(values.view())?;
            Ok((Cow::from((*name).to_owned()), SessionInputValue::from(tensor)))
        });
        let given = given.collect::<ort::Result<Vec<_>>>()?;
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let said = session.run(given)?;
        let take = |name: &&'static str| {
            let value = output(&said, name)?;
            if matches!(value.dtype(), ValueType::Tensor { ty: TensorElementType::Int64, .. }) {
                let codes = value.try_extract_array::<i64>()?;
                return Ok(Value::Codes(codes.mapv(|k| u16::try_from(k).unwrap_or(u16::MAX))));
            }
            Ok(Value::Floats(value.try_extract_array::<f32>()?.to_owned()))
        };
        self.outputs.iter().map(take).collect()
    }
}

impl Net for Graph {
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Value>, String> {
        self.values(inputs).map_err(|e| e.to_string())
    }
}

/// The output `name`.
fn output<'a>(given: &'a SessionOutputs<'_>, name: &str) -> ort::Result<&'a ort::value::DynValue> {
    given.get(name).ok_or_else(|| ort::Error::new(format!("output {name} is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_name_comes_first_and_then_the_newest_version() {
        let at = tempfile::tempdir().expect("a temporary folder");
        let names = [
            "libonnxruntime.so.1.9.0",
            "libonnxruntime.so.1.31.1",
            "libonnxruntime.so",
            "libonnxruntime_providers_cuda.so",
            "libother.so.1",
        ];
        for name in names {
            std::fs::write(at.path().join(name), b"").expect("w");
        }
        let found: Vec<_> = in_folder(at.path());
        let found: Vec<_> =
            found.iter().map(|p| p.file_name().unwrap_or_default().to_string_lossy()).collect();
        assert_eq!(found, [names[2], names[1], names[0]]);
    }
}
