//! Tests of states: films cut anywhere, files cut and bent, films that do not fit.

use jiff::{SignedDuration, Timestamp};
use ndarray::{Array2, Array3, Axis};

use super::{State, StateError, Tracker};
use crate::frame::{Elapsed, Frame, FrameTime, Pixels, TimeSource};
use crate::grid::Grid;
use crate::kind::Kind;

const SIDES: [usize; 2] = [40, 56];
const FRAMES: usize = 30;
const EVERY_S: i64 = 5;

fn start() -> Timestamp {
    "2026-08-01T12:00:00.25Z".parse().unwrap()
}

/// Frame `k` of a film taken every 5 s.
fn frame(k: usize, pixels: Pixels) -> Frame {
    let utc = start() + SignedDuration::from_secs(EVERY_S * k as i64);
    Frame::new(pixels, FrameTime::stamped(utc, start(), TimeSource::Utc))
}

/// A ring of fire that widens, cools behind and leaves a warm rock aside.
fn heat(k: usize) -> Array2<f32> {
    Array2::from_shape_fn((SIDES[0], SIDES[1]), |(y, x)| {
        let mottle = ((7 * y + 13 * x + 3 * k) % 9) as f32;
        let behind = 3.0 + 0.4 * k as f32 - (y as f32 - 20.0).hypot(x as f32 - 22.0);
        match behind {
            _ if x > 48 => 120.0 + mottle,
            b if b < 0.0 => 15.0 + mottle,
            b if b < 1.5 => 230.0 + mottle,
            b => (230.0 - 60.0 * b).max(20.0) + mottle,
        }
    })
}

fn films() -> [(&'static str, Kind, Vec<Frame>); 5] {
    let of = |kind: &'static str, make: &dyn Fn(usize) -> Pixels| {
        let film = (0..FRAMES).map(|k| frame(k, make(k))).collect::<Vec<_>>();
        let what = match kind {
            "mask" => Kind::Mask,
            "rgb" => Kind::Rgb,
            _ => Kind::Thermal,
        };
        (kind, what, film)
    };
    let one = |values: Array2<u8>| Pixels::U8(values.insert_axis(Axis(2)));
    [
        of("8 bit", &|k| one(heat(k).mapv(|v| v as u8))),
        of("16 bit", &|k| {
            Pixels::U16(heat(k).mapv(|v| 7000 + 100 * v as u16).insert_axis(Axis(2)))
        }),
        of("°C", &|k| Pixels::F32(heat(k).mapv(|v| 20.0 + 3.0 * v).insert_axis(Axis(2)))),
        of("mask", &|k| one(heat(k).mapv(|v| u8::from(v > 200.0)))),
        of("rgb", &|k| {
            let heat = heat(k);
            Pixels::U8(Array3::from_shape_fn((SIDES[0], SIDES[1], 3), |(y, x, c)| {
                let flame = heat[[y, x]] > 200.0;
                [if flame { 255 } else { 60 }, if flame { 150 } else { 80 }, 50][c]
            }))
        }),
    ]
}

fn grid() -> Grid {
    Grid::new(SIDES[0], SIDES[1])
}

fn followed(kind: Kind, film: &[Frame], step_s: f64) -> State {
    let mut state = State::before(kind, &grid(), step_s, &film[0], false).unwrap();
    film.iter().for_each(|f| assert!(state.feed(f).unwrap()));
    state
}

/// Everything that a forecast takes from a tracker, to the bit.
fn seen(tracker: &Tracker) -> (Vec<u64>, [u64; 2], [bool; 2], u64) {
    let first = tracker.first_burnt_s().iter().map(|v| v.to_bits()).collect();
    let contrast = tracker.contrast().map(f64::to_bits);
    let end_s = EVERY_S as f64 * (FRAMES - 1) as f64;
    let known = [tracker.is_cluttered(end_s), tracker.is_known_fire(end_s)];
    (first, contrast, known, tracker.frames())
}

#[test]
fn a_film_cut_anywhere_gives_what_the_whole_film_gives() {
    for (name, kind, film) in films() {
        // At steps of 5 s and of 100 s frames are all looked at, and every third.
        for step_s in [5.0, 100.0] {
            let grid = grid();
            let view = crate::frame::FrameView { kind, grid: &grid, frames: &film, first_index: 0 };
            let whole = Tracker::follow(&view, FRAMES - 1, step_s);
            assert!(whole.burnt_by(1e9).iter().any(|&b| b), "{name}: something burns");
            for cut in [1, 2, 7, 14, 15, FRAMES - 1] {
                let bytes = followed(kind, &film[..cut], step_s).to_bytes().unwrap();
                let mut state = State::from_bytes(&bytes).unwrap();
                state.suits(kind, &grid, step_s, &film[cut], false).unwrap();
                // The last frames once more: they are known.
                for (k, frame) in film.iter().enumerate().skip(cut.saturating_sub(3)) {
                    assert_eq!(state.feed(frame).unwrap(), k >= cut, "{name} {cut} {k}");
                }
                let last = state.timed(&film[FRAMES - 1]).unwrap();
                let tracker = state.tracker().with(&last);
                assert_eq!(seen(&tracker), seen(&whole), "{name}, step {step_s}, cut at {cut}");
            }
        }
    }
}

