//! `scores.ndjson`: a row a start, lead and method.

use serde_json::{Map, Value, json};

use super::scores::{ReportedScores, Tally};
use crate::forecast::Forecast;

/// What was forecast from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start<'a> {
    /// Name of the film.
    pub(super) event: &'a str,
    /// Frame, counted from 0.
    pub(super) at: usize,
    /// Its film time, seconds.
    pub(super) end_s: f64,
    /// Who forecast.
    pub(super) method: &'a str,
}

/// Appends a row a lead of one forecast to the `rows`.
pub(super) fn append(
    rows: &mut Vec<u8>,
    start: Start<'_>,
    forecast: &Forecast,
    tally: &Tally,
    reported: &ReportedScores,
) {
    for (l, lead) in tally.leads.iter().enumerate() {
        let head = [
            ("event", json!(start.event)),
            ("start", json!(start.at)),
            ("end_s", json!(start.end_s)),
            ("lead", json!(l + 1)),
            ("lead_s", json!(forecast.lead_s[l])),
            ("method", json!(start.method)),
            ("rolled_out", json!(forecast.rollout_from_lead.is_some_and(|from| l + 1 >= from))),
        ];
        let members = head.into_iter().chain((reported.start)(lead, tally));
        let row: Map<String, Value> = members.map(|(k, v)| (k.to_owned(), v)).collect();
        rows.extend_from_slice(Value::Object(row).to_string().as_bytes());
        rows.push(b'\n');
    }
}
