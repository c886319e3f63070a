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

/// Reads a table. A row is a line: a stray quote costs that line alone.
///
/// # Errors
/// Which column is no key, and what to write.
pub(crate) fn read(text: &str) -> Result<Rows, String> {
    let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let header = lines.next().map_or("", |(line, _)| line);
    let by = divider(header).unwrap_or(b',');
    let mut keys = Vec::new();
    for cell in &cells(header, by).ok_or("quotes that do not end")? {
        let key = Key::of(name(cell))?;
        if keys.contains(&key) {
            return Err(format!("two columns {}", key.name()));
        }
        keys.push(key);
    }
    let mut rows = Rows::default();
    rows.counts.bytes = text.len() as u64;
    for (line, n) in lines {
        let row = match cells(line, by) {
            Some(cells) if cells.len() == keys.len() => values(&keys, &cells).sample(),
            Some(cells) => Err(format!("{} cells under {} names", cells.len(), keys.len())),
            None => Err("quotes that do not end, or no text".to_owned()),
        };
        rows.push(n, row);
    }
    Ok(rows)
}

/// The cells of a line.
fn cells(line: &str, by: u8) -> Option<csv::StringRecord> {
    let mut record = csv::StringRecord::new();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(by)
        .has_headers(false)
        .buffer_capacity(line.len().clamp(64, 4096))
        .from_reader(line.as_bytes());
    let is_whole = line.matches('"').count().is_multiple_of(2);
    (reader.read_record(&mut record).ok()? && is_whole).then_some(record)
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
