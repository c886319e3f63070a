//! Why a table cannot be read.

use std::path::PathBuf;

use super::mapping::MappingError;
use crate::rain_kind::RainKind;
use crate::series::{SeriesNoteKind, SeriesNotes};
use crate::zone::UnknownZone;

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file cannot be opened.
    #[error("{}: cannot be opened: {cause}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why; it stands in the message.
        cause: std::io::Error,
    },
    /// The table breaks off.
    #[error("{name}: cannot be read on: {cause}")]
    Read {
        /// The file.
        name: String,
        /// Why; it stands in the message.
        cause: std::io::Error,
    },
    /// It is something else: a film, a spreadsheet, a database.
    #[error("{name}: is {what}, no table of readings; {fix}")]
    NotText {
        /// The file.
        name: String,
        /// What it is.
        what: &'static str,
        /// What to do.
        fix: &'static str,
    },
    /// JSON that is broken, or holds no rows.
    #[error("{name}: no rows of readings in this JSON: {cause}")]
    Json {
        /// The file.
        name: String,
        /// Why; it stands in the message.
        cause: String,
    },
    /// It has more than 1 GiB unpacked.
    #[error("{name}: unpacks to more than 1 GiB; cut it by time")]
    TooLong {
        /// The file.
        name: String,
    },
    /// There is nothing in it.
    #[error("{name}: is empty; {}", super::sniff::FIX)]
    Nothing {
        /// The file.
        name: String,
    },
    /// No line is a header that says what the columns are.
    #[error("{name}: no header says which columns are the time and the weather; {found}")]
    NoHeader {
        /// The file.
        name: String,
        /// What was found, and what to say.
        found: String,
    },
    /// Columns of weather without a unit that is known.
    #[error("{name}: {found}")]
    Unit {
        /// The file.
        name: String,
        /// The columns, and what to say.
        found: String,
    },
    /// Two columns for one thing.
    #[error(
        "{name}: columns '{first}' and '{second}' are both {what}; keep one: ‹column› {what}={at}"
    )]
    Twice {
        /// The file.
        name: String,
        /// One column.
        first: String,
        /// The other.
        second: String,
        /// What both are.
        what: &'static str,
        /// Number of the first.
        at: usize,
    },
    /// No column of the time.
    #[error("{name}: no column of times is known; {found}")]
    NoTime {
        /// The file.
        name: String,
        /// The columns, and what to say.
        found: String,
    },
    /// No column of weather.
    #[error("{name}: no column of weather is known; {found}")]
    NoWeather {
        /// The file.
        name: String,
        /// The columns, and what to say.
        found: String,
    },
    /// A column that was named is not there.
    #[error("{name}: has no column '{column}'; it has {found}")]
    NoColumn {
        /// The file.
        name: String,
        /// As asked.
        column: String,
        /// Which it has.
        found: String,
    },
    /// A name of ours that was given to a column is none.
    #[error("{name}: '{role}' is no name of a column here; write one of {known}")]
    NoRole {
        /// The file.
        name: String,
        /// As written.
        role: String,
        /// The names.
        known: String,
    },
    /// A mapping that cannot be read.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A time that is neither UTC nor has an offset.
    #[error(
        "{name}: line {line}: time '{text}' has no offset; end it in Z or +02:00, or name a zone: \
         ‹zone› UTC, ‹zone› +02:00 or ‹zone› Europe/Madrid"
    )]
    NoOffset {
        /// The file.
        name: String,
        /// Line, the header is 1.
        line: u64,
        /// The time.
        text: String,
    },
    /// Dates of which nobody can say whether the day or the month comes first.
    #[error(
        "{name}: line {line}: in '{text}' the day or the month may come first, and no other date settles it; \
         say ‹time-format› day-first or ‹time-format› month-first"
    )]
    EitherOrder {
        /// The file.
        name: String,
        /// Line.
        line: u64,
        /// The date.
        text: String,
    },
    /// Dates some of which have the day first and some the month.
    #[error(
        "{name}: '{day_first}' has the day first and '{month_first}' the month; make them alike"
    )]
    BothOrders {
        /// The file.
        name: String,
        /// One date.
        day_first: String,
        /// Another.
        month_first: String,
    },
    /// Dates of two digits each, whose year may stand in front.
    #[error(
        "{name}: line {line}: the year of '{text}' may be its first number; say ‹time-format› '%y/%m/%d %H:%M' \
         or the like"
    )]
    ShortYear {
        /// The file.
        name: String,
        /// Line.
        line: u64,
        /// The date.
        text: String,
    },
    /// Numbers that may be days of a spreadsheet or of Matlab.
    #[error(
        "{name}: line {line}: time '{text}' is a number of days; say ‹time-format› {word} if they are that"
    )]
    Serial {
        /// The file.
        name: String,
        /// Line.
        line: u64,
        /// The number.
        text: String,
        /// The word to say.
        word: &'static str,
    },
    /// Times since a start that nobody knows.
    #[error(
        "{name}: column '{column}' counts from a start that no clock knows; log the time as well"
    )]
    NoClock {
        /// The file.
        name: String,
        /// The column.
        column: String,
    },
    /// A pattern of times that is none.
    #[error("‹time-format› '{pattern}': {cause}; write %d.%m.%Y %H:%M, or one of {words}")]
    TimeFormat {
        /// As written.
        pattern: String,
        /// Why.
        cause: String,
        /// The words.
        words: String,
    },
    /// METAR reports have the day of the month only.
    #[error(
        "{name}: reports name a day and no month; say that of the first: ‹time-format› 2026-07, or write the date \
         before each report"
    )]
    NoMonth {
        /// The file.
        name: String,
    },
    /// Rows of a date alone, more than one a date.
    #[error(
        "{name}: line {line}: the date '{text}' again, and no time of day; name its column: ‹column› time=NAME"
    )]
    DateAgain {
        /// The file.
        name: String,
        /// Line.
        line: u64,
        /// The date.
        text: String,
    },
    /// Rows of a date alone are read at noon, and nobody knows when that is.
    #[error(
        "{name}: rows have a date and no time of day: their noon needs the place; give ‹at› LAT,LON or ‹zone›"
    )]
    NoNoon {
        /// The file.
        name: String,
    },
    /// A zone that is not known here.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// Several stations, and none asked for; or the one asked for is not there.
    #[error("{name}: holds stations {}; ask for one of them: ‹station› {}", listed(stations), stations[0])]
    Station {
        /// The file.
        name: String,
        /// Which it holds, at least one.
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
    /// Tables of a folder whose rain is of two kinds.
    #[error("{name}: its rain is {here}, and in the tables before {before}; read them one by one")]
    RainKinds {
        /// The file.
        name: String,
        /// Its kind.
        here: RainKind,
        /// Theirs.
        before: RainKind,
    },
    /// Rain since the last row in a log of states, where the last state would be counted again and again.
    #[error(
        "{name}: '{column}' is a state that holds until the next, and rain since the last row cannot be one; say \
         ‹column› rain_total_mm=… or rain_day_mm=… of the gauge's total"
    )]
    HeldRain {
        /// The file.
        name: String,
        /// The column.
        column: String,
    },
    /// A folder without tables.
    #[error(
        "{name}: no table in this folder; a table ends in .csv, .tsv, .txt, .dat, .json or .ndjson, also .gz"
    )]
    NoTables {
        /// The folder.
        name: String,
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

fn listed(stations: &[String]) -> String {
    const MOST: usize = 20;
    let mut out = stations.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more) = stations.len().checked_sub(MOST).filter(|n| *n > 0) {
        out += &format!(" and {more} more");
    }
    out
}
