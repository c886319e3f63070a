//! A table: the readings of a node in order of time, as the station's weather and spreadsheets want them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::clock::{Starts, taken_at};
use super::id::LogId;
use super::line::{Line, Reading, TimeFrom};
use super::names::Known;
use crate::station::note::Notes;
use crate::station::reading::Reading as StationReading;
use crate::station::series::Series;

/// One reading with its time and its rain.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When it was taken, UTC.
    pub time: Timestamp,
    /// Whose clock tells.
    pub time_from: TimeFrom,
    /// Rain since the reading before, mm; `None` if that reading or the size of a tip is not known.
    pub rain_mm: Option<f64>,
    /// The reading.
    pub reading: Reading,
}

/// Readings in order of time, and what could not be put there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The rows.
    pub rows: Vec<Row>,
    /// Readings that no clock can date.
    pub undated: usize,
    /// Readings that are missing, as the node told.
    pub missing: u64,
}

impl Table {
    /// Of the lines of one node. Readings without a time get that of their start, if it became known
    /// later.
    #[must_use]
    pub fn new(lines: impl IntoIterator<Item = Line>, starts: &Starts, known: &Known) -> Self {
        let mut table = Self::default();
        let mut readings: BTreeMap<(LogId, u32), Reading> = BTreeMap::new();
        for line in lines {
            match line {
                Line::Reading(r) => drop(readings.insert((r.log, r.seq), r)),
                Line::Gap(g) => {
                    table.missing += u64::from(g.last_seq.saturating_sub(g.first_seq)) + 1;
                }
                _ => {}
            }
        }
        // In order of their numbers, not of time: rain is counted from one reading to the next.
        let mut before: Option<(LogId, u32)> = None;
        for ((log, _), reading) in readings {
            let rain_mm = rain_mm(before, log, &reading, known);
            before = reading.rain_tips.map(|tips| (log, tips));
            let by_start = || {
                let started = starts.get(log, reading.boot)?;
                taken_at(started.at, reading.uptime_ms).map(|t| (t, TimeFrom::Gateway))
            };
            let dated = reading.time.map(|t| (t, reading.time_from)).or_else(by_start);
            match dated {
                Some((time, time_from)) => {
                    table.rows.push(Row { time, time_from, rain_mm, reading });
                }
                None => table.undated += 1,
            }
        }
        table.rows.sort_by_key(|row| (row.time, row.reading.seq));
        table
    }

    /// The rows as a station's series.
    #[must_use]
    pub fn series(&self) -> Series {
        let reading = |row: &Row| {
            let r = &row.reading;
            StationReading {
                time: row.time,
                temp_c: r.temp_c,
                rh_percent: r.rh_percent,
                wind_m_s: r.wind_m_s,
                wind_from_deg: r.wind_from_deg.map(f64::from),
                gust_m_s: r.gust_m_s,
                pressure_hpa: r.pressure_pa.map(|pa| f64::from(pa) / 100.0),
                rain_mm: row.rain_mm,
            }
        };
        Series::new(self.rows.iter().map(reading).collect(), Notes::default())
    }

    /// What a person should know.
    #[must_use]
    pub fn notes(&self, known: &Known) -> Vec<String> {
        let mut notes = Vec::new();
        if self.undated > 0 {
            notes.push(format!("{} readings left out: no clock can tell their time", self.undated));
        }
        if self.missing > 0 {
            notes.push(format!(
                "{} readings are missing: the node could not keep them",
                self.missing
            ));
        }
        let tips = self.rows.iter().any(|row| row.reading.rain_tips.is_some());
        if tips && known.rain_mm_per_tip.is_none() {
            notes.push(
                "rain is left out: write rain_mm_per_tip for this node into nodes.toml".to_owned(),
            );
        }
        notes
    }
}

/// Rain since the reading before of the same log. The number of tips never falls within a log.
fn rain_mm(
    before: Option<(LogId, u32)>,
    log: LogId,
    reading: &Reading,
    known: &Known,
) -> Option<f64> {
    let (log_before, tips_before) = before?;
    let tips = reading.rain_tips?.checked_sub(tips_before)?;
    let mm = f64::from(tips) * known.rain_mm_per_tip?;
    // Tips of 0.2 mm are not to become 0.6000000000000001 mm.
    (log_before == log).then(|| (mm * 1e6).round() / 1e6)
}

/// The names of the columns, which a station's table is read by.
pub const COLUMNS: [&str; 17] = [
    "time",
    "station",
    "temp_c",
    "rh_percent",
    "pressure_pa",
    "wind_m_s",
    "wind_from_deg",
    "gust_m_s",
    "rain_mm",
    "tips",
    "battery_v",
    "vector_wind_m_s",
    "time_from",
    "log",
    "seq",
    "boot",
    "uptime_ms",
];

impl Row {
    /// The cells of [`COLUMNS`]; what was not measured is empty. `station` is what the node is called.
    #[must_use]
    pub fn cells(&self, station: &str) -> [String; COLUMNS.len()] {
        fn cell<T: ToString>(value: Option<T>) -> String {
            value.map_or_else(String::new, |v| v.to_string())
        }
        let r = &self.reading;
        [
            self.time.to_string(),
            station.to_owned(),
            cell(r.temp_c),
            cell(r.rh_percent),
            cell(r.pressure_pa),
            cell(r.wind_m_s),
            cell(r.wind_from_deg),
            cell(r.gust_m_s),
            cell(self.rain_mm),
            cell(r.rain_tips),
            cell(r.battery_v),
            cell(r.wind_vector_m_s),
            match self.time_from {
                TimeFrom::Gateway => "gateway".to_owned(),
                TimeFrom::Node => "node".to_owned(),
                TimeFrom::None => String::new(),
            },
            r.log.to_string(),
            r.seq.to_string(),
            r.boot.to_string(),
            r.uptime_ms.to_string(),
        ]
    }
}
