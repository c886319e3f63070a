//! `scores.json`: the pooled scores, and how they came to be.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::event::Event;
use super::pooled::{DRAWS, LEVEL, Pooled, PooledMethod, SEED};
use super::scored::Scored;
use super::scores::{ArrivalErrors, ReportedScores};
use super::starts::Starts;
use crate::forecast::{EngineFacts, ModelFacts};

/// The file, in its order.
#[derive(Serialize)]
struct Document<'a> {
    emberline: &'static str,
    model: ModelFacts,
    engine: EngineFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    input: &'a str,
    every: usize,
    leads: usize,
    starts: usize,
    events: &'a [Event],
    interval: Bootstrap<'a>,
    methods: Vec<Method<'a>>,
    notes: &'a [String],
}

/// How intervals were made.
#[derive(Serialize)]
struct Bootstrap<'a> {
    level: f64,
    draws: usize,
    seed: u64,
    over: &'static str,
    note: Option<&'a str>,
}

/// The scores of one method.
#[derive(Serialize)]
struct Method<'a> {
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arrival: Option<ArrivalErrors>,
    leads: Vec<Map<String, Value>>,
}

/// Writes the file of the films that were found under `input`.
pub(super) fn write(
    sink: &mut impl Write,
    input: &str,
    starts: Starts,
    scored: &Scored,
    pooled: &Pooled,
) -> io::Result<()> {
    let decision = scored.model.folder().card.decision.as_ref();
    let methods = scored.methods.iter().zip(&pooled.methods);
    let document = Document {
        emberline: env!("CARGO_PKG_VERSION"),
        model: scored.model.facts(),
        engine: scored.model.engine_facts(),
        threshold: decision.map(|d| f64::from(d.threshold)),
        input,
        every: starts.every(),
        leads: scored.leads,
        starts: scored.starts(),
        events: &scored.events,
        interval: Bootstrap {
            level: LEVEL,
            draws: DRAWS,
            seed: SEED,
            over: "events",
            note: pooled.interval_note.as_deref(),
        },
        methods: methods.map(|(name, m)| Method::of(name, m, scored.reported)).collect(),
        notes: &scored.notes,
    };
    serde_json::to_writer_pretty(&mut *sink, &document)?;
    sink.write_all(b"\n")
}

impl<'a> Method<'a> {
    fn of(name: &'a str, pooled: &PooledMethod, reported: &ReportedScores) -> Self {
        let arrival = pooled.tally.arrival.as_ref();
        let leads = pooled.tally.leads.iter().zip(&pooled.lead_intervals).enumerate();
        let lead = |(l, (sums, intervals)): (usize, (_, &Vec<_>))| {
            let intervals = reported.intervals.iter().zip(intervals);
            let intervals = intervals.map(|((name, _), interval)| (*name, json!(interval)));
            let scores = (reported.pooled)(sums).into_iter().chain(intervals);
            let members = std::iter::once(("lead", json!(l + 1))).chain(scores);
            members.map(|(name, value)| (name.to_owned(), value)).collect()
        };
        Self {
            method: name,
            arrival: arrival.map(|a| ArrivalErrors::new(a, pooled.arrival_interval)),
            leads: leads.map(lead).collect(),
        }
    }
}
