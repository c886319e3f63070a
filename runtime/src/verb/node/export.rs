//! `emberline node export`: readings as a table, or the stored lines as they are.

use std::io::BufWriter;

use emberline::node::export::{self, ExportError, ExportOptions, export};
use emberline::node::store::View;

use crate::cli::node::{ExportArgs, ExportFormat};
use crate::verb::outcome::Outcome;
use crate::verb::screen::{on_stdout, say};

/// Runs the verb.
pub(super) fn run(args: &ExportArgs) -> anyhow::Result<Outcome> {
    let view = View::open(&args.store)?;
    if let (Some(since), Some(until)) = (args.since, args.until)
        && since >= until
    {
        anyhow::bail!(
            "--since {since} is not before --until {until}: nothing lies between; swap them"
        );
    }
    let options = ExportOptions {
        format: match args.format {
            ExportFormat::Csv => export::ExportFormat::Csv,
            ExportFormat::Ndjson => export::ExportFormat::Ndjson,
        },
        node: args.node.clone(),
        since: args.since,
        until: args.until,
        cursor: args.cursor.clone(),
    };
    let mut notes = Vec::new();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let exported = export(&view, &options, &mut out, &mut notes);
    notes.iter().for_each(|note| say(&format!("note: {note}")));
    // A reader that went away is an error of its own kind.
    let exported = exported.map_err(|error| match error {
        ExportError::Output(error) => on_stdout(error),
        error => anyhow::Error::from(error),
    })?;
    exported.commit()?;
    Ok(Outcome::Done)
}
