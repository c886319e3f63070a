//! Pose lines as JSON, one a line.

use std::collections::BTreeMap;

use emberline_georeference::pose::Sample;
use serde_json::Value as Json;

use super::key::Key;
use super::row::{Row, Value};
use super::rows::Rows;
use crate::clock::Clock;

/// Bytes of the longest line.
const MOST_LINE: usize = 4096;

/// A pose line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// From when its time counts.
    pub clock: Clock,
    /// The pose.
    pub sample: Sample,
}

/// Why a line is no pose line, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LineError(String);

/// One pose line.
///
/// # Errors
/// What is wrong with it, in words.
pub fn line(text: &str) -> Result<Line, LineError> {
    parse(text).map(|(clock, sample)| Line { clock, sample }).map_err(LineError)
}

/// All lines of a file; blank ones are passed over.
pub(crate) fn read(text: &str) -> Rows {
    let mut rows = Rows::default();
    rows.counts.bytes = text.len() as u64;
    for (line, n) in text.lines().zip(1..) {
        if !line.trim().is_empty() {
            rows.push(n, parse(line));
        }
    }
    rows
}

fn parse(text: &str) -> Result<(Clock, Sample), String> {
    if text.len() > MOST_LINE {
        return Err(format!("longer than {MOST_LINE} bytes"));
    }
    let json: Json = serde_json::from_str(text).map_err(|e| format!("no JSON: {e}"))?;
    let Json::Object(members) = json else { return Err("no JSON object {…}".to_owned()) };
    let mut row = BTreeMap::new();
    for (name, value) in members {
        let key = Key::of(&name)?;
        let value = match value {
            Json::Null => continue,
            Json::Number(n) => n.as_f64().map(Value::Number),
            Json::String(text) => Some(Value::Text(text)),
            Json::Array(all) => {
                all.iter().map(Json::as_f64).collect::<Option<_>>().map(Value::Numbers)
            }
            _ => None,
        };
        row.insert(key, value.ok_or_else(|| format!("{name} is neither number nor text"))?);
    }
    Row(row).sample()
}

#[cfg(test)]
mod tests;
