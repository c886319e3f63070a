//! Engines that are not there, or not as they should be: what a person is told, on one line.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::room::{EMBERLINE, Ran, Room, SMALL};
use serde_json::Value;

/// The fire model as a folder, with all its precisions.
const FIRE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/fire-v1");

/// A shared library made of `code`; the C compiler is the one that builds this program.
fn library(room: &Room, name: &str, code: &str) -> PathBuf {
    let (source, out) = (room.write(&format!("{name}.c"), code.as_bytes()), room.path(name));
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&out).arg(source);
    let made = cc.output().expect("a C compiler is needed to build emberline, and here");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    out
}

fn run(room: &Room, library: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(EMBERLINE);
    command.current_dir(room.path("")).env("ORT_DYLIB_PATH", library).args(args);
    Ran::of(&command.output().expect("the program starts"))
}

#[track_caller]
fn one_line(said: &str, want: &str) {
    let lines: Vec<&str> = said.lines().filter(|l| !l.starts_with("note:")).collect();
    assert!(lines.len() == 1 && lines[0].contains(want), "{want}: {said}");
}

#[test]
fn a_library_that_cannot_be_used_is_told_and_tract_takes_over_only_when_auto() {
    let room = Room::new();
    let text = room.write("libonnxruntime.so.text", b"not a library\n");
    let other = library(&room, "libother.so", "int nothing(void) { return 0; }\n");
    let old = "const char *version(void) { return \"1.10.0\"; }\n\
               const void *api(unsigned int wanted) { (void)wanted; return 0; }\n\
               struct base { const void *(*get_api)(unsigned int); const char *(*version)(void); };\n\
               static const struct base BASE = { api, version };\n\
               const struct base *OrtGetApiBase(void) { return &BASE; }\n";
    let old = library(&room, "libonnxruntime.so.1.10.0", old);
    let nowhere = room.path("nowhere/libonnxruntime.so");
    let no_place = room.path("nowhere");
    for (path, want) in [
        (&nowhere, "no ONNX Runtime library at ORT_DYLIB_PATH="),
        (&no_place, "no ONNX Runtime library at ORT_DYLIB_PATH="),
        (&text, "libonnxruntime.so.text cannot be used: "),
        (&other, "libother.so cannot be used: "),
        (&old, "libonnxruntime.so.1.10.0 cannot be used: "),
    ] {
        for engine in ["ort-cpu", "cuda", "tensorrt"] {
            let said = run(&room, path, &["forecast", SMALL, "out", "--engine", engine]).must(2);
            one_line(&said.err, &format!("engine {engine}: "));
            one_line(&said.err, want);
            assert!(!room.path("out").exists(), "{engine}: {}", path.display());
        }
        let said = run(&room, path, &["forecast", SMALL, "auto", "--json"]).must(0);
        let facts: Value = serde_json::from_str(&said.out).expect("forecast.json");
        let engine = &facts["engine"];
        assert_eq!(engine["name"], "tract");
        assert!(engine["why"].as_str().is_some_and(|w| w.contains(want)), "{engine}");
        std::fs::remove_dir_all(room.path("auto")).expect("the output");
        let doctor = run(&room, path, &["doctor"]);
        assert!(doctor.out.contains(want) || doctor.err.contains(want), "{doctor:?}");
    }
}

#[test]
fn a_provider_or_a_precision_that_is_not_there_is_an_error() {
    let room = Room::new();
    let refused = |args: &[&str], want: &str| {
        let all = [&["forecast", SMALL, "out"], args].concat();
        let said = room.run(&all).must(2);
        one_line(&said.err, want);
        assert!(!room.path("out").exists());
    };
    refused(&["--precision", "int9"], "model fire-v2: no precision int9, it has float32");
    let said = room.run(&["forecast", SMALL, "out", "--threads", "0"]).must(2);
    assert!(said.err.contains("--threads"), "{said:?}");
    let Some(library) = std::env::var_os("ORT_DYLIB_PATH") else {
        assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
        println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
        return;
    };
    for engine in ["cuda", "tensorrt"] {
        let args = ["forecast", SMALL, "out", "--engine", engine];
        let said = run(&room, Path::new(&library), &args);
        // With a library for cards this machine may well have one: then there is nothing to refuse.
        if said.code != Some(0) {
            one_line(&said.must(2).err, &format!("engine {engine}: "));
        }
    }
}

