//! Films that are no fire, and rain: forecast, replayed and refused with models of a kilobyte.

use std::fs::{self, File};

use ndarray::{Array3, ArrayView2, Axis, s};
use ndarray_npy::{NpzReader, NpzWriter, WritableElement};
use serde_json::Value;

use crate::refusals::seal;
use crate::room::{MODELS, Ran, Room, SMALL, whole_of};

/// Files of every forecast without a front and without a map.
const PLAIN: [&str; 4] = ["forecast.gif", "forecast.json", "forecast.npz", "overlay.png"];

/// A film of one array, 300 s a step, of a kind.
pub(crate) fn film<T: WritableElement>(room: &Room, name: &str, kind: &str, frames: &Array3<T>) {
    let path = room.path(name);
    let mut npz = NpzWriter::new(File::create(path).expect("the room"));
    npz.add_array("frames", frames).expect("an array");
    npz.add_array("dt_s", &ndarray::arr0(300.0f64)).expect("an array");
    npz.finish().expect("a whole file");
    add_text(room, name, "kind", kind);
}

/// Codes `[T, H, W]` of a square shower that moves right by 2 cells a frame; no data on the left.
pub(crate) fn shower(frames: usize, h: usize, w: usize) -> Array3<u8> {
    Array3::from_shape_fn((frames, h, w), |(t, y, x)| match x {
        0..3 => 255,
        _ if y.abs_diff(h / 2) < 8 && x.abs_diff(14 + 2 * t) < 8 => 120 + ((y + x) % 16) as u8,
        _ => 0,
    })
}

pub(crate) fn rates(codes: &Array3<u8>) -> Array3<f32> {
    codes.mapv(|v| match v {
        0 => 0.0,
        255 => f32::NAN,
        v => 0.1 * 10f32.powf(0.015 * (f32::from(v) - 1.0)),
    })
}

fn array(room: &Room, out: &str, name: &str) -> Array3<f32> {
    let npz = File::open(room.path(out).join("forecast.npz")).expect("forecast.npz");
    let mut npz = NpzReader::new(npz).expect("an npz");
    npz.by_name(&format!("{name}.npy")).expect(name)
}

fn names(room: &Room, out: &str) -> Vec<String> {
    let npz = File::open(room.path(out).join("forecast.npz")).expect("forecast.npz");
    let mut names = NpzReader::new(npz).expect("an npz").names().expect("names");
    names.iter_mut().for_each(|n| *n = n.trim_end_matches(".npy").to_owned());
    names.sort();
    names
}

#[test]
fn a_film_is_forecast_rolled_out_and_tiled() {
    let room = Room::new();
    // 100 x 150 is more than one tile of 64; sides are padded to a multiple of 8.
    let frames =
        Array3::from_shape_fn((4, 100, 150), |(t, y, x)| ((t * 37 + y * 5 + x) % 251) as u8);
    film(&room, "film.npz", "thermal", &frames);
    let model = format!("{MODELS}/still-v1");
    let args = ["forecast", "film.npz", "out", "--model", &model, "--leads", "5"];
    let ran = room.run(&args).must(0);
    assert!(ran.err.contains("5 frames forecast, up to +1500 s"), "{}", ran.err);
    let json = whole_of(&room.path("out"), &PLAIN);
    assert_eq!(json["rollout_from_lead"], 3);
    assert_eq!(json["product"]["frames_unit"]["intensity_1_is"], 255.0);
    assert!(json["product"]["threshold"].is_null() && json["product"]["burnt_cells_now"].is_null());
    assert_eq!(names(&room, "out"), ["codes_global", "frames", "lead_s"]);
    let said = array(&room, "out", "frames");
    assert_eq!(said.dim(), (5, 100, 150));
    let last = frames.index_axis(Axis(0), 3).mapv(f32::from);
    for lead in said.outer_iter() {
        assert!(lead.iter().zip(&last).all(|(a, b)| (a - b).abs() < 1e-3));
    }
    // Half of the places are bright, a tenth was in training; changes are about as often up as down.
    let drift = &json["drift"];
    let bits = |signal: &str| drift[signal].as_f64().expect(signal);
    assert!((bits("codes_bits") - 0.146).abs() < 0.01, "{drift}");
    assert!((bits("change_bits") - 4.5).abs() < 0.1, "{drift}");
    assert!((bits("all_bits") - step_bits(&room, "out")).abs() < 1e-9, "{drift}");
    let furthest = [bits("codes_bits") / 0.3, bits("all_bits") / 2.0, bits("change_bits") / 6.0];
    assert_eq!(bits("ratio"), furthest.into_iter().fold(0.0, f64::max));
    assert_eq!(drift["warned"], false, "{drift}");
}

