//! A room for one test: a temporary folder, inputs made on the spot, and the program run in it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ndarray::Array3;
use ndarray_npy::NpzWriter;
use serde_json::Value;
use tempfile::TempDir;

/// The program under test.
pub(crate) const EMBERLINE: &str = env!("CARGO_BIN_EXE_emberline");

/// Models that repeat the last frame, `still-v1` of any film and `rain-v9` of rain, and one of rain
/// that fades, `fade-v1` (made by `tests/data/make_models.py`).
pub(crate) const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");

/// A small simulated fire: quick on any machine.
pub(crate) const SMALL: &str = "sim:fire?height=40&width=48&frames=24&seed=3";

/// Files that every forecast of a film without a map holds.
pub(crate) const FILES: [&str; 5] =
    ["forecast.gif", "forecast.json", "forecast.npz", "isochrones.geojson", "overlay.png"];

pub(crate) struct Room(TempDir);

impl Room {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("the room can be written");
        path
    }

    /// Names in the room that begin with a dot: what a failed run would leave behind.
    pub(crate) fn hidden(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the room");
        let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        names.filter(|n| n.starts_with('.')).collect()
    }

    /// The program with the embedded engine, no terminal and no library of this machine.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(EMBERLINE);
        command
            .current_dir(self.0.path())
            .env("ORT_DYLIB_PATH", self.path("no-such-library.so"))
            .env_remove("EMBERLINE_MODELS")
            .stdin(Stdio::null());
        command
    }

    /// As [`Self::run`], where the models of `tests/data` are known.
    pub(crate) fn run_with_models(&self, args: &[&str]) -> Ran {
        let mut command = self.command();
        command.env("EMBERLINE_MODELS", MODELS).args(args);
        Ran::of(&command.output().expect("the program starts"))
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command().args(args).output().expect("the program starts"))
    }

    /// A square of heat that grows, as `.npz` with one array `frames` of 16-bit counts.
    pub(crate) fn npz(&self, name: &str, frames: usize) -> PathBuf {
        let path = self.path(name);
        let mut npz = NpzWriter::new(File::create(&path).expect("the room"));
        npz.add_array("frames", &heat(frames, 40, 48)).expect("an array");
        npz.add_array("dt_s", &ndarray::arr0(2.0f64)).expect("an array");
        npz.finish().expect("a whole file");
        path
    }

    /// The same as a folder of 16-bit PNG images.
    pub(crate) fn pngs(&self, name: &str, frames: usize) -> PathBuf {
        let path = self.path(name);
        fs::create_dir(&path).expect("the room");
        for (k, frame) in heat(frames, 40, 48).outer_iter().enumerate() {
            let file = File::create(path.join(format!("frame_{k:03}.png"))).expect("the room");
            let mut png = png::Encoder::new(file, 48, 40);
            png.set_color(png::ColorType::Grayscale);
            png.set_depth(png::BitDepth::Sixteen);
            let bytes: Vec<u8> = frame.iter().flat_map(|v| v.to_be_bytes()).collect();
            let mut png = png.write_header().expect("a header");
            png.write_image_data(&bytes).expect("an image");
        }
        path
    }
}

/// Counts `[T, H, W]` of a fire that grows a pixel every second frame.
pub(crate) fn heat(frames: usize, h: usize, w: usize) -> Array3<u16> {
    Array3::from_shape_fn((frames, h, w), |(t, y, x)| {
        let d = y.abs_diff(h / 2).max(x.abs_diff(w / 2));
        let hot = d <= 3 + t / 2;
        if hot { 30_000 - 200 * d as u16 } else { 7000 + ((y * 7 + x * 3) % 50) as u16 }
    })
}

/// How a run ended and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn must(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }
}

/// Checks that `folder` is a whole forecast of fire: as [`whole_of`] with [`FILES`].
#[track_caller]
pub(crate) fn whole(folder: &Path) -> Value {
    whole_of(folder, &FILES)
}

/// Checks that `folder` is a whole forecast with these files: exactly what `forecast.json` lists,
/// each of the length it says; gives `forecast.json`.
#[track_caller]
pub(crate) fn whole_of(folder: &Path, files: &[&str]) -> Value {
    let text = fs::read_to_string(folder.join("forecast.json")).expect("forecast.json");
    let json: Value = serde_json::from_str(&text).expect("forecast.json is JSON");
    let listed = json["files"].as_object().expect("a list of files");
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder").flatten() {
        let bytes = entry.metadata().expect("a file").len();
        found.insert(entry.file_name().to_string_lossy().into_owned(), bytes);
    }
    for file in files {
        assert!(found.contains_key(*file), "{file} is missing");
    }
    found.remove("forecast.json");
    for (file, bytes) in &found {
        assert_eq!(listed[file]["bytes"].as_u64(), Some(*bytes), "{file}");
    }
    assert_eq!(found.len(), listed.len());
    json
}
