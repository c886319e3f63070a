//! Pose lines as a table: a header of the same keys, then a row a pose.

use std::collections::BTreeMap;

use super::key::Key;
use super::row::{Row, Value};
use super::rows::Rows;

/// What columns are divided by.
const DIVIDERS: [u8; 3] = [b',', b';', b'\t'];

/// Whether the first line names two keys or more.
pub(crate) fn is_table(text: &str) -> bool {
    text.lines().next().and_then(divider).is_some()
}

/// What divides a header's names, if they are keys.
fn divider(header: &str) -> Option<u8> {
    let keys = |by: u8| header.split(char::from(by)).filter(|n| Key::of(name(n)).is_ok()).count();
    DIVIDERS.into_iter().filter(|by| keys(*by) >= 2).max_by_key(|by| keys(*by))
}

/// A name without quotes and blanks.
fn name(text: &str) -> &str {
    text.trim().trim_matches('"').trim()
}

/// Reads a table.
///
/// # Errors
/// Which column is no key, and what to write.
pub(crate) fn read(text: &str) -> Result<Rows, String> {
    let by = text.lines().next().and_then(divider).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(by).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| e.to_string())?.clone();
    let mut keys = Vec::new();
    for header in &headers {
        let key = Key::of(name(header))?;
        if keys.contains(&key) {
            return Err(format!("two columns {}", key.name()));
        }
        keys.push(key);
    }
    let mut rows = Rows::default();
    rows.counts.bytes = text.len() as u64;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                let line = e.position().map_or(0, csv::Position::line);
                rows.push(line, Err(format!("no row: {e}")));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let row = if record.len() == keys.len() {
            values(&keys, &record).sample()
        } else {
            Err(format!("{} cells under {} names", record.len(), keys.len()))
        };
        rows.push(line, row);
    }
    Ok(rows)
}

fn values(keys: &[Key], record: &csv::StringRecord) -> Row {
    let mut row = BTreeMap::new();
    for (key, cell) in keys.iter().zip(record) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        let value = match (key, cell.parse::<f64>()) {
            (Key::Time, _) => Value::Text(cell.to_owned()),
            (Key::Quaternion, _) => {
                let inside = cell.trim_matches(['[', ']']).split([',', ' ']);
                let all = inside.filter(|p| !p.is_empty()).map(str::parse::<f64>);
                all.collect::<Result<_, _>>().map_or(Value::Text(cell.to_owned()), Value::Numbers)
            }
            (_, Ok(number)) => Value::Number(number),
            (_, Err(_)) => Value::Text(cell.to_owned()),
        };
        row.insert(*key, value);
    }
    Row(row)
}
