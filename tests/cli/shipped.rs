//! The models that ship: each folder is whole, and forecasts and replays a film of its kind.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::room::{Room, SMALL, whole_of};

/// Every model folder of the repository.
fn shipped() -> Vec<(String, PathBuf)> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(models)
        .expect("models/")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            path.is_dir().then_some((name, path))
        })
        .collect();
    found.sort();
    found
}

/// A radar event of the real data; `None`, said aloud, where there is none.
fn radar() -> Option<PathBuf> {
    let data = std::env::var_os("EMBERLINE_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let file = data.join("radar_dev/knmi_20100826.npz");
    if file.exists() {
        return Some(file);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing; set EMBERLINE_DATA", file.display());
    eprintln!("NOT RUN: real rain: {} is missing; set EMBERLINE_DATA", file.display());
    None
}

#[test]
fn every_model_that_ships_is_verified_and_runs() {
    let room = Room::new();
    let names: Vec<String> = shipped().into_iter().map(|(name, _)| name).collect();
    for wanted in
        ["fire-v1", "fire-v2", "rain-v1", "rain-v2", "reaction-diffusion-v1", "moving-mnist-v1"]
    {
        assert!(names.iter().any(|n| n == wanted), "{wanted} is not among {names:?}");
    }
    for (name, folder) in shipped() {
        let model = folder.to_string_lossy().into_owned();
        let said = room.run(&["models", "verify", &model, "--json"]).must(0).out;
        // A model without a network is checked once, in no engine.
        let engine = if name == "rain-v2" { "none" } else { "tract" };
        assert!(said.contains(&format!("\"{engine}\"")), "{name}: {said}");
        if name.starts_with("rain") {
            continue; // on real radar below
        }
        let out = format!("out-{name}");
        room.run(&["forecast", SMALL, &out, "--model", &model, "--engine", "tract"]).must(0);
        let report: Value =
            serde_json::from_slice(&fs::read(room.path(&out).join("forecast.json")).expect("made"))
                .expect("JSON");
        assert!(report["drift"]["ratio"].as_f64().is_some_and(|r| r > 0.0), "{name}: {report}");
        let args = ["replay", SMALL, "scores", "--model", &model, "--engine", "tract"];
        room.run(&[&args[..], &["--every", "6", "--leads", "3"]].concat()).must(0);
    }
}

#[test]
fn real_rain_is_forecast_by_the_model_inside_and_beats_standing_still() {
    let Some(radar) = radar() else { return };
    let (room, radar) = (Room::new(), radar.to_string_lossy().into_owned());
    let ran = room.run(&["forecast", &radar, "out", "--kind", "rain", "--engine", "tract"]).must(0);
    assert!(ran.err.contains("rain-v2"), "{}", ran.err);
    // What was asked for and is not needed is said.
    assert!(ran.err.contains("no network; tract was asked for and is not needed"), "{}", ran.err);
    let files = ["forecast.gif", "forecast.json", "forecast.npz", "overlay.png"];
    let report = whole_of(&room.path("out"), &files);
    assert_eq!((&report["engine"]["name"], report.get("drift")), (&Value::from("none"), None));
    let before = ["forecast", &radar, "before", "--kind", "rain", "--engine", "tract"];
    room.run(&[&before[..], &["--model", "rain-v1", "--leads", "2"]].concat()).must(0);
    let report = whole_of(&room.path("before"), &files);
    assert_eq!(report["drift"]["warned"], false, "{report}");
    let args = ["replay", &radar, "scores", "--kind", "rain", "--engine", "tract", "--json"];
    let args = [&args[..], &["--every", "30", "--leads", "5"]].concat();
    room.run(&args).must(0);
    let rows = fs::read_to_string(room.path("scores/scores.ndjson")).expect("scores");
    let csi = |method: &str| -> f64 {
        let rows = rows.lines().map(|l| serde_json::from_str::<Value>(l).expect("JSON"));
        let found: Vec<f64> = rows
            .filter(|r| r["method"] == method && r["lead"] == 5)
            .filter_map(|r| {
                assert_eq!(r["rates"][1]["mm_h"], 0.5);
                r["rates"][1]["csi"].as_f64()
            })
            .collect();
        assert!(!found.is_empty(), "no CSI of {method}");
        found.iter().sum::<f64>() / found.len() as f64
    };
    let (model, still) = (csi("rain-v2"), csi("persistence"));
    assert!(model > still, "CSI at 0.5 mm/h, lead 5: rain-v2 {model}, persistence {still}");
}
