//! Tests of the tracker on made-up films.

use ndarray::{Array2, Array3, Axis};

use super::Tracker;
use crate::frame::{Elapsed, Frame, FrameTime, Pixels, TimeSource};
use crate::kind::Kind;

const SIDES: [usize; 2] = [120, 208];

fn frame(k: usize, pixels: Pixels) -> Frame {
    Frame::new(pixels, FrameTime::since_first(Elapsed::counted(k, 15.0), TimeSource::Step))
}

/// Frame `k` of a fire as an 8-bit camera sees it: a hot rim that widens by a cell a frame, embers
/// behind it that cool within five frames, rocks at half the contrast.
fn scene(k: usize) -> Array2<f32> {
    Array2::from_shape_fn((SIDES[0], SIDES[1]), |(y, x)| {
        let mottle = ((7 * y + 13 * x) % 9) as f32;
        let radius = (y as f32 - 60.0).hypot(x as f32 - 90.0);
        let behind = 10.0 + k as f32 - radius;
        if x > 180 {
            130.0 + mottle
        } else if behind < 0.0 {
            20.0 + mottle
        } else if behind < 2.0 {
            235.0 + mottle
        } else {
            (235.0 - 45.0 * behind).max(22.0) + mottle
        }
    })
}

fn eight_bit(k: usize, gain: f32, offset: f32) -> Frame {
    let values = scene(k).mapv(|v| (gain * v + offset).round().clamp(0.0, 255.0) as u8);
    frame(k, Pixels::U8(values.insert_axis(Axis(2))))
}

fn disk(radius: f32) -> Array2<bool> {
    Array2::from_shape_fn((SIDES[0], SIDES[1]), |(y, x)| {
        (y as f32 - 60.0).hypot(x as f32 - 90.0) <= radius
    })
}

fn f1(a: &Array2<bool>, b: &Array2<bool>) -> f64 {
    let both = a.iter().zip(b).filter(|(a, b)| **a && **b).count();
    let sum = a.iter().filter(|v| **v).count() + b.iter().filter(|v| **v).count();
    2.0 * both as f64 / sum as f64
}

#[test]
fn ground_that_burnt_and_cooled_stays_burnt_at_any_gain() {
    for (gain, offset) in [(1.0, 0.0), (0.8, 0.0), (0.7, 60.0)] {
        let mut tracker = Tracker::new(Kind::Thermal, SIDES, 30.0);
        (0..30).for_each(|k| tracker.feed(&eight_bit(k, gain, offset)));
        for k in [9, 19, 29] {
            let burnt = tracker.burnt_by(15.0 * k as f64);
            let score = f1(&burnt, &disk(10.0 + k as f32));
            assert!(score > 0.95, "gain {gain} offset {offset} frame {k}: {score}");
        }
        // The rocks never were.
        assert!(!tracker.burnt_by(1e9).slice(ndarray::s![.., 185..]).iter().any(|&b| b));
    }
}

#[test]
fn the_burnt_area_never_shrinks_and_knows_since_when() {
    let mut tracker = Tracker::new(Kind::Thermal, SIDES, 30.0);
    let mut before = Array2::from_elem((SIDES[0], SIDES[1]), false);
    for k in 0..20 {
        // A shutter frame, and one of noise.
        if k == 7 {
            tracker.feed(&frame(k, Pixels::U8(Array3::from_elem((120, 208, 1), 128))));
        } else {
            tracker.feed(&eight_bit(k, 1.0, 0.0));
        }
        let now = tracker.burnt_by(15.0 * k as f64);
        assert!(before.iter().zip(&now).all(|(before, now)| !before || *now), "frame {k}");
        before = now;
    }
    let since = tracker.first_burnt_s();
    assert_eq!(since[[60, 90]], 0.0);
    assert!(since[[60, 90 + 20]] > 100.0 && since[[0, 0]].is_nan());
}

