//! The table itself: from a file, a folder of them or a stream to the readings of one station.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::clock::{Clock, WORDS, Written};
use super::error::TableError;
use super::format::{Format, Layout};
use super::grid::Grid;
use super::head::Head;
use super::isd;
use super::json;
use super::long::Long;
use super::metar;
use super::note::TableNote;
use super::options::TableOptions;
use super::reader::{self, File, Part};
use super::sniff;
use super::text::{BYTES_SEEN, Lines, Origin, Row, SEPARATORS, Separator};
use crate::rain_kind::RainKind;
use crate::reading::Reading;
use crate::series::{Series, SeriesNotes};
use crate::zone::named_zone;

/// How the names of tables end.
const ENDINGS: [&str; 9] = ["csv", "tsv", "txt", "dat", "json", "ndjson", "jsonl", "psv", "axf"];
/// What stands for the standard input.
const STDIN: &str = "-";

/// The readings of one station, and how its table was understood.
#[derive(Clone, Debug)]
pub struct Table {
    /// The readings.
    pub series: Series,
    /// How columns and cells were understood.
    pub notes: Vec<TableNote>,
    /// Latitude and longitude, where the table has them.
    pub place: Option<[f64; 2]>,
}

/// Whether a path is a table of readings by its name: `-`, a file that ends as tables do, or a folder of
/// such without anything of a film.
#[must_use]
pub fn is_table(path: &Path) -> bool {
    if path == Path::new(STDIN) {
        return true;
    }
    if !path.is_dir() {
        return has_ending(path);
    }
    let Ok(entries) = fs::read_dir(path) else { return false };
    let mut is_any = false;
    for path in entries.flatten().map(|e| e.path()).filter(|p| p.is_file() && !is_hidden(p)) {
        let film =
            ["png", "jpg", "jpeg", "tif", "tiff", "pgm", "npy", "h5", "hdf", "nc", "grib2", "bmp"];
        let ending =
            path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if film.contains(&ending.as_str()) {
            return false;
        }
        is_any |= has_ending(&path);
    }
    is_any
}

fn has_ending(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let bare = name.strip_suffix(".gz").unwrap_or(&name);
    bare.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'))
}

/// Reads a table, packed by gzip or not; a folder of tables, which are one station's; or, of `-`, the
/// standard input.
///
/// # Errors
/// [`TableError`]; single rows and cells that cannot be read are left out and noted instead.
pub fn read(path: &Path, options: &TableOptions) -> Result<Table, TableError> {
    let open = |cause| TableError::Open { path: path.to_owned(), cause };
    if path == Path::new(STDIN) {
        return read_from("standard input", std::io::stdin().lock(), options);
    }
    if fs::metadata(path).map_err(open)?.is_dir() {
        return read_folder(path, options);
    }
    let name = path.display().to_string();
    let origin = Origin::of_file(path.to_owned()).map_err(|e| opened(path, e))?;
    Whole::new(options)?.with(&name, "", &origin)?.table(&name)
}

/// Reads a table from its bytes; `name` is what errors call it.
///
/// # Errors
/// As [`read`].
pub fn read_from(name: &str, from: impl Read, options: &TableOptions) -> Result<Table, TableError> {
    let failed = |cause| TableError::Read { name: name.to_owned(), cause };
    let mut bytes = Vec::new();
    from.take(super::text::BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 == super::text::BYTES_MAX {
        return Err(TableError::TooLong { name: name.to_owned() });
    }
    let origin = Origin::of_bytes(bytes).map_err(failed)?;
    Whole::new(options)?.with(name, "", &origin)?.table(name)
}

fn read_folder(folder: &Path, options: &TableOptions) -> Result<Table, TableError> {
    let open = |cause| TableError::Open { path: folder.to_owned(), cause };
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder).map_err(open)? {
        let path = entry.map_err(open)?.path();
        if !path.is_file() || is_hidden(&path) {
            continue;
        }
        match has_ending(&path) {
            true => paths.push(path),
            false => others
                .push(path.file_name().map(|n| n.to_string_lossy().into()).unwrap_or_default()),
        }
    }
    paths.sort();
    others.sort();
    let name = folder.display().to_string();
    if paths.is_empty() {
        return Err(TableError::NoTables { name });
    }
    let mut whole = Whole::new(options)?;
    for path in &paths {
        let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let origin = Origin::of_file(path.clone()).map_err(|e| opened(path, e))?;
        whole = whole.with(&path.display().to_string(), &format!("{file} "), &origin)?;
    }
    if let Some(first) = others.first() {
        whole.notes.push(TableNote::NotATable { files: others.len(), first: first.clone() });
    }
    whole.table(&name)
}

