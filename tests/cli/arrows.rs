//! Data flows one way: no room of the library uses one to its right.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms it may use besides itself.
const ROOMS: [(&str, &[&str]); 21] = [
    ("grid", &[]),
    ("frame", &["grid"]),
    ("rain", &[]),
    ("sums", &[]),
    ("task", &["frame"]),
    ("burnt", &[]),
    ("heat", &[]),
    ("memory", &[]),
    ("source", &["frame", "grid", "rain"]),
    ("clip", &["frame", "grid", "rain", "task", "burnt", "heat"]),
    ("front", &[]),
    ("flow", &[]),
    ("motion", &["rain", "flow"]),
    ("advect", &["rain", "flow", "motion"]),
    ("forecast", &["grid", "rain", "task"]),
    ("nowcast", &["rain", "sums", "flow", "advect", "forecast"]),
    (
        "baseline",
        &["frame", "grid", "task", "clip", "front", "flow", "motion", "advect", "forecast"],
    ),
    (
        "model",
        &[
            "frame", "grid", "task", "memory", "clip", "front", "flow", "motion", "advect",
            "forecast", "nowcast",
        ],
    ),
    ("score", &["grid", "sums", "front", "forecast"]),
    ("product", &["frame", "grid", "rain", "clip", "forecast"]),
    ("lib", &[]),
];

/// Crates that one file or folder alone may name.
const ALONE: [(&str, &str); 3] = [
    ("tract_onnx", "model/tract/"),
    ("ort::", "model/ort/"),
    ("hdf5_reader", "source/radar/hdf5.rs"),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the library").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Names of the modules that are built for tests only: `mod name;` below `#[cfg(test)]`.
fn for_tests(files: &[PathBuf]) -> Vec<String> {
    let mut names = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a source file");
        let mut gated = false;
        for line in text.lines().map(str::trim) {
            let name = line.rsplit_once("mod ").and_then(|(_, name)| name.strip_suffix(';'));
            if let Some(name) = name.filter(|_| gated) {
                names.push(format!("{name}.rs"));
            }
            gated = line == "#[cfg(test)]" || (gated && line.starts_with("#["));
        }
    }
    names
}

#[test]
fn no_room_uses_one_to_its_right() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/runtime/vision/src"));
    let mut files = Vec::new();
    sources(root, &mut files);
    assert!(files.len() > 20, "{}", files.len());
    let tests = for_tests(&files);
    let mut wrong = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
        let room = name.split(['/', '.']).next().unwrap_or_default();
        let file = name.rsplit('/').next().unwrap_or_default();
        let is_test = file.ends_with("tests.rs") || tests.iter().any(|t| t == file);
        let text = fs::read_to_string(&path).expect("a source file");
        for (krate, only) in ALONE {
            let named = text.lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && line.match_indices(krate).any(|(at, _)| {
                        !line[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c))
                    })
            });
            // `use super::ort::…` is our own file, not the crate: the colons before it tell.
            if named && !name.starts_with(only) {
                wrong.push(format!("{name} names {krate}"));
            }
        }
        if is_test {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(r, _)| *r == room) else {
            wrong.push(format!("{name}: room {room} is not in the table"));
            continue;
        };
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, _) in code.match_indices("crate::") {
            let used: String = code[at + "crate::".len()..]
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{name} uses crate::{used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "wrong arrows:\n{}", wrong.join("\n"));
}
