//! TensorRT's engine of one model: how it is built, and where it is kept.

use ort::ep::TensorRT;
use ort::session::Session;

use super::cache::{Cache, root};
use super::gear::Gear;
use super::library::Library;
use crate::engine::{ModelFacts, ShapeRange, Shapes};
use crate::options::EngineOptions;

/// Variable of NVIDIA's libraries that forbids TF32; the provider has no option for it.
const TF32_VARIABLE: &str = "NVIDIA_TF32_OVERRIDE";

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
    /// The plan for the graph of these `facts` on this machine.
    ///
    /// # Errors
    /// When the provider does not load, or engines cannot be kept, in words.
    pub(super) fn new(
        facts: &ModelFacts,
        options: &EngineOptions,
        library: &Library,
    ) -> Result<Self, String> {
        // Registering loads the provider and TensorRT with it, whose version is in the key.
        let builder = Session::builder(&library.environment).map_err(|e| e.to_string())?;
        let provider = TensorRT::default().build().error_on_failure();
        builder.with_execution_providers([provider]).map_err(|e| e.to_string())?;
        let gear = Gear::here();
        let key = key(facts, options, &gear, &library.version);
        let name = format!("{}-{}", facts.id, facts.precision);
        let cache = Cache::find(&root()?, &name, &key, &|line| tracing::warn!("{line}"))?;
        let dla = options.gpu.dla;
        let weak = gear.tensorrt_major().is_some_and(|major| major < 10) || dla.is_some();
        let flags = ["float16", "int8"].map(|p| weak && facts.precision == p);
        let ShapeRange { least, usual, most } = &facts.shapes;
        let profile = [least, usual, most].map(profile);
        Ok(Self { cache, gear, profile, flags, dla })
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

    pub(super) fn options(&self, asked: TensorRT) -> TensorRT {
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
fn key(facts: &ModelFacts, options: &EngineOptions, gear: &Gear, runtime: &str) -> String {
    let dla = options.gpu.dla.map_or("none".to_owned(), |core| core.to_string());
    format!(
        "model {}\nprecision {}\ngraph sha256 {}\ncard {}\ndriver {}\nTensorRT {}\nONNX \
         Runtime {runtime}\nDLA {dla}\nCUDA graph {}\nemberline {}\n",
        facts.id,
        facts.precision,
        facts.sha256,
        gear.card,
        gear.driver,
        gear.tensorrt,
        options.gpu.cuda_graph,
        env!("CARGO_PKG_VERSION")
    )
}

/// Shapes of a graph's inputs as the provider takes them: `frames:1x10x1x32x32,front:1x5x32x32`.
fn profile(shapes: &Shapes) -> String {
    let one = |(name, shape): &(String, Vec<usize>)| {
        let sides: Vec<String> = shape.iter().map(usize::to_string).collect();
        format!("{name}:{}", sides.join("x"))
    };
    shapes.iter().map(one).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::EngineKind;
    use crate::options::GpuOptions;

    #[test]
    fn shapes_are_written_as_the_provider_takes_them() {
        let shapes = vec![
            ("frames".to_owned(), vec![1, 10, 1, 32, 32]),
            ("front".to_owned(), vec![1, 5, 32, 32]),
        ];
        assert_eq!(profile(&shapes), "frames:1x10x1x32x32,front:1x5x32x32");
        assert_eq!(profile(&shapes[..1].to_vec()), "frames:1x10x1x32x32");
    }

    #[test]
    fn whatever_an_engine_depends_on_changes_its_key() {
        let gear = Gear {
            card: "NVIDIA H100".to_owned(),
            driver: "550.54".to_owned(),
            tensorrt: "10.3.0".to_owned(),
        };
        let options = EngineOptions::of(EngineKind::Tensorrt);
        let model = |id: &str, precision: &str, sha256: &str| ModelFacts {
            id: id.to_owned(),
            precision: precision.to_owned(),
            sha256: sha256.to_owned(),
            shapes: ShapeRange::default(),
        };
        let facts = model("fire-v1", "float32", "ab");
        let usual = key(&facts, &options, &gear, "1.31.1");
        let dla =
            EngineOptions { gpu: GpuOptions { dla: Some(0), ..options.gpu }, ..options.clone() };
        let graph = EngineOptions {
            gpu: GpuOptions { cuda_graph: true, ..options.gpu },
            ..options.clone()
        };
        let other = |f: &dyn Fn(&mut Gear)| {
            let mut gear = gear.clone();
            f(&mut gear);
            key(&facts, &options, &gear, "1.31.1")
        };
        let keys = [
            key(&model("fire-v2", "float32", "ab"), &options, &gear, "1.31.1"),
            key(&model("fire-v1", "float32", "ac"), &options, &gear, "1.31.1"),
            key(&facts, &options, &gear, "1.32.0"),
            key(&model("fire-v1", "float16", "ab"), &options, &gear, "1.31.1"),
            key(&facts, &dla, &gear, "1.31.1"),
            key(&facts, &graph, &gear, "1.31.1"),
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
