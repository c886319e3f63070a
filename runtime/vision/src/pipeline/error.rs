//! Why a pipeline ended without what was asked for.

use crate::clip::NoClip;
use crate::model::ModelError;
use crate::product::ProductError;
use crate::source::SourceError;

/// Why a pipeline ended without what was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The input cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The model cannot be used, or not for this input.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The input has no clip that ends there.
    #[error("input {input}: {cause}")]
    NoClip {
        /// As it was named.
        input: String,
        /// Why.
        cause: NoClip,
    },
    /// The products cannot be written.
    #[error(transparent)]
    Product(#[from] ProductError),
}
