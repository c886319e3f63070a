//! Readings from a table: `.csv` or `.csv.gz`, a row a time.
//!
//! The header's names decide what the columns are and in which unit; a column of weather that names
//! no unit is refused. So is a time that names neither UTC nor an offset, unless a zone is given.

mod column;
mod sniff;
mod time;

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use ::csv::{Reader, ReaderBuilder, StringRecord, Trim};
use flate2::read::MultiGzDecoder;

use crate::note::{Notes, What};
use crate::reading::Reading;
use crate::series::Series;
use column::Columns;
use time::{Clock, Moment};

pub use column::Format;
pub use time::named_zone;

/// Most bytes of a table, unpacked.
const BYTES_MAX: u64 = 1 << 30;
/// What stands for a missing value, besides an empty cell.
const MISSING: [&str; 4] = ["NA", "NaN", "nan", "null"];

/// What is asked of a table.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// What the columns are called.
    pub format: Format,
    /// Which station, where the table has several.
    pub station: Option<String>,
    /// Zone of times without an offset: an IANA name, or a POSIX rule such as
    /// `EST5EDT,M3.2.0,M11.1.0`.
    pub zone: Option<String>,
}

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file cannot be opened.
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The table breaks off or is no CSV.
    #[error("{name}: cannot be read on: {source}")]
    Read {
        /// The file.
        name: String,
        /// Why and where.
        source: ::csv::Error,
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
    /// More than 1 GiB unpacked.
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
    #[error(
        "zone '{zone}' is not known here; write Europe/Madrid, or a rule as EST5EDT,M3.2.0,M11.1.0"
    )]
    Zone {
        /// As asked.
        zone: String,
        /// Why.
        source: jiff::Error,
    },
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
        notes: Notes,
    },
}

fn first_note(notes: &Notes) -> String {
    let bad = notes.iter().find(|n| n.what != What::ColumnNotRead);
    bad.map_or_else(|| "; a header and a row are the least".into(), |n| format!(": {n}"))
}

/// Reads a table, `.gz` or not.
///
/// # Errors
/// [`CsvError`]; single rows and cells that cannot be read are left out and noted instead.
pub fn read(path: &Path, ask: &Ask) -> Result<Series, CsvError> {
    let open = |source| CsvError::Open { path: path.to_owned(), source };
    let file = File::open(path).map_err(open)?;
    let name = path.display().to_string();
    if file.metadata().map_err(open)?.is_dir() {
        return Err(CsvError::NotText { name, what: "a folder", fix: sniff::FIX });
    }
    match path.extension() {
        Some(e) if e.eq_ignore_ascii_case("gz") => read_from(&name, MultiGzDecoder::new(file), ask),
        _ => read_from(&name, file, ask),
    }
}

/// Reads a table from its bytes; `name` is what errors call it.
///
/// # Errors
/// As [`read`].
pub fn read_from(name: &str, mut from: impl Read, ask: &Ask) -> Result<Series, CsvError> {
    let mut start = Vec::new();
    let begun = (&mut from).take(sniff::BYTES).read_to_end(&mut start);
    if let Some((what, fix)) = sniff::not_text(&start) {
        return Err(CsvError::NotText { name: name.to_owned(), what, fix });
    }
    begun.map_err(|e| failed(name, e.into()))?;
    let mut limited = Cursor::new(start).chain(from).take(BYTES_MAX);
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(&mut limited);
    let mut notes = Notes::default();
    let header = header(name, &mut reader)?;
    let columns = Columns::of(name, &header, ask.format, &mut notes)?;
    let clock = Clock::new(columns.time_is_utc, ask.zone.as_deref())?;
    let rows = rows(name, &mut reader, &columns, &clock, &mut notes);
    drop(reader);
    if limited.limit() == 0 {
        return Err(CsvError::TooLong { name: name.to_owned() });
    }
    let readings = of_station(name, rows?, ask.station.as_deref())?;
    if readings.is_empty() {
        return Err(CsvError::Empty { name: name.to_owned(), notes });
    }
    Ok(Series::new(readings, notes))
}

