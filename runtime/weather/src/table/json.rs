//! JSON: rows of readings in an array, a line each, or a column each, as gateways and services send them.

use serde_json::{Map, Value};

use super::grid::Grid;
use super::text::Row;

/// What an Ecowitt gateway calls its readings, by the numbers of its protocol.
const ECOWITT: [(&str, &str); 10] = [
    ("0x02", "Outdoor Temperature"),
    ("0x07", "Outdoor Humidity"),
    ("0x0A", "Wind Direction"),
    ("0x0B", "Wind Speed"),
    ("0x0C", "Wind Gust"),
    ("0x0D", "Event Rain"),
    ("0x0E", "Rain Rate"),
    ("0x10", "Daily Rain"),
    ("0x11", "Weekly Rain"),
    ("0x13", "Yearly Rain"),
];

/// Whether text is JSON: an object, or an array of something.
pub(super) fn claims(start: &str) -> bool {
    let text = start.trim_start_matches('\u{feff}').trim_start();
    let mut chars = text.chars();
    match chars.next() {
        Some('{') => true,
        Some('[') => chars.find(|c| !c.is_whitespace()).is_some_and(|c| matches!(c, '[' | '{')),
        _ => false,
    }
}

/// The rows of a text of JSON.
///
/// # Errors
/// Why there are none.
pub(super) fn grid(text: &str) -> Result<Grid, String> {
    let mut values = Vec::new();
    let mut stream =
        serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}')).into_iter();
    for value in &mut stream {
        match value {
            Ok(value) => values.push(value),
            // A line that was being written when the power went is lost alone.
            Err(e) if !values.is_empty() && e.is_eof() => break,
            Err(e) => return Err(e.to_string()),
        }
    }
    let mut table = Table::default();
    let root = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
    if !table.columns_of(&root) {
        table.rows_of(&root, None);
    }
    if table.rows.is_empty() {
        return Err("it has no array of objects".into());
    }
    Ok(table.grid())
}

/// Rows as they are found.
#[derive(Default)]
struct Table {
    names: Vec<String>,
    units: Vec<Option<String>>,
    rows: Vec<Vec<(usize, String)>>,
    zone: Option<String>,
}

impl Table {
    fn at(&mut self, name: &str) -> usize {
        self.names.iter().position(|n| n == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.units.push(None);
            self.names.len() - 1
        })
    }

    /// Reads an array a column, as Open-Meteo has it, with the units beside.
    fn columns_of(&mut self, root: &Value) -> bool {
        let Value::Object(top) = root else { return false };
        let blocks = top.iter().filter_map(|(key, v)| Some((key.as_str(), v.as_object()?)));
        let found = blocks.chain([("", top)]).find_map(|(key, block)| {
            let arrays: Vec<(&String, &Vec<Value>)> =
                block.iter().filter_map(|(n, v)| Some((n, v.as_array()?))).collect();
            let rows =
                arrays.iter().find(|(n, _)| n.contains("time") || n.contains("date"))?.1.len();
            let all_plain =
                |v: &Vec<Value>| v.len() == rows && v.iter().all(|v| scalar(v).is_some());
            let columns: Vec<_> = arrays.into_iter().filter(|(_, v)| all_plain(v)).collect();
            (columns.len() > 1).then_some((key, rows, columns))
        });
        let Some((key, rows, columns)) = found else { return false };
        let units = top.get(&format!("{key}_units")).and_then(Value::as_object);
        self.rows = vec![Vec::new(); rows];
        for (name, values) in columns {
            let at = self.at(name);
            self.units[at] = units.and_then(|u| u.get(name)).and_then(scalar);
            for (row, value) in self.rows.iter_mut().zip(values) {
                row.extend(scalar(value).map(|text| (at, text)));
            }
        }
        let named = top.get("timezone").and_then(Value::as_str);
        self.zone =
            named.filter(|z| crate::zone::named_zone(z).is_ok()).map(str::to_owned).or_else(|| {
                let minutes = top.get("utc_offset_seconds")?.as_i64()? / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                Some(format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60))
            });
        true
    }

    /// Reads objects that hold a time, however deep they lie. `before` is the entity of the state before, which
    /// a short history names once.
    fn rows_of(&mut self, value: &Value, before: Option<&str>) {
        match value {
            Value::Array(all) => {
                let mut entity: Option<&str> = before;
                for one in all {
                    if let Some(named) = one.get("entity_id").and_then(Value::as_str) {
                        entity = Some(named);
                    }
                    self.rows_of(one, entity);
                }
            }
            Value::Object(object) => {
                let mut cells = Vec::new();
                self.flatten(object, &mut cells);
                let time_like = |name: &str| {
                    let lower = name.to_lowercase();
                    lower.contains("time")
                        || lower.contains("date")
                        || lower == "ts"
                        || lower.starts_with("last_")
                        || lower == "dt"
                        || lower == "year"
                };
                let is_row =
                    cells.len() > 1 && cells.iter().any(|(at, _)| time_like(&self.names[*at]));
                let deeper = object.values().any(holds_rows);
                if is_row && !(deeper && cells.len() < 4) {
                    if let Some(entity) = before {
                        let at = self.at("entity_id");
                        if !cells.iter().any(|(c, _)| *c == at) {
                            cells.push((at, entity.to_owned()));
                        }
                    }
                    self.rows.push(cells);
                } else {
                    object.values().for_each(|v| self.rows_of(v, None));
                }
            }
            _ => {}
        }
    }

    /// The plain values of an object and of those inside it, by their own names.
    fn flatten(&mut self, object: &Map<String, Value>, cells: &mut Vec<(usize, String)>) {
        for (key, value) in object {
            match value {
                Value::Object(inner) if inner.contains_key("value") => {
                    let at = self.at(key);
                    let unit =
                        ["unitCode", "unit", "units"].iter().find_map(|u| inner.get(*u)?.as_str());
                    if let Some(unit) = unit {
                        // `wmoUnit:degC`
                        let bare = unit.rsplit(':').next().unwrap_or(unit);
                        self.units[at] = Some(bare.to_owned());
                    }
                    cells.extend(inner.get("value").and_then(scalar).map(|text| (at, text)));
                }
                Value::Object(inner) => self.flatten(inner, cells),
                Value::Array(all)
                    if all.iter().any(|v| v.get("id").is_some() && v.get("val").is_some()) =>
                {
                    for one in all {
                        self.of_gateway(one, cells);
                    }
                }
                _ => {
                    if let Some(text) = scalar(value) {
                        let at = self.at(key);
                        if !cells.iter().any(|(c, _)| *c == at) {
                            cells.push((at, text));
                        }
                    }
                }
            }
        }
    }

    /// One reading of an Ecowitt gateway: `{"id": "0x02", "val": "18.4", "unit": "C"}`.
    fn of_gateway(&mut self, one: &Value, cells: &mut Vec<(usize, String)>) {
        let (Some(id), Some(value)) =
            (one.get("id").and_then(Value::as_str), one.get("val").and_then(scalar))
        else {
            return;
        };
        let Some((_, name)) = ECOWITT.iter().find(|(known, _)| known.eq_ignore_ascii_case(id))
        else {
            return;
        };
        let at = self.at(name);
        if let Some(unit) = one.get("unit").and_then(Value::as_str) {
            self.units[at] = Some(unit.to_owned());
        }
        if !cells.iter().any(|(c, _)| *c == at) {
            cells.push((at, value));
        }
    }

    fn grid(self) -> Grid {
        let width = self.names.len();
        let row = |(i, cells): (usize, Vec<(usize, String)>)| {
            let mut all = vec![String::new(); width];
            for (at, text) in cells {
                all[at] = text;
            }
            (i as u64 + 1, all.iter().map(String::as_str).collect::<Row>())
        };
        let rows = self.rows.into_iter().enumerate().map(row).collect();
        let mut grid = Grid::of_rows(self.names, rows);
        grid.units = self.units;
        grid.zone = self.zone;
        grid
    }
}