/// A file that cannot be opened, or that breaks off at once.
fn opened(path: &Path, cause: std::io::Error) -> TableError {
    match cause.kind() {
        std::io::ErrorKind::UnexpectedEof
        | std::io::ErrorKind::InvalidData
        | std::io::ErrorKind::InvalidInput => {
            TableError::Read { name: path.display().to_string(), cause }
        }
        _ => TableError::Open { path: path.to_owned(), cause },
    }
}

/// All files together.
struct Whole<'a> {
    options: &'a TableOptions,
    written: Written,
    readings: Vec<Reading>,
    stations: Vec<String>,
    rain: Option<RainKind>,
    notes: Vec<TableNote>,
    series_notes: SeriesNotes,
    place: Option<[f64; 2]>,
    has_rows: bool,
}

impl<'a> Whole<'a> {
    fn new(options: &'a TableOptions) -> Result<Self, TableError> {
        let written = match &options.time_format {
            None => Written::Usual,
            Some(pattern) => pattern.parse().map_err(|cause| {
                let (pattern, words) = (pattern.clone(), WORDS.join(", "));
                TableError::TimeFormat { pattern, cause, words }
            })?,
        };
        if let Some(zone) = &options.zone {
            named_zone(zone)?;
        }
        Ok(Self {
            options,
            written,
            readings: Vec::new(),
            stations: Vec::new(),
            rain: None,
            notes: Vec::new(),
            series_notes: SeriesNotes::default(),
            place: None,
            has_rows: false,
        })
    }

    /// Reads one file more.
    fn with(mut self, name: &str, before: &str, origin: &Origin) -> Result<Self, TableError> {
        let file = File { name, before, origin, options: self.options, written: &self.written };
        let grid = grid(file)?;
        let part = reader::read(file, grid, &mut self.series_notes)?;
        let Part { readings, stations, rain, notes, place, has_rows } = part;
        match (self.rain, rain) {
            (Some(before), Some(here)) if before != here => {
                return Err(TableError::RainKinds { name: name.to_owned(), here, before });
            }
            (None, Some(_)) => self.rain = rain,
            _ => {}
        }
        self.has_rows |= has_rows;
        self.place = self.place.or(place);
        for station in stations {
            if !self.stations.contains(&station) {
                self.stations.push(station);
            }
        }
        for note in notes {
            note.add_to(&mut self.notes);
        }
        match self.readings.is_empty() {
            true => self.readings = readings,
            false => self.readings.extend(readings),
        }
        Ok(self)
    }

    /// The series of the station that is asked for, or of the only one.
    fn table(mut self, name: &str) -> Result<Table, TableError> {
        let name = name.to_owned();
        self.stations.sort();
        let stations = self.stations;
        match &self.options.station {
            Some(station) if stations.is_empty() && self.has_rows => {
                return Err(TableError::NoStations { name, station: station.clone() });
            }
            Some(station) if self.has_rows && !stations.contains(station) => {
                return Err(TableError::Station { name, stations });
            }
            None if stations.len() > 1 => return Err(TableError::Station { name, stations }),
            _ => {}
        }
        if self.readings.is_empty() {
            return Err(TableError::Empty { name, notes: self.series_notes });
        }
        let mut series = Series::new(self.readings, self.series_notes);
        series.rain = self.rain.unwrap_or_default();
        Ok(Table { series, notes: self.notes, place: self.place })
    }
}

