//! What was typed, as the library takes it.

use emberline::engine::{EngineOptions, GpuOptions, REFERENCE_PRECISION};
use emberline::model::Model;
use emberline::pipeline::PipelineOptions;
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
        leads: pick.leads.map(|n| n as usize),
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

/// Leads asked for, or the model's own.
pub(super) fn leads(model: &Model, pick: &Pick) -> usize {
    pick.leads.map_or(model.folder().card.output.leads, |n| n as usize)
}
