//! Providers of ONNX Runtime and what they are asked for: the processor, CUDA, TensorRT.

use ort::ep::{CUDA, ExecutionProvider as _, ExecutionProviderDispatch, TensorRT};
use ort::session::Session;

use super::cache::{Cache, root};
use super::gear::Gear;
use super::library::{Library, library};
use crate::model::choose::EngineAsk;
use crate::model::folder::Folder;
use crate::model::one_line;

/// Variable of NVIDIA's libraries that forbids TF32; the provider has no option for it.
const TF32_VARIABLE: &str = "NVIDIA_TF32_OVERRIDE";

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

/// `provider` as the library takes it; none for the processor, which is always there.
pub(super) fn dispatch(
    provider: Provider,
    ask: &EngineAsk,
    plan: Option<&TensorRtPlan>,
    version: &str,
) -> Option<ExecutionProviderDispatch> {
    let built = match provider {
        Provider::Cpu => return None,
        Provider::Cuda => {
            let asked = CUDA::default().with_cuda_graph(ask.gpu.cuda_graph);
            // float32 is float32: cards since Ampere would compute with 10 bits of its 23.
            let asked = if has_tf32_option(version) { asked.with_tf32(false) } else { asked };
            asked.build()
        }
        Provider::TensorRt => {
            let asked = TensorRT::default().with_cuda_graph(ask.gpu.cuda_graph);
            plan.map_or_else(|| asked.clone(), |p| p.options(asked.clone())).build()
        }
    };
    Some(built.error_on_failure())
}

/// Whether ONNX Runtime of this version knows the option `use_tf32` (since 1.18); older ones refuse what
/// they do not know. A version that is not told is taken for a late one.
fn has_tf32_option(version: &str) -> bool {
    let mut parts = version.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (1, 18),
        _ => true,
    }
}

/// How TensorRT's engine of one model is built, and where it is kept.
#[derive(Debug)]
pub(super) struct TensorRtPlan {
    cache: Cache,
    gear: Gear,
    /// Smallest, usual and largest shapes of the inputs, as the provider takes them.
    profile: [String; 3],
    /// Whether the builder is told of float16 and int8: before TensorRT 10, and of a DLA, it does not
    /// take them from the graph.
    flags: [bool; 2],
    dla: Option<u32>,
}

impl TensorRtPlan {
    /// The plan for `folder`'s whole window on this machine.
    ///
    /// # Errors
    /// When the provider does not load, or engines cannot be kept, in words.
    pub(super) fn new(folder: &Folder, ask: &EngineAsk, library: &Library) -> Result<Self, String> {
        // Registering loads the provider and TensorRT with it, whose version is in the key.
        let builder = Session::builder(&library.environment).map_err(|e| e.to_string())?;
        let provider = TensorRT::default().build().error_on_failure();
        builder.with_execution_providers([provider]).map_err(|e| e.to_string())?;
        let gear = Gear::here();
        let graph = folder.card.precision(&ask.precision).map_or("", |p| &p.sha256);
        let key = key(&folder.card.id(), graph, ask, &gear, &library.version);
        let name = format!("{}-{}", folder.card.id(), ask.precision);
        let cache = Cache::find(&root()?, &name, &key, &|line| (ask.tell)(line))?;
        let weak = gear.tensorrt_major().is_some_and(|major| major < 10) || ask.gpu.dla.is_some();
        let flags = ["float16", "int8"].map(|p| weak && ask.precision == p);
        Ok(Self { cache, gear, profile: profile(folder), flags, dla: ask.gpu.dla })
    }

    /// Whether the engine is yet to be built.
    pub(super) fn is_new(&self) -> bool {
        self.cache.is_new()
    }

    /// For people.
    pub(super) fn words(&self) -> String {
        let tf32 = match std::env::var(TF32_VARIABLE).as_deref() {
            Ok("0") => String::new(),
            _ => format!(" (float32 may be computed as TF32; {TF32_VARIABLE}=0 forbids it)"),
        };
        format!("TensorRT {} on {}{tf32}", self.gear.tensorrt, self.gear.card)
    }

    /// Keeps the engine for the next start.
    pub(super) fn keep(self) -> Result<(), String> {
        self.cache.keep()
    }

