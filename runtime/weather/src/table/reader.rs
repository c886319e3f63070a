//! The reader: rows of a grid become readings of one station, and what was not clear is counted.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::cell::{self, Cell};
use super::clock::{self, Clock, Moment, Order, Written};
use super::columns::{self, Column, Columns, Seen};
use super::error::TableError;
use super::format::Format;
use super::grid::{Grid, Next};
use super::meaning::Weather;
use super::note::TableNote;
use super::options::TableOptions;
use super::stamp::{self, Day};
use super::text::{Origin, Row};
use super::unit::{self, Unit};
use crate::derived;
use crate::rain_kind::RainKind;
use crate::reading::{Quantity, Reading};
use crate::series::{SeriesNoteKind, SeriesNotes};
use crate::standard_time::StandardTime;
use crate::zone::named_zone;

/// Rows that are looked at before the table is read.
const ROWS_SEEN: usize = 200;
/// Humidity up to this, %, is 100.
const SATURATED_MOST: f64 = 105.0;
/// A number of rain no further below 0 than this is noise.
const RAIN_NOISE: f64 = -0.05;

/// What one file holds.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) readings: Vec<Reading>,
    /// Names of stations in the order in which they came.
    pub(super) stations: Vec<String>,
    pub(super) rain: Option<RainKind>,
    pub(super) notes: Vec<TableNote>,
    pub(super) place: Option<[f64; 2]>,
    /// Whether there was a row.
    pub(super) has_rows: bool,
}

/// One file that is being read.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    /// What places in notes begin with: the file's name where there are several.
    pub(super) before: &'a str,
    pub(super) origin: &'a Origin,
    pub(super) options: &'a TableOptions,
    pub(super) written: &'a Written,
}

/// Reads the rows of `grid`.
pub(super) fn read(
    file: File<'_>,
    mut grid: Grid,
    notes: &mut SeriesNotes,
) -> Result<Part, TableError> {
    let sample = sample(file, &grid)?;
    let seen = Seen {
        name: file.name,
        names: &grid.names,
        units: &grid.units,
        rows: &sample,
        layout: grid.layout,
        mapping: &file.options.columns,
    };
    let columns = Columns::of(&seen, notes)?;
    let mut part = Part { notes: std::mem::take(&mut grid.notes), ..Part::default() };
    part.notes.extend(columns.units_of.map(|word| TableNote::Format { word }));
    if let Some((column, kind)) = columns.rain() {
        part.rain = Some(kind);
        if grid.is_held && matches!(kind, RainKind::Increment | RainKind::Unknown) {
            let (name, column) = (file.name.to_owned(), column.name.clone());
            return Err(TableError::HeldRain { name, column });
        }
        if kind != RainKind::Increment {
            part.notes.push(TableNote::Rain { column: column.name.clone(), kind });
        }
    }
    part.notes
        .extend(columns.dew.iter().map(|c| TableNote::FromDewPoint { column: c.name.clone() }));
    let clock = clock(file, &grid, &columns, &mut part.notes)?;
    let mut rows = Rows {
        file,
        columns: &columns,
        clock,
        part,
        counts: Counts::default(),
        dates: BTreeSet::new(),
        noon: None,
        zone: None,
    };
    let mut source = grid.rows(file.origin).map_err(|cause| file.failed(cause))?;
    let mut row = Row::default();
    loop {
        match source.next(&mut row).map_err(|cause| file.failed(cause))? {
            Next::End => break,
            Next::Broken(line) => {
                notes.add(SeriesNoteKind::RowShape, || {
                    format!("{}line {line}, a quote is not closed", file.before)
                });
            }
            Next::Row(line) => rows.take(&row, line, notes)?,
        }
    }
    if source.is_too_long() {
        return Err(TableError::TooLong { name: file.name.to_owned() });
    }
    Ok(rows.done())
}

impl File<'_> {
    pub(super) fn failed(self, cause: std::io::Error) -> TableError {
        TableError::Read { name: self.name.to_owned(), cause }
    }
}

fn sample(file: File<'_>, grid: &Grid) -> Result<Vec<Row>, TableError> {
    let mut rows = grid.rows(file.origin).map_err(|cause| file.failed(cause))?;
    let (mut out, mut row) = (Vec::new(), Row::default());
    while out.len() < ROWS_SEEN {
        match rows.next(&mut row).map_err(|cause| file.failed(cause)) {
            Ok(Next::Row(_)) => out.push(row.clone()),
            Ok(Next::Broken(_)) => {}
            Ok(Next::End) => break,
            // What was read before it breaks off is enough to see the columns.
            Err(e) if out.is_empty() => return Err(e),
            Err(_) => break,
        }
    }
    Ok(out)
}

