//! Exports: stored readings as a table, or the stored lines as they are.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::cursor::{Cursor, CursorError, NewLines};
use crate::day;
use crate::id::NodeId;
use crate::reading_table::{COLUMNS, ReadingTable};
use crate::store::{StoreError, StoreNote, View};

/// What readings are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A table of readings in order of time, as CSV with a header.
    Csv,
    /// The stored lines as they are: readings, gaps, starts, clocks and faults.
    Ndjson,
}

/// What is exported.
#[derive(Clone, Debug)]
pub struct ExportOptions {
    /// What it is written as.
    pub format: ExportFormat,
    /// Only this node, by name or number.
    pub node: Option<String>,
    /// Only what is of this time or later.
    pub since: Option<Timestamp>,
    /// Only what is of an earlier time than this.
    pub until: Option<Timestamp>,
    /// Only what was stored since the last export with this cursor's file.
    pub cursor: Option<PathBuf>,
}

/// One thing that a person should know of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportNote {
    /// What people call the node that it is about, where the note does not name it.
    pub node: Option<String>,
    /// What it is.
    pub note: StoreNote,
}

impl fmt::Display for ExportNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "{node}: {}", self.note),
            None => self.note.fmt(f),
        }
    }
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cursor cannot be used.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// Whoever takes the export does not take it.
    #[error("the export cannot be written")]
    Output(#[source] io::Error),
}

/// An export that was handed over whole.
#[derive(Debug)]
#[must_use = "the cursor's file is moved on by `commit`"]
pub struct Exported {
    cursor: Option<(Cursor, PathBuf)>,
}

impl Exported {
    /// Moves the cursor's file on, if there is one. To be called when what was written is in safe hands:
    /// what is not committed is exported again.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn commit(self) -> Result<(), CursorError> {
        self.cursor.map_or(Ok(()), |(cursor, path)| cursor.write(&path))
    }
}

/// Writes what `options` ask for to `out`; `notes` grows even when the export ends early.
///
/// # Errors
/// [`ExportError`]. A table is written whole or not at all; of lines, those of the first nodes may have
/// been written.
pub fn export(
    view: &View,
    options: &ExportOptions,
    out: &mut dyn Write,
    notes: &mut Vec<ExportNote>,
) -> Result<Exported, ExportError> {
    let nodes = view.nodes_called(options.node.as_deref())?;
    let mut cursor = options.cursor.as_deref().map(Cursor::read).transpose()?;
    let reader = Reader { view, options };
    match options.format {
        ExportFormat::Csv => {
            let table = reader.csv(&nodes, cursor.as_mut(), notes)?;
            out.write_all(&table).map_err(ExportError::Output)?;
        }
        ExportFormat::Ndjson => reader.ndjson(&nodes, cursor.as_mut(), out, notes)?,
    }
    out.flush().map_err(ExportError::Output)?;
    Ok(Exported { cursor: cursor.zip(options.cursor.clone()) })
}

/// Reads what is asked for.
struct Reader<'a> {
    view: &'a View,
    options: &'a ExportOptions,
}

impl Reader<'_> {
    /// Lines of one node, from all days that may matter.
    fn lines(
        &self,
        node: NodeId,
        cursor: Option<&mut Cursor>,
        notes: &mut Vec<ExportNote>,
    ) -> Result<NewLines, StoreError> {
        if let Some(cursor) = cursor {
            return cursor.take(self.view, node);
        }
        let found = self.view.lines(node, |name| self.is_wanted_day(name))?;
        notes.extend(found.notes.into_iter().map(|note| ExportNote { node: None, note }));
        Ok(NewLines { lines: found.lines, tips_before: None })
    }

    /// Whether a day file may hold something of the time that is asked for, or the reading before that,
    /// from which rain is counted. Readings that nobody could date when they came lie in a later file, so
    /// every later one is read.
    fn is_wanted_day(&self, name: &str) -> bool {
        let Some(since) = self.options.since else { return true };
        let day = day::date_of(name).and_then(|d| d.to_zoned(TimeZone::UTC).ok());
        day.is_none_or(|d| d.timestamp() + SignedDuration::from_hours(48) > since)
    }

    fn is_within(&self, time: Timestamp) -> bool {
        let ExportOptions { since, until, .. } = *self.options;
        since.is_none_or(|since| time >= since) && until.is_none_or(|until| time < until)
    }

    fn csv(
        &self,
        nodes: &[NodeId],
        mut cursor: Option<&mut Cursor>,
        notes: &mut Vec<ExportNote>,
    ) -> Result<Vec<u8>, ExportError> {
        let mut out = csv::Writer::from_writer(Vec::new());
        let failed = |e: csv::Error| ExportError::Output(e.into());
        out.write_record(COLUMNS).map_err(failed)?;
        for node in nodes {
            let new = self.lines(*node, cursor.as_deref_mut(), notes)?;
            let (settings, name) =
                (self.view.settings().of(*node), self.view.settings().call(*node));
            let starts = self.view.contents(*node)?.starts;
            let lines = new.lines.into_iter().map(|stored| stored.line);
            let table = ReadingTable::new(lines, new.tips_before, &starts, &settings);
            let station = settings.name.clone().unwrap_or_else(|| node.to_string());
            for row in table.rows.iter().filter(|row| self.is_within(row.time)) {
                out.write_record(row.cells(&station)).map_err(failed)?;
            }
            let of_node = |note| ExportNote { node: Some(name.clone()), note };
            notes.extend(table.notes(&settings).into_iter().map(of_node));
        }
        out.into_inner().map_err(|e| ExportError::Output(e.into_error()))
    }

    fn ndjson(
        &self,
        nodes: &[NodeId],
        mut cursor: Option<&mut Cursor>,
        out: &mut dyn Write,
        notes: &mut Vec<ExportNote>,
    ) -> Result<(), ExportError> {
        for node in nodes {
            for stored in self.lines(*node, cursor.as_deref_mut(), notes)?.lines {
                if stored.line.time().is_some_and(|time| self.is_within(time)) {
                    writeln!(out, "{}", stored.text).map_err(ExportError::Output)?;
                }
            }
        }
        Ok(())
    }
}