#[test]
fn a_film_unlike_the_training_data_is_warned_of() {
    let room = Room::new();
    film(&room, "bright.npz", "thermal", &Array3::from_elem((3, 40, 48), 0.9f32));
    let model = format!("{MODELS}/still-v1");
    let ran = room.run(&["forecast", "bright.npz", "out", "--model", &model]);
    let ran = ran.must(0);
    let words = "the film does not look like what it was trained on; do not rely on this";
    // 0.758 bits of 0.3 (scipy's jensenshannon of [0, 1] and [0.9, 0.1], squared).
    let ratio = "drift is 2.53 times the level of still-v1: ";
    assert!(ran.err.contains(ratio) && ran.err.contains(words), "{}", ran.err);
    let json = whole_of(&room.path("out"), &PLAIN);
    let drift = &json["drift"];
    assert_eq!((&drift["warned"], &drift["change_bits"]), (&Value::from(true), &Value::from(0.0)));
    assert_eq!(drift["all_bits"], 0.2);
    let warnings = json["warnings"].as_array().expect("warnings");
    assert!(warnings.iter().any(|w| w.as_str().is_some_and(|w| w.contains(words))), "{warnings:?}");
}

/// Surprise of the steps of `codes_global` in `forecast.npz`, bits, by the table of `still-v1`.
fn step_bits(room: &Room, out: &str) -> f64 {
    let npz = File::open(room.path(out).join("forecast.npz")).expect("forecast.npz");
    let mut npz = NpzReader::new(npz).expect("an npz");
    let codes: Array3<u16> = npz.by_name("codes_global.npy").expect("codes");
    let [now, next] = [0, 1].map(|t| codes.index_axis(Axis(0), t));
    let table = [[0.1, 4.0], [5.0, 0.2]];
    let bits = now.iter().zip(&next).map(|(a, b)| table[usize::from(*a)][usize::from(*b)]);
    bits.sum::<f64>() / now.len() as f64
}

#[test]
fn a_film_whose_codes_follow_each_other_as_never_in_training_is_warned_of() {
    let room = Room::new();
    // Half is bright in every frame, but every place changes at every frame.
    let frames = Array3::from_shape_fn((3, 40, 48), |(t, _, x)| {
        if (x / 4 + t).is_multiple_of(2) { 0.9f32 } else { 0.1 }
    });
    film(&room, "flicker.npz", "thermal", &frames);
    let model = format!("{MODELS}/still-v1");
    let ran = room.run(&["forecast", "flicker.npz", "out", "--model", &model]).must(0);
    assert!(ran.err.contains("drift is 2.25 times the level of still-v1: "), "{}", ran.err);
    let json = whole_of(&room.path("out"), &PLAIN);
    let drift = &json["drift"];
    assert!(drift["codes_bits"].as_f64().is_some_and(|bits| bits < 0.3), "{drift}");
    assert_eq!((&drift["all_bits"], &drift["change_bits"]), (&4.5.into(), &4.5.into()));
    let told = room.run(&["models", "info", &model]).must(0).out;
    assert!(told.contains("warns where codes differ by more than 0.3 bits"), "{told}");
}

