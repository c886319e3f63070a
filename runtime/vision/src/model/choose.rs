//! Which engine runs a model: the one asked for, or the best one here, and why.

use std::num::NonZeroUsize;

use super::folder::Folder;
#[cfg(feature = "ort")]
use super::ort::{OnnxRuntime, Provider, standing};
#[cfg(feature = "tract")]
use super::tract::{Tract, VERSION};
use super::{Engine, ModelError};

/// An engine, as asked for on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum EngineKind {
    /// The fastest that starts here: cuda, ort-cpu, then tract.
    #[default]
    Auto,
    /// Inside this program, on the processor.
    Tract,
    /// ONNX Runtime on the processor.
    OrtCpu,
    /// ONNX Runtime on an NVIDIA card.
    Cuda,
    /// ONNX Runtime with TensorRT (builds an engine for minutes at first).
    Tensorrt,
}

impl EngineKind {
    /// Every engine that can run a model.
    pub const ALL: [Self; 4] = [Self::Tract, Self::OrtCpu, Self::Cuda, Self::Tensorrt];

    /// Name as on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Tract => "tract",
            Self::OrtCpu => "ort-cpu",
            Self::Cuda => "cuda",
            Self::Tensorrt => "tensorrt",
        }
    }
}

/// Precision that every model has and others are measured against.
pub const REFERENCE: &str = "float32";

/// What is asked of a graphics card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct GpuAsk {
    /// Record the launches of one run as a CUDA graph and replay it: of `cuda` and `tensorrt`.
    pub cuda_graph: bool,
    /// Core of a Jetson's deep learning accelerator that takes the layers it can: of `tensorrt`.
    pub dla: Option<u32>,
}

/// Who hears, while an engine opens, of what takes long or was not as it should be.
pub type Tell = fn(&str);

/// What is asked of an engine.
#[derive(Clone, Debug)]
pub struct EngineAsk {
    /// Which.
    pub engine: EngineKind,
    /// A precision that the model's card names.
    pub precision: String,
    /// Processor cores it may use; all there are when not said.
    pub threads: Option<NonZeroUsize>,
    /// Of a graphics card.
    pub gpu: GpuAsk,
    /// Hears of an engine being built for minutes, or of one that was damaged.
    pub tell: Tell,
}

impl EngineAsk {
    /// `engine` at float32, on all cores.
    #[must_use]
    pub fn of(engine: EngineKind) -> Self {
        let gpu = GpuAsk::default();
        Self { engine, precision: REFERENCE.to_owned(), threads: None, gpu, tell: |_| () }
    }

    /// Refuses options that the engine does not have.
    fn fits(&self) -> Result<(), ModelError> {
        use EngineKind::{Cuda, Tensorrt};
        for (asked, option, of) in [
            (self.gpu.cuda_graph, "--cuda-graph", &[Cuda, Tensorrt][..]),
            (self.gpu.dla.is_some(), "--dla", &[Tensorrt]),
        ] {
            if asked && !of.contains(&self.engine) {
                let names: Vec<&str> = of.iter().map(|e| e.name()).collect();
                return Err(ModelError::NoEngine {
                    engine: self.engine.name(),
                    what: format!("has no {option}"),
                    fix: format!("use --engine {}", names.join(" or ")),
                });
            }
        }
        Ok(())
    }

    /// Cores it may use.
    pub(super) fn cores(&self) -> usize {
        let here = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(here, usize::from)
    }
}

/// Whether an engine is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub engine: EngineKind,
    /// What it is, or why it is not here.
    pub state: Result<String, String>,
}

/// An engine with its model loaded, and why it was taken.
pub struct Choice {
    /// The engine.
    pub engine: Box<dyn Engine>,
    /// Precision of its graphs, as in the card.
    pub precision: String,
    /// Processor cores it may use.
    pub threads: usize,
    /// Why this one, in words: `ort-cpu: ONNX Runtime 1.31.1 at …; cuda: not in …`.
    pub why: String,
}

impl std::fmt::Debug for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choice")
            .field("engine", &self.engine.name())
            .field("why", &self.why)
            .finish()
    }
}

/// Every engine this program knows, and whether it is here.
#[must_use]
pub fn standings() -> Vec<Standing> {
    EngineKind::ALL.into_iter().map(|engine| Standing { engine, state: state(engine) }).collect()
}

fn state(engine: EngineKind) -> Result<String, String> {
    match engine {
        #[cfg(feature = "tract")]
        EngineKind::Tract | EngineKind::Auto => Ok(format!("tract {VERSION}, inside this program")),
        #[cfg(not(feature = "tract"))]
        EngineKind::Tract | EngineKind::Auto => Err("not built into this program".to_owned()),
        #[cfg(feature = "ort")]
        EngineKind::OrtCpu => standing(Provider::Cpu),
        #[cfg(feature = "ort")]
        EngineKind::Cuda => standing(Provider::Cuda),
        #[cfg(feature = "ort")]
        EngineKind::Tensorrt => standing(Provider::TensorRt),
        #[cfg(not(feature = "ort"))]
        _ => Err("not built into this program".to_owned()),
    }
}

