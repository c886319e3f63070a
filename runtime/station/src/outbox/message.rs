//! A message of the outbox, and its line in a day's file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Something that is said to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its number: one more than that of the message before, over all restarts.
    pub seq: u64,
    /// When it was said.
    pub time: Timestamp,
    /// What it is of, as a topic below the station's: `alert`, `forecast/north`.
    pub topic: String,
    /// What it says.
    pub body: Value,
}

impl Message {
    /// What it says with its number and time in it: what a receiver gets.
    #[must_use]
    pub fn flat(&self) -> Value {
        let mut flat = json!({"seq": self.seq, "time": self.time});
        if let (Some(all), Value::Object(body)) = (flat.as_object_mut(), &self.body) {
            all.extend(body.clone());
        }
        flat
    }

    /// The message as a line, its end included.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// The message of a line without its end; `None` of what is none.
    pub(super) fn of_line(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}
