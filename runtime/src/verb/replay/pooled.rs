//! Pooled scores: what `scores.json` and the table on the screen say.

use serde_json::{Map, Value, json};

use emberline::score::{Interval, interval};

use super::super::table::Table;
use super::fire::{ARRIVAL_HEADINGS, arrival_json, arrival_row};
use super::tally::{Lead, Tally};
use super::{Event, Replay};
use crate::cli::ReplayArgs;

/// Leads shown in tables.
const SHOWN: [usize; 4] = [1, 5, 10, 20];
/// Bootstrap: share of draws inside, draws, seed.
const LEVEL: f64 = 0.95;
const DRAWS: usize = 1000;
const SEED: u64 = 1;

/// Scores of all starts together.
pub(super) struct Pooled {
    /// Sums of each method over all events.
    pub(super) tallies: Vec<Tally>,
    /// Table rows, in the order lead, method; below [`Replay::headings`].
    pub(super) rows: Vec<Vec<String>>,
    /// Arrival errors of a fire, a row a method.
    pub(super) arrival_rows: Vec<Vec<String>>,
    /// Why there is no interval, where there is none.
    pub(super) interval_note: Option<String>,
    /// `scores.json`.
    pub(super) json: Value,
    /// The table on the screen.
    pub(super) text: String,
}

impl Pooled {
    /// Pools all events.
    pub(super) fn of(replay: &Replay, args: &ReplayArgs) -> Self {
        let telling = replay.telling;
        let events = &replay.events;
        let scored: Vec<&Event> = events.iter().filter(|e| e.starts > 0).collect();
        let by_event =
            |m: usize| -> Vec<Tally> { scored.iter().map(|e| e.tallies[m].clone()).collect() };
        let tallies: Vec<Tally> = (0..replay.methods.len())
            .map(|m| {
                let mut all = Tally::default();
                by_event(m).iter().for_each(|t| all += t);
                all
            })
            .collect();
        let seen = tallies[0].leads.len();
        let mut shown: Vec<usize> = SHOWN.into_iter().filter(|l| *l <= seen).collect();
        if shown.last().is_none_or(|l| *l < seen) && seen > 0 {
            shown.push(seen);
        }
        let interval_note = (scored.len() < 2).then(|| {
            let event = telling.event;
            format!("one event only: no interval is given, because starts of one {event} are alike")
        });
        let band = |m: usize, score: &dyn Fn(&Tally) -> Option<f64>| -> Option<Interval> {
            let events = by_event(m);
            (events.len() > 1).then(|| interval(&events, score, LEVEL, DRAWS, SEED)).flatten()
        };
        // Intervals of the shown leads, in the order of `telling.bands`.
        let bands = |m: usize, l: usize| -> Vec<Option<Interval>> {
            let of = |score: fn(&Lead) -> Option<f64>| {
                band(m, &|t: &Tally| t.leads.get(l - 1).and_then(score))
            };
            telling.bands.iter().map(|(_, score)| of(*score)).collect()
        };
        let mut rows = Vec::new();
        let mut leads: Vec<Vec<Value>> = tallies
            .iter()
            .map(|t| t.leads.iter().enumerate().map(|(l, r)| replay.lead_json(l + 1, r)).collect())
            .collect();
        for &l in &shown {
            for (m, method) in replay.methods.iter().enumerate() {
                let Some(lead) = tallies[m].leads.get(l - 1) else { continue };
                let bands = bands(m, l);
                for ((name, _), band) in telling.bands.iter().zip(&bands) {
                    leads[m][l - 1][*name] = json!(band);
                }
                let first = bands.first().copied().flatten();
                let head = vec![method.clone(), l.to_string()];
                rows.push([head, (telling.cells)(lead, first)].concat());
            }
        }
        let arrivals = replay.methods.iter().zip(&tallies);
        let arrival_rows: Vec<Vec<String>> =
            arrivals.filter_map(|(m, t)| Some(arrival_row(m, t.arrival.as_ref()?))).collect();
        let methods: Vec<Value> = leads
            .into_iter()
            .enumerate()
            .map(|(m, leads)| {
                let mut method = json!({ "method": replay.methods[m] });
                if let Some(arrival) = &tallies[m].arrival {
                    let mae = |t: &Tally| t.arrival.as_ref().and_then(|a| a.mae_frames());
                    method["arrival"] = arrival_json(arrival, band(m, &mae));
                }
                method["leads"] = json!(leads);
                method
            })
            .collect();
        let mut json = json!({
            "emberline": env!("CARGO_PKG_VERSION"),
            "model": replay.model.facts(),
            "engine": replay.model.engine_facts(),
        });
        if let Some(decision) = &replay.model.folder().card.decision {
            json["threshold"] = json!(decision.threshold);
        }
        let rest = [
            ("input", json!(args.input)),
            ("every", json!(args.every)),
            ("leads", json!(replay.leads)),
            ("starts", json!(events.iter().map(|e| e.starts).sum::<usize>())),
            ("events", events.iter().map(event_json).collect()),
            (
                "interval",
                json!({ "level": LEVEL, "draws": DRAWS, "seed": SEED, "over": "events", "note": interval_note }),
            ),
            ("methods", json!(methods)),
            ("notes", json!(replay.notes)),
        ];
        for (key, value) in rest {
            json[key] = value;
        }
        let text = text(replay, &rows, &arrival_rows, interval_note.as_deref());
        Self { tallies, rows, arrival_rows, interval_note, json, text }
    }
}

impl Replay {
    /// Headings of the tables of scores.
    pub(super) fn headings(&self) -> Vec<&'static str> {
        [&["method", "lead"], self.telling.headings].concat()
    }

    /// One lead of one method, pooled.
    fn lead_json(&self, lead: usize, row: &Lead) -> Value {
        let mut out = Map::new();
        out.insert("lead".to_owned(), json!(lead));
        out.extend((self.telling.pooled)(row).into_iter().map(|(k, v)| (k.to_owned(), v)));
        Value::Object(out)
    }
}

fn event_json(e: &Event) -> Value {
    json!({
        "event": e.name,
        "sha256": e.sha256,
        "frames": e.frames,
        "starts": e.starts,
        "skipped": e.skipped,
    })
}

fn text(
    replay: &Replay,
    rows: &[Vec<String>],
    arrival: &[Vec<String>],
    interval_note: Option<&str>,
) -> String {
    let starts: usize = replay.events.iter().map(|e| e.starts).sum();
    let card = &replay.model.folder().card;
    let mut text = format!(
        "{} on {}: {starts} starts of {} events",
        card.id(),
        replay.model.engine().name(),
        replay.events.iter().filter(|e| e.starts > 0).count(),
    );
    if let Some(decision) = &card.decision {
        text += &format!(", new burn at probability {} or more", decision.threshold);
    }
    text += "\n";
    if let Some(note) = interval_note {
        text += &format!("{note}\n");
    }
    let mut lead = String::new();
    let mut table = Table::new(&replay.headings());
    for row in rows {
        if row[1] != lead {
            if !lead.is_empty() {
                table.row(Vec::new());
            }
            lead.clone_from(&row[1]);
        }
        table.row(row.clone());
    }
    text += "\n";
    text += &table.text();
    if arrival.is_empty() {
        return text;
    }
    let mut table = Table::new(&ARRIVAL_HEADINGS);
    arrival.iter().for_each(|r| table.row(r.clone()));
    text += "\n";
    text += &table.text();
    text
}
