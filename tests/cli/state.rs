//! `--state`: what has burnt goes on from one film to the next, or one line says why it cannot.

use std::fs::{self, File};

use ndarray::{Array1, Array3, Array4, Axis, s};
use ndarray_npy::{NpzReader, NpzWriter};
use serde_json::Value;

use crate::room::{Ran, Room, whole};

const FRAMES: usize = 34;
/// 2026-08-01T12:00:00Z, and a frame every 5 s.
const BEGINS_S: f64 = 1_785_585_600.0;
const EVERY_S: f64 = 5.0;

/// Frames of a film with wall times, as an `.npz`.
fn film<T: ndarray_npy::WritableElement>(
    room: &Room,
    name: &str,
    first: usize,
    frames: &Array3<T>,
    timed: bool,
) {
    let mut npz = NpzWriter::new(File::create(room.path(name)).expect("the room"));
    npz.add_array("frames", frames).expect("an array");
    if timed {
        let times = (0..frames.dim().0).map(|k| BEGINS_S + EVERY_S * (first + k) as f64);
        npz.add_array("time_utc", &times.collect::<Array1<f64>>()).expect("an array");
    } else {
        npz.add_array("dt_s", &ndarray::arr0(EVERY_S)).expect("an array");
    }
    npz.finish().expect("a whole file");
}

/// A fire whose ground cools behind its front, beside a warm rock.
fn cooling() -> Array3<u8> {
    Array3::from_shape_fn((FRAMES, 40, 48), |(t, y, x)| {
        let behind = 3.0 + 0.4 * t as f64 - (y as f64 - 20.0).hypot(x as f64 - 20.0);
        let base = 15 + ((7 * y + 13 * x) % 9) as u8;
        match behind {
            _ if x > 42 => 120 + base,
            b if b < 0.0 => base,
            b if b < 1.5 => 225 + base,
            b => (225.0 - 60.0 * b).max(5.0) as u8 + base,
        }
    })
}

/// The program's `forecast` of `input` into `out`.
fn forecast(room: &Room, input: &str, out: &str, more: &[&str]) -> Ran {
    let mut args = vec!["forecast", input, out, "--engine", "tract", "--leads", "3"];
    args.extend(more);
    room.run(&args)
}

/// The forecast's numbers.
fn numbers(room: &Room, out: &str) -> (Array3<f32>, Array3<f32>) {
    let npz = File::open(room.path(out).join("forecast.npz")).expect("forecast.npz");
    let mut npz = NpzReader::new(npz).expect("an npz");
    let mut array = |name: &str| npz.by_name(name).expect("an array");
    (array("burn_probability.npy"), array("frames.npy"))
}

/// Runs the film in one piece, then in two with a state, and compares the forecasts.
#[track_caller]
fn cut_in_two<T: ndarray_npy::WritableElement + Clone>(
    name: &str,
    frames: &Array3<T>,
    cuts: &[usize],
    more: &[&str],
) {
    let room = Room::new();
    film(&room, "whole.npz", 0, frames, true);
    forecast(&room, "whole.npz", "whole", more).must(0);
    for &cut in cuts {
        film(&room, "a.npz", 0, &frames.slice(s![..cut, .., ..]).to_owned(), true);
        film(&room, "b.npz", cut, &frames.slice(s![cut.., .., ..]).to_owned(), true);
        let state = format!("{cut}.npz");
        let with = [more, &["--state", &state]].concat();
        let ran = forecast(&room, "a.npz", "a", &with).must(0);
        assert!(!ran.err.contains("taken up"), "{}", ran.err);
        let ran = forecast(&room, "b.npz", "b", &with).must(0);
        assert!(ran.err.contains("is known since 2026-08-01T12:00:00Z"), "{}", ran.err);
        assert!(!ran.err.contains("are in no frame"), "{}", ran.err);
        assert!(numbers(&room, "b") == numbers(&room, "whole"), "{name}, cut at {cut}");
        let json = whole(&room.path("b"));
        let memory = &json["memory"];
        assert_eq!(memory["taken_up"], true);
        assert_eq!(memory["since_utc"], "2026-08-01T12:00:00Z");
        assert_eq!(memory["frames_fed"], FRAMES - cut);
        // Once more: no frame is fed twice, and the answer is the same.
        let before = fs::read(room.path(&state)).expect("a state");
        forecast(&room, "b.npz", "again", &with).must(0);
        assert!(numbers(&room, "again") == numbers(&room, "whole"), "{name}, cut at {cut}");
        assert_eq!(whole(&room.path("again"))["memory"]["frames_fed"], 0);
        assert_eq!(fs::read(room.path(&state)).expect("a state"), before);
    }
    assert_eq!(room.hidden(), Vec::<String>::new());
}

