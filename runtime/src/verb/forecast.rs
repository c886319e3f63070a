//! `emberline forecast`: one film in, one folder out.

use std::path::Path;

use emberline::pipeline::{self, ForecastDone, ForecastOptions, PipelineOptions};
use emberline::product::Events;
use jiff::Timestamp;

use super::outcome::Outcome;
use super::screen::{print, progress, say};
use super::typed::options;
use crate::cli::ForecastArgs;

/// Runs the verb.
pub(crate) fn run(args: &ForecastArgs) -> anyhow::Result<Outcome> {
    let asked = ForecastOptions {
        pipeline: PipelineOptions { every_s: args.every, ..options(&args.pick) },
        at: args.at,
        state: args.state.clone(),
        start_utc: args.start_utc,
        cot: args.cot.as_ref().map(|_| args.cot_name()),
    };
    let events = make(&args.input, &args.output, &asked)?;
    if args.json {
        print(&std::fs::read_to_string(args.output.join("forecast.json"))?)?;
    } else {
        print(&args.output.display().to_string())?;
    }
    // What cannot be sent is told last, as an error: the folder is whole.
    if let (Some(to), Some(events)) = (&args.cot, &events) {
        to.send(&events.xml)?;
        say(&format!("cot: {} events to {to}", events.xml.len()));
        if events.until < Timestamp::now() {
            say("note: they are out of date: the film ended too long ago, and TAK may drop them");
        }
    }
    Ok(Outcome::Done)
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