    fn options(&self, asked: TensorRT) -> TensorRT {
        let folder = self.cache.folder().display();
        let [least, usual, most] = &self.profile;
        let [half, int8] = self.flags;
        let asked = asked
            .with_engine_cache(true)
            .with_engine_cache_path(folder.to_string())
            .with_timing_cache(true)
            .with_timing_cache_path(folder.to_string())
            .with_profile_min_shapes(least)
            .with_profile_opt_shapes(usual)
            .with_profile_max_shapes(most);
        // What is not on is not named: TensorRT 11 has no such flags.
        let asked = if half { asked.with_fp16(true) } else { asked };
        let asked = if int8 { asked.with_int8(true) } else { asked };
        match self.dla {
            Some(core) => asked.with_dla(true).with_dla_core(core),
            None => asked,
        }
    }
}

/// All that an engine depends on, a line each.
fn key(model: &str, graph: &str, ask: &EngineAsk, gear: &Gear, runtime: &str) -> String {
    let dla = ask.gpu.dla.map_or("none".to_owned(), |core| core.to_string());
    format!(
        "model {model}\nprecision {}\ngraph sha256 {graph}\ncard {}\ndriver {}\nTensorRT {}\nONNX \
         Runtime {runtime}\nDLA {dla}\nCUDA graph {}\nemberline {}\n",
        ask.precision,
        gear.card,
        gear.driver,
        gear.tensorrt,
        ask.gpu.cuda_graph,
        env!("CARGO_PKG_VERSION")
    )
}

/// Shapes of the whole window's inputs for the smallest, a usual and the largest tile.
fn profile(folder: &Folder) -> [String; 3] {
    let (card, input) = (&folder.card, &folder.card.input);
    let least = input.min_px.next_multiple_of(input.multiple_px);
    [least, card.usual_px(), input.tile_px].map(|side| {
        let frames = format!("frames:1x{}x1x{side}x{side}", input.frames);
        if input.front_channels == 0 {
            return frames;
        }
        format!("{frames},front:1x{}x{side}x{side}", input.front_channels)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EngineKind, GpuAsk};

    #[test]
    fn the_profile_spans_every_tile() {
        let fire = Folder::builtin().expect("inside this program");
        let [least, usual, most] = profile(&fire);
        assert_eq!(least, "frames:1x10x1x32x32,front:1x5x32x32");
        assert_eq!(usual, "frames:1x10x1x128x128,front:1x5x128x128");
        assert_eq!(most, "frames:1x10x1x256x256,front:1x5x256x256");
        let rain = Folder::inside("rain-v1").expect("inside this program");
        assert!(profile(&rain).iter().all(|s| !s.contains("front")));
    }

    #[test]
    fn an_option_is_not_given_to_a_library_that_does_not_know_it() {
        for (version, has) in [
            ("1.17.3", false),
            ("1.18.0", true),
            ("1.31.1", true),
            ("2.0.0", true),
            ("of unknown version (git-branch=x)", true),
        ] {
            assert_eq!(has_tf32_option(version), has, "{version}");
        }
    }

    #[test]
    fn whatever_an_engine_depends_on_changes_its_key() {
        let gear = Gear {
            card: "NVIDIA H100".to_owned(),
            driver: "550.54".to_owned(),
            tensorrt: "10.3.0".to_owned(),
        };
        let ask = EngineAsk::of(EngineKind::Tensorrt);
        let usual = key("fire-v1", "ab", &ask, &gear, "1.31.1");
        let half = EngineAsk { precision: "float16".to_owned(), ..ask.clone() };
        let dla = EngineAsk { gpu: GpuAsk { dla: Some(0), ..ask.gpu }, ..ask.clone() };
        let graph = EngineAsk { gpu: GpuAsk { cuda_graph: true, ..ask.gpu }, ..ask.clone() };
        let other = |f: &dyn Fn(&mut Gear)| {
            let mut gear = gear.clone();
            f(&mut gear);
            key("fire-v1", "ab", &ask, &gear, "1.31.1")
        };
        let keys = [
            key("fire-v2", "ab", &ask, &gear, "1.31.1"),
            key("fire-v1", "ac", &ask, &gear, "1.31.1"),
            key("fire-v1", "ab", &ask, &gear, "1.32.0"),
            key("fire-v1", "ab", &half, &gear, "1.31.1"),
            key("fire-v1", "ab", &dla, &gear, "1.31.1"),
            key("fire-v1", "ab", &graph, &gear, "1.31.1"),
            other(&|g| g.card.push('X')),
            other(&|g| g.driver.push('1')),
            other(&|g| g.tensorrt.push('1')),
        ];
        for (k, one) in keys.iter().enumerate() {
            assert_ne!(*one, usual, "{k}");
            assert!(keys[..k].iter().all(|before| before != one), "{k}");
        }
    }
}