#[test]
fn rain_is_forecast_in_the_inputs_unit_with_no_data_where_there_was_none() {
    let room = Room::new();
    let codes = shower(5, 40, 60);
    film(&room, "codes.npz", "rain", &codes);
    film(&room, "rates.npz", "rain", &rates(&codes));
    for (input, out) in [("codes.npz", "a"), ("rates.npz", "b")] {
        let ran = room.run_with_models(&["forecast", input, out]).must(0);
        assert!(ran.err.contains("a rain film: the model rain is taken"), "{}", ran.err);
        assert!(ran.err.contains("model: rain-v9"), "{}", ran.err);
        let json = whole_of(&room.path(out), &PLAIN);
        assert_eq!(json["product"]["cells_without_data"], 120);
        assert_eq!(json["rates"], "forecast");
        assert!(json["drift"].is_null());
        assert_eq!(names(&room, out), ["frames", "lead_s", "rain_mm_h"]);
    }
    let want = rates(&codes).index_axis(Axis(0), 4).to_owned();
    let last = codes.index_axis(Axis(0), 4);
    for out in ["a", "b"] {
        let rain = array(&room, out, "rain_mm_h");
        let frames = array(&room, out, "frames");
        assert_eq!(rain.dim(), (2, 40, 60));
        for ((l, y, x), r) in rain.indexed_iter() {
            assert_eq!(r.is_nan(), x < 3, "{out} {l} {y} {x}");
            assert!(r.is_nan() || (r - want[[y, x]]).abs() <= 1e-3 * want[[y, x]].max(1e-3));
            let unit = if out == "a" { f32::from(last[[y, x]]) } else { want[[y, x]] };
            let f = frames[[l, y, x]];
            assert!(x < 3 && f.is_nan() || (f - unit).abs() < 1e-3 * unit.max(1.0), "{f} {unit}");
        }
    }
}

#[test]
fn matched_rain_has_the_rates_of_the_last_frame_in_every_lead() {
    let room = Room::new();
    film(&room, "rain.npz", "rain", &shower(5, 40, 60));
    changed(&room, "fade-v1", "even", &[("rates = \"forecast\"", "rates = \"matched\"")]);
    let fade = format!("{MODELS}/fade-v1");
    for (model, out, rates) in [(&*fade, "own", "forecast"), ("./even", "matched", "matched")] {
        let args = ["forecast", "rain.npz", out, "--model", model, "--leads", "5"];
        room.run(&args).must(0);
        assert_eq!(whole_of(&room.path(out), &PLAIN)["rates"], rates);
    }
    // Codes seen last, of cells with data.
    let seen =
        shower(5, 40, 60).index_axis_move(Axis(0), 4).slice_move(s![.., 3..]).mapv(f32::from);
    let sorted = |frame: ArrayView2<'_, f32>| {
        let mut values: Vec<f32> = frame.iter().map(|v| v.round()).collect();
        values.sort_by(f32::total_cmp);
        values
    };
    let [own, matched] = ["own", "matched"].map(|out| array(&room, out, "frames"));
    for (l, (own, matched)) in own.outer_iter().zip(matched.outer_iter()).enumerate() {
        assert!(matched.iter().zip(&own).all(|(a, b)| a.is_nan() == b.is_nan()));
        let [own, matched] = [own, matched].map(|frame| frame.slice_move(s![.., 3..]));
        // Each lead is half the one before: the rollout goes on from what the network said.
        let half = 0.5f32.powi(l as i32 + 1);
        assert!(own.iter().zip(&seen).all(|(a, b)| (a - half * b).abs() < 0.01), "{l}");
        assert_eq!(sorted(matched), sorted(seen.view()), "{l}");
        assert!(matched.iter().zip(&seen).all(|(a, b)| (a - b).abs() < 0.01), "{l}");
    }
    let told = room.run(&["models", "info", "./even"]).must(0).out;
    assert!(
        told.contains("gives: 2 leads of rain, with the rates of the last frame seen"),
        "{told}"
    );
}

#[test]
fn rain_on_a_map_is_a_geotiff_too() {
    let room = Room::new();
    let mut npz = NpzWriter::new(File::create(room.path("map.npz")).expect("the room"));
    npz.add_array("frames", &shower(5, 40, 60)).expect("an array");
    npz.add_array("dt_s", &ndarray::arr0(300.0f64)).expect("an array");
    let transform = ndarray::arr1(&[4.0, 0.01, 0.0, 52.0, 0.0, -0.01]);
    npz.add_array("transform", &transform).expect("an array");
    npz.finish().expect("a whole file");
    add_text(&room, "map.npz", "crs", "EPSG:4326");
    add_text(&room, "map.npz", "kind", "rain");
    room.run_with_models(&["forecast", "map.npz", "out"]).must(0);
    let files = [&PLAIN[..], &["rain.tif"]].concat();
    let json = whole_of(&room.path("out"), &files);
    assert_eq!(json["product"]["on_a_map"], true);
    let tif = File::open(room.path("out/rain.tif")).expect("rain.tif");
    let mut tif = tiff::decoder::Decoder::new(tif).expect("a TIFF");
    assert_eq!(tif.dimensions().expect("sides"), (60, 40));
    let tiff::decoder::DecodingResult::F32(strip) = tif.read_chunk(0).expect("a strip") else {
        panic!("not float32")
    };
    assert!(strip[0].is_nan() && strip[5] == 0.0);
}