/// How the times of the table are meant.
fn clock(
    file: File<'_>,
    grid: &Grid,
    columns: &Columns,
    notes: &mut Vec<TableNote>,
) -> Result<Clock, TableError> {
    let by_name = columns.time_zone.as_deref().or(grid.zone.as_deref());
    let zone = match by_name.or(file.options.zone.as_deref()) {
        _ if columns.time_is_utc => Some(TimeZone::UTC),
        Some(name) => Some(named_zone(name)?),
        None => None,
    };
    let is_wrcc = grid.layout.is_some_and(|l| l.format == Format::Wrcc);
    let written = match file.written.clone() {
        Written::Usual if is_wrcc => Written::ShortDigits,
        said => said,
    };
    let order = match written {
        Written::DayFirst => Some(Order::DayFirst),
        Written::MonthFirst => Some(Order::MonthFirst),
        Written::Usual if grid.layout.is_some_and(|l| l.is_month_first) => Some(Order::MonthFirst),
        Written::Usual | Written::Month(..) => order_of_dates(file, grid, columns, notes)?,
        _ => None,
    };
    Ok(Clock { zone, order, written })
}

/// Whether day or month comes first in dates that may have either, by a number above 12 in any row.
fn order_of_dates(
    file: File<'_>,
    grid: &Grid,
    columns: &Columns,
    notes: &mut Vec<TableNote>,
) -> Result<Option<Order>, TableError> {
    let at = columns.times.first();
    let either = |row: &Row| match stamp::stamp(row.cell(at))?.date? {
        Day::Either { first, second, year, short } => Some((first, second, year, short)),
        Day::Clear(_) => None,
    };
    let mut rows = grid.rows(file.origin).map_err(|cause| file.failed(cause))?;
    let mut row = Row::default();
    let name = || file.name.to_owned();
    let (mut day_first, mut month_first): (Option<String>, Option<String>) = (None, None);
    let mut seen: Option<(u64, String)> = None;
    let (mut firsts, mut years) = (BTreeSet::new(), BTreeSet::new());
    let (mut clear, mut is_short) = (0, false);
    loop {
        match rows.next(&mut row) {
            Ok(Next::End) => break,
            Ok(Next::Broken(_)) => continue,
            Ok(Next::Row(line)) => {
                let Some((first, second, year, short)) = either(&row) else {
                    // Most tables have no such date at all: a few rows tell.
                    clear += 1;
                    if clear > ROWS_SEEN && seen.is_none() {
                        return Ok(None);
                    }
                    continue;
                };
                let text = || row.cell(at).to_owned();
                seen.get_or_insert_with(|| (line, text()));
                is_short |= short;
                firsts.insert(first);
                years.insert(year);
                if first > 12 {
                    day_first.get_or_insert_with(text);
                }
                if second > 12 {
                    month_first.get_or_insert_with(text);
                }
            }
            Err(cause) => return Err(file.failed(cause)),
        }
    }
    let Some((line, text)) = seen else { return Ok(None) };
    if is_short && firsts.len() == 1 && years.len() > 2 {
        return Err(TableError::ShortYear { name: name(), line, text });
    }
    match (day_first, month_first) {
        (None, None) => Err(TableError::EitherOrder { name: name(), line, text }),
        (Some(day_first), Some(month_first)) => {
            Err(TableError::BothOrders { name: name(), day_first, month_first })
        }
        (Some(proof), None) => {
            notes.push(TableNote::DayFirst { proof });
            Ok(Some(Order::DayFirst))
        }
        (None, Some(proof)) => {
            notes.push(TableNote::MonthFirst { proof });
            Ok(Some(Order::MonthFirst))
        }
    }
}

/// What happened to cells.
#[derive(Debug, Default)]
struct Counts {
    traces: usize,
    noise: usize,
    daily: usize,
}

/// Rows on their way to readings.
struct Rows<'a> {
    file: File<'a>,
    columns: &'a Columns,
    clock: Clock,
    part: Part,
    counts: Counts,
    /// Dates alone that were seen, with the place of their station.
    dates: BTreeSet<(usize, Date)>,
    noon: Option<StandardTime>,
    /// The zone of the last row that named one.
    zone: Option<(String, Option<TimeZone>)>,
}

