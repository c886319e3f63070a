//! Pooled scores: what `scores.json` and the table on the screen say.

use serde_json::{Map, Value, json};

use emberline::score::{Interval, interval};

use super::super::table::Table;
use super::super::{engine_facts, model_facts};
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
    /// Table headings and rows, in the order lead, method.
    pub(super) rows: Vec<Vec<String>>,
    /// Arrival errors, a row a method.
    pub(super) arrival_rows: Vec<Vec<String>>,
    /// Why there is no interval, where there is none.
    pub(super) interval_note: Option<String>,
    /// `scores.json`.
    pub(super) json: Value,
    /// The table on the screen.
    pub(super) text: String,
}

/// Headings of [`Pooled::rows`].
pub(super) const HEADINGS: [&str; 9] =
    ["method", "lead", "F1 new burn", "IoU", "Brier", "front px", "MSE", "PSNR dB", "SSIM"];
/// Headings of [`Pooled::arrival_rows`].
pub(super) const ARRIVAL_HEADINGS: [&str; 5] = [
    "method",
    "arrival MAE, frames",
    "never = horizon",
    "given a time only",
    "burnt, given no time",
];

impl Pooled {
    /// Pools all events.
    pub(super) fn of(replay: &Replay, args: &ReplayArgs) -> Self {
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
            "one event only: no interval is given, because starts of one fire are alike".to_owned()
        });
        let band = |m: usize, score: &dyn Fn(&Tally) -> Option<f64>| -> Option<Interval> {
            let events = by_event(m);
            (events.len() > 1).then(|| interval(&events, score, LEVEL, DRAWS, SEED)).flatten()
        };
        let f1_band = |m: usize, l: usize| {
            band(m, &|t: &Tally| t.leads.get(l - 1).and_then(|r| r.score.new_burn.f1()))
        };
        let mut rows = Vec::new();
        for &l in &shown {
            for (m, method) in replay.methods.iter().enumerate() {
                if let Some(lead) = tallies[m].leads.get(l - 1) {
                    rows.push(row(method, l, lead, f1_band(m, l)));
                }
            }
        }
        let arrival_rows: Vec<Vec<String>> = replay
            .methods
            .iter()
            .zip(&tallies)
            .map(|(method, t)| {
                let share =
                    t.arrival.never_share().map_or_else(dash, |s| format!("{:.1} %", s * 100.0));
                vec![
                    method.clone(),
                    told(t.arrival.mae_frames(), 2),
                    told(t.arrival.mae_frames_with_never_at(1.0), 2),
                    told(t.arrival.said.value(), 2),
                    share,
                ]
            })
            .collect();
        let methods: Vec<Value> = (0..tallies.len())
            .map(|m| {
                let leads: Vec<Value> = tallies[m]
                    .leads
                    .iter()
                    .enumerate()
                    .map(|(l, lead)| {
                        lead_json(l + 1, lead, shown.contains(&(l + 1)).then(|| f1_band(m, l + 1)))
                    })
                    .collect();
                let arrival = &tallies[m].arrival;
                json!({
                    "method": replay.methods[m],
                    "arrival": {
                        "mae_frames": arrival.mae_frames(),
                        "mae_frames_interval": band(m, &|t: &Tally| t.arrival.mae_frames()),
                        "mae_frames_never_at_horizon": arrival.mae_frames_with_never_at(1.0),
                        "mae_frames_of_said": arrival.said.value(),
                        "never_share": arrival.never_share(),
                    },
                    "leads": leads,
                })
            })
            .collect();
        let json = json!({
            "emberline": env!("CARGO_PKG_VERSION"),
            "model": model_facts(&replay.forecaster),
            "engine": engine_facts(&replay.forecaster),
            "threshold": replay.forecaster.folder().card.decision.threshold,
            "input": args.input,
            "every": args.every,
            "leads": replay.leads,
            "starts": events.iter().map(|e| e.starts).sum::<usize>(),
            "events": events.iter().map(event_json).collect::<Vec<_>>(),
            "interval": { "level": LEVEL, "draws": DRAWS, "seed": SEED, "over": "events", "note": interval_note },
            "methods": methods,
            "notes": replay.notes,
        });
        let text = text(replay, &rows, &arrival_rows, interval_note.as_deref());
        Self { tallies, rows, arrival_rows, interval_note, json, text }
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

/// One lead of one method; `band` is given where an interval was asked for.
fn lead_json(lead: usize, row: &Lead, band: Option<Option<Interval>>) -> Value {
    let burn = &row.score.new_burn;
    let mut out = Map::new();
    let pairs = [
        ("lead", json!(lead)),
        ("f1", json!(burn.f1())),
        ("iou", json!(burn.iou())),
        ("precision", json!(burn.precision())),
        ("recall", json!(burn.recall())),
        ("bias", json!(burn.bias())),
        ("new_burn", json!(burn)),
        ("brier", json!(row.score.probability.brier())),
        ("calibration_error", json!(row.score.probability.calibration_error())),
        ("front_px", json!(row.score.front_px.mean())),
        ("front_m", json!(row.score.front_m.mean())),
        ("mse", json!(row.image.mse())),
        ("mae", json!(row.image.mae())),
        ("psnr_db", json!(row.image.psnr_db().filter(|v| v.is_finite()))),
        ("ssim", json!(row.image.ssim())),
        ("reliability", json!(row.score.probability.bins)),
    ];
    out.extend(pairs.map(|(k, v)| (k.to_owned(), v)));
    if let Some(band) = band {
        out.insert("f1_interval".to_owned(), json!(band));
    }
    Value::Object(out)
}

fn row(method: &str, lead: usize, row: &Lead, band: Option<Interval>) -> Vec<String> {
    let f1 = told(row.score.new_burn.f1(), 3);
    let band = band.map(|b| format!(" [{:.3}, {:.3}]", b.low, b.high)).unwrap_or_default();
    vec![
        method.to_owned(),
        lead.to_string(),
        f1 + &band,
        told(row.score.new_burn.iou(), 3),
        told(row.score.probability.brier(), 4),
        told(row.score.front_px.mean(), 2),
        told(row.image.mse(), 5),
        told(row.image.psnr_db(), 1),
        told(row.image.ssim(), 3),
    ]
}

fn dash() -> String {
    "–".to_owned()
}

/// A number, or a dash where there is nothing to score.
fn told(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(dash, |v| format!("{v:.digits$}"))
}

fn text(
    replay: &Replay,
    rows: &[Vec<String>],
    arrival: &[Vec<String>],
    interval_note: Option<&str>,
) -> String {
    let starts: usize = replay.events.iter().map(|e| e.starts).sum();
    let card = &replay.forecaster.folder().card;
    let mut text = format!(
        "{} on {}: {starts} starts of {} events, new burn at probability {} or more\n",
        card.id(),
        replay.forecaster.engine().name(),
        replay.events.iter().filter(|e| e.starts > 0).count(),
        card.decision.threshold,
    );
    if let Some(note) = interval_note {
        text += &format!("{note}\n");
    }
    let mut lead = String::new();
    let mut table = Table::new(&HEADINGS);
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
    let mut table = Table::new(&ARRIVAL_HEADINGS);
    arrival.iter().for_each(|r| table.row(r.clone()));
    text += "\n";
    text += &table.text();
    text
}
