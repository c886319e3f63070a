//! Long tables: a row a value, with a column that says of what, as Home Assistant and InfluxDB export them.
//!
//! Values of one moment become one row. Where each sensor has moments of its own, as in a log of states that
//! changed, rows are put together every ten minutes from the states that hold then.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::clock::{Clock, Moment};
use super::grid::Grid;
use super::note::TableNote;
use super::text::Row;
use super::unit;

/// What names the quantity of a row, the value, and the time.
const KEYS: [&str; 9] = [
    "entity_id",
    "_field",
    "variable",
    "parameter",
    "sensor",
    "metric",
    "observed_property",
    "quantity",
    "attribute",
];
const VALUES: [&str; 3] = ["state", "_value", "value"];
const TIMES: [&str; 10] = [
    "_time",
    "last_changed",
    "last_updated",
    "time",
    "timestamp",
    "datetime",
    "date",
    "time_utc",
    "phenomenontime",
    "created",
];
const UNITS: [&str; 4] = ["unit_of_measurement", "unit", "units", "_measurement"];
/// How often states are put together.
const STEP_S: i64 = 600;
/// How long a value of a sensor that sends values is good.
const HELD_S: i64 = 7200;

/// Where things stand in a row of a long table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Long {
    key: usize,
    /// Which entity, where the key is a field called `value`.
    entity: Option<usize>,
    value: usize,
    time: usize,
    unit: Option<usize>,
    /// Whether it is a log of states, each of which holds until the next.
    is_log: bool,
}

impl Long {
    /// A table with these columns, if it is long.
    pub(super) fn of(names: &[String]) -> Option<Self> {
        let lower: Vec<String> = names.iter().map(|n| n.trim().to_lowercase()).collect();
        let find = |set: &[&str]| set.iter().find_map(|n| lower.iter().position(|l| l == n));
        let (value, time) = (find(&VALUES)?, find(&TIMES)?);
        let field = lower.iter().position(|l| l == "_field");
        let entity = lower.iter().position(|l| l == "entity_id");
        let key = field.or_else(|| find(&KEYS))?;
        let is_log = entity == Some(key);
        Some(Self { key, entity, value, time, unit: find(&UNITS), is_log })
    }

    /// The rows, a moment each; moments are read by `clock`.
    ///
    /// # Errors
    /// The line and text of a time without an offset.
    pub(super) fn grid(
        self,
        rows: impl Iterator<Item = (u64, Row)>,
        clock: &Clock,
    ) -> Result<Grid, (u64, String)> {
        let mut names: Vec<String> = Vec::new();
        let mut units: Vec<Option<String>> = Vec::new();
        let mut states: Vec<(Timestamp, usize, u64, String)> = Vec::new();
        for (line, row) in rows {
            let time = match clock.whole(row.cell(self.time), None) {
                Moment::At(time) => time,
                Moment::NoOffset => return Err((line, row.cell(self.time).to_owned())),
                _ => continue,
            };
            let name = self.name(&row);
            let at = names.iter().position(|n| *n == name).unwrap_or_else(|| {
                names.push(name);
                let unit = self.unit.map(|u| row.cell(u).to_owned());
                units.push(unit.filter(|u| unit::is_unit(u)));
                names.len() - 1
            });
            states.push((time, at, line, row.cell(self.value).to_owned()));
        }
        states.sort_by_key(|(time, ..)| *time);
        let mut moments: Vec<Timestamp> = states.iter().map(|(t, ..)| *t).collect();
        moments.dedup();
        let is_apart = names.len() > 1 && 3 * moments.len() > 2 * states.len();
        let is_held = self.is_log || is_apart;
        let rows = if is_held {
            held(&states, names.len(), self.is_log)
        } else {
            joined(states.iter(), names.len())
        };
        let mut grid =
            Grid::of_rows(std::iter::once("time".to_owned()).chain(names).collect(), rows);
        grid.units = std::iter::once(None).chain(units).collect();
        if is_held {
            grid.is_held = true;
            grid.notes.push(TableNote::Held { states: states.len() });
        }
        Ok(grid)
    }

    /// What a row's value is called.
    fn name(self, row: &Row) -> String {
        let key = row.cell(self.key);
        match self.entity {
            Some(entity) if key == "value" || key == "state" => row.cell(entity).to_owned(),
            _ => key.to_owned(),
        }
    }
}

