//! Data flows one way: no room of the library uses one to its right.

use std::fs;
use std::path::{Path, PathBuf};

use crate::structure::arrows;

/// Rooms of the vision library from left to right: each with the rooms that it may use besides itself.
const ROOMS: [(&str, &[&str]); 30] = [
    ("grid", &[]),
    ("kind", &[]),
    ("digest", &[]),
    ("natural", &[]),
    ("memory", &[]),
    ("npy_header", &[]),
    ("summed_area", &[]),
    ("quantile", &[]),
    ("rain_rate", &[]),
    ("projection", &[]),
    ("note", &["kind"]),
    ("frame", &["grid", "kind", "note"]),
    ("task", &["kind", "frame"]),
    ("heat", &[]),
    ("burnt", &["quantile"]),
    ("front", &["burnt"]),
    (
        "tracker",
        &["kind", "grid", "npy_header", "quantile", "task", "frame", "heat", "burnt", "front"],
    ),
    ("motion", &["rain_rate"]),
    ("extrapolation", &["motion"]),
    ("radar", &["kind", "grid", "digest", "natural", "rain_rate", "projection", "note", "frame"]),
    ("source", &["kind", "grid", "digest", "natural", "rain_rate", "note", "frame", "radar"]),
    (
        "clip",
        &[
            "kind",
            "grid",
            "quantile",
            "rain_rate",
            "note",
            "frame",
            "task",
            "heat",
            "burnt",
            "tracker",
            "motion",
            "extrapolation",
        ],
    ),
    ("forecast", &["kind", "grid", "rain_rate", "note", "frame", "task"]),
    ("nowcast", &["kind", "summed_area", "rain_rate", "motion", "extrapolation", "forecast"]),
    (
        "baseline",
        &["grid", "note", "frame", "task", "front", "motion", "extrapolation", "clip", "forecast"],
    ),
    (
        "model",
        &[
            "kind",
            "grid",
            "memory",
            "note",
            "frame",
            "task",
            "front",
            "motion",
            "extrapolation",
            "clip",
            "forecast",
            "nowcast",
        ],
    ),
    ("score", &["kind", "grid", "summed_area", "quantile", "front", "forecast"]),
    (
        "product",
        &[
            "kind",
            "grid",
            "npy_header",
            "rain_rate",
            "projection",
            "note",
            "frame",
            "task",
            "clip",
            "forecast",
        ],
    ),
    (
        "pipeline",
        &[
            "kind",
            "grid",
            "rain_rate",
            "note",
            "frame",
            "task",
            "tracker",
            "front",
            "source",
            "clip",
            "forecast",
            "nowcast",
            "baseline",
            "model",
            "score",
            "product",
        ],
    ),
    ("lib", &[]),
];

/// Crates, and the files and folders that alone may name them.
const ALONE: [(&str, &str); 19] = [
    ("tract_onnx", "engine/src/tract/"),
    ("ort::", "engine/src/ort/"),
    ("hdf5_reader", "vision/src/radar/hdf5.rs"),
    ("hdf5_writer", "vision/src/product/netcdf4.rs"),
    ("serialport", "node/src/port"),
    ("serialport", "telemetry/src/live.rs"),
    ("axum", "station/src/web/"),
    ("hyper::", "station/src/web/server.rs"),
    ("argon2", "station/src/password.rs"),
    ("quick_xml", "vision/src/product/xml.rs"),
    ("sd_notify", "station/src/systemd.rs"),
    ("ureq", "station/src/camera/http/"),
    ("ureq", "station/src/out/webhook.rs"),
    ("rumqttc", "station/src/out/mqtt.rs"),
    ("ureq", "station/src/tls/transport.rs"),
    ("rustls", "station/src/tls/"),
    ("rustls", "station/src/camera/http/tests/"),
    ("digest_auth", "station/src/camera/http/"),
    ("linuxvideo", "station/src/camera/v4l2/"),
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

#[test]
fn no_room_uses_one_to_its_right() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/runtime"));
    let mut files = Vec::new();
    sources(root, &mut files);
    assert!(files.len() > 20, "{}", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a source file");
        for (krate, _) in ALONE {
            let named = text.lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && line.match_indices(krate).any(|(at, _)| {
                        !line[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c))
                    })
            });
            // `use super::ort::…` is our own file, not the crate: the colons before it tell.
            let is_there = |(k, only): &(&str, &str)| *k == krate && name.starts_with(only);
            if named && !ALONE.iter().any(is_there) {
                wrong.push(format!("{name} names {krate}"));
            }
        }
    }
    let room = |file: &str| file.split(['/', '.']).next().unwrap_or_default().to_owned();
    for ((from, to), names) in arrows(&root.join("vision/src")) {
        let (user, used) = (room(&from), room(&to));
        match ROOMS.iter().find(|(room, _)| *room == user) {
            Some((_, allowed)) if used == user || allowed.contains(&used.as_str()) => {}
            Some(_) => wrong.push(format!("{from} uses {to}: {names:?}")),
            None => wrong.push(format!("{from}: room {user} is not in the table")),
        }
    }
    assert!(wrong.is_empty(), "wrong arrows:\n{}", wrong.join("\n"));
}