/// What the reader's refusal means to a person.
fn failed(name: &str, source: ::csv::Error) -> CsvError {
    let name = name.to_owned();
    match source.kind() {
        ::csv::ErrorKind::Utf8 { pos, .. } => {
            CsvError::Encoding { name, line: pos.as_ref().map_or(0, ::csv::Position::line) }
        }
        _ => CsvError::Read { name, source },
    }
}

fn header<R: Read>(name: &str, reader: &mut Reader<R>) -> Result<StringRecord, CsvError> {
    let mut header = reader.headers().map_err(|e| failed(name, e))?.clone();
    // Spreadsheets put a byte order mark before the first name.
    if let Some(bare) = header.get(0).and_then(|h| h.strip_prefix('\u{feff}')) {
        let rest = header.iter().skip(1);
        header = std::iter::once(bare).chain(rest).map(str::to_owned).collect::<Vec<_>>().into();
    }
    Ok(header)
}

/// Readings with the name of their station, empty where the table has none.
type Named = Vec<(String, Reading)>;

fn rows<R: Read>(
    name: &str,
    reader: &mut Reader<R>,
    columns: &Columns,
    clock: &Clock,
    notes: &mut Notes,
) -> Result<Named, CsvError> {
    let mut out = Vec::new();
    let mut row = StringRecord::new();
    loop {
        let more = reader.read_record(&mut row);
        match more.map_err(|e| failed(name, e))? {
            true => {}
            false => return Ok(out),
        }
        let line = row.position().map_or(0, ::csv::Position::line);
        if row.len() != columns.width {
            notes.add(What::RowShape, || {
                format!("line {line}, {} for {}", row.len(), columns.width)
            });
            continue;
        }
        let text = &row[columns.time];
        let left_out = match clock.read(text) {
            Moment::At(time) => {
                let station = columns.station.map_or("", |i| &row[i]);
                out.push((station.to_owned(), reading(time, &row, line, columns, notes)));
                continue;
            }
            Moment::NoOffset => {
                let (name, text) = (name.to_owned(), text.to_owned());
                return Err(CsvError::NoOffset { name, line, text });
            }
            Moment::Twice => What::TimeTwice,
            Moment::Skipped => What::TimeSkipped,
            Moment::Unreadable => What::TimeUnreadable,
        };
        notes.add(left_out, || format!("line {line}, '{text}'"));
    }
}

fn reading(
    time: jiff::Timestamp,
    row: &StringRecord,
    line: u64,
    columns: &Columns,
    notes: &mut Notes,
) -> Reading {
    let mut reading = Reading::new(time);
    for (quantity, unit, i) in &columns.values {
        let text = &row[*i];
        if text.is_empty() || MISSING.contains(&text) {
            continue;
        }
        match text.parse::<f64>().ok().filter(|v| v.is_finite()) {
            Some(v) => reading.set(*quantity, Some(unit.convert(v))),
            None => notes.add(What::NotANumber, || format!("line {line}, {quantity} '{text}'")),
        }
    }
    reading
}

/// The readings of the station asked for, or of the only one.
fn of_station(name: &str, rows: Named, asked: Option<&str>) -> Result<Vec<Reading>, CsvError> {
    let mut stations: Vec<String> =
        rows.iter().map(|(s, _)| s.clone()).filter(|s| !s.is_empty()).collect();
    stations.sort();
    stations.dedup();
    let name = name.to_owned();
    match asked {
        Some(station) if stations.is_empty() && !rows.is_empty() => {
            Err(CsvError::NoStations { name, station: station.to_owned() })
        }
        Some(station) if !rows.is_empty() && !stations.iter().any(|s| s == station) => {
            Err(CsvError::Station { name, stations })
        }
        None if stations.len() > 1 => Err(CsvError::Station { name, stations }),
        _ => Ok(rows
            .into_iter()
            .filter(|(s, _)| asked.is_none_or(|a| a == s))
            .map(|(_, r)| r)
            .collect()),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