#[test]
fn a_film_cut_in_two_gives_the_forecast_of_the_whole_film() {
    let eight = cooling();
    cut_in_two("8 bit", &eight, &[10, 17, 24], &[]);
    cut_in_two("16 bit", &eight.mapv(|v| 7000 + 100 * u16::from(v)), &[12, 21], &[]);
    cut_in_two("a longer step", &eight, &[20], &["--step", "7", "--model", "fire"]);
    cut_in_two("mask", &eight.mapv(|v| u8::from(v > 200)), &[11, 23], &["--kind", "mask"]);
}

#[test]
fn colour_goes_on_as_well_and_a_film_without_times_is_told_when_it_began() {
    let room = Room::new();
    let rgb = Array4::from_shape_fn((FRAMES, 40, 48, 3), |(t, y, x, c)| {
        let flame = (y as f64 - 20.0).hypot(x as f64 - 20.0) < 4.0 + 0.3 * t as f64;
        [if flame { 255 } else { 60 }, if flame { 150 } else { 80 }, 50u8][c]
    });
    let write = |name: &str, frames: &Array4<u8>| {
        let mut npz = NpzWriter::new(File::create(room.path(name)).expect("the room"));
        npz.add_array("frames", frames).expect("an array");
        npz.add_array("dt_s", &ndarray::arr0(EVERY_S)).expect("an array");
        npz.finish().expect("a whole file");
    };
    write("whole.npz", &rgb);
    write("a.npz", &rgb.slice(s![..15, .., .., ..]).to_owned());
    write("b.npz", &rgb.slice(s![15.., .., .., ..]).to_owned());
    forecast(&room, "whole.npz", "whole", &[]).must(0);
    let refused = forecast(&room, "a.npz", "a", &["--state", "s.npz"]).must(2);
    assert!(refused.err.contains("give --start-utc 2026-08-01T12:00:00Z"), "{}", refused.err);
    assert!(!room.path("s.npz").exists() && !room.path("a").exists());
    for (name, at) in [("a", "2026-08-01T12:00:00Z"), ("b", "2026-08-01T14:01:15+02:00")] {
        let more = ["--state", "s.npz", "--start-utc", at];
        forecast(&room, &format!("{name}.npz"), name, &more).must(0);
    }
    assert!(numbers(&room, "b") == numbers(&room, "whole"));
    assert_eq!(whole(&room.path("b"))["input"]["start_utc"], "2026-08-01T12:01:15Z");
}

