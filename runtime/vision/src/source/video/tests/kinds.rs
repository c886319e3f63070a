//! Kinds of film that the field has and no standard wants: each made here, read, and looked at.

use openh264::encoder::VuiConfig;

use super::film::{EACH, Piece, TestFilm, avc1, bx, code, grey, level, sets, thumbnail, unit};
use crate::frame::{Film, Kind, Pixels, TimeSource};
use crate::source::{SourceError, SourceOptions, read_film};

fn read(bytes: &[u8], options: &SourceOptions) -> Result<Film, SourceError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.mp4");
    std::fs::write(&path, bytes).unwrap();
    read_film(&path.display().to_string(), options)
}

/// Every picture is kept.
fn dense() -> SourceOptions {
    SourceOptions { step_s: Some(0.1), ..SourceOptions::default() }
}

/// Which pictures of `film` these are, by their brightness, and when.
fn pictures(film: &Film) -> (Vec<usize>, Vec<f64>) {
    let which = film.frames.iter().map(|f| {
        let grey = f.pixels.first_channel();
        let (h, w) = grey.dim();
        let y = grey[[h - 2, w - 2]] * 219.0 / 255.0 + 16.0;
        (0..12).min_by_key(|&k| (y - f32::from(level(k))).abs() as u32).unwrap()
    });
    (which.collect(), film.frames.iter().map(|f| (f.time_s() * 1e6).round() / 1e6).collect())
}

fn notes(film: &Film) -> String {
    film.notes.iter().map(|n| n.to_string() + "\n").collect()
}

/// A row: its name, the file, which pictures come out, when the last is, and what a note says.
type Row = (&'static str, Vec<u8>, Vec<usize>, f64, &'static str);

fn check(rows: Vec<Row>, options: &SourceOptions) {
    for (name, bytes, which, last_s, said) in rows {
        let film = read(&bytes, options).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (got, times) = pictures(&film);
        assert_eq!((got, *times.last().unwrap()), (which, last_s), "{name}: {}", notes(&film));
        assert!(notes(&film).contains(said), "{name}: {}", notes(&film));
    }
}

fn with(change: impl Fn(&mut TestFilm)) -> Vec<u8> {
    let mut film = grey();
    change(&mut film);
    film.mp4()
}

#[test]
fn what_is_damaged_or_missing_is_left_out_and_said() {
    let all = (0..10).collect::<Vec<_>>();
    let sei = || Piece { bytes: unit(&[6, 5, 1, 0xaa, 0x80]), shown: 0, description: 1 };
    let (whole, begins) = grey().fragments(5);
    let (zeros, _) = {
        let mut film = grey();
        let n = film.pieces[7].bytes.len();
        film.pieces[7].bytes = vec![0; n];
        film.fragments(5)
    };
    let spoilt = with(|f| f.pieces[7].bytes[..4].copy_from_slice(&[0xff; 4]));
    let rows: Vec<Row> = vec![
        ("nothing", with(|_| {}), all.clone(), 0.9, "taken as thermal because no picture"),
        (
            "a packet lost",
            with(|f| drop(f.pieces.remove(2))),
            vec![0, 1, 5, 6, 7, 8, 9],
            0.9,
            "2 of 9 pictures cannot be decoded and are left out (a lost packet or damage): seconds \
             0.3 to 0.4",
        ),
        ("a broken length", spoilt, (0..7).collect(), 0.6, "3 of 10 pictures"),
        ("zeros", zeros, (0..7).collect(), 0.6, "seconds 0.7 to 0.9"),
        (
            "begins between key pictures",
            with(|f| drop(f.pieces.drain(..2))),
            vec![5, 6, 7, 8, 9],
            0.4,
            "the first 3 pictures, up to second 0.3, cannot be decoded",
        ),
        (
            "cut in the media",
            whole[..whole.len() - 3].to_vec(),
            (0..9).collect(),
            0.8,
            "read up to second 0.8, its last 1 pictures are lost",
        ),
        (
            "cut in the index of a fragment",
            whole[..begins[1] + 72].to_vec(),
            (0..5).collect(),
            0.4,
            "read up to second 0.4, its last 5 pictures are lost",
        ),
        (
            "cut where the index tells nothing yet",
            whole[..begins[1] + 20].to_vec(),
            (0..5).collect(),
            0.4,
            "second 0.4, pictures after that are lost",
        ),
        (
            "samples without a picture, of the time of one",
            with(|f| {
                for k in (0..10).rev() {
                    f.pieces.insert(k, Piece { shown: f.pieces[k].shown, ..sei() });
                }
            }),
            all,
            0.9,
            "",
        ),
        (
            "a picture without duration",
            with(|f| f.pieces[4].shown -= i64::from(EACH)),
            vec![0, 1, 2, 3, 5, 6, 7, 8, 9],
            0.9,
            "1 pictures have the time of the one before and are left out, the first is picture 4 at \
             second 0.3",
        ),
    ];
    check(rows, &dense());
}

