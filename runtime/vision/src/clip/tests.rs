//! Clips from made-up films: which frames are picked, what they become, and what is refused.

use super::*;
use crate::frame::{Elapsed, Film, Frame, FrameTime, Kind, Pixels, TimeSource};
use crate::grid::Grid;
use crate::task::Task;
use ndarray::{Array3, Axis};

/// A film of 32×32 frames at `times`, drawn by `draw(frame, row, column)`.
fn film(kind: Kind, times: &[f64], draw: impl Fn(usize, usize, usize) -> Pixels) -> Film {
    Film {
        kind,
        frames: times
            .iter()
            .enumerate()
            .map(|(i, &time_s)| {
                let elapsed = Elapsed::from_secs_f64(time_s).unwrap();
                Frame::new(draw(i, 0, 0), FrameTime::since_first(elapsed, TimeSource::Step))
            })
            .collect(),
        grid: Grid::new(32, 32),
        name: "made-up".into(),
        digest: String::new(),
        notes: vec![],
    }
}

fn u8s(value: impl Fn(usize, usize) -> u8) -> Pixels {
    Pixels::U8(Array3::from_shape_fn((32, 32, 1), |(y, x, _)| value(y, x)))
}

/// A thermal film: columns 4 to 8 + frame burn at 200 on a ground of 20.
fn sweep(times: &[f64]) -> Film {
    film(Kind::Thermal, times, |i, _, _| {
        u8s(move |y, x| if (8..24).contains(&y) && (4..8 + i).contains(&x) { 200 } else { 20 })
    })
}

fn burning(observed: &Observed) -> &Burning {
    observed.fire().expect("a clip for a forecast of fire")
}

fn counted(n: usize, step_s: f64) -> Vec<f64> {
    (0..n).map(|i| i as f64 * step_s).collect()
}

#[test]
fn picks_the_newest_frame_at_or_before_each_step() {
    let ragged = [0.0, 9.0, 10.5, 19.9, 30.05, 39.0, 50.0];
    // Times, last frame, frames, step: picked.
    type Case<'a> = (Vec<f64>, usize, usize, Option<f64>, &'a [usize]);
    let cases: [Case<'_>; 7] = [
        (counted(12, 30.0), 11, 4, None, &[8, 9, 10, 11]),
        (counted(12, 30.0), 5, 4, None, &[2, 3, 4, 5]),
        (counted(12, 30.0), 11, 4, Some(60.0), &[5, 7, 9, 11]),
        (counted(12, 10.0), 11, 3, Some(25.0), &[6, 8, 11]),
        // A tenth of a second in float32 rounds up: late by less than 1 % still counts.
        (vec![0.0, 0.100_000_4, 0.200_000_2, 0.3], 3, 4, Some(0.1), &[0, 1, 2, 3]),
        (ragged.to_vec(), 6, 6, Some(10.0), &[0, 1, 3, 4, 5, 6]),
        (counted(4, 1.0), 0, 1, None, &[0]),
    ];
    for (times, at, frames, step_s, want) in cases {
        let clip = Clip::ending(&sweep(&times), at, &ClipOptions::fire(frames, step_s)).unwrap();
        assert_eq!(clip.picked, want, "{times:?}");
        assert_eq!(clip.end_s(), times[at]);
        assert_eq!(clip.frames.dim(), (frames, 32, 32));
    }
}

#[test]
fn refuses_and_says_what_would_do() {
    let mut gap = counted(12, 10.0);
    gap.iter_mut().skip(8).for_each(|t| *t += 100.0);
    let cases: [(Film, usize, usize, Option<f64>, &str); 9] = [
        (
            sweep(&counted(5, 30.0)),
            5,
            4,
            None,
            "frame 5 is not in the film: ‹at› counts from 0 to 4",
        ),
        (sweep(&[]), 0, 4, None, "frame 0 is not in the film"),
        (
            sweep(&counted(5, 30.0)),
            4,
            10,
            None,
            "10 frames 30 s apart need 270 s of film up to frame 4, there are 120 s (5 frames): give a longer film",
        ),
        (sweep(&counted(40, 30.0)), 4, 10, None, "give ‹at› 9 or later"),
        (sweep(&counted(40, 1.0)), 39, 10, Some(30.0), "give ‹step› 4.333 or less"),
        (sweep(&counted(40, 30.0)), 39, 4, Some(-1.0), "a step of -1 s is no step"),
        (sweep(&counted(40, 30.0)), 39, 4, Some(10.0), "give ‹step› 30 or more"),
        (
            sweep(&gap),
            11,
            6,
            None,
            "no frame within 10 s before second 170: the newest, frame 7, is 100 s old; give an ‹at› away from the gap",
        ),
        (film(Kind::Rain, &[0.0], |_, _, _| u8s(|_, _| 0)), 0, 1, None, "rain film shows nothing"),
    ];
    for (film, at, frames, step_s, why) in cases {
        let e =
            Clip::ending(&film, at, &ClipOptions::fire(frames, step_s)).unwrap_err().to_string();
        assert!(e.contains(why) && !e.contains('\n'), "{e}");
    }
}

