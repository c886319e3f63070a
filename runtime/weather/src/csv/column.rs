//! Columns: which quantity each holds, in which unit, by its name.

use ::csv::StringRecord;

use super::error::CsvError;
use super::format::Format;
use crate::reading::Quantity;
use crate::series::{SeriesNoteKind, SeriesNotes};

/// How a cell becomes a value: `factor · cell + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    factor: f64,
    offset: f64,
}

impl Unit {
    /// The value in our unit.
    pub(super) fn convert(self, cell: f64) -> f64 {
        self.factor * cell + self.offset
    }
}

const fn times(factor: f64) -> Unit {
    Unit { factor, offset: 0.0 }
}

const SAME: Unit = times(1.0);
const FAHRENHEIT: Unit = Unit { factor: 1.0 / 1.8, offset: -32.0 / 1.8 };
const KELVIN: Unit = Unit { factor: 1.0, offset: -273.15 };
const KM_H: Unit = times(1.0 / 3.6);
/// By definition 1852 m an hour.
const KNOT: Unit = times(1852.0 / 3600.0);
/// By definition 1609.344 m an hour.
const MPH: Unit = times(0.44704);
const INCH: Unit = times(25.4);
const PASCAL: Unit = times(0.01);
const KILOPASCAL: Unit = times(10.0);
/// Conventional inch of mercury at 0 °C.
const INCH_HG: Unit = times(33.863_89);

/// Our own names.
const EMBERLINE: &[(&str, Quantity, Unit)] = &[
    ("temp_c", Quantity::Temp, SAME),
    ("temp_f", Quantity::Temp, FAHRENHEIT),
    ("temp_k", Quantity::Temp, KELVIN),
    ("rh_percent", Quantity::Humidity, SAME),
    ("wind_m_s", Quantity::Wind, SAME),
    ("wind_km_h", Quantity::Wind, KM_H),
    ("wind_kt", Quantity::Wind, KNOT),
    ("wind_mph", Quantity::Wind, MPH),
    ("wind_from_deg", Quantity::WindFrom, SAME),
    ("gust_m_s", Quantity::Gust, SAME),
    ("gust_km_h", Quantity::Gust, KM_H),
    ("gust_kt", Quantity::Gust, KNOT),
    ("gust_mph", Quantity::Gust, MPH),
    ("pressure_hpa", Quantity::Pressure, SAME),
    ("pressure_pa", Quantity::Pressure, PASCAL),
    ("pressure_kpa", Quantity::Pressure, KILOPASCAL),
    ("pressure_inhg", Quantity::Pressure, INCH_HG),
    ("rain_mm", Quantity::Rain, SAME),
    ("rain_in", Quantity::Rain, INCH),
];

/// Names of nycflights13, by its documentation. Its dew point is not read: it follows from the rest.
const NYC_FLIGHTS: &[(&str, Quantity, Unit)] = &[
    ("temp", Quantity::Temp, FAHRENHEIT),
    ("humid", Quantity::Humidity, SAME),
    ("wind_dir", Quantity::WindFrom, SAME),
    ("wind_speed", Quantity::Wind, MPH),
    ("wind_gust", Quantity::Gust, MPH),
    ("precip", Quantity::Rain, INCH),
    ("pressure", Quantity::Pressure, SAME),
];

/// How columns of weather begin; one that does and is in no table of names is refused. The more
/// particular beginning comes first.
const WEATHER: &[(&str, Quantity)] = &[
    ("temp", Quantity::Temp),
    ("rh", Quantity::Humidity),
    ("humid", Quantity::Humidity),
    ("relative_humid", Quantity::Humidity),
    ("wind_gust", Quantity::Gust),
    ("wind_dir", Quantity::WindFrom),
    ("wind_from", Quantity::WindFrom),
    ("wind", Quantity::Wind),
    ("gust", Quantity::Gust),
    ("press", Quantity::Pressure),
    ("rain", Quantity::Rain),
    ("precip", Quantity::Rain),
];

/// Where each thing stands in a row.
#[derive(Debug)]
pub(super) struct Columns {
    /// Cells in a row.
    pub(super) width: usize,
    /// Cell of the time.
    pub(super) time: usize,
    /// Whether the column's name says that times are UTC.
    pub(super) time_is_utc: bool,
    /// Cell of the station's name.
    pub(super) station: Option<usize>,
    /// Cells of values.
    pub(super) values: Vec<(Quantity, Unit, usize)>,
}

impl Columns {
    /// Reads the header.
    pub(super) fn of(
        name: &str,
        header: &StringRecord,
        format: Format,
        notes: &mut SeriesNotes,
    ) -> Result<Self, CsvError> {
        let (table, times, station): (_, &[&str], _) = match format {
            Format::Emberline => (EMBERLINE, &["time", "time_utc"], "station"),
            Format::NycFlights => (NYC_FLIGHTS, &["time_hour"], "origin"),
        };
        let mut found: Vec<Option<usize>> = vec![None; Quantity::ALL.len()];
        let (mut time, mut place, mut values) = (None, None, Vec::new());
        for (i, column) in header.iter().enumerate() {
            let lower = column.to_ascii_lowercase();
            let (slot, what) = if times.contains(&lower.as_str()) {
                (&mut time, "the time")
            } else if lower == station {
                (&mut place, "the station")
            } else if let Some(&(_, q, unit)) = table.iter().find(|(n, ..)| *n == lower) {
                values.push((q, unit, i));
                (&mut found[q.index()], q.name())
            } else {
                refuse_weather(name, column, &lower, format)?;
                notes.add(SeriesNoteKind::ColumnNotRead, || format!("'{column}'"));
                continue;
            };
            if let Some(first) = slot.replace(i) {
                return Err(CsvError::Twice {
                    name: name.to_owned(),
                    first: header[first].to_owned(),
                    second: column.to_owned(),
                    what,
                });
            }
        }
        let missing = |column, fix| CsvError::NoColumn { name: name.to_owned(), column, fix };
        let fix = "name the column of times, or the format";
        let time = time.ok_or_else(|| missing(times[0], fix))?;
        if values.is_empty() {
            let fix = "give at least one column of weather, with its unit";
            return Err(missing(table[0].0, fix));
        }
        let time_is_utc = header[time].eq_ignore_ascii_case("time_utc");
        Ok(Self { width: header.len(), time, time_is_utc, station: place, values })
    }
}

/// In our own format, a column that looks like weather must have one of our names.
fn refuse_weather(name: &str, column: &str, lower: &str, format: Format) -> Result<(), CsvError> {
    let like = WEATHER.iter().find(|(stem, _)| lower.starts_with(stem));
    let (Format::Emberline, Some((_, quantity))) = (format, like) else { return Ok(()) };
    let names = EMBERLINE.iter().filter(|(_, q, _)| q == quantity).map(|(n, ..)| *n);
    Err(CsvError::Unit {
        name: name.to_owned(),
        column: column.to_owned(),
        wanted: names.collect::<Vec<_>>().join(" or "),
    })
}
