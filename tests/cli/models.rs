//! The verbs about models and about this machine.

use std::process::Command;

use serde_json::Value;

use crate::room::{EMBERLINE, Ran, Room, SMALL};

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn models_are_listed_described_and_verified() {
    let room = Room::new();
    let listed = room.run(&["models", "list"]).must(0);
    assert!(listed.out.contains("fire-v2") && listed.out.contains("fire-v1"), "{}", listed.out);
    let told = room.run(&["models", "info", "fire"]).must(0);
    assert!(told.out.starts_with("fire-v2: "), "{}", told.out);
    let card = json(&room.run(&["models", "info", "fire", "--json"]).must(0).out);
    assert_eq!(card["card"]["name"], "fire");

    let checks = json(&room.run(&["models", "verify", "fire", "--json"]).must(0).out);
    assert_eq!(checks["passed"], true);
    let checks = checks["checks"].as_array().expect("checks");
    assert!(checks.iter().all(|c| c["engine"] == "tract"), "{checks:?}");
    let refused = room.run(&["models", "info", "smoke"]).must(2);
    assert_eq!(refused.err.lines().count(), 1);
}

#[test]
fn the_doctor_finds_this_machine_well_and_writes_it_down() {
    let room = Room::new();
    let ran = room.run(&["doctor", "--bundle", "report.json"]).must(0);
    for line in ran.out.lines() {
        assert!(["ok ", "abse", "FAIL"].iter().any(|w| line.starts_with(w)), "{line}");
    }
    assert!(ran.out.contains("absent  engine ort-cpu"), "{}", ran.out);
    let report = json(&std::fs::read_to_string(room.path("report.json")).expect("a report"));
    assert_eq!(report["failed"], 0);
    room.run(&["doctor", "--bundle", "nowhere/report.json"]).must(2);
}

#[test]
fn the_bench_names_every_stage() {
    let room = Room::new();
    let ran = room.run(&["bench", SMALL, "--rounds", "2", "--json", "--engine", "tract"]).must(0);
    let bench = json(&ran.out);
    for stage in ["decode", "clip", "front", "model", "nowcast", "product", "total"] {
        assert!(bench["stages"][stage]["p50_s"].as_f64().is_some_and(|s| s >= 0.0), "{stage}");
    }
    assert_eq!(bench["engine"]["name"], "tract");
}

/// Both engines, through the program: needs an ONNX Runtime, named by `ORT_DYLIB_PATH`.
#[test]
fn onnx_runtime_gives_the_same_forecast_as_tract() {
    let Some(library) = std::env::var_os("ORT_DYLIB_PATH") else {
        assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
        println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
        return;
    };
    let room = Room::new();
    room.run(&["forecast", SMALL, "a", "--engine", "tract"]).must(0);
    let mut command = Command::new(EMBERLINE);
    command.args(["forecast", SMALL, "b", "--engine", "auto", "--json"]);
    command.current_dir(room.path("")).env("ORT_DYLIB_PATH", library);
    let ran = Ran::of(&command.output().expect("the program starts")).must(0);
    assert_eq!(json(&ran.out)["engine"]["name"], "ort-cpu", "{}", ran.out);
    let read = |out: &str| -> ndarray::Array3<f32> {
        let file = std::fs::File::open(room.path(out).join("forecast.npz")).expect("a file");
        let mut npz = ndarray_npy::NpzReader::new(file).expect("an npz");
        npz.by_name("burn_probability.npy").expect("probability")
    };
    let worst = read("a").iter().zip(&read("b")).fold(0.0f32, |m, (a, b)| m.max((a - b).abs()));
    assert!(worst < 1e-3, "{worst}");
}
