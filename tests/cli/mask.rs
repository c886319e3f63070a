//! Masks: burnt-in text in thermal, mask and colour films, forecast and replayed with it hidden.

use std::fs::File;

use ndarray::{Array2, Array3, Array4, s};
use ndarray_npy::{NpzReader, NpzWriter, WritableElement, write_npy};
use serde_json::Value;

use crate::room::{FILES, Room, heat, whole_of};

const SIDES: [usize; 2] = [48, 56];
/// The text, in a corner and across the fire.
const TEXT: [[usize; 4]; 2] = [[2, 6, 2, 40], [22, 24, 20, 36]];

fn is_text(y: usize, x: usize) -> bool {
    TEXT.iter().any(|[y0, y1, x0, x1]| (*y0..*y1).contains(&y) && (*x0..*x1).contains(&x))
}

fn save<T: WritableElement, D: ndarray::Dimension>(
    room: &Room,
    name: &str,
    frames: &ndarray::Array<T, D>,
) {
    let mut npz = NpzWriter::new(File::create(room.path(name)).expect("the room"));
    npz.add_array("frames", frames).expect("an array");
    npz.add_array("dt_s", &ndarray::arr0(60.0f64)).expect("an array");
    npz.finish().expect("a whole file");
}

/// A film of 14 frames, and the same with a clock burnt in, whose digits change.
fn films(room: &Room, kind: &str) {
    let [h, w] = SIDES;
    let clean = heat(14, h, w);
    let mut texted = clean.clone();
    for ((t, y, x), v) in texted.indexed_iter_mut() {
        if is_text(y, x) && (x + t) % 3 > 0 {
            *v = u16::MAX;
        }
    }
    let both = [("clean.npz", clean), ("text.npz", texted)];
    for (name, frames) in both {
        match kind {
            "thermal" => save(room, name, &frames),
            "mask" => save(room, name, &frames.mapv(|v| u8::from(v > 20_000))),
            _ => {
                let (t, h, w) = frames.dim();
                let rgb =
                    Array4::from_shape_fn((t, h, w, 3), |(t, y, x, c)| match frames[[t, y, x]] {
                        20_000.. => [255u8, 140, 20][c],
                        v => (v % 50) as u8 + [70, 80, 60][c],
                    });
                save(room, name, &rgb);
            }
        }
    }
    let mask = Array2::from_shape_fn((h, w), |(y, x)| !is_text(y, x));
    write_npy(room.path("mask.npy"), &mask).expect("the room");
}

fn array(room: &Room, out: &str, name: &str) -> Array3<f32> {
    let npz = File::open(room.path(out).join("forecast.npz")).expect("forecast.npz");
    NpzReader::new(npz).expect("an npz").by_name(&format!("{name}.npy")).expect(name)
}

fn burnt_now(json: &Value) -> i64 {
    json["product"]["burnt_cells_now"].as_i64().expect("cells")
}

#[test]
fn masked_text_is_neither_fire_nor_forecast() {
    for kind in ["thermal", "mask", "rgb"] {
        let room = Room::new();
        films(&room, kind);
        let run = |film: &str, out: &str, mask: &[&str]| {
            let args = ["forecast", film, out, "--engine", "tract", "--kind", kind, "--leads", "3"];
            let ran = room.run(&[&args[..], mask].concat()).must(0);
            (whole_of(&room.path(out), &FILES), ran.err)
        };
        let (clean, _) = run("clean.npz", "a", &[]);
        let (text, _) = run("text.npz", "b", &[]);
        let (masked, said) = run("text.npz", "c", &["--mask", "mask.npy"]);
        let cells = TEXT.iter().map(|[y0, y1, x0, x1]| (y1 - y0) * (x1 - x0)).sum::<usize>();
        assert!(said.contains(&format!("{cells} of 2688 cells")), "{kind}: {said}");
        // The text over the fire is not burnt either: that part of the fire is not seen.
        let fire = burnt_now(&clean);
        // Left in, it burns, or hides the fire by outshining it.
        assert!(burnt_now(&text).abs_diff(fire) > 40, "{kind}: {} {fire}", burnt_now(&text));
        assert!(fire - 32 <= burnt_now(&masked) && burnt_now(&masked) < fire, "{kind}");
        let facts = &masked["input"]["mask"];
        assert_eq!(facts["name"], "mask.npy");
        assert_eq!(facts["cells"], cells);
        assert_eq!(facts["sha256"].as_str().map(str::len), Some(64));
        assert_eq!(masked["product"]["cells_masked"], cells);
        assert!(clean["input"]["mask"].is_null() && clean["product"]["cells_masked"].is_null());
        for name in ["burn_probability", "frames"] {
            for ((_, y, x), v) in array(&room, "c", name).indexed_iter() {
                assert_eq!(v.is_nan(), is_text(y, x), "{kind} {name} {y} {x}");
            }
        }
        // Away from the text the forecast is nearly that of the clean film.
        let below = s![2, 30.., ..];
        let [clean, masked] = ["a", "c"].map(|out| array(&room, out, "burn_probability"));
        let apart = (&clean.slice(below) - &masked.slice(below)).mapv(f32::abs).mean();
        assert!(apart.is_some_and(|apart| apart < 0.02), "{kind}: {apart:?}");

        let args = ["replay", "text.npz", "d", "--engine", "tract", "--kind", kind, "--at", "10"];
        let ran = room.run(&[&args[..], &["--mask", "mask.npy", "--leads", "3"]].concat()).must(0);
        assert!(ran.err.contains("are masked by mask.npy"), "{}", ran.err);
        let scores = std::fs::read_to_string(room.path("d").join("scores.json")).expect("scores");
        let scores: Value = serde_json::from_str(&scores).expect("JSON");
        let bins = scores["methods"][0]["leads"][0]["reliability"].as_array().expect("bins");
        let scored: i64 = bins.iter().filter_map(|b| b["cells"].as_i64()).sum();
        assert!(scored > 0 && scored + cells as i64 <= 2688, "{kind}: {scored}");
    }
}

#[test]
fn a_mask_that_fits_no_film_is_refused_in_one_line() {
    let room = Room::new();
    films(&room, "thermal");
    write_npy(room.path("small.npy"), &Array2::from_elem((40, 56), true)).expect("the room");
    write_npy(room.path("black.npy"), &Array2::from_elem((48, 56), false)).expect("the room");
    room.write("empty.png", b"");
    for (mask, want) in [
        ("small.npy", "this mask is 40×56 (height × width), the frames of clean.npz are 48×56"),
        ("black.npy", "black all over"),
        ("empty.png", "this mask is an empty file"),
        ("none.png", "no such file"),
    ] {
        let ran = room.run(&["forecast", "clean.npz", "out", "--mask", mask]).must(2);
        assert!(ran.err.contains(want) && ran.err.trim_end().lines().count() == 1, "{}", ran.err);
        assert!(!room.path("out").exists());
    }
}
