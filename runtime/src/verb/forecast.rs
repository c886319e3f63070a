//! `emberline forecast`: one film in, one folder out.

use std::path::Path;

use emberline::pipeline::{self, ForecastDone, ForecastOptions, PipelineOptions};
use emberline::product::Events;
use jiff::Timestamp;

use super::outcome::Outcome;
use super::screen::{print, progress, say};
use super::typed::options;
use crate::cli::{CotPick, ForecastArgs};

/// Runs the verb.
pub(crate) fn run(args: &ForecastArgs) -> anyhow::Result<Outcome> {
    let asked = ForecastOptions {
        pipeline: PipelineOptions { every_s: args.every, ..options(&args.pick) },
        at: args.at,
        state: args.state.clone(),
        start_utc: args.start_utc,
        cot: args.tak.name_for(&args.input),
    };
    let events = make(&args.input, &args.output, &asked)?;
    if args.json {
        print(&std::fs::read_to_string(args.output.join("forecast.json"))?)?;
    } else {
        print(&args.output.display().to_string())?;
    }
    send(&args.tak, events.as_ref())?;
    Ok(Outcome::Done)
}

/// Tells TAK what it is to be told. What cannot be sent is told last, as an error: the folder is whole.
pub(super) fn send(tak: &CotPick, events: Option<&Events>) -> anyhow::Result<()> {
    let (Some(to), Some(events)) = (&tak.cot, events) else { return Ok(()) };
    to.send(&events.xml)?;
    say(&format!("cot: {} events to {to}", events.xml.len()));
    if events.until < Timestamp::now() {
        say("note: they are out of date: the film ended too long ago, and TAK may drop them");
    }
    Ok(())
}

/// Reads `input`, forecasts as asked, writes `output`, and tells a person what was forecast, by what, and
/// what to be wary of; gives what TAK is to be told.
pub(super) fn make(
    input: &str,
    output: &Path,
    asked: &ForecastOptions,
) -> anyhow::Result<Option<Events>> {
    let bar = progress(0, "forecast");
    let done = pipeline::forecast(input, output, asked, &mut |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let ForecastDone { model, provenance, summary, events, .. } = done?;
    say(&format!("model: {}, {}", model.folder().card.id(), model.folder().origin));
    say(&format!("engine: {}", model.why()));
    say(&summary.to_string());
    for warning in &provenance.warnings {
        say(&format!("note: {warning}"));
    }
    Ok(events)
}
