//! Notes of a series: which rows and values were dropped, joined or not understood.

use std::fmt;

/// What happened to rows or values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesNoteKind {
    /// A column that holds no quantity of ours.
    ColumnNotRead,
    /// A row with more or fewer cells than the header.
    RowShape,
    /// A time that cannot be read.
    TimeUnreadable,
    /// A local time that comes twice, when clocks go back.
    TimeTwice,
    /// A local time that does not exist, when clocks go forward.
    TimeSkipped,
    /// A row of a later time than now.
    TimeAhead,
    /// A row of more than a year before all others.
    ClockNotSet,
    /// A value that stands in several columns of a row for a missing one.
    Filler,
    /// A cell that is no number.
    NotANumber,
    /// A row that comes after a later one.
    OutOfOrder,
    /// A row that repeats a time and adds nothing.
    Repeated,
    /// A row that repeats a time and adds values.
    Joined,
    /// Two different values for one time.
    Contradicted,
    /// A time without readings, longer than one and a half steps.
    Gap,
}

/// Something that happened `count` times, and where it happened first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesNote {
    /// What happened.
    pub kind: SeriesNoteKind,
    /// How often.
    pub count: usize,
    /// The first time.
    pub first: String,
}

impl fmt::Display for SeriesNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = self.count == 1;
        let (rows, values, gaps, columns) = match one {
            true => ("row", "value", "gap", "column"),
            false => ("rows", "values", "gaps", "columns"),
        };
        let n = self.count;
        match self.kind {
            SeriesNoteKind::ColumnNotRead => write!(f, "{n} {columns} not read"),
            SeriesNoteKind::RowShape => {
                write!(f, "{n} {rows} left out: not as many cells as the header")
            }
            SeriesNoteKind::TimeUnreadable => {
                write!(f, "{n} {rows} left out: no time; write 2026-08-01T12:00:00Z")
            }
            SeriesNoteKind::TimeTwice => write!(
                f,
                "{n} {rows} left out: clocks go back and that time comes twice; write the offset"
            ),
            SeriesNoteKind::TimeSkipped => write!(
                f,
                "{n} {rows} left out: clocks go forward and that time does not exist; check the zone"
            ),
            SeriesNoteKind::TimeAhead => {
                write!(f, "{n} {rows} left out: later than now; check the station's clock")
            }
            SeriesNoteKind::ClockNotSet => write!(
                f,
                "{n} {rows} left out: more than a year before the others; check the station's clock"
            ),
            SeriesNoteKind::Filler => {
                write!(f, "{n} {values} missing: one number in several columns of a row is none")
            }
            SeriesNoteKind::NotANumber => {
                write!(f, "{n} {values} missing: the cell holds no number")
            }
            SeriesNoteKind::OutOfOrder => write!(f, "{n} {rows} put in order of time"),
            SeriesNoteKind::Repeated => {
                write!(f, "{n} {rows} left out: the same time and values again")
            }
            SeriesNoteKind::Joined => write!(f, "{n} {rows} joined to another of the same time"),
            SeriesNoteKind::Contradicted => {
                write!(f, "{n} {values} missing: told twice, differently, for one time")
            }
            SeriesNoteKind::Gap => write!(f, "{n} {gaps} without readings, not filled in"),
        }?;
        let word = if one { "" } else { "first: " };
        write!(f, " ({word}{})", self.first)
    }
}

/// Notes in the order in which they first came up, one for each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesNotes(Vec<SeriesNote>);

impl SeriesNotes {
    /// One more of `kind`; `place` names where, and is called the first time only.
    pub fn add(&mut self, kind: SeriesNoteKind, place: impl FnOnce() -> String) {
        match self.0.iter_mut().find(|n| n.kind == kind) {
            Some(note) => note.count += 1,
            None => self.0.push(SeriesNote { kind, count: 1, first: place() }),
        }
    }

    /// Takes the note of `kind` out, for it holds no longer.
    pub fn forget(&mut self, kind: SeriesNoteKind) {
        self.0.retain(|n| n.kind != kind);
    }

    /// All notes.
    pub fn iter(&self) -> impl Iterator<Item = &SeriesNote> {
        self.0.iter()
    }

    /// How often `kind` happened.
    #[must_use]
    pub fn count(&self, kind: SeriesNoteKind) -> usize {
        self.0.iter().find(|n| n.kind == kind).map_or(0, |n| n.count)
    }

    /// A line each, for a person.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(SeriesNote::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_counts_and_keeps_its_first_place() {
        let mut notes = SeriesNotes::default();
        for line in [7, 9] {
            notes.add(SeriesNoteKind::TimeTwice, || format!("line {line}"));
        }
        notes.add(SeriesNoteKind::Gap, || "6 h from noon".into());
        assert_eq!(
            notes.lines(),
            [
                "2 rows left out: clocks go back and that time comes twice; write the offset \
                 (first: line 7)",
                "1 gap without readings, not filled in (6 h from noon)",
            ]
        );
        assert_eq!(
            (notes.count(SeriesNoteKind::TimeTwice), notes.count(SeriesNoteKind::Joined)),
            (2, 0)
        );
    }
}