#[test]
fn edit_lists_tracks_and_sizes_are_honoured() {
    const ONE: u32 = 0x1_0000;
    let size = |h, w| {
        with(|f| {
            let [sps, pps] = sets(f);
            f.descriptions = vec![avc1([&sps, &pps], [h, w], &[])];
        })
    };
    let pasp = |w: u32, h: u32| {
        with(|f| {
            let [sps, pps] = sets(f);
            let pasp = bx(b"pasp", &[w.to_be_bytes(), h.to_be_bytes()].concat());
            f.descriptions = vec![avc1([&sps, &pps], [48, 64], &pasp)];
        })
    };
    let edit = |edits: &[(u32, i32, u32)]| with(|f| f.edits = edits.to_vec());
    let all = (0..10).collect::<Vec<_>>();
    let rows: Vec<Row> = vec![
        (
            "the middle",
            edit(&[(400, 300, ONE)]),
            (3..7).collect(),
            0.3,
            "the file's edit list leaves out 6 of 10 pictures",
        ),
        ("the start", edit(&[(500, 0, ONE)]), (0..5).collect(), 0.4, "leaves out 5 of 10"),
        ("a delay", edit(&[(900, -1, ONE), (1000, 0, ONE)]), all.clone(), 0.9, ""),
        (
            "a thumbnail first",
            with(|f| f.before = vec![thumbnail()]),
            all.clone(),
            0.9,
            "video track 2 of 2 is read",
        ),
        ("a wrong size", size(96, 128), all.clone(), 0.9, ""),
        ("no size", size(0, 0), all.clone(), 0.9, ""),
        ("wide pixels", pasp(2, 1), all.clone(), 0.9, "pixels of this video are 2:1"),
        (
            "two descriptions alike",
            with(|f| {
                f.descriptions.push(f.descriptions[0].clone());
                f.pieces[5..].iter_mut().for_each(|p| p.description = 2);
            }),
            all,
            0.9,
            "",
        ),
    ];
    check(rows, &dense());
}

#[test]
fn a_film_is_turned_as_players_turn_it() {
    // The film's mark is a column of 8 bright rows at the left of its first picture.
    const I: i32 = 1 << 16;
    for (matrix, [h, w], [row, column]) in [
        ([I, 0, 0, 0, I, 0], [48, 64], [8, 4]),
        ([I, 0, 0, 0, -I, 0], [48, 64], [39, 4]),
        ([-I, 0, 0, 0, I, 0], [48, 64], [8, 59]),
        ([-I, 0, 0, 0, -I, 0], [48, 64], [39, 59]),
        ([0, I, 0, -I, 0, 0], [64, 48], [4, 39]),
        ([0, -I, 0, I, 0, 0], [64, 48], [59, 8]),
    ] {
        let bytes = with(|f| f.matrix[..6].copy_from_slice(&matrix));
        let film = read(&bytes, &dense()).unwrap();
        let grey = film.frames[0].pixels.first_channel();
        assert_eq!((film.grid.height, film.grid.width, grey.dim()), (h, w, (h, w)), "{matrix:?}");
        assert!(grey[[row, column]] > 150.0 && grey[[h / 2, w / 2]] < 100.0, "{matrix:?}");
        let said = notes(&film).contains("turned or mirrored as players show this video");
        assert_eq!(said, matrix[0] != I || matrix[4] != I, "{matrix:?}");
    }
}

