//! Films made and decoded by an installed ffmpeg, held against ours value by value: what recorded films
//! cannot cover. Without the program on the path nothing is compared, and that is said.

use std::path::Path;
use std::process::{Command, Stdio};

use super::options;
use crate::frame::{Film, Kind, Pixels};
use crate::source::read_film;

/// A film: what ffmpeg is told, and what must come out.
struct Case {
    name: &'static str,
    /// Width and height.
    sides: [usize; 2],
    /// How it is coded.
    coded: &'static [&'static str],
    /// What then cuts it, without coding it again.
    cut: Option<&'static str>,
    full_range: bool,
    /// Shares of red and blue in brightness.
    matrix: [f64; 2],
    /// Most that brightness may differ by, levels, and its mean over a picture. OpenH264 predicts some
    /// blocks of B pictures a little otherwise; all else is equal to the bit.
    off: (f32, f32),
}

const BT601: [f64; 2] = [0.299, 0.114];
const BT709: [f64; 2] = [0.2126, 0.0722];
const EXACT: (f32, f32) = (0.0, 0.0);
const B_PICTURES: (f32, f32) = (8.0, 0.05);

const X264: &[&str] = &["-c:v", "libx264", "-crf", "24", "-bf", "0", "-g", "8"];

const CASES: [Case; 9] = [
    Case {
        name: "limited, BT.601",
        sides: [160, 96],
        coded: &["-x264-params", "colormatrix=smpte170m:fullrange=off"],
        cut: None,
        full_range: false,
        matrix: BT601,
        off: EXACT,
    },
    Case {
        name: "full, BT.601",
        sides: [160, 96],
        coded: &["-x264-params", "colormatrix=smpte170m:fullrange=on"],
        cut: None,
        full_range: true,
        matrix: BT601,
        off: EXACT,
    },
    Case {
        name: "limited, BT.709",
        sides: [160, 96],
        coded: &["-x264-params", "colormatrix=bt709:fullrange=off"],
        cut: None,
        full_range: false,
        matrix: BT709,
        off: EXACT,
    },
    Case {
        name: "full, BT.709",
        sides: [160, 96],
        coded: &["-x264-params", "colormatrix=bt709:fullrange=on"],
        cut: None,
        full_range: true,
        matrix: BT709,
        off: EXACT,
    },
    Case {
        name: "cropped",
        sides: [158, 90],
        coded: &[],
        cut: None,
        full_range: false,
        matrix: BT601,
        off: EXACT,
    },
    Case {
        name: "baseline",
        sides: [150, 82],
        coded: &["-profile:v", "baseline"],
        cut: None,
        full_range: false,
        matrix: BT601,
        off: EXACT,
    },
    Case {
        name: "B pictures",
        sides: [160, 96],
        coded: &["-bf", "3", "-x264-params", "b-pyramid=normal:colormatrix=bt709"],
        cut: None,
        full_range: false,
        matrix: BT709,
        off: B_PICTURES,
    },
    Case {
        name: "edit list",
        sides: [160, 96],
        coded: &[],
        cut: Some("0.5"),
        full_range: false,
        matrix: BT601,
        off: EXACT,
    },
    Case {
        name: "H.265",
        sides: [158, 90],
        coded: &["-c:v", "libx265", "-bf", "2", "-x265-params", "log-level=none:colormatrix=bt709"],
        cut: None,
        full_range: false,
        matrix: BT709,
        off: EXACT,
    },
];

/// What ffmpeg writes to its output when told `args`, if it is there and does it.
fn ffmpeg(args: &[&str]) -> Option<Vec<u8>> {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).args(args).stdin(Stdio::null());
    let ran = command.stderr(Stdio::inherit()).output().ok()?;
    ran.status.success().then_some(ran.stdout)
}

/// Makes the film of `case` in the folder `room`.
fn make(case: &Case, room: &Path) -> Option<String> {
    let [w, h] = case.sides;
    let scene = format!("testsrc2=size={w}x{h}:rate=10:duration=2");
    let film = room.join("film.mp4").display().to_string();
    let input = ["-f", "lavfi", "-i", &scene, "-pix_fmt", "yuv420p"];
    ffmpeg(&[&input, X264, case.coded, &[&film]].concat())?;
    let Some(from_s) = case.cut else { return Some(film) };
    let cut = room.join("cut.mp4").display().to_string();
    ffmpeg(&["-ss", from_s, "-i", &film, "-c", "copy", &cut])?;
    Some(cut)
}