fn holds_rows(value: &Value) -> bool {
    match value {
        Value::Array(all) => {
            all.iter().any(|v| v.is_object() && v.get("val").is_none() || v.is_array())
        }
        Value::Object(inner) => inner.values().any(holds_rows),
        _ => false,
    }
}

/// A plain value as a cell; nothing is an empty one.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Number(n) => Some(n.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::Body;
    use super::*;

    #[test]
    fn rows_are_found_wherever_they_lie() {
        for (text, names, row, unit) in [
            (
                r#"[{"ts":1782864000,"temp_out":65.1,"hum_out":55}]"#,
                &["ts", "temp_out", "hum_out"][..],
                &["1782864000", "65.1", "55"][..],
                None,
            ),
            (
                "{\"time\":\"t\",\"temp_c\":18.4}\n{\"time\":\"u\",\"temp_c\":18.1}\n",
                &["time", "temp_c"],
                &["t", "18.4"],
                None,
            ),
            (
                r#"{"utc_offset_seconds":7200,"hourly_units":{"time":"iso8601","temperature_2m":"°C"},
                    "hourly":{"time":["t"],"temperature_2m":[18.4]}}"#,
                &["time", "temperature_2m"],
                &["t", "18.4"],
                Some("°C"),
            ),
            (
                r#"{"observations":{"notice":[{"a":"b"}],"data":[{"local_date_time":"t","air_temp":18.4}]}}"#,
                &["a", "local_date_time", "air_temp"],
                &["", "t", "18.4"],
                None,
            ),
            (
                r#"{"features":[{"properties":{"timestamp":"t","temperature":{"unitCode":"wmoUnit:degC","value":18.4}}}]}"#,
                &["timestamp", "temperature"],
                &["t", "18.4"],
                Some("degC"),
            ),
            (
                r#"{"time":"t","common_list":[{"id":"0x02","val":"18.4","unit":"C"},{"id":"0x07","val":"55%"}]}"#,
                &["time", "Outdoor Temperature", "Outdoor Humidity"],
                &["t", "18.4", "55%"],
                Some("C"),
            ),
            (
                r#"[[{"entity_id":"sensor.t","state":"18.4","last_changed":"t","attributes":{"unit_of_measurement":"°C"}},
                     {"state":"18.1","last_changed":"u"}]]"#,
                &["entity_id", "state", "last_changed", "unit_of_measurement"],
                &["sensor.t", "18.4", "t", "°C"],
                None,
            ),
        ] {
            let grid = grid(text).unwrap();
            assert_eq!(grid.names, names, "{text}");
            let Body::Memory(rows) = &grid.body else { panic!("rows in memory") };
            assert_eq!(rows[0].1.iter().collect::<Vec<_>>(), row, "{text}");
            assert_eq!(grid.units.iter().flatten().next_back().map(String::as_str), unit, "{text}");
        }
        for (text, want) in [("{\"a\":", "EOF"), ("{\"a\":1}", "no array of objects")] {
            assert!(grid(text).unwrap_err().contains(want), "{text}");
        }
    }
}
