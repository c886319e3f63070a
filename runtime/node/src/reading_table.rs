//! A table of readings: those of one node in order of time, with the rain of each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use emberline_weather::reading::Reading as StationReading;
use emberline_weather::series::{Series, SeriesNotes};

use crate::clock::{Starts, taken_at};
use crate::id::LogId;
use crate::line::{Line, Reading, TimeFrom};
use crate::node_settings::NodeSettings;
use crate::store::StoreNote;

/// One reading with its time and its rain.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When it was taken, UTC.
    pub time: Timestamp,
    /// Whose clock that is by.
    pub time_from: TimeFrom,
    /// Rain since the reading before, mm; `None` if that reading or the size of a tip is not known.
    pub rain_mm: Option<f64>,
    /// The reading.
    pub reading: Reading,
}

/// Tips of the bucket since its log began, at one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tips {
    /// The log.
    pub log: LogId,
    /// Number of the reading in it.
    pub seq: u32,
    /// Tips.
    pub tips: u32,
}

impl Tips {
    /// Of a reading, if it counted them.
    #[must_use]
    pub fn of(reading: &Reading) -> Option<Self> {
        reading.rain_tips.map(|tips| Self { log: reading.log, seq: reading.seq, tips })
    }
}

/// Readings in order of time, and what could not be put there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadingTable {
    /// The rows.
    pub rows: Vec<Row>,
    /// Readings that no clock can date.
    pub undated: usize,
    /// Readings that the node lost.
    pub missing: u64,
}

impl ReadingTable {
    /// Of the lines of one node; `before` are the tips at the reading before them, if that is known.
    /// Readings without a time get that of their start, if it became known later.
    #[must_use]
    pub fn new(
        lines: impl IntoIterator<Item = Line>,
        before: Option<Tips>,
        starts: &Starts,
        settings: &NodeSettings,
    ) -> Self {
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
        let mut before = before;
        for reading in readings.into_values() {
            let tips = Tips::of(&reading);
            let rain_mm = rain_mm(before, tips, settings);
            before = tips.or(before);
            let by_start = || {
                let started = starts.get(reading.log, reading.boot)?;
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
        Series::new(self.rows.iter().map(reading).collect(), SeriesNotes::default())
    }

    /// What is not in the table, for a person to know.
    #[must_use]
    pub fn notes(&self, settings: &NodeSettings) -> Vec<StoreNote> {
        let mut notes = Vec::new();
        if self.undated > 0 {
            notes.push(StoreNote::Undated { readings: self.undated });
        }
        if self.missing > 0 {
            notes.push(StoreNote::Missing { readings: self.missing });
        }
        let tips = self.rows.iter().any(|row| row.reading.rain_tips.is_some());
        if tips && settings.rain_mm_per_tip.is_none() {
            notes.push(StoreNote::TipSizeUnknown);
        }
        notes
    }
}

/// Rain since the last reading before that counted tips, of the same log: the number never falls there.
fn rain_mm(before: Option<Tips>, now: Option<Tips>, settings: &NodeSettings) -> Option<f64> {
    let (before, now) = (before?, now?);
    let in_order = before.log == now.log && before.seq < now.seq;
    let tips = now.tips.checked_sub(before.tips).filter(|_| in_order)?;
    let mm = f64::from(tips) * settings.rain_mm_per_tip?;
    // Tips of 0.2 mm are not to become 0.6000000000000001 mm.
    Some((mm * 1e6).round() / 1e6)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;

    fn line(log: u32, seq: u32, tips: Option<u32>) -> Line {
        let time = Timestamp::from_second(1_800_000_000 + i64::from(seq) * 60).unwrap();
        let reading = emberline_wire::Reading { log, seq, rain_tips: tips, ..Default::default() };
        Line::Reading(Reading::new(NodeId::new(1), &reading, (Some(time), TimeFrom::Gateway), time))
    }

    #[test]
    fn rain_is_counted_from_one_reading_to_the_next() {
        struct Case {
            why: &'static str,
            before: Option<(u32, u32, u32)>,
            tips: &'static [(u32, u32, Option<u32>)],
            want: &'static [Option<f64>],
        }
        let settings = NodeSettings { name: None, rain_mm_per_tip: Some(0.2) };
        for Case { why, before, tips, want } in [
            Case {
                why: "the first has none before it",
                before: None,
                tips: &[(7, 1, Some(10)), (7, 2, Some(10)), (7, 3, Some(13))],
                want: &[None, Some(0.0), Some(0.6)],
            },
            Case {
                why: "that of an export before",
                before: Some((7, 1, 8)),
                tips: &[(7, 2, Some(10))],
                want: &[Some(0.4)],
            },
            Case {
                why: "a contact that was stuck: missing, and its rain comes with the next",
                before: None,
                tips: &[(7, 1, Some(10)), (7, 2, None), (7, 3, Some(15))],
                want: &[None, None, Some(1.0)],
            },
            Case {
                why: "another log begins from nothing",
                before: None,
                tips: &[(7, 1, Some(10)), (8, 2, Some(2)), (8, 3, Some(3))],
                want: &[None, None, Some(0.2)],
            },
            Case {
                why: "a number that fell is no rain",
                before: Some((7, 1, 8)),
                tips: &[(7, 2, Some(3))],
                want: &[None],
            },
        ] {
            let before = before.map(|(log, seq, tips)| Tips { log: LogId::new(log), seq, tips });
            let lines = tips.iter().map(|(log, seq, tips)| line(*log, *seq, *tips));
            let table = ReadingTable::new(lines, before, &Starts::default(), &settings);
            let rain: Vec<_> = table.rows.iter().map(|row| row.rain_mm).collect();
            assert_eq!(rain, want, "{why}");
        }
    }

    #[test]
    fn every_column_has_a_cell() {
        let table = ReadingTable::new(
            [line(7, 1, Some(3))],
            None,
            &Starts::default(),
            &NodeSettings::default(),
        );
        let cells = table.rows[0].cells("ridge");
        assert_eq!(
            (cells.len(), cells[1].as_str(), cells[9].as_str()),
            (COLUMNS.len(), "ridge", "3")
        );
        assert_eq!(
            table.notes(&NodeSettings::default()),
            [StoreNote::TipSizeUnknown],
            "rain without the size of a tip is noted"
        );
    }
}