#[test]
fn one_frame_is_no_film_of_two() {
    let e = Clip::ending(&sweep(&[0.0]), 0, &ClipOptions::fire(2, None)).unwrap_err().to_string();
    assert!(e.contains("longer film"), "{e}");
}

#[test]
fn turns_each_unit_into_intensity() {
    let times = [0.0, 1.0];
    let ramp16 = |_, _, _| {
        Pixels::U16(Array3::from_shape_fn((32, 32, 1), |(y, x, _)| 7000 + (y * 32 + x) as u16))
    };
    let f32s = |scale: f32, zero: f32| {
        move |_: usize, _: usize, _: usize| {
            Pixels::F32(Array3::from_shape_fn((32, 32, 1), |(y, x, _)| {
                zero + scale * (y * 32 + x) as f32
            }))
        }
    };
    let flame =
        |_, _, _| Pixels::U8(Array3::from_shape_fn((32, 32, 3), |(_, _, c)| [250, 140, 40][c]));
    // numpy.percentile(numpy.tile(7000 + numpy.arange(1024), 2), 1) = 7010.
    let cases: [(&str, Film, Span, f32, f32); 8] = [
        ("8 bit", sweep(&times), Span { zero: 0.0, one: 255.0 }, 20.0 / 255.0, 200.0 / 255.0),
        (
            "16 bit",
            film(Kind::Thermal, &times, ramp16),
            Span { zero: 7010.0, one: 8023.0 },
            0.0,
            1.0,
        ),
        (
            "degrees",
            film(Kind::Thermal, &times, f32s(1.0, -40.0)),
            Span { zero: -30.0, one: 983.0 },
            0.0,
            1.0,
        ),
        (
            "0 to 1",
            film(Kind::Thermal, &times, f32s(0.0005, 0.1)),
            Span { zero: 0.0, one: 1.0 },
            0.1,
            0.6115,
        ),
        (
            "mask 255",
            film(Kind::Mask, &times, |_, _, _| u8s(|y, _| if y > 9 { 255 } else { 0 })),
            Span { zero: 0.0, one: 255.0 },
            0.0,
            1.0,
        ),
        (
            "empty mask",
            film(Kind::Mask, &times, |_, _, _| u8s(|_, _| 0)),
            Span { zero: 0.0, one: 1.0 },
            0.0,
            0.0,
        ),
        ("colour", film(Kind::Rgb, &times, flame), Span { zero: 0.0, one: 1.0 }, 1.0, 1.0),
        (
            "constant",
            film(Kind::Thermal, &times, f32s(0.0, 21.5)),
            Span { zero: 21.5, one: 43.0 },
            0.0,
            0.0,
        ),
    ];
    for (what, film, span, low, high) in cases {
        let clip = Clip::ending(&film, 1, &ClipOptions::fire(2, None)).unwrap();
        let Unit::Span(found) = clip.unit else { panic!("{what}: {:?}", clip.unit) };
        let (a, b) = (found.zero - span.zero, found.one - span.one);
        assert!(a.abs() < 1e-3 && b.abs() < 1e-3, "{what}: {found:?}");
        let least = clip.frames.iter().copied().fold(f32::MAX, f32::min);
        let most = clip.frames.iter().copied().fold(f32::MIN, f32::max);
        assert!((least - low).abs() < 1e-5 && (most - high).abs() < 1e-5, "{what}: {least} {most}");
        let noted = clip.notes.iter().any(|n| n.to_string().contains("1st percentile"));
        assert_eq!(noted, matches!(what, "16 bit" | "degrees"), "{what}");
    }
}