#[test]
fn without_a_fire_nothing_burns() {
    // 23 to 33 °C: in centikelvin, in °C, in 8 bits of a fixed range of 100 K.
    let celsius = |y: usize, x: usize| 23.0 + ((y * 31 + x * 17) % 100) as f32 / 10.0;
    let scenes: [(&str, Pixels); 3] = [
        (
            "centikelvin",
            Pixels::U16(Array3::from_shape_fn((120, 208, 1), |(y, x, _)| {
                (100.0 * (celsius(y, x) + 273.15)) as u16
            })),
        ),
        ("°C", Pixels::F32(Array3::from_shape_fn((120, 208, 1), |(y, x, _)| celsius(y, x)))),
        (
            "8 bit",
            Pixels::U8(Array3::from_shape_fn((120, 208, 1), |(y, x, _)| {
                (2.55 * celsius(y, x)) as u8
            })),
        ),
    ];
    for (name, pixels) in scenes {
        let mut tracker = Tracker::new(Kind::Thermal, SIDES, 30.0);
        (0..20).for_each(|k| tracker.feed(&frame(k, pixels.clone())));
        assert!(!tracker.burnt_by(1e9).iter().any(|&b| b), "{name}");
        let [contrast, least] = tracker.contrast();
        assert!(contrast < least, "{name}: {contrast} {least}");
    }
}

#[test]
fn in_clutter_a_small_fire_is_one_that_stays() {
    let with = |cells: &[[usize; 2]], frames: usize| {
        let mut tracker = Tracker::new(Kind::Thermal, SIDES, 30.0);
        for k in 0..frames {
            let mut values =
                Array3::from_shape_fn((120, 208, 1), |(y, x, _)| 20 + ((7 * y + 13 * x) % 9) as u8);
            // Warm rocks on the right, and single hot cells that the film's top is taken from.
            values.slice_mut(ndarray::s![.., 170.., ..]).fill(140);
            (0..14).for_each(|x| values[[110, 3 * x, 0]] = 240);
            cells.iter().for_each(|&[y, x]| values[[y, x, 0]] = 250);
            tracker.feed(&frame(k, Pixels::U8(values)));
        }
        tracker.burnt_by(1e9)
    };
    let spot = [[50, 50], [50, 51], [51, 50], [51, 51]];
    assert!(with(&spot, 3)[[50, 50]], "three frames of four cells");
    assert!(!with(&spot, 2)[[50, 50]], "two frames of four cells");
    assert!(!with(&spot[..1], 20).iter().any(|&b| b), "single cells, such as dead pixels");
}

#[test]
fn frames_that_come_faster_than_an_eighth_of_a_step_are_passed_over() {
    let mut tracker = Tracker::new(Kind::Thermal, SIDES, 240.0);
    (0..9).for_each(|k| tracker.feed(&eight_bit(k, 1.0, 0.0)));
    assert_eq!(tracker.frames(), 5);
}

#[test]
fn a_mask_is_taken_as_it_is_and_remembered() {
    let mut tracker = Tracker::new(Kind::Mask, [4, 5], 1.0);
    for k in 0..3 {
        let set = |(y, x, _): (usize, usize, usize)| u8::from(y == 1 && x == k);
        tracker.feed(&frame(k, Pixels::U8(Array3::from_shape_fn((4, 5, 1), set))));
    }
    let burnt = tracker.burnt_by(15.0);
    assert_eq!(burnt.iter().filter(|&&b| b).count(), 2);
    assert!(burnt[[1, 0]] && burnt[[1, 1]] && !burnt[[1, 2]]);
}

#[test]
fn a_scene_is_cluttered_where_more_than_the_fire_is_warm() {
    let follow = |rocks: bool| {
        let mut tracker = Tracker::new(Kind::Thermal, SIDES, 30.0);
        for k in 0..5 {
            let mut values = scene(k);
            if !rocks {
                values.slice_mut(ndarray::s![.., 180..]).fill(20.0);
            }
            let bytes = values.mapv(|v| v.round().clamp(0.0, 255.0) as u8);
            tracker.feed(&frame(k, Pixels::U8(bytes.insert_axis(Axis(2)))));
        }
        [15.0, 30.0, 1e9].map(|time_s| tracker.is_cluttered(time_s))
    };
    assert_eq!(follow(true), [false, true, true], "believed at the third frame");
    assert_eq!(follow(false), [false; 3]);
}
