use emberline_georeference::{ground::Terrain, plane::Homography, steady::*};
use std::{env, fs, time::Instant};
fn main() {
    let a: Vec<String> = env::args().collect();
    let (w, h, cell): (usize, usize, f64) =
        (a[2].parse().unwrap(), a[3].parse().unwrap(), a[4].parse().unwrap());
    let raw = fs::read(&a[1]).unwrap();
    let net = env::var("NET").is_ok_and(|v| v == "0");
    let poses: Vec<Homography> = fs::read_to_string(&a[5])
        .unwrap()
        .lines()
        .map(|l| {
            let v: Vec<f64> = l.split_whitespace().map(|x| x.parse().unwrap()).collect();
            Homography(v.try_into().unwrap())
        })
        .collect();
    let flip = Homography([1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0]);
    let half = Homography([1.0, 0.0, 0.5, 0.0, 1.0, 0.5, 0.0, 0.0, 1.0]);
    let unhalf = half.inverse().unwrap();
    let t = Terrain::Level(0.0);
    let mut s = Steadier::new(
        SteadierOptions { cell_m: cell, has_telemetry: !net, is_on: true },
        t.clone(),
    );
    let start = Instant::now();
    let (mut out, mut lost, mut tr, mut ag) = (String::new(), 0, 0, 0);
    for (i, p) in poses.iter().enumerate() {
        let grey =
            ndarray::Array2::from_shape_fn((h, w), |(y, x)| f32::from(raw[i * w * h + y * w + x]));
        let p = if net { &poses[0] } else { p };
        let pred = half.after(p).after(&flip);
        let s =
            s.steady(&Picture { grey, hot: None, blind: None }, Predicted::Plane(pred), i as f64);
        lost += usize::from(matches!(s.how, How::Telemetry | How::Lost));
        tr += s.tracks;
        ag += s.agree;
        let h = unhalf.after(&s.pointing.homography(&t).unwrap()).after(&flip);
        out += &(h.0.iter().map(|v| format!("{v:.9e}")).collect::<Vec<_>>().join(" ") + "\n");
    }
    fs::write(&a[6], out).unwrap();
    println!(
        "{} frames, {lost} lost, {:.1} ms, tracks {} agree {}",
        poses.len(),
        start.elapsed().as_secs_f64() * 1e3 / poses.len() as f64,
        tr / poses.len(),
        ag / poses.len()
    );
}