#[test]
fn burnt_grows_and_knows_no_fire_from_fire() {
    let f = sweep(&counted(12, 30.0));
    let clip = Clip::ending(&f, 9, &ClipOptions::fire(10, None)).unwrap();
    assert!(
        (burning(&clip.observed).hot - 110.0 / 255.0).abs() < 1e-6,
        "{}",
        burning(&clip.observed).hot
    );
    for t in 0..10 {
        let area =
            burning(&clip.observed).burnt.index_axis(Axis(0), t).iter().filter(|&&b| b).count();
        assert_eq!(area, 16 * (4 + t));
    }
    // A ring that stays dark inside: closed in a thermal film, kept in a mask.
    let ring = |_: usize, _: usize, _: usize| {
        u8s(|y, x| {
            let d = y.abs_diff(16).max(x.abs_diff(16));
            if (4..=6).contains(&d) { 250 } else { 0 }
        })
    };
    for (kind, area) in [(Kind::Thermal, 13 * 13), (Kind::Mask, 13 * 13 - 7 * 7)] {
        let clip =
            Clip::ending(&film(kind, &[0.0, 1.0], ring), 1, &ClipOptions::fire(2, None)).unwrap();
        assert_eq!(burning(&clip.observed).now().iter().filter(|&&b| b).count(), area, "{kind}");
    }
    // Little contrast, and sixteen hot samples: no fire, and it is noted.
    let warm = film(Kind::Thermal, &[0.0, 1.0], |_, _, _| u8s(|y, _| if y > 15 { 53 } else { 20 }));
    let glints = film(Kind::Thermal, &[0.0, 1.0], |_, _, _| {
        u8s(|y, x| if y == 3 && x < 8 { 255 } else { 20 })
    });
    for f in [warm, glints] {
        let clip = Clip::ending(&f, 1, &ClipOptions::fire(2, None)).unwrap();
        assert!(!burning(&clip.observed).burnt.iter().any(|&b| b));
        assert!(
            clip.notes.iter().any(|n| n.to_string().contains("no fire in view")),
            "{:?}",
            clip.notes
        );
    }
}

#[test]
fn truth_goes_on_from_the_clip() {
    let f = sweep(&counted(12, 30.0));
    let clip = Clip::ending(&f, 5, &ClipOptions::fire(4, None)).unwrap();
    let truth = clip.truth(&f, 20);
    assert_eq!(truth.picked, [6, 7, 8, 9, 10, 11]);
    assert_eq!(truth.lead_s, counted(7, 30.0)[1..]);
    for (l, burnt) in burning(&truth.observed).burnt.axis_iter(Axis(0)).enumerate() {
        assert_eq!(burnt.iter().filter(|&&b| b).count(), 16 * (4 + 6 + l));
    }
    assert_eq!(clip.truth(&f, 2).frames.dim(), (2, 32, 32));
    assert_eq!(
        Clip::ending(&f, 11, &ClipOptions::fire(4, None)).unwrap().truth(&f, 5).frames.dim().0,
        0
    );
    // It ends at a gap, rather than show an old frame as a new one.
    let mut gap = counted(12, 30.0);
    gap.iter_mut().skip(8).for_each(|t| *t += 100.0);
    let f = sweep(&gap);
    let clip = Clip::ending(&f, 5, &ClipOptions::fire(4, None)).unwrap();
    assert_eq!(clip.truth(&f, 9).picked, [6, 7]);
}

#[test]
fn says_when_steps_repeat() {
    let clip =
        Clip::ending(&sweep(&counted(12, 30.0)), 11, &ClipOptions::fire(4, Some(20.0))).unwrap();
    assert_eq!(clip.picked, [9, 9, 10, 11]);
    assert!(clip.notes.iter().any(|n| n.to_string().contains("repeat")), "{:?}", clip.notes);
}

#[test]
fn burns_as_the_training_side_does() {
    use crate::source::{SourceOptions, read_film};
    // tests/golden/source/make.py: NumPy 2.4.6 and scipy.ndimage.binary_fill_holes.
    for seed in [1, 2] {
        let file =
            format!("{}/../../tests/golden/source/burnt_{seed}.npz", env!("CARGO_MANIFEST_DIR"));
        let heat = read_film(&file, &SourceOptions::default()).unwrap();
        let clip = Clip::ending(&heat, 9, &ClipOptions::fire(10, None)).unwrap();
        let options = SourceOptions {
            array: Some("burnt".into()),
            kind: Some(Kind::Mask),
            step_s: None,
            ..SourceOptions::default()
        };
        let right = read_film(&file, &options).unwrap();
        for (t, frame) in right.frames.iter().enumerate() {
            let right = frame.pixels.first_channel().mapv(|v| v != 0.0);
            assert_eq!(
                burning(&clip.observed).burnt.index_axis(Axis(0), t),
                right,
                "seed {seed} frame {t}"
            );
        }
        let mut npz = ndarray_npy::NpzReader::new(std::fs::File::open(&file).unwrap()).unwrap();
        let hot: ndarray::Array0<f64> = npz.by_name("hot").unwrap();
        assert_eq!(burning(&clip.observed).hot, hot.into_scalar() as f32);
    }
}

