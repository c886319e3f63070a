//! What is asked of a replay.

use super::starts::Starts;
use crate::pipeline::options::PipelineOptions;

/// How films are read, which model forecasts from them, and from which frames.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    /// As of every pipeline.
    pub pipeline: PipelineOptions,
    /// Frames to forecast from.
    pub starts: Starts,
}