#[test]
fn what_does_not_go_on_is_refused_in_one_line_and_nothing_changes() {
    let room = Room::new();
    let frames = cooling();
    film(&room, "a.npz", 0, &frames.slice(s![..14, .., ..]).to_owned(), true);
    film(&room, "b.npz", 14, &frames.slice(s![14.., .., ..]).to_owned(), true);
    film(&room, "deep.npz", 14, &frames.mapv(|v| 7000 + u16::from(v)), true);
    film(&room, "wide.npz", 14, &Array3::from_elem((12, 40, 64), 9u8), true);
    film(&room, "untimed.npz", 0, &frames, false);
    film(&room, "later.npz", 5000, &frames, true);
    forecast(&room, "b.npz", "made", &["--state", "s.npz"]).must(0);
    let bytes = fs::read(room.path("s.npz")).expect("a state");
    room.write("cut.npz", &bytes[..bytes.len() / 2]);
    room.write("empty.npz", b"");
    fs::copy(room.path("a.npz"), room.path("foreign.npz")).expect("the room");
    fs::create_dir(room.path("folder")).expect("the room");
    let all = |room: &Room| {
        let entries = fs::read_dir(room.path("")).expect("the room").flatten();
        let mut all: Vec<_> =
            entries.map(|e| (e.file_name(), fs::read(e.path()).unwrap_or_default())).collect();
        all.sort();
        all
    };
    let before = all(&room);
    for (input, state, more, want) in [
        (
            "a.npz",
            "s.npz",
            &[][..],
            "the last frame to be seen is of 2026-08-01T12:01:05Z; give a film",
        ),
        ("b.npz", "s.npz", &["--at", "15"], "a later --at"),
        ("b.npz", "s.npz", &["--kind", "mask"], "state of a thermal film, this one is mask"),
        ("b.npz", "s.npz", &["--step", "10"], "give --step 5"),
        ("b.npz", "s.npz", &["--at", "99"], "frame 99 is not in the film"),
        ("b.npz", "s.npz", &["--start-utc", "2026-08-01T12:00:00Z"], "leave --start-utc out"),
        ("b.npz", "s.npz", &["--start-utc", "yesterday"], "a time with its zone"),
        ("deep.npz", "s.npz", &[], "state of 8-bit values, this film has 16-bit values"),
        ("wide.npz", "s.npz", &[], "state of 40 × 48 cells, this film has 40 × 64"),
        ("untimed.npz", "s.npz", &[], "the film tells no wall times"),
        ("untimed.npz", "new.npz", &[], "the film tells no wall times"),
        ("b.npz", "cut.npz", &[], "move it away to start anew"),
        ("b.npz", "s.npz", &["--palette", "black-hot"], "read as black-hot"),
        ("b.npz", "empty.npz", &[], "move it away to start anew"),
        ("b.npz", "foreign.npz", &[], "move it away to start anew"),
        ("b.npz", "folder", &[], "this is a folder; give a file"),
        ("b.npz", "nowhere/s.npz", &[], "there is no folder for it"),
        ("sim:fire?height=40&width=48&frames=24", "new.npz", &[], "tells no wall times"),
    ] {
        let ran = forecast(&room, input, "out", &[more, &["--state", state]].concat()).must(2);
        assert!(ran.err.contains(want), "{input} {state} {more:?}: {}", ran.err);
        assert_eq!(ran.err.trim_end().lines().count(), 1, "{}", ran.err);
        assert!(all(&room) == before, "{input} {state} {more:?} changed something");
    }
    let ran = room.run(&["replay", "b.npz", "scores", "--state", "s.npz"]).must(2);
    assert!(ran.err.contains("leave --state out"), "{}", ran.err);
    assert_eq!(ran.err.trim_end().lines().count(), 1, "{}", ran.err);
    let ran = room.run_with_models(&["forecast", "b.npz", "o", "--model", "still", "--state", "n"]);
    assert!(ran.must(2).err.contains("leave --state out"));
    // Hours later it goes on, and the gap is told.
    let ran = forecast(&room, "later.npz", "out", &["--state", "s.npz"]).must(0);
    assert!(
        ran.err.contains("s between the state (2026-08-01T12:02:45Z) and this film"),
        "{}",
        ran.err
    );
    let notes: Value = whole(&room.path("out"))["product"]["notes"].clone();
    assert!(notes.to_string().contains("are in no frame"), "{notes}");
}

#[test]
fn what_burnt_before_the_film_is_known_by_its_state_alone() {
    // The left square burns in the first film only and is cold in the second.
    let frames = |left: bool| {
        Array3::from_shape_fn((14, 40, 48), |(t, y, x)| {
            let square = |x0: usize| (16..24).contains(&y) && (x0..x0 + 8).contains(&x);
            let base = ((7 * y + 13 * x) % 9) as u8;
            // Warm rocks make the scene a cluttered one: there memory counts.
            let rock = (y < 4) && x > 6;
            match (left && square(6)) || (!left && square(30) && x < 33 + t) {
                true => 225 + base,
                false if rock => 130 + base,
                false => 15 + base,
            }
        })
    };
    let room = Room::new();
    film(&room, "a.npz", 0, &frames(true), true);
    film(&room, "b.npz", 14, &frames(false), true);
    forecast(&room, "a.npz", "a", &["--state", "s.npz"]).must(0);
    forecast(&room, "b.npz", "with", &["--state", "s.npz"]).must(0);
    forecast(&room, "b.npz", "without", &[]).must(0);
    let now = |out: &str| whole(&room.path(out))["product"]["burnt_cells_now"].as_u64();
    assert!(
        now("with") >= now("without").map(|n| n + 40),
        "{:?} {:?}",
        now("with"),
        now("without")
    );
    assert_eq!(numbers(&room, "with").0.index_axis(Axis(0), 0)[[20, 10]], 1.0);
}
