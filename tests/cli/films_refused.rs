//! Films and models that do not fit each other: refused in one line, with nothing left behind.

use std::fs;

use ndarray::{Array3, s};

use crate::films::{changed, film, rates, shower};
use crate::refusals::{refused, seal};
use crate::room::{Room, SMALL};

#[test]
fn what_does_not_fit_is_refused_in_one_line() {
    let room = Room::new();
    film(&room, "rain.npz", "rain", &shower(5, 40, 60));
    film(&room, "hot.npz", "thermal", &Array3::from_elem((3, 40, 48), 21.5f32));
    film(&room, "fill.npz", "rain", &Array3::from_elem((5, 40, 60), -9999.0f32));
    let mut broken = rates(&shower(5, 40, 60));
    broken.slice_mut(s![2, 3, 4]).fill(f32::INFINITY);
    film(&room, "broken.npz", "rain", &broken);
    let as_rain = [("task = \"frames\"", "task = \"rain\""), ("\"thermal\"", "\"rain\"")];
    changed(&room, "still-v1", "task", &as_rain[..1]);
    changed(&room, "still-v1", "front", &[("front_channels = 0", "front_channels = 5")]);
    changed(
        &room,
        "rain-v9",
        "fire",
        &[
            ("task = \"rain\"", "task = \"fire-front\""),
            ("\"rain\"]", "\"thermal\"]"),
            ("front_channels = 0", "front_channels = 5"),
            ("[output]", "[decision]\nthreshold = 0.5\nchosen_on = \"c\"\n[output]"),
        ],
    );
    changed(&room, "still-v1", "rates", &[("leads = 2", "leads = 2\nrates = \"matched\"")]);
    changed(&room, "still-v1", "use", &[("stride = 4", "stride = 4\nuse = [0.9, 0.1]")]);
    changed(&room, "still-v1", "level", &[("all_bits = 2.0", "all_bits = 0.0")]);
    changed(&room, "still-v1", "codes", &[("codes = 2", "codes = 3")]);
    changed(&room, "still-v1", "lost", &[]);
    fs::remove_file(room.path("lost/drift.npz")).expect("the room");
    changed(&room, "still-v1", "unlisted", &[]);
    fs::remove_file(room.path("unlisted/drift.npz")).expect("the room");
    seal(&room, "unlisted");
    changed(
        &room,
        "still-v1",
        "decision",
        &[("[output]", "[decision]\nthreshold = 0.5\nchosen_on = \"c\"\n[output]")],
    );
    for (input, model, want) in [
        (SMALL, Some("rain"), "model rain-v9: takes rain, not thermal; say --kind rain if"),
        ("rain.npz", Some("fire"), "fire-v2: takes thermal, mask, rgb, not rain; use --model rain"),
        ("rain.npz", Some("still"), "still-v1: takes thermal, not rain; use --model rain"),
        ("hot.npz", Some("still"), "takes float values from 0 to 1, not 21.5 to 21.5"),
        ("fill.npz", None, "a rain rate of -9999 mm/h; write NaN"),
        ("broken.npz", None, "a rain rate of inf mm/h"),
        (SMALL, Some("./task"), "input.kinds: a rain model takes no thermal"),
        (SMALL, Some("./front"), "physicnet.front_channels: 0 for the task frames"),
        (SMALL, Some("./fire"), "does not fit its card: input front is missing"),
        (SMALL, Some("./rates"), "output.rates: no rates in the task frames"),
        (SMALL, Some("./use"), "unknown field `use`"),
        (SMALL, Some("./level"), "drift.all_bits: bits above 0"),
        (SMALL, Some("./codes"), "drift.npz does not fit its card: array use_global must have"),
        (SMALL, Some("./lost"), "drift.npz: No such file"),
        (SMALL, Some("./unlisted"), "drift.npz is not listed in SHA256SUMS"),
        (SMALL, Some("./decision"), "decision: nothing to decide in the task frames"),
    ] {
        let mut args = vec!["forecast", input, "out", "--engine", "tract"];
        args.extend(model.into_iter().flat_map(|m| ["--model", m]));
        let mut ran = room.run_with_models(&args);
        // What the model is taken for is said before.
        ran.err = ran
            .err
            .lines()
            .filter(|l| !l.starts_with("note: "))
            .map(|l| format!("{l}\n"))
            .collect();
        refused(&ran, want, &args);
        assert!(!room.path("out").exists(), "{args:?}");
    }
    assert_eq!(room.hidden(), Vec::<String>::new());
}