#[test]
fn a_full_scale_is_the_same_for_every_film() {
    let want = |scale| ClipOptions { task: Task::Frames, scale, ..ClipOptions::fire(2, None) };
    let times = [0.0, 1.0];
    let dim =
        |_, _, _| Pixels::F32(Array3::from_shape_fn((32, 32, 1), |(y, ..)| 0.2 + y as f32 / 64.0));
    let counts =
        |_, _, _| Pixels::U16(Array3::from_shape_fn((32, 32, 1), |(y, ..)| 1000 * y as u16));
    for (what, film, most) in [
        ("8 bit", film(Kind::Thermal, &times, |_, _, _| u8s(|y, _| 5 * y as u8)), 155.0 / 255.0),
        ("16 bit", film(Kind::Thermal, &times, counts), 31_000.0 / 65_535.0),
        ("float", film(Kind::Thermal, &times, dim), 0.2 + 31.0 / 64.0),
    ] {
        let clip = Clip::ending(&film, 1, &want(Scale::Full)).unwrap();
        let found = clip.frames.iter().copied().fold(0.0, f32::max);
        assert!((found - most).abs() < 1e-6, "{what}: {found}");
        assert!(
            clip.notes.is_empty() && matches!(clip.observed, Observed::Film),
            "{:?}",
            clip.notes
        );
        assert_eq!(beyond_full(&film), None, "{what}");
    }
    let hot =
        film(Kind::Thermal, &times, |_, _, _| Pixels::F32(Array3::from_elem((32, 32, 1), -3.0)));
    assert_eq!(beyond_full(&hot), Some([-3.0, -3.0]));
    // What is not a thermal film has a fixed span already.
    let mask = film(Kind::Mask, &times, |_, _, _| u8s(|y, _| u8::from(y > 3)));
    let fire = ClipOptions { scale: Scale::Full, ..ClipOptions::fire(2, None) };
    assert_eq!(Clip::ending(&mask, 1, &fire).unwrap().frames.sum(), 2.0 * 28.0 * 32.0);
}

#[test]
fn rain_is_read_from_codes_and_rates() {
    let want = ClipOptions { task: Task::Rain, ..ClipOptions::fire(2, None) };
    let times = [0.0, 300.0, 600.0];
    let codes = [0, 1, 127, 254, 255];
    let code = film(Kind::Rain, &times, |_, _, _| u8s(move |_, x| codes[x % 5]));
    let rates = [0.0, 0.1, 7.762_471, 900.0, f32::NAN];
    let rate = film(Kind::Rain, &times, |_, _, _| {
        Pixels::F32(Array3::from_shape_fn((32, 32, 1), |(_, x, _)| rates[x % 5]))
    });
    for (film, unit) in [(&code, Unit::RainCode), (&rate, Unit::RainMmH)] {
        let clip = Clip::ending(film, 1, &want).unwrap();
        assert_eq!(clip.unit, unit);
        let shares = [0.0, 1.0 / 254.0, 0.5, 1.0, 0.0];
        for (x, share) in shares.into_iter().enumerate() {
            let got = clip.frames[[1, 9, x]];
            assert!((got - share).abs() < 1e-5, "{unit:?} {x}: {got}");
        }
        let Observed::Rain(unseen) = &clip.observed else { panic!("{:?}", clip.observed) };
        assert!(unseen.now().indexed_iter().all(|((_, x), &none)| none == (x % 5 == 4)));
        let truth = clip.truth(film, 3);
        assert_eq!(truth.frames.dim(), (1, 32, 32));
        assert!(
            matches!(truth.observed, Observed::Rain(_)) && !truth.frames.iter().any(|v| v.is_nan())
        );
        let noted = clip.notes.iter().any(|n| n.to_string().contains("rates above 623.7 mm/h"));
        assert_eq!(noted, unit == Unit::RainMmH, "{:?}", clip.notes);
        assert!((unit.value(0.5) - [127.0, 7.762_471][usize::from(noted)]).abs() < 1e-3);
    }
    let fire = Clip::ending(&sweep(&times), 1, &want).unwrap_err().to_string();
    assert!(fire.contains("a thermal film shows nothing for a forecast of rain"), "{fire}");
}
