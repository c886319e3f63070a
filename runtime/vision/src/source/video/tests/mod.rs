//! Videos coded by x264 (`tests/golden/source/make.py`), decoded and compared with ffmpeg.

mod ffmpeg;
mod film;
mod kinds;
mod stream;

use std::path::Path;

use super::colours::full_range;
use crate::frame::{Kind, Pixels, TimeSource};
use crate::note::Note;
use crate::source::{SourceOptions, read_film};

fn golden(name: &str) -> String {
    format!("{}/../../tests/golden/source/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn options(kind: Option<Kind>, step_s: f64) -> SourceOptions {
    SourceOptions { kind, step_s: Some(step_s), ..SourceOptions::default() }
}

fn luma(name: &str) -> Vec<ndarray::Array2<f32>> {
    let options = SourceOptions { array: Some(name.into()), ..SourceOptions::default() };
    let film = read_film(&golden("luma.npz"), &options).unwrap();
    film.frames.iter().map(|f| f.pixels.first_channel()).collect()
}

#[test]
fn decodes_the_luma_that_ffmpeg_decodes() {
    for (file, key) in [
        ("baseline.mp4", "baseline"),
        ("main.mov", "main"),
        ("high.mp4", "high"),
        ("fragmented.m4v", "fragmented"),
        // Brightness alone, of a width that is cut: OpenH264 would cut twice as much off.
        ("grey.mp4", "grey"),
    ] {
        let film = read_film(&golden(file), &options(Some(Kind::Thermal), 0.03)).unwrap();
        let right = luma(key);
        assert_eq!((film.kind, film.frames.len()), (Kind::Thermal, right.len()), "{file}");
        // Baseline is exact. OpenH264 predicts some blocks of B pictures a little otherwise than
        // ffmpeg: at most 8 of 255, and 0.05 in the mean of a picture.
        let (most, most_mean) = if key == "baseline" { (0.0, 0.0) } else { (8.0, 0.05) };
        for (k, (frame, right)) in film.frames.iter().zip(&right).enumerate() {
            // The film without colour says that it uses the whole byte.
            let right = right.mapv(|y| if key == "grey" { y } else { full_range(y as u8).into() });
            let off = (&frame.pixels.first_channel() - &right).mapv(f32::abs);
            let worst = off.iter().fold(0f32, |a, &b| a.max(b));
            let mean = off.mean().unwrap();
            assert!(worst <= most && mean <= most_mean, "{file} picture {k}: {worst} {mean}");
        }
        let step_s = if key == "high" { 1001.0 / 30000.0 } else { 0.1 };
        for (k, frame) in film.frames.iter().enumerate() {
            assert!((frame.time_s() - k as f64 * step_s).abs() < 1e-9, "{file} {k}");
        }
        assert_eq!(film.time_source(), TimeSource::Container);
    }
}

#[test]
fn decodes_h265_as_ffmpeg_does() {
    for (file, key, bits) in [("hevc.mp4", "hevc", 8), ("hevc10.mp4", "hevc10", 10)] {
        let film = read_film(&golden(file), &options(Some(Kind::Thermal), 0.03)).unwrap();
        let right = luma(key);
        assert_eq!((film.frames.len(), film.grid.height, film.grid.width), (right.len(), 48, 70));
        for (k, (frame, right)) in film.frames.iter().zip(&right).enumerate() {
            let narrow =
                |y: f32| ((y as u32 + ((1 << (bits - 8)) >> 1)) >> (bits - 8)).min(255) as u8;
            let right = right.mapv(|y| f32::from(full_range(narrow(y))));
            assert_eq!(frame.pixels.first_channel(), right, "{file} picture {k}");
            assert!((frame.time_s() - k as f64 * 0.1).abs() < 1e-9, "{file} {k}");
        }
    }
    let film = read_film(&golden("hevc.mp4"), &SourceOptions::default()).unwrap();
    assert_eq!(film.kind, Kind::Rgb);
}

#[test]
fn gives_colour() {
    let film = read_film(&golden("high.mp4"), &SourceOptions::default()).unwrap();
    assert_eq!(film.kind, Kind::Rgb);
    let Pixels::U8(last) = &*film.frames.last().unwrap().pixels else { panic!("8 bit") };
    // The disk of make.py: 240, 150, 40 at its middle, about 70 grey around.
    let near = |y: usize, x: usize, want: [i32; 3]| {
        for c in 0..3 {
            let got = i32::from(last[[y, x, c]]);
            assert!((got - want[c]).abs() < 24, "{y} {x} {c}: {got}");
        }
    };
    near(24, 40, [240, 150, 40]);
    near(24, 8, [53, 53, 53]);
}

#[test]
fn keeps_what_a_step_needs_and_the_last() {
    // 14 pictures a tenth of a second apart: shown at 0.0 … 1.3.
    let cases: [(Option<f64>, &[f64]); 5] = [
        (None, &[0.3, 0.8, 1.3]),
        (Some(0.5), &[0.3, 0.8, 1.3]),
        (Some(0.2), &[0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3]),
        (Some(0.25), &[0.1, 0.4, 0.7, 1.0, 1.3]),
        (Some(9.0), &[1.3]),
    ];
    for (step_s, want) in cases {
        let film = read_film(
            &golden("baseline.mp4"),
            &SourceOptions { step_s, ..SourceOptions::default() },
        )
        .unwrap();
        let got: Vec<f64> = film.frames.iter().map(|f| f.time_s()).collect();
        assert_eq!(got.len(), want.len(), "{step_s:?}: {got:?}");
        for (g, w) in got.iter().zip(want) {
            assert!((g - (w - want[0])).abs() < 1e-9, "{step_s:?}: {got:?}");
        }
        assert!(film.notes.iter().any(|n| matches!(n, Note::PicturesThinned { .. })));
    }
}

#[test]
fn refuses_what_it_cannot_decode() {
    let cases = [
        ("high10.mp4", None, "High 10"),
        ("baseline.mp4", Some(Kind::Mask), "a video is no mask film"),
    ];
    for (file, kind, why) in cases {
        let e = read_film(&golden(file), &options(kind, 1.0)).unwrap_err().to_string();
        assert!(e.contains(why) && !e.contains('\n'), "{file}: {e}");
    }
}

#[test]
fn no_damage_panics_or_hangs() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cut.mp4");
    let try_open = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        read_film(&path.display().to_string(), &SourceOptions::default())
    };
    for file in ["high.mp4", "fragmented.m4v", "hevc.mp4"] {
        let whole = std::fs::read(golden(file)).unwrap();
        let mut cut_off = 0;
        for len in (0..whole.len()).step_by(17) {
            match try_open(&whole[..len]) {
                Err(e) => {
                    cut_off += 1;
                    assert!(!e.to_string().contains('\n'), "{e}");
                }
                // A fragmented recording that ends between fragments is whole as far as it goes.
                Ok(film) => assert!(file == "fragmented.m4v" && film.frames.len() < 4, "{len}"),
            }
        }
        println!("{file}: {cut_off} cuts refused");
        let mut slowest_s = 0f64;
        for i in (0..whole.len()).step_by(11) {
            let mut turned = whole.clone();
            turned[i] ^= 0xa5;
            let start = std::time::Instant::now();
            let _ = try_open(&turned);
            slowest_s = slowest_s.max(start.elapsed().as_secs_f64());
        }
        println!("{file}: slowest damaged file {slowest_s:.2} s");
    }
}

#[test]
fn reads_the_projects_own_videos() {
    let root = std::env::var("EMBERLINE_DATA")
        .unwrap_or_else(|_| format!("{}/../../../shared/data", env!("CARGO_MANIFEST_DIR")));
    if !Path::new(&root).exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no data at {root}");
        println!("NOT RUN: no data; set EMBERLINE_DATA");
        return;
    }
    for (file, h, w, last_s) in
        [("fdv_visual_fire.mp4", 246, 258, 23.5), ("furg_house6.mp4", 240, 426, 29.5)]
    {
        let start = std::time::Instant::now();
        let film =
            read_film(&format!("{root}/fire_dev/clips/{file}"), &SourceOptions::default()).unwrap();
        let end_s = film.frames.last().unwrap().time_s();
        println!(
            "{file}: {} frames to {end_s} s in {:.1} s; {:?}",
            film.frames.len(),
            start.elapsed().as_secs_f64(),
            film.notes
        );
        assert_eq!((film.grid.height, film.grid.width), (h, w));
        assert!(end_s >= last_s && (film.step_s() - 0.5).abs() < 0.001);
    }
}