impl Rows<'_> {
    fn take(&mut self, row: &Row, line: u64, notes: &mut SeriesNotes) -> Result<(), TableError> {
        let (columns, before) = (self.columns, self.file.before);
        let is_over = (columns.width..row.len()).any(|at| !row.cell(at).is_empty());
        if is_over || row.len() + columns.unnamed < columns.width {
            notes.add(SeriesNoteKind::RowShape, || {
                format!("{before}line {line}, {} for {}", row.len(), columns.width)
            });
            return Ok(());
        }
        let name = || self.file.name.to_owned();
        let text = || columns.times.text(row);
        let of_row = self.zone_of(row);
        let left_out = match columns.times.moment(row, &self.clock, of_row.as_ref()) {
            Moment::At(time) => {
                self.keep(time, row, line, notes);
                return Ok(());
            }
            Moment::Dated(date) => {
                let time = self.noon_of(date, row, line)?;
                if let Some(time) = time {
                    self.counts.daily += 1;
                    self.keep(time, row, line, notes);
                }
                return Ok(());
            }
            Moment::NoOffset => {
                return Err(TableError::NoOffset { name: name(), line, text: text() });
            }
            Moment::Either => {
                return Err(TableError::EitherOrder { name: name(), line, text: text() });
            }
            Moment::Twice => SeriesNoteKind::TimeTwice,
            Moment::Skipped => SeriesNoteKind::TimeSkipped,
            Moment::Unreadable => {
                let text = text();
                let is_first = self.part.readings.is_empty() && !self.part.has_rows;
                if let Some(word) = clock::serial(&text).filter(|_| is_first) {
                    return Err(TableError::Serial { name: name(), line, text, word });
                }
                SeriesNoteKind::TimeUnreadable
            }
        };
        notes.add(left_out, || format!("{before}line {line}, '{}'", text()));
        Ok(())
    }

    /// The zone that the row names for itself.
    fn zone_of(&mut self, row: &Row) -> Option<TimeZone> {
        let text = row.cell(self.columns.zone?);
        if self.zone.as_ref().is_none_or(|(last, _)| last != text) {
            let hours = text.parse::<f64>().ok().filter(|h| h.abs() <= 14.0);
            let zone = match hours {
                Some(h) => jiff::tz::Offset::from_seconds((h * 3600.0).round() as i32)
                    .ok()
                    .map(TimeZone::fixed),
                None => named_zone(text).ok(),
            };
            self.zone = Some((text.to_owned(), zone));
        }
        self.zone.as_ref().and_then(|(_, zone)| zone.clone())
    }

    /// Noon of a date alone.
    fn noon_of(
        &mut self,
        date: Date,
        row: &Row,
        line: u64,
    ) -> Result<Option<Timestamp>, TableError> {
        let name = || self.file.name.to_owned();
        let station = self.station(row);
        if !self.dates.insert((station, date)) {
            let text = self.columns.times.text(row);
            return Err(TableError::DateAgain { name: name(), line, text });
        }
        if self.noon.is_none() {
            let zone = self.file.options.zone.as_deref();
            let of_table = self.columns.place.and_then(|(_, at)| row.cell(at).parse::<f64>().ok());
            let longitude = self.file.options.longitude_deg.or(of_table);
            if zone.is_none() && longitude.is_none() {
                return Err(TableError::NoNoon { name: name() });
            }
            self.noon = Some(StandardTime::new(zone, longitude.unwrap_or(0.0))?);
        }
        Ok(self.noon.as_ref().and_then(|n| n.noon(date)))
    }

    /// The place of the row's station among those seen.
    fn station(&mut self, row: &Row) -> usize {
        let Some(at) = self.columns.station else { return 0 };
        let name = row.cell(at);
        let stations = &mut self.part.stations;
        stations.iter().position(|s| s == name).unwrap_or_else(|| {
            if !name.is_empty() {
                stations.push(name.to_owned());
            }
            stations.len().saturating_sub(1)
        })
    }

    fn keep(&mut self, time: Timestamp, row: &Row, line: u64, notes: &mut SeriesNotes) {
        self.part.has_rows = true;
        let station = self.station(row);
        let is_other = match &self.file.options.station {
            Some(asked) => self.part.stations.get(station).is_some_and(|s| s != asked),
            None => station > 0,
        };
        if is_other {
            return;
        }
        if let (None, Some((lat, lon))) = (self.part.place, self.columns.place)
            && let (Ok(lat), Ok(lon)) = (row.cell(lat).parse(), row.cell(lon).parse())
        {
            self.part.place = Some([lat, lon]);
        }
        let reading = self.reading(time, row, line, notes);
        self.part.readings.push(reading);
    }

    fn reading(
        &mut self,
        time: Timestamp,
        row: &Row,
        line: u64,
        notes: &mut SeriesNotes,
    ) -> Reading {
        let mut reading = Reading::new(time);
        let mut is_calm = false;
        for column in &self.columns.values {
            let Some(quantity) = column.what.quantity() else { continue };
            let unit = self.unit(column, row);
            match self.cell(column, unit, row) {
                Cell::Number(v)
                    if quantity == Quantity::Rain && v < 0.0 && v >= unit.convert(RAIN_NOISE) =>
                {
                    // A zero that was written as −0 is one.
                    self.counts.noise += 1;
                    reading.set(quantity, Some(0.0));
                }
                Cell::Number(v) => reading.set(quantity, Some(v)),
                Cell::Trace => {
                    self.counts.traces += 1;
                    reading.set(quantity, Some(0.0));
                }
                Cell::Calm => is_calm = true,
                Cell::Missing => {}
                Cell::NoNumber => {
                    let (before, text) = (self.file.before, row.cell(column.at));
                    notes.add(SeriesNoteKind::NotANumber, || {
                        format!("{before}line {line}, {quantity} '{text}'")
                    });
                }
            }
        }
        if is_calm {
            reading.wind_m_s = reading.wind_m_s.or(Some(0.0));
            reading.wind_from_deg = None;
        }
        if let (Some(dew), Some(temp_c)) = (&self.columns.dew, reading.temp_c)
            && let Cell::Number(dew_c) = self.cell(dew, self.unit(dew, row), row)
        {
            reading.rh_percent = Some(derived::rh_percent(temp_c, dew_c));
        }
        reading
    }

    fn cell(&self, column: &Column, unit: Unit, row: &Row) -> Cell {
        let text = row.cell(column.at);
        if !self.columns.missing.is_empty()
            && let Ok(number) = text.parse::<f64>()
        {
            if is_missing(self.columns.missing, column.what, number) {
                return Cell::Missing;
            }
            if column.what.quantity() == Some(Quantity::Rain) && self.columns.trace == Some(number)
            {
                return Cell::Trace;
            }
        }
        cell::cell(text, column.what, unit, self.columns.decimal)
    }

    /// The unit of a cell; weewx says for each row which system it is in.
    fn unit(&self, column: &Column, row: &Row) -> Unit {
        let system = self.columns.system.map_or("", |at| row.cell(at));
        match (system.trim_end_matches(".0"), column.what) {
            ("16" | "17", Weather::Temp | Weather::DewPoint | Weather::Pressure) => unit::OURS,
            ("16", Weather::Wind | Weather::Gust) => unit::KM_H,
            ("17", Weather::Wind | Weather::Gust | Weather::Rain(_)) => unit::OURS,
            ("16", Weather::Rain(_)) => unit::CENTIMETRE,
            _ => column.unit,
        }
    }

    fn done(self) -> Part {
        let Self { file, mut part, counts, columns, .. } = self;
        let humidity = columns.values.iter().find(|c| c.what == Weather::Humidity);
        if let Some(column) = humidity.filter(|c| columns::may_be_share(c)) {
            let highest = part.readings.iter().filter_map(|r| r.rh_percent).fold(0.0, f64::max);
            if highest > 0.0 && highest <= 1.0 {
                part.readings
                    .iter_mut()
                    .for_each(|r| r.rh_percent = r.rh_percent.map(|v| 100.0 * v));
                part.notes.push(TableNote::Fraction { column: column.name.clone() });
            }
        }
        let mut saturated = 0;
        for rh in part.readings.iter_mut().filter_map(|r| r.rh_percent.as_mut()) {
            if *rh > 100.0 && *rh <= SATURATED_MOST {
                *rh = 100.0;
                saturated += 1;
            }
        }
        let Counts { traces, noise, daily } = counts;
        let told = [
            (saturated > 0).then_some(TableNote::Saturated { values: saturated }),
            (noise > 0).then_some(TableNote::NoiseOfRain { values: noise }),
            (traces > 0).then_some(TableNote::Trace { values: traces }),
            (daily > 0).then_some(TableNote::Daily { rows: daily }),
        ];
        part.notes.extend(told.into_iter().flatten());
        // Where nobody said the place, the table's is taken.
        if let (Some([latitude, longitude]), None) = (part.place, file.options.longitude_deg) {
            let (latitude, longitude) = (latitude.to_string(), longitude.to_string());
            part.notes.push(TableNote::Place { latitude, longitude });
        }
        part
    }
}

/// Whether a number stands for a missing value: 99 of speeds alone, 999 of all but pressure.
fn is_missing(missing: &[f64], what: Weather, number: f64) -> bool {
    missing.contains(&number)
        && match what {
            Weather::Wind | Weather::Gust => true,
            Weather::Pressure => number.abs() > 2000.0 || number < 0.0,
            _ => number.abs() > 360.0,
        }
}
