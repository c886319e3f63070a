//! The replay of one film or of a folder of films, written as one folder.

use std::io::Write as _;
use std::path::Path;

use super::done::ReplayDone;
use super::options::ReplayOptions;
use super::pooled::Pooled;
use super::scored::Scored;
use super::{report, scores_json};
use crate::pipeline::error::PipelineError;
use crate::pipeline::prepare::{model_for, open};
use crate::product::Staged;
use crate::source;

/// Reads `input`, a film or a folder of `.npz` films (events), forecasts from each start by the model
/// and by every baseline of its task, scores what followed and writes the folder `output`:
/// `scores.ndjson`, `scores.json`, `report.html`.
///
/// `progress` hears of starts done, and of how many in the films read so far.
///
/// # Errors
/// [`PipelineError`]; then `output` is as it was before.
pub fn replay(
    input: &str,
    output: &Path,
    options: &ReplayOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<ReplayDone, PipelineError> {
    let mut staged = Staged::begin(output)?;
    let films = match source::events(Path::new(input)) {
        Some(files) => files.iter().map(|f| f.display().to_string()).collect(),
        None => vec![input.to_owned()],
    };
    let first = open(&films[0], &options.pipeline)?.film;
    let model = model_for(&first, &options.pipeline)?;
    let mut scored = Scored::new(model, &first, options)?;
    let mut first = Some(first);
    for name in &films {
        let film = match first.take() {
            Some(film) => film,
            None => open(name, &options.pipeline)?.film,
        };
        scored.add_film(&film, options, progress)?;
    }
    let starts = scored.starts();
    if starts == 0 {
        let why = scored.events.iter().flat_map(|e| &e.skipped).next();
        let why = why.map_or("no frame follows any start", String::as_str);
        return Err(PipelineError::NothingToScore { input: input.to_owned(), why: why.to_owned() });
    }
    let pooled = Pooled::of(&scored);
    staged.write("scores.ndjson", |sink| sink.write_all(&scored.rows))?;
    staged.write("scores.json", |sink| {
        scores_json::write(sink, input, options.starts, &scored, &pooled)
    })?;
    staged.write("report.html", |sink| {
        sink.write_all(report::page(&scored, &pooled)?.into_string().as_bytes())
    })?;
    let written = staged.commit()?;
    Ok(ReplayDone {
        starts,
        events: scored.scored_events().count(),
        interval_note: pooled.interval_note,
        scores: pooled.table,
        arrivals: pooled.arrivals,
        notes: scored.notes,
        model: scored.model,
        written,
    })
}
