//! A replay as a library call: what comes back is what was written.

use std::num::NonZeroUsize;
use std::path::Path;

use emberline_engine::{EngineKind, EngineOptions};
use serde_json::Value;

use super::{ReplayOptions, Starts, replay};
use crate::model::ModelError;
use crate::pipeline::{PipelineError, PipelineOptions, Reach, Stop};
use crate::source::SourceOptions;

const FILM: &str = "sim:fire?height=32&width=32&frames=14&seed=3";

fn options(starts: Starts) -> ReplayOptions {
    let pipeline = PipelineOptions {
        model: None,
        source: SourceOptions::default(),
        engine: EngineOptions::of(EngineKind::Tract),
        reach: Reach::Leads(3),
        every_s: None,
        members: 1,
        seed: 0,
        spell: |text| text.replace("‹at›", "the start"),
        stop: Stop::default(),
    };
    ReplayOptions { pipeline, starts }
}

fn every(frames: usize) -> Starts {
    Starts::Every(NonZeroUsize::new(frames).unwrap())
}

fn written(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn what_comes_back_is_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores");
    let mut heard = Vec::new();
    let done = replay(FILM, &out, &options(every(2)), &mut |done, of| heard.push((done, of)));
    let done = done.unwrap();
    assert_eq!(heard, [(0, 2), (1, 2)]);
    assert_eq!((done.starts, done.events), (2, 1));
    assert!(done.interval_note.is_some_and(|n| n.starts_with("one event only")));
    let names: Vec<&str> = done.written.files.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["report.html", "scores.json", "scores.ndjson"]);

    let scores: Value = serde_json::from_str(&written(&out, "scores.json")).unwrap();
    assert_eq!((&scores["starts"], &scores["every"]), (&2.into(), &2.into()));
    let methods = scores["methods"].as_array().unwrap();
    // Leads 1 and 3 of the model and of five baselines, lead by lead.
    let leads: Vec<_> = done.scores.rows.iter().map(|row| row.lead).collect();
    assert_eq!(leads, [[Some(1); 6], [Some(3); 6]].concat());
    for row in &done.scores.rows {
        let method = methods.iter().find(|m| m["method"] == *row.method).unwrap();
        let lead = &method["leads"][row.lead.unwrap() - 1];
        assert_eq!(row.cells.len() + 2, done.scores.headings.len());
        assert_eq!(row.cells[0].value, lead["f1"].as_f64());
    }
    assert_eq!(done.arrivals.rows.len(), 6);
    let rows = written(&out, "scores.ndjson");
    // After the second start the film goes on for two frames only.
    assert_eq!(rows.lines().count(), 6 * (3 + 2));
    let page = written(&out, "report.html");
    assert!(page.starts_with("<!doctype html><html lang=\"en\">") && page.ends_with("</html>\n"));
    assert_eq!(page.matches("<figure>").count(), 1);
}

#[test]
fn what_cannot_be_scored_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores");
    let error = replay(FILM, &out, &options(Starts::At(13)), &mut |_, _| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("input {FILM}: nothing to score: no frame follows any start")
    );
    let mut short = options(every(1));
    short.pipeline.reach = Reach::Usual;
    let film = "sim:fire?height=32&width=32&frames=9&seed=3";
    let error = replay(film, &out, &short, &mut |_, _| {}).unwrap_err();
    assert!(matches!(error, PipelineError::NothingToScore { .. }), "{error}");
    let stopped = options(every(1));
    stopped.pipeline.stop.set();
    let error = replay(FILM, &out, &stopped, &mut |_, _| {}).unwrap_err();
    assert!(matches!(error, PipelineError::Model(ModelError::Stopped)), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
