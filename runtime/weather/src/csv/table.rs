//! The table itself: its header, its rows, and which of them become readings.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use ::csv::{Reader, ReaderBuilder, StringRecord, Trim};
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;

use super::column::Columns;
use super::error::CsvError;
use super::options::CsvOptions;
use super::sniff;
use super::time::{Clock, Moment};
use crate::reading::Reading;
use crate::series::{Series, SeriesNoteKind, SeriesNotes};

/// Most bytes of a table, unpacked.
const BYTES_MAX: u64 = 1 << 30;
/// What stands for a missing value, besides an empty cell.
const MISSING: [&str; 4] = ["NA", "NaN", "nan", "null"];

/// Reads a table, `.gz` or not.
///
/// # Errors
/// [`CsvError`]; single rows and cells that cannot be read are left out and noted instead.
pub fn read(path: &Path, options: &CsvOptions) -> Result<Series, CsvError> {
    let open = |cause| CsvError::Open { path: path.to_owned(), cause };
    let file = File::open(path).map_err(open)?;
    let name = path.display().to_string();
    if file.metadata().map_err(open)?.is_dir() {
        return Err(CsvError::NotText { name, what: "a folder", fix: sniff::FIX });
    }
    match path.extension() {
        Some(e) if e.eq_ignore_ascii_case("gz") => {
            read_from(&name, MultiGzDecoder::new(file), options)
        }
        _ => read_from(&name, file, options),
    }
}

/// Reads a table from its bytes; `name` is what errors call it.
///
/// # Errors
/// As [`read`].
pub fn read_from(
    name: &str,
    mut from: impl Read,
    options: &CsvOptions,
) -> Result<Series, CsvError> {
    let mut start = Vec::new();
    let begun = (&mut from).take(sniff::BYTES).read_to_end(&mut start);
    if let Some((what, fix)) = sniff::not_text(&start) {
        return Err(CsvError::NotText { name: name.to_owned(), what, fix });
    }
    begun.map_err(|e| failed(name, e.into()))?;
    let mut limited = Cursor::new(start).chain(from).take(BYTES_MAX);
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(&mut limited);
    let mut notes = SeriesNotes::default();
    let header = header(name, &mut reader)?;
    let columns = Columns::of(name, &header, options.format, &mut notes)?;
    let clock = Clock::new(columns.time_is_utc, options.zone.as_deref())?;
    let rows = rows(name, &mut reader, &columns, &clock, &mut notes);
    drop(reader);
    if limited.limit() == 0 {
        return Err(CsvError::TooLong { name: name.to_owned() });
    }
    let readings = of_station(name, rows?, options.station.as_deref())?;
    if readings.is_empty() {
        return Err(CsvError::Empty { name: name.to_owned(), notes });
    }
    Ok(Series::new(readings, notes))
}

/// What an error of the CSV reader means to a person.
fn failed(name: &str, cause: ::csv::Error) -> CsvError {
    let name = name.to_owned();
    match cause.kind() {
        ::csv::ErrorKind::Utf8 { pos, .. } => {
            CsvError::Encoding { name, line: pos.as_ref().map_or(0, ::csv::Position::line) }
        }
        _ => CsvError::Read { name, cause },
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
    notes: &mut SeriesNotes,
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
            notes.add(SeriesNoteKind::RowShape, || {
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
            Moment::Twice => SeriesNoteKind::TimeTwice,
            Moment::Skipped => SeriesNoteKind::TimeSkipped,
            Moment::Unreadable => SeriesNoteKind::TimeUnreadable,
        };
        notes.add(left_out, || format!("line {line}, '{text}'"));
    }
}

fn reading(
    time: Timestamp,
    row: &StringRecord,
    line: u64,
    columns: &Columns,
    notes: &mut SeriesNotes,
) -> Reading {
    let mut reading = Reading::new(time);
    for (quantity, unit, i) in &columns.values {
        let text = &row[*i];
        if text.is_empty() || MISSING.contains(&text) {
            continue;
        }
        match text.parse::<f64>().ok().filter(|v| v.is_finite()) {
            Some(v) => reading.set(*quantity, Some(unit.convert(v))),
            None => notes
                .add(SeriesNoteKind::NotANumber, || format!("line {line}, {quantity} '{text}'")),
        }
    }
    reading
}

/// The readings of the station that is asked for, or of the only one.
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
