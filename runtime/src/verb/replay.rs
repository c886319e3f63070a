//! `emberline replay`: forecasts from every start of recorded films, scored against what followed.

use std::num::NonZeroUsize;

use emberline::pipeline;
use emberline::pipeline::replay::{ReplayDone, ReplayOptions, ScoreTable, Starts};

use super::outcome::Outcome;
use super::screen::{print, progress, say};
use super::table::Table;
use super::typed::options;
use crate::cli::ReplayArgs;

/// Runs the verb.
pub(crate) fn run(args: &ReplayArgs) -> anyhow::Result<Outcome> {
    if args.state.is_some() {
        anyhow::bail!(
            "a replay follows each film from its first frame on and keeps no state; leave --state out"
        );
    }
    let starts = match args.at {
        Some(at) => Starts::At(at),
        None => Starts::Every(NonZeroUsize::new(args.every as usize).unwrap_or(NonZeroUsize::MIN)),
    };
    let options = ReplayOptions { pipeline: options(&args.pick), starts };
    let bar = progress(0, "replay");
    let done = pipeline::replay(&args.input, &args.output, &options, &mut |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let done = done?;
    say(&format!("engine: {}", done.model.why()));
    for note in &done.notes {
        say(&format!("note: {note}"));
    }
    if args.json {
        print(&std::fs::read_to_string(args.output.join("scores.json"))?)?;
    } else {
        print(&text(&done))?;
        print(&args.output.join("report.html").display().to_string())?;
    }
    Ok(Outcome::Done)
}

/// The scores as tables.
fn text(done: &ReplayDone) -> String {
    let card = &done.model.folder().card;
    let mut text = format!(
        "{} on {}: {} starts of {} events",
        card.id(),
        done.model.engine().name(),
        done.starts,
        done.events,
    );
    if let Some(decision) = &card.decision {
        text += &format!(", new burn at probability {} or more", decision.threshold);
    }
    text += "\n";
    if let Some(note) = &done.interval_note {
        text += &format!("{note}\n");
    }
    text += "\n";
    text += &table(&done.scores).text();
    if !done.arrivals.rows.is_empty() {
        text += "\n";
        text += &table(&done.arrivals).text();
    }
    text
}

/// Scores with an empty line between leads.
fn table(scores: &ScoreTable) -> Table {
    let mut table = Table::new(&scores.headings);
    for leads in scores.rows.chunk_by(|a, b| a.lead == b.lead) {
        if leads[0].lead != scores.rows[0].lead {
            table.row(Vec::new());
        }
        leads.iter().for_each(|row| table.row(row.texts()));
    }
    table
}