#[test]
fn a_film_without_colour_is_thermal() {
    let red = [90, 240];
    for (name, colour, asked, kind, said) in [
        ("grey", vec![], None, Kind::Thermal, "because no picture of the video has colour"),
        ("nearly grey", vec![[126, 131]; 10], None, Kind::Thermal, "has colour"),
        ("grey, asked", vec![], Some(Kind::Rgb), Kind::Rgb, ""),
        ("colour", vec![red; 10], None, Kind::Rgb, "read as BT.601 of limited range"),
        (
            "colour later",
            [vec![[128, 128]; 7], vec![red; 3]].concat(),
            None,
            Kind::Rgb,
            "grey until second 0.7, where colour begins",
        ),
        ("colour, asked", vec![red; 10], Some(Kind::Thermal), Kind::Thermal, "video has colour:"),
    ] {
        let film = code(10, [48, 64], 20, None, |k| colour.get(k).copied().unwrap_or([128, 128]));
        let film = read(&film.mp4(), &SourceOptions { kind: asked, ..dense() }).unwrap();
        assert_eq!((film.kind, film.frames.len()), (kind, 10), "{name}");
        assert!(notes(&film).contains(said), "{name}: {}", notes(&film));
    }
}

#[test]
fn range_and_matrix_are_those_that_the_film_tells() {
    let told = [
        (None, None),
        (Some(VuiConfig::bt601().full_range(false)), None),
        (Some(VuiConfig::bt601().full_range(true)), None),
        (Some(VuiConfig::bt709()), None),
        (Some(VuiConfig::bt709_full()), None),
        (Some(VuiConfig::bt2020().full_range(false)), None),
        (None, Some((1u16, false))),
        (None, Some((6, true))),
    ];
    for (vui, colr) in told {
        let mut film = code(3, [48, 64], 20, vui, |_| [100, 200]);
        if let Some((matrix, full)) = colr {
            let [sps, pps] = sets(&film);
            let mut nclx = b"nclx\0\x01\0\x01".to_vec();
            nclx.extend(matrix.to_be_bytes());
            nclx.push(u8::from(full) << 7);
            film.descriptions = vec![avc1([&sps, &pps], [48, 64], &bx(b"colr", &nclx))];
        }
        let text = format!("{vui:?} {colr:?}");
        let (full, kr, kb) = match &text {
            t if t.contains("Bt2020") => (false, 0.2627, 0.0593),
            t if t.contains("Bt709") || t.contains("(1, false)") => {
                (t.contains("full_range: true"), 0.2126, 0.0722)
            }
            t => (t.contains("full_range: true") || t.contains("(6, true)"), 0.299, 0.114),
        };
        // The standard's own formula for brightness 40, colour −28 and 72.
        let (y, chroma) = if full { (40.0, 1.0) } else { (24.0 * 255.0 / 219.0, 255.0 / 224.0) };
        let (u, v) = (-28.0 * chroma, 72.0 * chroma);
        let red: f64 = y + 2.0 * (1.0 - kr) * v;
        let blue = y + 2.0 * (1.0 - kb) * u;
        let green = (y - kr * red - kb * blue) / (1.0 - kr - kb);
        let film = read(&film.mp4(), &dense()).unwrap();
        let Pixels::U8(first) = &*film.frames[0].pixels else { panic!("8 bit") };
        for (c, want) in [red, green, blue].into_iter().enumerate() {
            let got = f64::from(first[[40, 50, c]]);
            assert!((got - want.clamp(0.0, 255.0)).abs() < 4.0, "{text} {c}: {got}, not {want}");
        }
        let assumed = notes(&film).contains("does not say how its colours are coded");
        assert_eq!(assumed, vui.is_none() && colr.is_none(), "{text}");
    }
}