#[test]
fn a_file_comes_back_to_the_byte_and_stays_small() {
    for (name, kind, film) in films() {
        let bytes = followed(kind, &film, 5.0).to_bytes().unwrap();
        assert_eq!(State::from_bytes(&bytes).unwrap().to_bytes().unwrap(), bytes, "{name}");
        assert!(bytes.len() < 12_000, "{name}: {}", bytes.len());
    }
}

#[test]
fn a_cut_or_bent_file_is_refused_or_changes_nothing() {
    let (_, kind, film) = &films()[0];
    let bytes = followed(*kind, film, 5.0).to_bytes().unwrap();
    let whole = State::from_bytes(&bytes).unwrap().to_bytes().unwrap();
    for end in (0..bytes.len()).step_by(64).chain([bytes.len() - 1]) {
        let refused = State::from_bytes(&bytes[..end]).unwrap_err();
        assert!(matches!(refused, StateError::Damaged { .. }), "{end}: {refused}");
    }
    let mut refused = 0;
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bent = bytes.clone();
            bent[at] ^= flip;
            match State::from_bytes(&bent) {
                Err(_) => refused += 1,
                Ok(state) => assert_eq!(state.to_bytes().unwrap(), whole, "{at} {flip}"),
            }
        }
    }
    assert!(refused > 2 * bytes.len(), "{refused} of {}", 3 * bytes.len());
    for foreign in [&b"not a zip"[..], b"PK\x05\x06", &[0; 200]] {
        assert!(matches!(State::from_bytes(foreign), Err(StateError::Damaged { .. })));
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let films = films();
    let (_, _, eight) = &films[0];
    let (_, _, sixteen) = &films[1];
    let (_, _, celsius) = &films[2];
    let kelvin: Vec<Frame> = celsius
        .iter()
        .map(|f| {
            Frame::new(Pixels::F32(f.pixels.first_channel().insert_axis(Axis(2)) + 273.0), f.time)
        })
        .collect();
    let state = |film: &[Frame]| followed(Kind::Thermal, &film[..10], 5.0);
    let wide = Grid::new(SIDES[0], 64);
    let placed = Grid { cell_m: Some(2.0), ..grid() };
    for (state, kind, grid, step_s, first, want) in [
        (
            state(eight),
            Kind::Mask,
            grid(),
            5.0,
            &eight[10],
            "state of a thermal film, this one is mask",
        ),
        (
            state(eight),
            Kind::Thermal,
            wide,
            5.0,
            &eight[10],
            "state of 40 × 56 cells, this film has 40 × 64",
        ),
        (
            state(eight),
            Kind::Thermal,
            placed,
            5.0,
            &eight[10],
            "cells of unknown size, this film has cells of 2 m",
        ),
        (
            state(eight),
            Kind::Thermal,
            grid(),
            5.0,
            &sixteen[10],
            "8-bit values, this film has 16-bit",
        ),
        (
            state(celsius),
            Kind::Thermal,
            grid(),
            5.0,
            &kelvin[10],
            "real values around 80, this film has real values around 353",
        ),
        (state(eight), Kind::Thermal, grid(), 60.0, &eight[10], "give ‹step› 5"),
    ] {
        let refused = state.suits(kind, &grid, step_s, first, false).unwrap_err().to_string();
        assert!(refused.contains(want), "{refused}");
        assert!(!refused.contains('\n'));
    }
    // Bright was hot, and now dark is: the burnt ground would be the cold one.
    let turned = state(eight).suits(Kind::Thermal, &grid(), 5.0, &eight[10], true).unwrap_err();
    let want = "state of 8-bit values, this film has 8-bit values read as black-hot";
    assert!(turned.to_string().contains(want), "{turned}");
    // A step that is measured, and a film that drifts, are the same.
    state(eight).suits(Kind::Thermal, &grid(), 5.004, &eight[10], false).unwrap();
    let mut untimed = eight[3].clone();
    untimed.time.utc = None;
    assert!(matches!(
        State::before(Kind::Thermal, &grid(), 5.0, &untimed, false),
        Err(StateError::NoTimes)
    ));
    let counted =
        Frame { time: FrameTime::since_first(Elapsed::ZERO, TimeSource::Step), ..untimed };
    assert!(matches!(state(eight).feed(&counted), Err(StateError::NoTimes)));
    let small = frame(20, Pixels::U8(Array3::zeros((32, 56, 1))));
    assert!(matches!(state(eight).feed(&small), Err(StateError::Frame { .. })));
}

#[test]
fn another_schema_is_named_with_its_program() {
    use std::io::{Cursor, Write as _};
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("about.json", zip::write::SimpleFileOptions::default()).unwrap();
    let about = r#"{"what":"emberline state of a fire","schema":2,"made_by":"emberline 9.0.0"}"#;
    zip.write_all(about.as_bytes()).unwrap();
    let refused = State::from_bytes(&zip.finish().unwrap().into_inner()).unwrap_err().to_string();
    assert!(refused.starts_with("state of schema 2 by emberline 9.0.0"), "{refused}");
}
