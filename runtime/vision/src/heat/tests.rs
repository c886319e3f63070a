//! Flame against what looks like it: colours by name, and three public films.
//!
//! `EMBERLINE_SHEETS=folder cargo test --release heat` writes contact sheets to look at.

use super::*;
use crate::clip::{Clip, ClipOptions};
use crate::frame::{Film, Pixels};
use crate::source::{SourceOptions, read_film};

#[test]
fn tells_flame_from_what_looks_like_it() {
    // What, red, green, blue, least and most intensity.
    let cases = [
        ("orange flame", [250, 140, 40], 1.0, 1.0),
        ("yellow core", [255, 235, 150], 1.0, 1.0),
        ("deep red flame", [222, 74, 53], 0.65, 0.75),
        ("dry straw", [182, 145, 161], 0.0, 0.05),
        ("brick wall", [200, 150, 130], 0.0, 0.35),
        ("white smoke", [215, 213, 216], 0.0, 0.0),
        ("sky", [255, 255, 255], 0.0, 0.0),
        ("blue ash", [120, 130, 160], 0.0, 0.0),
        ("grass", [110, 160, 70], 0.0, 0.0),
        ("glowing ember", [150, 40, 20], 0.0, 0.0),
    ];
    for (what, rgb, low, high) in cases {
        let frame = Array3::from_shape_fn((1, 1, 3), |(_, _, c)| rgb[c]);
        let got = flame_intensity(&frame)[[0, 0]];
        assert!((low..=high).contains(&got), "{what}: {got}");
    }
}

/// A film of the development set, or `None` where the data is not there.
fn film(file: &str, array: &str) -> Option<Film> {
    let root = std::env::var("EMBERLINE_DATA")
        .unwrap_or_else(|_| format!("{}/../../../shared/data", env!("CARGO_MANIFEST_DIR")));
    if !std::path::Path::new(&root).exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no data at {root}");
        println!("NOT RUN: no data; set EMBERLINE_DATA");
        return None;
    }
    let options = SourceOptions { array: Some(array.into()), ..SourceOptions::default() };
    Some(read_film(&format!("{root}/fire_dev/{file}.npz"), &options).unwrap())
}

fn heat(film: &Film) -> Vec<Array2<f32>> {
    let one = |p: &Pixels| match p {
        Pixels::U8(rgb) => flame_intensity(rgb),
        _ => panic!("8-bit colour"),
    };
    film.frames.iter().map(|f| one(&f.pixels)).collect()
}

/// Frames, heat and burnt area of six moments, one below the other.
fn sheet(name: &str, film: &Film, clip: &Clip) {
    let Ok(folder) = std::env::var("EMBERLINE_SHEETS") else { return };
    let (t, h, w) = clip.frames.dim();
    let mut sheet = vec![[0u8; 3]; 6 * w * 3 * h];
    for k in 0..6 {
        let i = (k + 1) * t / 6 - 1;
        let Pixels::U8(rgb) = &*film.frames[clip.picked[i]].pixels else { return };
        for y in 0..h {
            for x in 0..w {
                let grey = (clip.frames[[i, y, x]] * 255.0) as u8;
                let burnt = u8::from(clip.observed.fire().unwrap().burnt[[i, y, x]]) * 255;
                let rows =
                    [[rgb[[y, x, 0]], rgb[[y, x, 1]], rgb[[y, x, 2]]], [grey; 3], [burnt; 3]];
                for (r, value) in rows.into_iter().enumerate() {
                    sheet[(r * h + y) * 6 * w + k * w + x] = value;
                }
            }
        }
    }
    let file = std::fs::File::create(format!("{folder}/{name}.png")).unwrap();
    let mut png = png::Encoder::new(file, 6 * w as u32, 3 * h as u32);
    png.set_color(png::ColorType::Rgb);
    png.write_header().unwrap().write_image_data(sheet.as_flattened()).unwrap();
}

/// Share of the film's pixels that burn in a frame, on average.
fn flame_share(frames: &[Array2<f32>]) -> f64 {
    let hot: usize = frames.iter().flatten().filter(|&&v| v >= 0.5).count();
    hot as f64 / frames.iter().map(Array2::len).sum::<usize>() as f64
}

#[test]
fn agrees_with_the_weak_labels_of_the_pine_straw_film() {
    let file = "fdv_pine_straw_128";
    let (Some(rgb), Some(prob)) = (film(file, "rgb"), film(file, "flame_prob")) else { return };
    let Some(burned) = film(file, "burned") else { return };
    let heat = heat(&rgb);
    // Pearson correlation of heat averaged over 9×9 pixels with the film's own flame share (pixels
    // of red from 220, blurred): another rule for the same thing.
    let (mut n, mut s) = (0.0, [0.0f64; 5]);
    for (a, b) in heat.iter().zip(&prob.frames).step_by(8) {
        let b = b.pixels.first_channel();
        for y in (4..124).step_by(4) {
            for x in (4..124).step_by(4) {
                let p = f64::from(a.slice(s![y - 4..y + 5, x - 4..x + 5]).mean().unwrap());
                let q = f64::from(b[[y, x]]) / 255.0;
                n += 1.0;
                [p, q, p * p, q * q, p * q].iter().zip(&mut s).for_each(|(v, s)| *s += v);
            }
        }
    }
    let [p, q, pp, qq, pq] = s.map(|v| v / n);
    let r = (pq - p * q) / ((pp - p * p) * (qq - q * q)).sqrt();
    // The label counts all ground behind the front as burnt, also what burnt before the film began:
    // there the two must differ, beyond the front they should not.
    let clip = Clip::ending(&rgb, rgb.frames.len() - 1, &ClipOptions::fire(40, Some(0.5))).unwrap();
    sheet("pine_straw", &rgb, &clip);
    let label = burned.frames.last().unwrap().pixels.first_channel();
    let (mut both, mut either, mut beyond, mut ours) = (0.0, 0.0, 0.0, 0.0);
    for (&b, &l) in clip.observed.fire().unwrap().now().iter().zip(&label) {
        let l = l != 0.0;
        both += f64::from(b && l);
        either += f64::from(b || l);
        beyond += f64::from(b && !l);
        ours += f64::from(b);
    }
    let (iou, beyond, share) = (both / either, beyond / ours, flame_share(&heat));
    println!(
        "pine straw: r {r:.3} with flame_prob; burnt IoU {iou:.3}, {beyond:.3} beyond the label; flames {share:.3}"
    );
    assert!(r > 0.8 && iou > 0.65 && beyond < 0.1 && (0.08..0.16).contains(&share));
}

#[test]
fn finds_the_flames_and_not_the_house() {
    for (file, step_s, low, high) in
        [("furg_dollhouse_128", 0.5, 0.003, 0.03), ("nsv_fireplace_128", 0.099, 0.03, 0.08)]
    {
        let Some(rgb) = film(file, "rgb") else { return };
        let share = flame_share(&heat(&rgb));
        let clip =
            Clip::ending(&rgb, rgb.frames.len() - 1, &ClipOptions::fire(40, Some(step_s))).unwrap();
        sheet(file, &rgb, &clip);
        let burnt = clip.observed.fire().unwrap().now().iter().filter(|&&b| b).count() as f64
            / 128.0
            / 128.0;
        println!("{file}: flames {share:.4} of the pixels, burnt {burnt:.3}");
        assert!((low..high).contains(&share), "{file}: {share}");
    }
}
