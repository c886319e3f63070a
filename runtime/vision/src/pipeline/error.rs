//! Why a pipeline ended without what was asked for.

use super::rain_at::RainAtError;
use crate::clip::NoClip;
use crate::model::ModelError;
use crate::product::{CotError, ProductError};
use crate::source::SourceError;
use crate::tracker::StateError;

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
    /// The state of earlier films cannot be taken up or left behind.
    #[error("state {path}: {cause}")]
    State {
        /// The file.
        path: String,
        /// Why; it stands in the message.
        cause: StateError,
    },
    /// The input can have no state.
    #[error("input {input}: {cause}")]
    NoState {
        /// As it was named.
        input: String,
        /// Why; it stands in the message.
        cause: StateError,
    },
    /// A time is told for a film that has its own.
    #[error("input {input}: it tells its own wall times; leave ‹start-utc› out")]
    OwnTimes {
        /// As it was named.
        input: String,
    },
    /// No frame of the input can be scored.
    #[error("input {input}: nothing to score: {why}")]
    NothingToScore {
        /// As it was named.
        input: String,
        /// Why the first of its frames is none.
        why: String,
    },
    /// There is no answer about rain at a place.
    #[error(transparent)]
    RainAt(#[from] RainAtError),
    /// The forecast cannot be told to TAK.
    #[error(transparent)]
    Cot(#[from] CotError),
    /// The products cannot be written.
    #[error(transparent)]
    Product(#[from] ProductError),
}
