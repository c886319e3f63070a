//! Grids: names above rows of cells, from lines of text or from memory, which every layout ends up as.

use std::io;

use super::format::Layout;
use super::head::Head;
use super::note::TableNote;
use super::text::{Lines, Origin, Row, Separator};

/// Names above rows of cells.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) names: Vec<String>,
    /// What stands below or behind each name for its unit.
    pub(super) units: Vec<Option<String>>,
    pub(super) layout: Option<&'static Layout>,
    /// The zone that the table names for all of its times.
    pub(super) zone: Option<String>,
    /// Whether rows hold states until the next: rain since the last row is none of them.
    pub(super) is_held: bool,
    pub(super) notes: Vec<TableNote>,
    pub(super) body: Body,
}

/// Where the rows are.
#[derive(Debug)]
pub(super) enum Body {
    /// In the lines behind the first so many.
    Text { separator: Separator, skip: usize },
    /// In memory, each with its line.
    Memory(Vec<(u64, Row)>),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A row of that line.
    Row(u64),
    /// A line that cannot be cut into cells.
    Broken(u64),
    End,
}

impl Grid {
    /// The rows behind a head.
    pub(super) fn of_head(head: Head) -> Self {
        let Head { separator, names, units, lines, layout, zone } = head;
        let body = Body::Text { separator, skip: lines };
        Self { names, units, layout, zone, is_held: false, notes: Vec::new(), body }
    }

    /// Rows in memory.
    pub(super) fn of_rows(names: Vec<String>, rows: Vec<(u64, Row)>) -> Self {
        let units = vec![None; names.len()];
        let body = Body::Memory(rows);
        Self { names, units, layout: None, zone: None, is_held: false, notes: Vec::new(), body }
    }

    /// All rows, from the first.
    pub(super) fn rows<'a>(&'a self, origin: &'a Origin) -> io::Result<Rows<'a>> {
        match &self.body {
            Body::Memory(rows) => Ok(Rows::Memory(rows.iter())),
            Body::Text { separator, skip } => {
                let mut lines = Lines::new(origin.open()?);
                for _ in 0..*skip {
                    lines.next()?;
                }
                Ok(Rows::Text { lines, separator: *separator, width: self.names.len() })
            }
        }
    }
}

/// Rows, one after the other.
pub(super) enum Rows<'a> {
    Text { lines: Lines<'a>, separator: Separator, width: usize },
    Memory(std::slice::Iter<'a, (u64, Row)>),
}

impl Rows<'_> {
    /// Reads the next row.
    pub(super) fn next(&mut self, row: &mut Row) -> io::Result<Next> {
        match self {
            Self::Memory(rows) => Ok(match rows.next() {
                Some((line, cells)) => {
                    row.clone_from(cells);
                    Next::Row(*line)
                }
                None => Next::End,
            }),
            Self::Text { lines, separator, width } => loop {
                let Some(line) = lines.next()? else { return Ok(Next::End) };
                if line.trim().is_empty() || line.starts_with('#') {
                    continue;
                }
                let is_cut = separator.cut(&line, row);
                if row.len() == *width + 1 {
                    row.join_weekday();
                }
                let number = lines.number;
                return Ok(if is_cut { Next::Row(number) } else { Next::Broken(number) });
            },
        }
    }

    /// Whether the table was cut off at the most that is read.
    pub(super) fn is_too_long(&self) -> bool {
        match self {
            Self::Text { lines, .. } => lines.is_too_long(),
            Self::Memory(_) => false,
        }
    }
}