#[test]
fn brightness_of_full_range_is_not_stretched() {
    for (full, want) in [(false, (level(1) - 16) as f32 * 255.0 / 219.0), (true, level(1).into())] {
        let vui = VuiConfig::bt601().full_range(full);
        let film = code(3, [48, 64], 20, Some(vui), |_| [128, 128]).mp4();
        let film = read(&film, &dense()).unwrap();
        let got = film.frames[1].pixels.first_channel()[[40, 50]];
        assert!((got - want).abs() < 1.5, "{full}: {got}, not {want}");
    }
}

#[test]
fn frames_of_a_timelapse_are_as_far_apart_as_a_person_says() {
    let every = |every_s, step_s| SourceOptions {
        frame_every_s: Some(every_s),
        step_s,
        ..SourceOptions::default()
    };
    for (options, which, last_s) in [
        (every(60.0, None), (0..10).collect::<Vec<_>>(), 540.0),
        (every(60.0, Some(180.0)), vec![0, 3, 6, 9], 540.0),
    ] {
        let film = read(&grey().mp4(), &options).unwrap();
        let (got, times) = pictures(&film);
        assert_eq!((got, *times.last().unwrap()), (which, last_s));
        assert_eq!(film.time_source(), TimeSource::Step);
        assert!(notes(&film).contains("frames were taken 60 s apart, as asked (‹frame-every›)"));
    }
    // All of one time: nothing but a person can tell.
    let same = with(|f| f.pieces.iter_mut().for_each(|p| p.shown = 0));
    let e = read(&same, &dense()).unwrap_err().to_string();
    assert!(
        e.contains("all of its 10 pictures have the same time; say")
            && e.contains("‹frame-every› 1s")
    );
    assert_eq!(read(&same, &every(1.0, None)).unwrap().frames.len(), 10);
    let bad = read(&same, &every(0.0, None)).unwrap_err().to_string();
    assert!(bad.contains("more than 0 s apart"), "{bad}");
}

#[test]
fn what_cannot_be_read_is_refused_with_a_command() {
    const ONE: u32 = 0x1_0000;
    let edit = |edits: &[(u32, i32, u32)]| with(|f| f.edits = edits.to_vec());
    let larger = {
        let mut film = grey();
        let other = code(5, [64, 80], 5, None, |_| [128, 128]);
        film.descriptions.extend(other.descriptions);
        film.pieces.truncate(5);
        for (k, piece) in other.pieces.into_iter().enumerate() {
            let shown = i64::from(EACH) * (5 + k as i64);
            film.pieces.push(Piece { shown, description: 2, ..piece });
        }
        film.mp4()
    };
    for (name, bytes, why) in [
        (
            "slower",
            edit(&[(1000, 0, ONE / 2)]),
            "plays piece 0 at 0.5 times; convert it: ffmpeg -i ",
        ),
        (
            "two pieces",
            edit(&[(300, 0, ONE), (300, 600, ONE)]),
            "puts 2 pieces together, with gaps",
        ),
        ("nothing shown", edit(&[(300, 5000, ONE)]), "shows none of its pictures"),
        (
            "another size",
            larger,
            "change from 48×64 to 64×80 at second 0.5; cut it there: ffmpeg -i ",
        ),
        (
            "mostly damaged",
            with(|f| drop(f.pieces.drain(1..8))),
            "2 of 3 pictures are damaged or lost: picture 1 cannot be decoded",
        ),
        ("no key picture", with(|f| drop(f.pieces.drain(..6))), "holds no key picture"),
        (
            "a thumbnail alone",
            with(|f| {
                f.before = vec![thumbnail()];
                f.descriptions = vec![bx(b"mp4v", &[0; 78])];
            }),
            "video is Motion JPEG; convert it: ffmpeg",
        ),
    ] {
        match read(&bytes, &dense()) {
            Ok(film) => panic!("{name}: {} frames", film.frames.len()),
            Err(e) => {
                let e = e.to_string();
                assert!(e.contains(why) && !e.contains('\n'), "{name}: {e}");
            }
        }
    }
}