/// Needs an ONNX Runtime, named by `ORT_DYLIB_PATH`.
#[test]
fn a_precision_of_the_card_runs_and_is_told() {
    let room = Room::new();
    let Some(library) = std::env::var_os("ORT_DYLIB_PATH") else {
        assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
        println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
        return;
    };
    let library = Path::new(&library);
    for precision in ["float16", "int8"] {
        let args =
            ["forecast", SMALL, precision, "--model", FIRE, "--precision", precision, "--json"];
        let said = run(&room, library, &args).must(0);
        let facts: Value = serde_json::from_str(&said.out).expect("forecast.json");
        assert_eq!(facts["model"]["precision"], precision);
        assert_eq!(facts["engine"]["name"], "ort-cpu");
    }
    let said = run(&room, library, &["models", "verify", FIRE, "--json"]).must(0);
    let facts: Value = serde_json::from_str(&said.out).expect("JSON");
    let checks = facts["checks"].as_array().expect("checks");
    for precision in ["float32", "float16", "int8"] {
        let mine = |c: &&Value| c["engine"] == "ort-cpu" && c["precision"] == precision;
        assert!(checks.iter().filter(mine).count() >= 2, "{precision}: {checks:?}");
    }
}

#[test]
fn the_matrix_tells_every_engine_and_what_was_not_run() {
    let room = Room::new();
    let nowhere = room.path("nowhere");
    let args =
        ["bench", "--matrix", "--grid", "32,40", "--rounds", "2", "--threads", "1", "--json"];
    let said = run(&room, &nowhere, &args).must(0);
    let facts: Value = serde_json::from_str(&said.out).expect("JSON");
    let rows = facts["rows"].as_array().expect("rows");
    let sides: Vec<_> = rows.iter().map(|r| (&r["engine"], r["side_px"].as_u64())).collect();
    assert_eq!(sides, [(&Value::from("tract"), Some(32)), (&Value::from("tract"), Some(40))]);
    for row in rows {
        for (part, of) in [("anew", "p99_ms"), ("next_frame", "p50_ms")] {
            assert!(row[part][of].as_f64().is_some_and(|v| v > 0.0), "{row}");
        }
        assert!(row["peak_mib"].as_f64().is_none_or(|v| v > 1.0), "{row}");
    }
    assert!(facts["not_run"].as_array().is_some_and(|n| n.len() >= 3), "{}", facts["not_run"]);
    let said = run(&room, &nowhere, &["bench", "--grid", "64"]).must(2);
    assert!(said.err.contains("--matrix"), "{said:?}");
}

#[test]
fn options_of_a_card_are_refused_without_one() {
    let room = Room::new();
    let nowhere = room.path("nowhere");
    for (args, want) in [
        (&["--cuda-graph"][..], "engine auto: has no --cuda-graph; use --engine cuda or tensorrt"),
        (&["--dla", "0", "--engine", "cuda"], "engine cuda: has no --dla; use --engine tensorrt"),
        (&["--dla", "0", "--engine", "tensorrt"], "engine tensorrt: no ONNX Runtime library at"),
    ] {
        let all = [&["forecast", SMALL, "out"], args].concat();
        one_line(&run(&room, &nowhere, &all).must(2).err, want);
        assert!(!room.path("out").exists());
    }
    for args in [&["models", "prepare", "fire"][..], &["models", "prepare", FIRE, "--dla", "1"]] {
        one_line(
            &run(&room, &nowhere, args).must(2).err,
            "engine tensorrt: no ONNX Runtime library",
        );
    }
    let said = run(&room, &nowhere, &["models", "prepare", FIRE, "--precision", "int9"]).must(2);
    one_line(&said.err, "no precision int9");
}

/// A limit on memory as a container or a shell sets it.
#[cfg(target_os = "linux")]
#[test]
fn a_forecast_that_does_not_fit_into_memory_is_refused_at_the_door() {
    let room = Room::new();
    let film = "sim:fire?height=1024&width=1024&frames=12&seed=3";
    for engine in ["tract", "ort-cpu"] {
        if engine == "ort-cpu" && std::env::var_os("ORT_DYLIB_PATH").is_none() {
            assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
            println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
            continue;
        }
        let mut limited = Command::new("sh");
        limited.current_dir(room.path("")).args(["-c", "ulimit -v 500000; exec \"$@\"", "sh"]);
        limited.args([EMBERLINE, "forecast", film, "out", "--engine", engine]);
        let said = Ran::of(&limited.output().expect("a shell")).must(2);
        one_line(&said.err, "20 leads of 1024 x 1024 need at least");
        one_line(&said.err, "(ulimit -v); cut the film, give fewer --leads, or free memory");
        assert!(!room.path("out").exists());
    }
}