/// Red, green and blue of one value of brightness and two of colour.
fn rgb(case: &Case, y: u8, u: u8, v: u8) -> [f64; 3] {
    let [red, blue] = case.matrix;
    let (black, luma, chroma) = match case.full_range {
        true => (0.0, 1.0, 1.0),
        false => (16.0, 255.0 / 219.0, 255.0 / 224.0),
    };
    let y = (f64::from(y) - black) * luma;
    let [u, v] = [u, v].map(|c| (f64::from(c) - 128.0) * chroma);
    let r = y + 2.0 * (1.0 - red) * v;
    let b = y + 2.0 * (1.0 - blue) * u;
    let g = (y - red * r - blue * b) / (1.0 - red - blue);
    [r, g, b].map(|c| c.clamp(0.0, 255.0))
}

/// Compares the brightness of `film` with ffmpeg's pictures.
fn compare_brightness(case: &Case, film: &Film, pictures: &[&[u8]]) {
    let [w, h] = case.sides;
    for (k, (frame, right)) in film.frames.iter().zip(pictures).enumerate() {
        let (mut most, mut sum) = (0f32, 0f32);
        for (got, &y) in frame.pixels.values().zip(&right[..w * h]) {
            let want = if case.full_range { y } else { super::full_range(y) };
            most = most.max((got - f32::from(want)).abs());
            sum += (got - f32::from(want)).abs();
        }
        let mean = sum / (w * h) as f32;
        assert!(most <= case.off.0 && mean <= case.off.1, "{} {k}: {most} {mean}", case.name);
    }
}

/// Compares the colours of `film` with those that the standard's matrix makes of ffmpeg's pictures:
/// rounding is one level, and OpenH264's own way to BT.601 of limited range rounds twice.
fn compare_colours(case: &Case, film: &Film, pictures: &[&[u8]]) {
    let [w, h] = case.sides;
    let [cw, ch] = [w.div_ceil(2), h.div_ceil(2)];
    let least = if case.off == EXACT { 2.0 } else { 2.0 + 2.2 * f64::from(case.off.0) };
    for (k, (frame, right)) in film.frames.iter().zip(pictures).enumerate() {
        let Pixels::U8(got) = &*frame.pixels else { panic!("8 bit") };
        let (y, colour) = right.split_at(w * h);
        let (u, v) = colour.split_at(cw * ch);
        for ((row, col, c), got) in got.indexed_iter() {
            let at = row / 2 * cw + col / 2;
            let want = rgb(case, y[row * w + col], u[at], v[at])[c];
            let off = (f64::from(*got) - want).abs();
            assert!(off <= least, "{} {k} {row} {col} {c}: {got} {want}", case.name);
        }
    }
}

#[test]
fn what_an_installed_ffmpeg_codes_is_decoded_as_by_it() {
    if ffmpeg(&["-version"]).is_none() {
        println!("NOT RUN: films against ffmpeg: no program ffmpeg on the path");
        return;
    }
    for case in &CASES {
        let room = tempfile::tempdir().unwrap();
        let Some(film) = make(case, room.path()) else {
            println!("NOT RUN: {}: this ffmpeg cannot make it", case.name);
            continue;
        };
        let plain = ffmpeg(&["-i", &film, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]);
        let plain = plain.expect("ffmpeg decodes what it made");
        let [w, h] = case.sides;
        let bytes = w * h + 2 * w.div_ceil(2) * h.div_ceil(2);
        let pictures: Vec<&[u8]> = plain.chunks_exact(bytes).collect();
        let read = |kind| read_film(&film, &options(Some(kind), 0.01)).unwrap();
        for kind in [Kind::Thermal, Kind::Rgb] {
            let film = read(kind);
            assert_eq!(film.frames.len(), pictures.len(), "{}", case.name);
            assert_eq!([film.grid.width, film.grid.height], case.sides, "{}", case.name);
            match kind {
                Kind::Thermal => compare_brightness(case, &film, &pictures),
                _ => compare_colours(case, &film, &pictures),
            }
        }
        println!("{}: {} pictures compared", case.name, pictures.len());
    }
}