/// A row for each moment.
fn joined<'a>(
    states: impl Iterator<Item = &'a (Timestamp, usize, u64, String)>,
    width: usize,
) -> Vec<(u64, Row)> {
    let mut moments: BTreeMap<Timestamp, (u64, Vec<&str>)> = BTreeMap::new();
    for (time, at, line, value) in states {
        let (_, cells) = moments.entry(*time).or_insert_with(|| (*line, vec![""; width]));
        cells[*at] = value;
    }
    let row = |(time, (line, cells)): (Timestamp, (u64, Vec<&str>))| {
        let time = time.to_string();
        (line, std::iter::once(time.as_str()).chain(cells).collect())
    };
    moments.into_iter().map(row).collect()
}

/// A row every ten minutes, of the states that hold then.
fn held(states: &[(Timestamp, usize, u64, String)], width: usize, is_log: bool) -> Vec<(u64, Row)> {
    let mut out = Vec::new();
    let mut now: Vec<Option<(i64, &str)>> = vec![None; width];
    let (Some(first), Some(last)) = (states.first(), states.last()) else { return out };
    let next_step = |s: i64| s.div_euclid(STEP_S) * STEP_S + STEP_S;
    let mut at_s = next_step(first.0.as_second() - 1);
    let end_s = next_step(last.0.as_second() - 1);
    let mut states = states.iter().peekable();
    let mut line = first.2;
    while at_s <= end_s {
        while let Some((time, at, of_line, value)) =
            states.next_if(|(time, ..)| time.as_second() <= at_s)
        {
            now[*at] = Some((time.as_second(), value));
            line = *of_line;
        }
        let cell = |state: &Option<(i64, &'_ str)>| -> String {
            match state {
                Some((_, "unavailable" | "unknown" | "None")) | None => String::new(),
                Some((since, _)) if !is_log && at_s - since > HELD_S => String::new(),
                Some((_, value)) => (*value).to_owned(),
            }
        };
        let cells: Vec<String> = now.iter().map(cell).collect();
        if let Ok(time) = Timestamp::from_second(at_s)
            && cells.iter().any(|c| !c.is_empty())
        {
            let time = time.to_string();
            out.push((
                line,
                std::iter::once(time.as_str()).chain(cells.iter().map(String::as_str)).collect(),
            ));
        }
        at_s += STEP_S;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::clock::Written;
    use super::super::grid::Body;
    use super::*;

    fn rows(names: &str, text: &str) -> (Vec<String>, Vec<Vec<String>>, bool) {
        let names: Vec<String> = names.split(',').map(str::to_owned).collect();
        let clock = Clock { zone: None, order: None, written: Written::Usual };
        let rows = text.lines().enumerate().map(|(i, l)| (i as u64, l.split(',').collect::<Row>()));
        let grid = Long::of(&names).unwrap().grid(rows, &clock).unwrap();
        let Body::Memory(body) = grid.body else { panic!("rows in memory") };
        let cells = body.iter().map(|(_, r)| r.iter().map(str::to_owned).collect()).collect();
        (grid.names, cells, grid.is_held)
    }

    #[test]
    fn values_of_one_moment_are_one_row() {
        let (names, cells, is_held) = rows(
            "result,_time,_value,_field",
            "a,2026-07-01T00:00:00Z,18.4,temp_c\na,2026-07-01T01:00:00Z,17.4,temp_c\n\
             a,2026-07-01T00:00:00Z,55,rh_percent\na,2026-07-01T01:00:00Z,57,rh_percent",
        );
        assert_eq!(names, ["time", "temp_c", "rh_percent"]);
        assert_eq!(
            cells,
            [["2026-07-01T00:00:00Z", "18.4", "55"], ["2026-07-01T01:00:00Z", "17.4", "57"]]
        );
        assert!(!is_held);
    }

    #[test]
    fn states_hold_until_the_next_or_until_they_are_lost() {
        let (names, cells, is_held) = rows(
            "entity_id,state,last_changed",
            "sensor.t,18.4,2026-07-01T00:00:00Z\nsensor.h,55,2026-07-01T00:03:00Z\n\
             sensor.t,18.0,2026-07-01T00:12:00Z\nsensor.h,unavailable,2026-07-01T00:25:00Z",
        );
        assert_eq!(names, ["time", "sensor.t", "sensor.h"]);
        let want = [
            ["2026-07-01T00:00:00Z", "18.4", ""],
            ["2026-07-01T00:10:00Z", "18.4", "55"],
            ["2026-07-01T00:20:00Z", "18.0", "55"],
            ["2026-07-01T00:30:00Z", "18.0", ""],
        ];
        assert_eq!(cells, want);
        assert!(is_held);
    }
}
