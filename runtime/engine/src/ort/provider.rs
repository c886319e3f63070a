//! Providers of ONNX Runtime and what they are asked for: the processor, CUDA, TensorRT.

use ort::ep::{CUDA, ExecutionProvider as _, ExecutionProviderDispatch, TensorRT};

use super::library::library;
use super::tensorrt::TensorRtPlan;
use crate::one_line;
use crate::options::EngineOptions;

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
pub(crate) fn available(provider: Provider) -> Result<String, String> {
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
    options: &EngineOptions,
    plan: Option<&TensorRtPlan>,
    version: &str,
) -> Option<ExecutionProviderDispatch> {
    let built = match provider {
        Provider::Cpu => return None,
        Provider::Cuda => {
            let asked = CUDA::default().with_cuda_graph(options.gpu.cuda_graph);
            // float32 is float32: cards since Ampere would compute with 10 bits of its 23.
            let asked = if has_tf32_option(version) { asked.with_tf32(false) } else { asked };
            asked.build()
        }
        Provider::TensorRt => {
            let asked = TensorRT::default().with_cuda_graph(options.gpu.cuda_graph);
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