#[test]
fn simulated_rain_is_forecast_by_the_models_that_are_built_in() {
    let room = Room::new();
    let film = "sim:rain?height=64&width=64&frames=6";
    let ran = room.run(&["forecast", film, "out", "--engine", "tract", "--leads", "4"]).must(0);
    assert!(ran.err.contains("a rain film: the model rain is taken"), "{}", ran.err);
    assert!(ran.err.contains("note: simulated: neither the rain nor its place is real"));
    let maps = [
        "rain.nc",
        "rain.tif",
        "rain_from_outside.tif",
        "rain_probability.png",
        "rain_probability.tif",
    ];
    let json = whole_of(&room.path("out"), &[&PLAIN[..], &maps].concat());
    assert_eq!(json["input"]["kind"], "rain");
    assert_eq!(json["input"]["times_from"], "simulated");
    assert_eq!(json["product"]["cells_without_data"], 0);
    assert_eq!(json["product"]["on_a_map"], true);
    let rain = array(&room, "out", "rain_mm_h");
    assert_eq!(rain.dim(), (4, 64, 64));
    let wet = rain.iter().filter(|v| **v >= 0.1).count() as f64 / rain.len() as f64;
    assert!((0.02..0.98).contains(&wet), "{wet}");
}

/// Adds an array of one text to an `.npz`, as numpy does.
fn add_text(room: &Room, name: &str, key: &str, text: &str) {
    use std::io::Write as _;
    let file = File::options().read(true).write(true).open(room.path(name)).expect("the npz");
    let mut zip = zip::ZipWriter::new_append(file).expect("a zip");
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file(format!("{key}.npy"), options).expect("an entry");
    let dict = format!("{{'descr': '<U{}', 'fortran_order': False, 'shape': (), }}", text.len());
    let padded = (10 + dict.len() + 1).next_multiple_of(64) - 10;
    zip.write_all(b"\x93NUMPY\x01\x00").expect("a header");
    zip.write_all(&(padded as u16).to_le_bytes()).expect("a header");
    zip.write_all(format!("{dict:<width$}\n", width = padded - 1).as_bytes()).expect("a header");
    for c in text.chars() {
        zip.write_all(&u32::from(c).to_le_bytes()).expect("a letter");
    }
    zip.finish().expect("a whole file");
}