/// Loads `folder`'s graphs into the engine asked for, which is not [`EngineKind::Auto`].
///
/// # Errors
/// [`ModelError::NoEngine`] when it is not here or does not run that precision,
/// [`ModelError::Engine`] when it refuses the graph, [`ModelError::NoPrecision`].
pub fn open_engine(ask: &EngineAsk, folder: &Folder) -> Result<Box<dyn Engine>, ModelError> {
    folder.window(&ask.precision)?;
    ask.fits()?;
    match ask.engine {
        #[cfg(feature = "tract")]
        EngineKind::Tract => Ok(Box::new(Tract::load(folder, ask)?)),
        #[cfg(feature = "ort")]
        EngineKind::OrtCpu => Ok(Box::new(OnnxRuntime::load(folder, ask, Provider::Cpu)?)),
        #[cfg(feature = "ort")]
        EngineKind::Cuda => Ok(Box::new(OnnxRuntime::load(folder, ask, Provider::Cuda)?)),
        #[cfg(feature = "ort")]
        EngineKind::Tensorrt => Ok(Box::new(OnnxRuntime::load(folder, ask, Provider::TensorRt)?)),
        other => Err(ModelError::NoEngine {
            engine: other.name(),
            what: "not built into this program".to_owned(),
            fix: "use another --engine, or a build with this feature".to_owned(),
        }),
    }
}

/// The engine asked for, or with [`EngineKind::Auto`] the first that starts of cuda, ort-cpu, tract.
///
/// # Errors
/// As [`open_engine`]; with `Auto` only when none starts.
pub fn choose(ask: &EngineAsk, folder: &Folder) -> Result<Choice, ModelError> {
    folder.window(&ask.precision)?;
    ask.fits()?;
    let taken = |engine, why| Choice {
        engine,
        precision: ask.precision.clone(),
        threads: ask.cores(),
        why,
    };
    if ask.engine != EngineKind::Auto {
        let engine = open_engine(ask, folder)?;
        let why = format!("{}: asked for; {}", engine.name(), engine.detail());
        return Ok(taken(engine, why));
    }
    let mut passed = Vec::new();
    for kind in [EngineKind::Cuda, EngineKind::OrtCpu, EngineKind::Tract] {
        if let Err(why_not) = state(kind) {
            passed.push((kind.name(), why_not));
            continue;
        }
        match open_engine(&EngineAsk { engine: kind, ..ask.clone() }, folder) {
            Ok(engine) => {
                let why = format!("{}: {}{}", engine.name(), engine.detail(), tell(&passed));
                return Ok(taken(engine, why));
            }
            Err(ModelError::Engine { doing, cause, .. }) => {
                passed.push((kind.name(), format!("{doing}: {cause}")));
            }
            Err(ModelError::NoEngine { what, .. }) => passed.push((kind.name(), what)),
            Err(e) => passed.push((kind.name(), e.to_string())),
        }
    }
    Err(ModelError::NoEngine {
        engine: "auto",
        what: tell(&passed).trim_start_matches("; ").to_owned(),
        fix: "run `emberline doctor`".to_owned(),
    })
}

/// Engines passed over and why, those with one reason together: `; cuda, ort-cpu: no library …`.
fn tell(passed: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    for (k, (engine, why)) in passed.iter().enumerate() {
        let again = passed.get(k + 1).is_some_and(|(_, next)| next == why);
        let follows = k > 0 && passed[k - 1].1 == *why;
        text += &format!("{}{engine}", if follows { ", " } else { "; " });
        if !again {
            text += &format!(": {why}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reason_is_told_once() {
        let passed = |a: &str, b: &str| [("cuda", a.to_owned()), ("ort-cpu", b.to_owned())];
        assert_eq!(tell(&passed("gone", "gone")), "; cuda, ort-cpu: gone");
        assert_eq!(tell(&passed("no card", "gone")), "; cuda: no card; ort-cpu: gone");
        assert_eq!(tell(&[]), "");
    }

    #[test]
    fn options_of_a_card_are_refused_elsewhere() {
        use EngineKind::{Auto, Cuda, OrtCpu, Tensorrt, Tract};
        let graph = GpuAsk { cuda_graph: true, dla: None };
        let dla = GpuAsk { cuda_graph: false, dla: Some(0) };
        for (engine, gpu, fits) in [
            (Auto, graph, false),
            (Tract, graph, false),
            (OrtCpu, dla, false),
            (Cuda, dla, false),
            (Cuda, graph, true),
            (Tensorrt, graph, true),
            (Tensorrt, dla, true),
            (Auto, GpuAsk::default(), true),
        ] {
            let said = EngineAsk { gpu, ..EngineAsk::of(engine) }.fits();
            assert_eq!(said.is_ok(), fits, "{engine:?} {gpu:?}: {said:?}");
        }
    }

    #[cfg(feature = "tract")]
    #[test]
    fn an_engine_that_was_asked_for_is_taken() -> Result<(), ModelError> {
        let choice = choose(&EngineAsk::of(EngineKind::Tract), &Folder::builtin()?)?;
        assert_eq!(choice.engine.name(), "tract");
        assert!(choice.why.starts_with("tract: asked for"), "{}", choice.why);
        Ok(())
    }
}
