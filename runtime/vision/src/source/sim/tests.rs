//! The simulators: their addresses, their sameness, and fires and rain worth looking at.

use super::*;
use crate::clip::{Clip, ClipOptions};
use crate::digest::Digest;
use crate::frame::{Film, Kind, Pixels, TimeSource};
use crate::source::{SourceError, SourceOptions, read_film};

fn film(uri: &str) -> Film {
    read_film(uri, &SourceOptions::default()).unwrap()
}

fn refusal(uri: &str, options: &SourceOptions) -> String {
    let e: SourceError = read_film(uri, options).unwrap_err();
    let e = e.to_string();
    assert!(!e.contains('\n'), "{uri}: {e}");
    e
}

/// Digest of all pixels.
fn sum(film: &Film) -> String {
    let mut sum = Digest::default();
    for frame in &film.frames {
        let Pixels::U8(a) = &*frame.pixels else { panic!("8 bit") };
        sum.add(a.as_slice().unwrap());
    }
    sum.hex()
}

#[test]
fn understands_its_address() {
    let f = film("sim:fire");
    assert_eq!((f.kind, f.frames.len(), f.grid.height), (Kind::Thermal, 40, 128));
    assert_eq!((f.time_source(), f.step_s()), (TimeSource::Simulated, 30.0));
    assert!(f.grid.is_georeferenced() && f.grid.cell_m == Some(5.0));
    let f = film("sim:fire?seed=3&height=64&width=96&frames=12&kind=mask&step_s=10&cell_m=2.5");
    assert_eq!((f.kind, f.frames.len()), (Kind::Mask, 12));
    assert_eq!((f.grid.height, f.grid.width, f.step_s()), (64, 96, 10.0));
    assert_eq!(f.grid.transform.unwrap()[5], -2.5);
    let cases = [
        ("sim:fire?wind=3", "it knows seed, height"),
        ("sim:fire?seed=x", "'x' is no value for seed"),
        ("sim:fire?frames=1", "frames is 1; give 2 to 10000"),
        ("sim:fire?height=31", "31×128"),
        ("sim:fire?step_s=0", "step_s is 0"),
        ("sim:fire?step_s=nan", "step_s is NaN"),
        ("sim:fire?kind=rgb", "give kind=thermal or kind=mask"),
        ("sim:fire?height=4096&width=4096&frames=600", "8 GiB"),
        ("sim:rain?kind=rain", "sim:rain has no 'kind'; it knows seed, height"),
        ("sim:rain?cell_m=1e9", "cell_m is 1000000000; give 100 to 4000"),
        ("sim:rain?frames=1", "frames is 1; give 2 to 10000"),
        ("sim:rain?width=31", "128×31"),
        ("sim:flood?seed=3", "cannot open the simulator 'flood'"),
    ];
    for (uri, why) in cases {
        let e = refusal(uri, &SourceOptions::default());
        assert!(e.contains(why), "{uri}: {e}");
    }
    let mask = SourceOptions { kind: Some(Kind::Mask), ..SourceOptions::default() };
    assert_eq!(read_film("sim:fire", &mask).unwrap().kind, Kind::Mask);
    let e = refusal("sim:fire?kind=thermal", &mask);
    assert!(e.contains("leave one out"), "{e}");
    let e = refusal("sim:rain", &mask);
    assert!(e.contains("sim:rain draws no such kind; leave ‹kind› out"), "{e}");
}

#[test]
fn fire_is_the_same_for_the_same_seed() {
    // Pinned: another hash means that every sim: film people have seen has changed.
    let pinned = "afdfda35e445bdd413dd440c5f6a3585283016f027d611930de6a62029f7579e";
    assert_eq!(sum(&film("sim:fire")), pinned);
    assert_eq!(film("sim:fire").digest, film("sim:fire?seed=7").digest);
    assert_ne!(sum(&film("sim:fire?seed=8")), pinned);
}

#[test]
fn rain_is_the_same_for_the_same_seed() {
    let pinned = "18c6409add5cb26cff93e3f66b62150bacd2941621d415677bef653806e5362e";
    let f = film("sim:rain");
    assert_eq!(sum(&f), pinned);
    assert_eq!((f.kind, f.frames.len(), f.time_source()), (Kind::Rain, 24, TimeSource::Simulated));
    assert_eq!((f.grid.height, f.grid.width, f.step_s()), (128, 128, 300.0));
    assert!(f.grid.is_georeferenced() && f.grid.cell_m == Some(1000.0));
    assert!(
        f.notes[0].to_string().starts_with("simulated: neither the rain nor its place is real")
    );
    assert_eq!(f.digest, film("sim:rain?seed=7").digest);
    assert_ne!(sum(&film("sim:rain?seed=8")), pinned);
    let slow = SourceOptions { step_s: Some(600.0), ..SourceOptions::default() };
    assert_eq!(read_film("sim:rain", &slow).unwrap().step_s(), 600.0);
    assert_eq!(read_film("sim:rain?step_s=60", &slow).unwrap().step_s(), 60.0);
}

