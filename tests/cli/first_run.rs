//! A first run and every kind of input give a whole forecast.

use std::fs;
use std::fs::File;

use ndarray::{Array2, Array3, Array4};
use ndarray_npy::NpzReader;

use crate::room::{FILES, Room, SMALL, whole};

#[test]
fn the_demo_needs_nothing_and_says_where_to_look() {
    let room = Room::new();
    let ran = room.run(&["demo"]).must(0);
    let json = whole(&room.path("emberline-demo"));
    assert_eq!(json["model"]["name"], "fire");
    assert_eq!(json["engine"]["name"], "tract");
    let why = json["engine"]["why"].as_str().unwrap_or_default();
    assert!(why.contains("cuda, ort-cpu: no ONNX Runtime library"), "{why}");
    assert!(ran.err.contains("engine: tract"), "{}", ran.err);
    for line in ran.out.lines() {
        assert!(room.path(line).is_file(), "{line}");
    }
    assert_eq!(ran.out.lines().count(), 3);
    // Once more: an older output of ours is replaced.
    room.run(&["demo"]).must(0);
    assert_eq!(room.hidden(), Vec::<String>::new());
}

#[test]
fn every_kind_of_input_gives_a_sound_forecast() {
    let room = Room::new();
    room.npz("clip.npz", 14);
    room.pngs("frames", 12);
    struct Case {
        args: &'static [&'static str],
        leads: usize,
        step_s: f64,
        size: [usize; 2],
        kind: &'static str,
    }
    for (k, Case { args, leads, step_s, size, kind }) in [
        Case { args: &["clip.npz"], leads: 20, step_s: 2.0, size: [40, 48], kind: "thermal" },
        Case {
            args: &["clip.npz", "--at", "10", "--leads", "3"],
            leads: 3,
            step_s: 2.0,
            size: [40, 48],
            kind: "thermal",
        },
        Case {
            args: &["frames", "--step", "30", "--leads", "25", "--kind", "thermal"],
            leads: 25,
            step_s: 30.0,
            size: [40, 48],
            kind: "thermal",
        },
        Case { args: &[SMALL], leads: 20, step_s: 30.0, size: [40, 48], kind: "thermal" },
        Case {
            args: &["sim:fire?kind=mask&height=33&width=301&frames=12"],
            leads: 20,
            step_s: 30.0,
            size: [33, 301],
            kind: "mask",
        },
    ]
    .into_iter()
    .enumerate()
    {
        let out = format!("out{k}");
        let mut all = vec!["forecast", args[0], &out, "--engine", "tract"];
        all.extend(&args[1..]);
        let ran = room.run(&all).must(0);
        assert_eq!(ran.out.trim(), out);
        let json = whole(&room.path(&out));
        assert_eq!(json["input"]["kind"], kind, "{args:?}");
        assert_eq!(json["product"]["step_s"], step_s, "{args:?}");
        let rolled = (leads > 20).then_some(21);
        assert_eq!(json["rollout_from_lead"].as_u64(), rolled, "{args:?}");

        let npz = File::open(room.path(&out).join("forecast.npz")).expect("forecast.npz");
        let mut npz = NpzReader::new(npz).expect("an npz");
        let p: Array3<f32> = npz.by_name("burn_probability.npy").expect("probability");
        assert_eq!(p.dim(), (leads, size[0], size[1]), "{args:?}");
        assert!(p.iter().all(|p| (0.0..=1.0).contains(p)));
        for l in 1..leads {
            let (a, b) = (p.index_axis(ndarray::Axis(0), l - 1), p.index_axis(ndarray::Axis(0), l));
            assert!(a.iter().zip(b).all(|(a, b)| a <= b), "{args:?}: falls at lead {l}");
        }
        let arrival: Array2<f32> = npz.by_name("arrival_s.npy").expect("arrival");
        let horizon = step_s * leads as f64;
        assert!(arrival.iter().all(|t| t.is_nan() || (0.0..=horizon as f32).contains(t)));
        assert!(arrival.iter().any(|t| *t == 0.0), "{args:?}: nothing burns");
    }
}

#[test]
fn json_on_stdout_is_the_file_and_the_same_input_gives_the_same_numbers() {
    let room = Room::new();
    let ran = room.run(&["forecast", SMALL, "a", "--json", "--engine", "tract"]).must(0);
    assert_eq!(ran.out, fs::read_to_string(room.path("a/forecast.json")).expect("forecast.json"));
    room.run(&["forecast", SMALL, "b", "--engine", "tract"]).must(0);
    for file in FILES.iter().filter(|f| **f != "forecast.json") {
        let read = |out: &str| fs::read(room.path(out).join(file)).expect("a file");
        assert!(read("a") == read("b"), "{file} differs");
    }
}

#[test]
fn a_large_film_is_tiled_in_bounded_memory() {
    let room = Room::new();
    let (h, w) = (320, 560);
    let path = room.path("large.npz");
    let mut npz = ndarray_npy::NpzWriter::new(File::create(path).expect("the room"));
    let frames = Array4::from_shape_fn((10, h, w, 1), |(t, y, x, _)| {
        u8::from(y.abs_diff(200) <= 40 + t && x.abs_diff(260) <= 60 + t)
    });
    npz.add_array("frames", &frames).expect("an array");
    npz.finish().expect("a whole file");
    let args =
        ["forecast", "large.npz", "out", "--kind", "mask", "--engine", "tract", "--step", "5"];
    room.run(&args).must(0);
    let mut npz =
        NpzReader::new(File::open(room.path("out/forecast.npz")).expect("file")).expect("npz");
    let p: Array3<f32> = npz.by_name("burn_probability.npy").expect("probability");
    assert_eq!(p.dim(), (20, h, w));
    let codes: Array3<u16> = npz.by_name("codes_local.npy").expect("codes");
    assert_eq!(codes.dim(), (10, h / 2, w / 2));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let room = Room::new();
    let script =
        format!("{} models info fire --json | head -c 1 >/dev/null", crate::room::EMBERLINE);
    let status = std::process::Command::new("sh")
        .args([
            "-c",
            &format!("set -e; {script}; {} --help >/dev/full || true", crate::room::EMBERLINE),
        ])
        .current_dir(room.path(""))
        .status()
        .expect("sh");
    assert!(status.success());
}
