//! What is asked of rain at a place.

use super::place::Place;
use crate::pipeline::options::PipelineOptions;

/// How the film is read, which model forecasts from it, and where.
#[derive(Clone, Debug)]
pub struct RainAtOptions {
    /// As of every pipeline; what the film shows is rain where its kind is not given, and leads are as
    /// many as the model's chances were checked for where not given.
    pub pipeline: PipelineOptions,
    /// Where; needed, and asked for once the film is known to lie on a map.
    pub place: Option<Place>,
    /// What counts as rain, mm/h: a rate whose chance the model gives.
    pub rate_mm_h: f32,
    /// Earlier forecasts of the place to make and to hold against what came.
    pub checks: usize,
}
