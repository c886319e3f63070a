//! Opening an engine by its kind, and which engines there are on this machine.

use std::sync::Arc;

use crate::engine::{Engine, ModelFacts};
use crate::error::EngineError;
use crate::kind::EngineKind;
use crate::options::EngineOptions;
#[cfg(feature = "ort")]
use crate::ort::{OnnxRuntime, Provider, available};
#[cfg(feature = "tract")]
use crate::tract::{Tract, VERSION};

/// Whether an engine is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// Which.
    pub engine: EngineKind,
    /// What it is, or why it is not here.
    pub state: Result<String, String>,
}

/// Every engine this program knows, and whether it is here.
#[must_use]
pub fn availabilities() -> Vec<Availability> {
    let one = |engine| Availability { engine, state: availability(engine) };
    EngineKind::ALL.into_iter().map(one).collect()
}

/// What an engine is, in words.
///
/// # Errors
/// Why it is not here, in words.
pub fn availability(engine: EngineKind) -> Result<String, String> {
    match engine {
        #[cfg(feature = "tract")]
        EngineKind::Tract | EngineKind::Auto => Ok(format!("tract {VERSION}, inside this program")),
        #[cfg(not(feature = "tract"))]
        EngineKind::Tract | EngineKind::Auto => Err("not built into this program".to_owned()),
        #[cfg(feature = "ort")]
        EngineKind::OrtCpu => available(Provider::Cpu),
        #[cfg(feature = "ort")]
        EngineKind::Cuda => available(Provider::Cuda),
        #[cfg(feature = "ort")]
        EngineKind::Tensorrt => available(Provider::TensorRt),
        #[cfg(not(feature = "ort"))]
        _ => Err("not built into this program".to_owned()),
    }
}

/// Opens the engine asked for, which is not [`EngineKind::Auto`], for the graphs of one model.
///
/// # Errors
/// [`EngineError::Absent`] when it is not here, does not run that precision or has no such option;
/// [`EngineError::Failed`] when it does not start.
pub fn open(options: &EngineOptions, facts: ModelFacts) -> Result<Arc<dyn Engine>, EngineError> {
    options.check()?;
    #[cfg(not(feature = "ort"))]
    let _ = facts;
    match options.engine {
        #[cfg(feature = "tract")]
        EngineKind::Tract => Ok(Arc::new(Tract::open(options)?)),
        #[cfg(feature = "ort")]
        EngineKind::OrtCpu => Ok(Arc::new(OnnxRuntime::open(options, facts, Provider::Cpu)?)),
        #[cfg(feature = "ort")]
        EngineKind::Cuda => Ok(Arc::new(OnnxRuntime::open(options, facts, Provider::Cuda)?)),
        #[cfg(feature = "ort")]
        EngineKind::Tensorrt => {
            Ok(Arc::new(OnnxRuntime::open(options, facts, Provider::TensorRt)?))
        }
        other => Err(EngineError::Absent {
            engine: other.name(),
            what: "not built into this program".to_owned(),
            fix: "use another ‹engine›, or a build with this feature".to_owned(),
        }),
    }
}
