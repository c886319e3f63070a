//! What was typed, as the library takes it.

use emberline::engine::{EngineOptions, GpuOptions, REFERENCE_PRECISION};
use emberline::pipeline::{PipelineOptions, Reach};
use emberline::source::SourceOptions;

use crate::cli::Pick;
use crate::signals;
use crate::spell::spelled;

/// What was typed of how to read, which model and engine, as a pipeline takes it.
pub(super) fn options(pick: &Pick) -> PipelineOptions {
    PipelineOptions {
        model: pick.model.clone(),
        source: SourceOptions {
            kind: pick.kind,
            array: pick.array.clone(),
            step_s: pick.step,
            frame_every_s: pick.frame_every,
            mask: pick.mask.clone(),
            palette: pick.palette,
            decoder: pick.decoder,
            radar: pick.radar.options(),
        },
        engine: engine_options(pick),
        reach: match (pick.leads, pick.until) {
            (Some(leads), _) => Reach::Leads(leads as usize),
            (None, Some(until_s)) => Reach::Until(until_s),
            (None, None) => Reach::Usual,
        },
        every_s: None,
        members: 1,
        seed: 0,
        spell: spelled,
        stop: signals::stop(),
    }
}

/// The engine asked for.
pub(super) fn engine_options(pick: &Pick) -> EngineOptions {
    EngineOptions {
        engine: pick.engine,
        precision: pick.precision.clone().unwrap_or_else(|| REFERENCE_PRECISION.to_owned()),
        threads: pick.threads,
        gpu: GpuOptions { cuda_graph: pick.cuda_graph, dla: pick.dla },
    }
}