/// The grid of a file, whatever its layout.
fn grid(file: File<'_>) -> Result<Grid, TableError> {
    let name = || file.name.to_owned();
    let failed = |cause| file.failed(cause);
    let start = file.origin.start().map_err(failed)?;
    if let Some((what, fix)) = sniff::not_text(&start) {
        return Err(TableError::NotText { name: name(), what, fix });
    }
    let lines = first_lines(&start);
    if lines.iter().all(|l| l.trim().is_empty()) {
        return Err(TableError::Nothing { name: name() });
    }
    let format = file.options.format;
    if json::claims(&String::from_utf8_lossy(&start)) {
        let mut bytes = Vec::new();
        let from = file.origin.open().map_err(failed)?;
        from.take(super::text::BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        let read = json::grid(&String::from_utf8_lossy(&bytes));
        let grid = read.map_err(|cause| TableError::Json { name: name(), cause })?;
        return long_or_wide(file, grid);
    }
    if format == Some(Format::Metar) || format.is_none() && metar::claims(&lines) {
        let month = match file.written {
            Written::Month(year, month) => Some((*year, *month)),
            _ => None,
        };
        let all = all_lines(file)?;
        return metar::grid(all.into_iter(), month)
            .map_err(|_| TableError::NoMonth { name: name() });
    }
    if let Some((separator, at, names)) = special_head(&lines) {
        let rows = all_rows(file, separator, at + 1)?;
        if isd::claims(&names) {
            let mut grid = isd::grid(&names, rows.into_iter());
            grid.notes.push(TableNote::Format { word: Format::Isd.word() });
            return Ok(grid);
        }
        return long(file, &names, rows);
    }
    let layout = format.and_then(Format::layout);
    let asked: Vec<&str> = file.options.columns.columns.iter().map(|m| m.column.as_str()).collect();
    let named = layout.filter(|l| l.format != Format::Emberline);
    if let Some(found) = Head::of(&lines, &asked, named) {
        return Ok(Grid::of_head(found));
    }
    let is_numbered = !asked.is_empty() && asked.iter().all(|a| a.parse::<usize>().is_ok());
    let is_known = layout.is_some_and(|l| !l.headerless.is_empty());
    match Head::without_names(&lines, layout) {
        Some(found) if is_numbered || is_known => Ok(Grid::of_head(found)),
        found => Err(TableError::NoHeader { name: name(), found: seen(&lines, found.as_ref()) }),
    }
}

/// JSON may be long too; the format of its fields is known by their names.
fn long_or_wide(file: File<'_>, mut grid: Grid) -> Result<Grid, TableError> {
    if Long::of(&grid.names).is_none() {
        let named = file.options.format.and_then(Format::layout);
        grid.layout = named.or_else(|| Layout::of(&grid.names));
        return Ok(grid);
    }
    let mut rows = Vec::new();
    let mut source = grid.rows(file.origin).map_err(|cause| file.failed(cause))?;
    let mut row = Row::default();
    while let super::grid::Next::Row(line) =
        source.next(&mut row).map_err(|cause| file.failed(cause))?
    {
        rows.push((line, row.clone()));
    }
    drop(source);
    long(file, &grid.names, rows)
}

fn long(file: File<'_>, names: &[String], rows: Vec<(u64, Row)>) -> Result<Grid, TableError> {
    let name = || file.name.to_owned();
    let Some(long) = Long::of(names) else {
        return Err(TableError::NoHeader { name: name(), found: names.join(", ") });
    };
    let zone = file.options.zone.as_deref().map(named_zone).transpose()?;
    let clock = Clock { zone, order: None, written: file.written.clone() };
    let grid = long.grid(rows.into_iter(), &clock);
    let mut grid =
        grid.map_err(|(line, text)| TableError::NoOffset { name: name(), line, text })?;
    grid.layout = Layout::of(&grid.names);
    Ok(grid)
}

/// The line of names of a table that is long or of coded cells.
fn special_head(lines: &[String]) -> Option<(Separator, usize, Vec<String>)> {
    let mut row = Row::default();
    for (at, line) in lines.iter().enumerate().take(40) {
        for separator in SEPARATORS.into_iter().filter(|s| *s != Separator::Blanks) {
            if line.starts_with('#') || !separator.cut(line, &mut row) || row.len() < 3 {
                continue;
            }
            let names: Vec<String> = row.iter().map(str::to_owned).collect();
            if isd::claims(&names) || Long::of(&names).is_some() {
                return Some((separator, at, names));
            }
        }
    }
    None
}

/// The lines of the first bytes, without a last one that is cut.
fn first_lines(start: &[u8]) -> Vec<String> {
    let mut lines = Lines::new(Box::new(start));
    let mut out = Vec::new();
    // From memory, nothing fails.
    while let Ok(Some(line)) = lines.next() {
        out.push(line.into_owned());
    }
    if start.len() as u64 == BYTES_SEEN && out.len() > 1 {
        out.pop();
    }
    out
}

fn all_lines(file: File<'_>) -> Result<Vec<(u64, String)>, TableError> {
    let failed = |cause| file.failed(cause);
    let mut lines = Lines::new(file.origin.open().map_err(failed)?);
    let mut out = Vec::new();
    while let Some(line) = lines.next().map_err(failed)? {
        let line = line.into_owned();
        out.push((lines.number, line));
    }
    Ok(out)
}

/// All rows behind the line of names; comments and the names again, as several results have them, left out.
fn all_rows(
    file: File<'_>,
    separator: Separator,
    from: usize,
) -> Result<Vec<(u64, Row)>, TableError> {
    let all = all_lines(file)?;
    let head = all.get(from - 1).map(|(_, l)| l.clone()).unwrap_or_default();
    let mut row = Row::default();
    let mut out = Vec::new();
    for (number, line) in all.into_iter().skip(from) {
        if line.trim().is_empty() || line.starts_with('#') || line == head {
            continue;
        }
        if separator.cut(&line, &mut row) {
            out.push((number, row.clone()));
        }
    }
    Ok(out)
}

/// What the first row holds, for whoever must say what it is.
fn seen(lines: &[String], found: Option<&Head>) -> String {
    const MOST: usize = 12;
    let say = "say which are what, as ‹column› time=1 ‹column› temp_c=2, or name the ‹format›";
    let Some(head) = found else {
        let line = lines.iter().find(|l| !l.trim().is_empty()).map_or("", |l| l.trim());
        let short: String = line.chars().take(60).collect();
        return format!("its first line is '{short}'; {}", sniff::FIX);
    };
    let mut row = Row::default();
    if let Some(line) = lines.get(head.lines) {
        head.separator.cut(line, &mut row);
    }
    let cells: Vec<String> =
        row.iter().take(MOST).enumerate().map(|(i, c)| format!("{} '{c}'", i + 1)).collect();
    let more = if row.len() > MOST { " …" } else { "" };
    let like = Format::ALL
        .into_iter()
        .filter_map(Format::layout)
        .find(|l| l.headerless.split(',').count() == row.len());
    let like =
        like.map_or_else(String::new, |l| format!("; the format {} has as many columns", l.word));
    format!("line {} has {}{more}; {say}{like}", head.lines + 1, cells.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_known_by_their_names() {
        for (name, want) in [
            ("-", true),
            ("a.csv", true),
            ("a.CSV.gz", true),
            ("CR1000X_Hourly.dat", true),
            ("a.npz", false),
            ("rain.gz", false),
            ("nodes", false),
        ] {
            assert_eq!(is_table(Path::new(name)), want, "{name}");
        }
    }
}