#[test]
fn every_seed_draws_rain_that_moves_and_changes() {
    let rates = |film: &Film, k: usize| film.frames[k].pixels.first_channel();
    let (mut wet_sum, mut heavy_sum, mut change_sum) = (0.0, 0.0, 0.0);
    for seed in 0..20 {
        let f = film(&format!("sim:rain?seed={seed}&frames=13"));
        let first = rates(&f, 0);
        // 68 is 1 mm/h, 134 is 10 mm/h.
        let share =
            |least: f32| first.iter().filter(|v| **v >= least).count() as f64 / first.len() as f64;
        let (wet, moderate, heavy) = (share(1.0), share(68.0), share(134.0));
        println!("seed {seed}: wet {wet:.3}, 1 mm/h {moderate:.3}, 10 mm/h {heavy:.4}");
        assert!((0.05..0.8).contains(&wet) && heavy < 0.1, "seed {seed}: {wet} {heavy}");
        (wet_sum, heavy_sum) = (wet_sum + wet, heavy_sum + heavy);
        // The shift by whole cells that a frame a step later fits best, and how well it fits.
        let fit = |k: usize, reach: i32| {
            let later = rates(&f, k);
            let off = |dy: i32, dx: i32| {
                let (mut sum, mut n) = (0.0, 0.0);
                for y in 24..104 {
                    for x in 24..104 {
                        let from = [(y - dy) as usize, (x - dx) as usize];
                        sum += f64::from((later[[y as usize, x as usize]] - first[from]).abs());
                        n += 1.0;
                    }
                }
                sum / n
            };
            let mut best = (f64::INFINITY, [0, 0]);
            for dy in -reach..=reach {
                for dx in -reach..=reach {
                    let fit = off(dy, dx);
                    if fit < best.0 {
                        best = (fit, [dy, dx]);
                    }
                }
            }
            (best, off(0, 0))
        };
        let ((near, [dy, dx]), still) = fit(1, 5);
        let cells = f64::from(dy * dy + dx * dx).sqrt();
        assert!((1.0..=4.5).contains(&cells), "seed {seed}: {cells} cells a step");
        assert!(near < 0.75 * still, "seed {seed}: {near} {still}");
        // An hour later it is other rain.
        let ((far, _), _) = fit(12, 24);
        assert!(far > near, "seed {seed}: {near} {far}");
        change_sum += far / near;
    }
    let (wet, heavy) = (wet_sum / 20.0, heavy_sum / 20.0);
    assert!((0.2..0.5).contains(&wet) && (0.001..0.05).contains(&heavy), "{wet} {heavy}");
    assert!(change_sum / 20.0 > 3.0, "{}", change_sum / 20.0);
}

#[test]
fn every_seed_draws_a_fire_that_moves_and_is_seen() {
    for seed in 0..40 {
        let sim = SimFire { seed, ..SimFire::default() };
        let arrival = arrival_frames(&sim);
        let by = |k: f32| arrival.iter().filter(|&&t| t <= k).count() as f64 / arrival.len() as f64;
        let (begin, middle, end) = (by(0.0), by(10.0), by(39.0));
        assert!(
            begin > 0.002 && middle > 1.2 * begin && end > 1.4 * middle,
            "seed {seed}: {begin} {middle} {end}"
        );
        assert!(end < 0.7, "seed {seed} burns all: {end}");
        // What the runtime takes for burnt is what the simulator burnt.
        let thermal = film(&format!("sim:fire?seed={seed}"));
        let clip = Clip::ending(&thermal, 39, &ClipOptions::fire(40, None)).unwrap();
        let (mut both, mut either) = (0.0, 0.0);
        for (&b, &t) in clip.observed.fire().unwrap().now().iter().zip(&arrival) {
            let truth = t <= 39.0;
            both += f64::from(b && truth);
            either += f64::from(b || truth);
        }
        println!(
            "seed {seed}: burnt {begin:.3} {middle:.3} {end:.3}, seen IoU {:.3}",
            both / either
        );
        assert!(both / either > 0.85, "seed {seed}: IoU {}", both / either);
    }
}

#[test]
fn frames_follow_arrival() {
    let sim = SimFire {
        seed: 11,
        height: 64,
        width: 64,
        frames: 12,
        kind: Kind::Mask,
        ..SimFire::default()
    };
    let arrival = arrival_frames(&sim);
    let f = film(&sim.address());
    for (k, frame) in f.frames.iter().enumerate() {
        for (v, &t) in frame.pixels.first_channel().iter().zip(&arrival) {
            assert_eq!(*v != 0.0, t <= k as f32);
        }
    }
}

#[test]
fn a_large_fire_is_drawn_in_time() {
    let start = std::time::Instant::now();
    let f = film("sim:fire?height=1024&width=1024&frames=3");
    assert_eq!(f.frames.len(), 3);
    println!("1024×1024: {:.1} s", start.elapsed().as_secs_f64());
}

/// `EMBERLINE_SHEETS=folder`: six moments of four seeds, to look at.
#[test]
fn draws_sheets_on_demand() {
    let Ok(folder) = std::env::var("EMBERLINE_SHEETS") else { return };
    for what in ["fire", "rain"] {
        let (side, rows) = (6 * 128, 4 * 128);
        let file = std::fs::File::create(format!("{folder}/sim_{what}.png")).unwrap();
        let png = png::Encoder::new(file, side as u32, rows as u32);
        png.write_header().unwrap().write_image_data(&sheet(what)).unwrap();
    }
}

fn sheet(what: &str) -> Vec<u8> {
    let mut png = vec![0u8; 6 * 128 * 4 * 128];
    for (row, seed) in [7, 1, 2, 3].into_iter().enumerate() {
        let f = film(&format!("sim:{what}?seed={seed}"));
        for k in 0..6 {
            let last = f.frames.len() - 1;
            let v = f.frames[k * last / 5].pixels.first_channel();
            for ((y, x), &v) in v.indexed_iter() {
                png[(row * 128 + y) * 6 * 128 + k * 128 + x] = v as u8;
            }
        }
    }
    png
}
