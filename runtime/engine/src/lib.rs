//! Engines: what runs the graphs of a network. Named tensors go in, named tensors come out.
//!
//! An [`Engine`] is opened for one model ([`open()`]) and loads its graphs ([`Engine::load`]); each
//! becomes a [`Net`]. What the tensors mean is not known here: no fire, no rain, no family of
//! networks. Nothing falls back to something else without saying so: an engine that was asked for by
//! name runs or is an error.
//!
//! ```text
//! kind, options ──▶ open ──▶ Engine ──load(graph)──▶ Net ──run(named tensors)──▶ tensors
//!                            tract | ort (CPU, CUDA, TensorRT)
//! ```
//!
//! One folder names tract, one names ort; an ONNX file's inputs and outputs are read without either
//! ([`Signature`]).

mod buffers;
pub mod checksums;
mod engine;
mod error;
mod kind;
mod net;
mod open;
mod options;
#[cfg(feature = "ort")]
mod ort;
mod signature;
mod text;
#[cfg(feature = "tract")]
mod tract;

pub use buffers::Buffers;
pub use engine::{Engine, Graph, ModelFacts, Preference, ShapeRange, Shapes};
pub use error::EngineError;
pub use kind::EngineKind;
pub use net::{Net, Outputs, RunError, Tensor};
pub use open::{Availability, availabilities, availability, open};
pub use options::{EngineOptions, GpuOptions, REFERENCE_PRECISION};
pub use signature::{Axis, FLOAT32, INT64, Signature, Slot};
pub use text::one_line;
