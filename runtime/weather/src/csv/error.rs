//! Why a table cannot be read.

use std::path::PathBuf;

use crate::series::{SeriesNoteKind, SeriesNotes};
use crate::zone::UnknownZone;

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file cannot be opened.
    #[error("{}: cannot be opened: {cause}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why; it stands in the message.
        cause: std::io::Error,
    },
    /// The table breaks off or is no CSV.
    #[error("{name}: cannot be read on: {cause}")]
    Read {
        /// The file.
        name: String,
        /// Why and where; it stands in the message.
        cause: ::csv::Error,
    },
    /// It is something else: a film, a spreadsheet, a folder.
    #[error("{name}: is {what}, no table of readings; {fix}")]
    NotText {
        /// The file.
        name: String,
        /// What it is.
        what: &'static str,
        /// What to do.
        fix: &'static str,
    },
    /// It is text in an encoding of its own.
    #[error("{name}: line {line} is not in UTF-8; save the table as CSV in UTF-8")]
    Encoding {
        /// The file.
        name: String,
        /// Line, the header is 1.
        line: u64,
    },
    /// It has more than 1 GiB unpacked.
    #[error("{name}: unpacks to more than 1 GiB; cut it by time")]
    TooLong {
        /// The file.
        name: String,
    },
    /// A column of weather without a unit that is known.
    #[error("{name}: column '{column}' names no known unit; call it {wanted}, or name the format")]
    Unit {
        /// The file.
        name: String,
        /// The column as the header has it.
        column: String,
        /// Names that would do.
        wanted: String,
    },
    /// Two columns for one thing.
    #[error("{name}: columns '{first}' and '{second}' are both {what}; keep one")]
    Twice {
        /// The file.
        name: String,
        /// One column.
        first: String,
        /// The other.
        second: String,
        /// What both are.
        what: &'static str,
    },
    /// A column that must be there.
    #[error("{name}: has no column '{column}'; {fix}")]
    NoColumn {
        /// The file.
        name: String,
        /// What it is called.
        column: &'static str,
        /// What to do.
        fix: &'static str,
    },
    /// A time that is neither UTC nor has an offset.
    #[error(
        "{name}: line {line}: time '{text}' has no offset; end it in Z or +02:00, or name a zone"
    )]
    NoOffset {
        /// The file.
        name: String,
        /// Line, the header is 1.
        line: u64,
        /// The time.
        text: String,
    },
    /// A zone that is not known here.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// Several stations, and none asked for; or the one asked for is not there.
    #[error("{name}: holds stations {}; ask for one of them", stations.join(", "))]
    Station {
        /// The file.
        name: String,
        /// Which it holds.
        stations: Vec<String>,
    },
    /// A station is asked for, and the table does not name any.
    #[error("{name}: names no stations; do not ask for '{station}'")]
    NoStations {
        /// The file.
        name: String,
        /// As asked.
        station: String,
    },
    /// Not one reading.
    #[error("{name}: holds no reading{}", first_note(notes))]
    Empty {
        /// The file.
        name: String,
        /// What happened to its rows.
        notes: SeriesNotes,
    },
}

fn first_note(notes: &SeriesNotes) -> String {
    let bad = notes.iter().find(|n| n.kind != SeriesNoteKind::ColumnNotRead);
    bad.map_or_else(|| "; a header and a row are the least".into(), |n| format!(": {n}"))
}
