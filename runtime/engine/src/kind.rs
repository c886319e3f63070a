//! Which engine: its names, and those that run on a graphics card.

/// An engine, as a person chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum EngineKind {
    /// The fastest that starts here: CUDA, ONNX Runtime on the processor, then tract.
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
    /// Every engine that can run a network.
    pub const ALL: [Self; 4] = [Self::Tract, Self::OrtCpu, Self::Cuda, Self::Tensorrt];

    /// What [`EngineKind::Auto`] tries, in this order. TensorRT is left out: it builds for minutes.
    pub const TRIED: [Self; 3] = [Self::Cuda, Self::OrtCpu, Self::Tract];

    /// Its name: `auto`, `tract`, `ort-cpu`, `cuda`, `tensorrt`.
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