fn scores(room: &Room, out: &str) -> Value {
    let text = fs::read_to_string(room.path(out).join("scores.json")).expect("scores.json");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn rain_is_replayed_against_persistence_and_flow() {
    let room = Room::new();
    fs::create_dir(room.path("storms")).expect("the room");
    for k in 0..2 {
        film(&room, &format!("storms/storm_{k}.npz"), "rain", &shower(9 + k, 48, 64));
    }
    let args = ["replay", "storms", "out", "--leads", "3", "--engine", "tract"];
    let ran = room.run_with_models(&args).must(0);
    assert!(ran.out.contains("CSI 1 mm/h") && ran.out.contains("wet area bias"), "{}", ran.out);
    let all = scores(&room, "out");
    assert!(all["threshold"].is_null());
    let methods = all["methods"].as_array().expect("methods");
    let told: Vec<&Value> = methods.iter().map(|m| &m["method"]).collect();
    assert_eq!(told, ["rain-v9", "persistence", "optical-flow", "lucas-kanade"]);
    let [model, still, flow] = [0, 1, 2].map(|m| &methods[m]["leads"][1]);
    assert_eq!(model["rates"], still["rates"], "the model repeats the last frame");
    let csi = |lead: &Value| lead["rates"][2]["csi"].as_f64().expect("a CSI");
    assert!(csi(flow) > csi(still) + 0.1, "{} {}", csi(flow), csi(still));
    assert!(flow["mse"].as_f64() < still["mse"].as_f64());
    assert!((still["wet_area_bias"].as_f64().expect("a bias") - 1.0).abs() < 1e-9);
    let counts = &still["rates"][0]["counts"];
    let cells: u64 = ["hit", "miss", "false_alarm", "correct_no"]
        .iter()
        .map(|k| counts[*k].as_u64().expect("a count"))
        .sum();
    let starts = all["starts"].as_u64().expect("starts");
    assert!(cells <= starts * 48 * 61 && cells.is_multiple_of(48 * 61), "no data is left out");
    let band = &still["csi_1_mm_h_interval"];
    assert!(band["low"].as_f64() <= band["value"].as_f64(), "{band}");
    let rows = fs::read_to_string(room.path("out/scores.ndjson")).expect("rows");
    let row: Value = serde_json::from_str(rows.lines().next().expect("a row")).expect("a row");
    for key in ["mse", "psnr_db", "ssim", "rates", "wet_area_bias"] {
        assert!(!row[key].is_null(), "{key}");
    }
    let page = fs::read_to_string(room.path("out/report.html")).expect("a report");
    for part in ["<svg", "data:image/png;base64,", "CSI at 1 mm/h, by lead", "optical-flow"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("New burn") && !page.contains("Arrival"));
}

#[test]
fn a_film_is_replayed_with_scores_of_pictures() {
    let room = Room::new();
    let args =
        ["replay", SMALL, "out", "--model", "still", "--every", "5", "--leads", "3", "--json"];
    let ran = room.run_with_models(&args).must(0);
    let all: Value = serde_json::from_str(&ran.out).expect("JSON");
    let lead = &all["methods"][0]["leads"][0];
    assert!(lead["mse"].is_number() && lead["ssim"].is_number() && lead["rates"].is_null());
    assert!(all["methods"][0]["arrival"].is_null());
    // The model's own leads are two; the third is rolled out.
    let rows = fs::read_to_string(room.path("out/scores.ndjson")).expect("rows");
    for row in rows.lines().map(|l| serde_json::from_str::<Value>(l).expect("a row")) {
        let rolled = row["method"] == "still-v1" && row["lead"] == 3;
        assert_eq!(row["rolled_out"], rolled, "{row}");
    }
}

#[test]
fn models_of_other_tasks_are_listed_verified_and_measured() {
    let room = Room::new();
    let listed = room.run_with_models(&["models", "list"]).must(0).out;
    assert!(listed.contains("still-v1") && listed.contains("rain-v9"), "{listed}");
    let told = room.run_with_models(&["models", "info", "rain"]).must(0).out;
    assert!(told.contains("gives: 2 leads of rain"), "{told}");
    for model in ["still", "rain"] {
        let ran = room.run_with_models(&["models", "verify", model, "--json"]).must(0);
        let checks: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(checks["passed"], true, "{checks}");
        let check = &checks["checks"][0];
        assert!(check["probability_difference"].is_null() && check["codes_agree"] == 1.0);
    }
    film(&room, "rain.npz", "rain", &shower(5, 40, 60));
    let args = ["bench", "rain.npz", "--rounds", "1", "--json"];
    let bench: Value =
        serde_json::from_str(&room.run_with_models(&args).must(0).out).expect("JSON");
    assert_eq!(bench["model"]["name"], "rain");
}

/// Both engines: needs an ONNX Runtime, named by `ORT_DYLIB_PATH`.
#[test]
fn onnx_runtime_gives_the_golden_answers_too() {
    let Some(library) = std::env::var_os("ORT_DYLIB_PATH") else {
        assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
        println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
        return;
    };
    let room = Room::new();
    for model in ["still-v1", "rain-v9"] {
        let mut command = room.command();
        command.args(["models", "verify", &format!("{MODELS}/{model}"), "--json"]);
        command.env("ORT_DYLIB_PATH", &library);
        let ran = Ran::of(&command.output().expect("the program starts")).must(0);
        let checks: Value = serde_json::from_str(&ran.out).expect("JSON");
        let engines = checks["checks"].as_array().expect("checks").iter().map(|c| &c["engine"]);
        assert!(engines.clone().any(|e| e == "ort-cpu"), "{checks}");
    }
}

/// A copy of a model of `tests/data`, its card changed and sealed again.
pub(crate) fn changed(room: &Room, model: &str, to: &str, swaps: &[(&str, &str)]) {
    fs::create_dir(room.path(to)).expect("the room");
    for entry in fs::read_dir(format!("{MODELS}/{model}")).expect("the model").flatten() {
        fs::copy(entry.path(), room.path(to).join(entry.file_name())).expect("a copy");
    }
    let card = room.path(to).join("card.toml");
    let mut text = fs::read_to_string(&card).expect("a card");
    for (from, to) in swaps {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(&card, text).expect("the room");
    seal(room, to);
}
