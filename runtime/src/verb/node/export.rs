//! `emberline node export`: readings as a table, or the stored lines as they are.

use emberline::node::day;
use emberline::node::id::NodeId;
use emberline::node::outbox::{Cursor, New};
use emberline::node::store::View;
use emberline::node::table::{COLUMNS, Table};
use jiff::{SignedDuration, Timestamp};

use crate::cli::node::{ExportArgs, ExportFormat};
use crate::verb::outcome::Outcome;
use crate::verb::screen::{print, say};

/// Runs the verb.
pub(super) fn run(args: &ExportArgs) -> anyhow::Result<Outcome> {
    let view = View::open(&args.store)?;
    let nodes = super::nodes(&view, args.node.as_deref())?;
    let mut cursor = args.cursor.as_deref().map(Cursor::read).transpose()?;
    match args.format {
        ExportFormat::Csv => csv(args, &view, &nodes, cursor.as_mut())?,
        ExportFormat::Ndjson => ndjson(args, &view, &nodes, cursor.as_mut())?,
    }
    // Only now, when everything was handed over.
    if let (Some(cursor), Some(path)) = (cursor, &args.cursor) {
        cursor.write(path)?;
    }
    Ok(Outcome::Done)
}

/// Lines of one node that are asked for, with their text.
fn lines(
    args: &ExportArgs,
    view: &View,
    node: NodeId,
    cursor: Option<&mut Cursor>,
) -> anyhow::Result<New> {
    if let Some(cursor) = cursor {
        return Ok(cursor.take(view, node)?);
    }
    let found = view.lines(node, |name| wanted_day(args, name))?;
    found.notes.iter().for_each(|note| say(&format!("note: {note}")));
    Ok(New { lines: found.lines, tips_before: None })
}

/// Whether a day file may hold something of the time that is asked for, or the reading before that, from
/// which rain is counted. Readings that nobody could date when they came lie in a later file, so every
/// later one is read.
fn wanted_day(args: &ExportArgs, name: &str) -> bool {
    let Some(since) = args.since else { return true };
    let day = day::date_of(name).and_then(|d| d.to_zoned(jiff::tz::TimeZone::UTC).ok());
    day.is_none_or(|d| d.timestamp() + SignedDuration::from_hours(48) > since)
}

fn within(args: &ExportArgs, time: Timestamp) -> bool {
    args.since.is_none_or(|since| time >= since) && args.until.is_none_or(|until| time < until)
}

fn csv(
    args: &ExportArgs,
    view: &View,
    nodes: &[NodeId],
    mut cursor: Option<&mut Cursor>,
) -> anyhow::Result<()> {
    let mut out = ::csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for node in nodes {
        let new = lines(args, view, *node, cursor.as_deref_mut())?;
        let (known, name) = (view.names().of(*node), view.names().call(*node));
        let contents = view.contents(*node)?;
        let lines = new.lines.into_iter().map(|(line, _)| line);
        let table = Table::new(lines, new.tips_before, &contents.starts, &known);
        let station = known.name.clone().unwrap_or_else(|| node.to_string());
        for row in table.rows.iter().filter(|row| within(args, row.time)) {
            out.write_record(row.cells(&station))?;
        }
        for note in table.notes(&known) {
            say(&format!("note: {name}: {note}"));
        }
    }
    let bytes = out.into_inner().map_err(|e| anyhow::anyhow!("{e}"))?;
    print(String::from_utf8(bytes)?.trim_end())
}

fn ndjson(
    args: &ExportArgs,
    view: &View,
    nodes: &[NodeId],
    mut cursor: Option<&mut Cursor>,
) -> anyhow::Result<()> {
    for node in nodes {
        for (line, text) in lines(args, view, *node, cursor.as_deref_mut())?.lines {
            if line.time().is_some_and(|time| within(args, time)) {
                print(&text)?;
            }
        }
    }
    Ok(())
}
