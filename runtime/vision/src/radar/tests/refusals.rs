//! Tests of what a person is told of radar inputs that are not as they should be.

use std::path::Path;

use super::{film, golden, lines};
use crate::note::Note;
use crate::radar::format::Format;
use crate::radar::scan::Scan;
use crate::radar::*;
use crate::source::{SourceOptions, read_film};

/// Bytes of a FMI file of `value` at `hhmm`, or without a time.
fn pgm(hhmm: &str, value: u8) -> Vec<u8> {
    let time = if hhmm.is_empty() { String::new() } else { format!("# obstime 20160928{hhmm}\n") };
    let head = format!(
        "P5\n{time}# param CorrectedReflectivity\n\
         # metersperpixel_x 18993.8\n# metersperpixel_y 19149.1\n# type stereographic\n# centrallongitude 25\n\
         # centrallatitude 90\n# truelatitude 60\n# bottomleft 18.6 57.93\n# topright 34.903 69.005\n\
         40 64\n255\n"
    );
    let mut bytes = head.into_bytes();
    // One corner is never seen, so that an outage is more than that.
    bytes
        .extend((0..40 * 64).map(|i| if i < 40 { 255 } else { value.wrapping_add((i % 7) as u8) }));
    if value == 255 {
        let at = bytes.len() - 40 * 64;
        bytes[at..].fill(255);
    }
    bytes
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).unwrap();
    [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()
}

/// Without the size of a cell.
fn loose(bytes: &[u8]) -> Vec<u8> {
    replaced(&replaced(bytes, "metersperpixel_x", "x"), "metersperpixel_y", "y")
}

type Files = Vec<(&'static str, Vec<u8>)>;

#[test]
fn a_person_is_told_what_is_wrong_with_a_series_of_frames() {
    let at =
        |hhmm: &'static str| pgm(hhmm, 100 + hhmm.as_bytes()[3] % 10 + hhmm.as_bytes()[2] % 10);
    let dark = |hhmm: &'static str| pgm(hhmm, 255);
    let cases: Vec<(&str, Files, Result<&str, &str>)> = vec![
        (
            "a gap",
            vec![
                ("a", at("1700")),
                ("b", at("1705")),
                ("c", at("1710")),
                ("d", at("1730")),
                ("e", at("1735")),
            ],
            Ok("3 frames are missing at a step of 300 s: 2016-09-28T17:10:00Z to \
                2016-09-28T17:30:00Z (3 missing); nothing is filled in"),
        ),
        (
            "uneven steps",
            vec![("a", at("1700")), ("b", at("1705")), ("c", at("1709")), ("d", at("1715"))],
            Ok("frames are 240 to 360 s apart, 300 s as a rule"),
        ),
        (
            "out of order",
            vec![("a", at("1710")), ("b", at("1700")), ("c", at("1705"))],
            Ok("1 files come before an older one in order of name; frames are sorted by time"),
        ),
        (
            "a frame twice",
            vec![("a", at("1700")), ("b", at("1705")), ("c", at("1705"))],
            Ok("1 files repeat a frame and are left out, such as"),
        ),
        (
            "two frames of one time",
            vec![("a", at("1700")), ("b", pgm("1700", 180))],
            Err("b.pgm: it and DIR/a.pgm are both of 2016-09-28T17:00:00Z, and differ; leave one"),
        ),
        (
            "an outage in the middle",
            vec![("a", at("1700")), ("b", dark("1705")), ("c", dark("1710")), ("d", at("1715"))],
            Ok("2 frames hold no data at all (a radar outage): 2016-09-28T17:05:00Z to \
                2016-09-28T17:10:00Z"),
        ),
        (
            "nothing but an outage",
            vec![("a", dark("1700")), ("b", dark("1705"))],
            Err("no frame holds any data; give frames of a time when the radar worked"),
        ),
        (
            "a radar lost",
            vec![
                ("a", at("1700")),
                ("b", at("1705")),
                ("c", {
                    let mut bytes = at("1710");
                    let n = bytes.len();
                    bytes[n - 1000..].fill(255);
                    bytes
                }),
            ],
            Ok("1 frames see less than usual (2 % of the map is unseen then; a radar is out?): \
                2016-09-28T17:10:00Z (41 % unseen)"),
        ),
        (
            "every other frame sees less",
            {
                let cut = |mut bytes: Vec<u8>| {
                    let n = bytes.len();
                    bytes[n - 1000..].fill(255);
                    bytes
                };
                vec![
                    ("a", at("1700")),
                    ("b", cut(at("1705"))),
                    ("c", at("1710")),
                    ("d", cut(at("1715"))),
                ]
            },
            Ok(
                "2 of 4 frames see much less than the others (up to 41 % of the map is unseen in them, 2 % \
                otherwise)",
            ),
        ),
        (
            "a frozen feed",
            vec![("a", at("1700")), ("b", pgm("1705", 99)), ("c", pgm("1710", 99))],
            Ok("1 frames are the same as the one before (a frozen feed?): 2016-09-28T17:10:00Z"),
        ),
        (
            "times in names",
            vec![("201609281700", pgm("", 90)), ("201609281705", pgm("", 91))],
            Ok("times are read from file names, as UTC"),
        ),
        (
            "another time in the name",
            vec![("201609281700", at("1700")), ("201609281704", at("1705"))],
            Ok("1 files tell another time than their names, such as DIR/201609281704.pgm; the \
                file's own is used"),
        ),
        (
            "no time anywhere",
            vec![("a", pgm("", 90)), ("b", pgm("", 91))],
            Err(
                "a.pgm: neither the file nor its name tells a time; put YYYYMMDDHHMM into the names",
            ),
        ),
        (
            "one time missing",
            vec![("201609281700", pgm("", 90)), ("b", pgm("", 91))],
            Err("b.pgm: neither the file nor its name tells a time; other files have one"),
        ),
        (
            "mixed projections",
            vec![
                ("a", at("1700")),
                ("b", replaced(&at("1705"), "truelatitude 60", "truelatitude 59.9")),
            ],
            Err("b.pgm: it is on the projection +proj=stere +lat_0=90 +lat_ts=59.9 +lon_0=25"),
        ),
        (
            "shifted corners",
            vec![
                ("a", at("1700")),
                ("b", loose(&replaced(&at("1705"), "18.6 57.93", "19.6 57.93"))),
            ],
            Err("b.pgm: its corners lie up to 3.1 cells from those of DIR/a.pgm"),
        ),
        (
            "rounded corners",
            vec![("a", at("1700")), ("b", replaced(&at("1705"), "18.6 57.93", "18.601 57.93"))],
            Ok("the corners told in the files differ by up to 0.0"),
        ),
        (
            "mixed sizes",
            vec![("a", at("1700")), ("b", loose(&replaced(&at("1705"), "40 64", "64 40")))],
            Err("b.pgm: it is 40×64 cells, but DIR/a.pgm is 64×40 cells"),
        ),
        (
            "a wrong projection",
            vec![("a", replaced(&at("1700"), "centrallatitude 90", "centrallatitude -90"))],
            Err(
                "on this projection, but metersperpixel_x is 18993.8; correct the file, or say the",
            ),
        ),
        (
            "an unknown projection",
            vec![("a", replaced(&at("1700"), "type stereographic", "type lambert"))],
            Ok("its projection 'lambert' is not known; ‹crs› says it"),
        ),
        (
            "another quantity",
            vec![("a", replaced(&at("1700"), "CorrectedReflectivity", "RainClass"))],
            Err("a.pgm: it holds 'RainClass', whose unit is not known; say it with ‹unit›"),
        ),
        (
            "no quantity",
            vec![("a", replaced(&at("1700"), "# param CorrectedReflectivity\n", ""))],
            Err("does not say what its values are; say it with ‹unit›: dBZ, mm/h"),
        ),
        (
            "mixed formats",
            vec![("a", at("1700")), ("b.tif", Vec::new())],
            Err("it mixes PGM and GeoTIFF; put frames of one format into a folder"),
        ),
    ];
    for (case, files, want) in cases {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().display().to_string();
        for (name, bytes) in files {
            let name = if name.contains('.') { name.to_owned() } else { format!("{name}.pgm") };
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        let got = read_film(&path, &SourceOptions::default());
        match (&got, want) {
            (Ok(film), Ok(note)) => {
                let words = lines(&film.notes).replace(&path, "DIR");
                assert!(words.contains(note), "{case}: {words}");
                assert!(film.frames.windows(2).all(|p| p[0].time_s() < p[1].time_s()), "{case}");
            }
            (Err(e), Err(why)) => {
                let words = e.to_string().replace(&path, "DIR");
                assert!(words.contains(why) && !words.contains('\n'), "{case}: {words}");
            }
            _ => panic!("{case}: {got:?}"),
        }
    }
}

#[cfg(feature = "odim")]
#[test]
fn accumulations_that_overlap_are_told() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["acrr_f64.h5", "acrr_before.h5"] {
        std::fs::copy(golden(name), dir.path().join(name)).unwrap();
    }
    let film = film(dir.path(), &SourceOptions::default());
    let words = lines(&film.notes);
    assert!(words.contains("rain of 60 min is read as its mean rate"), "{words}");
    assert!(words.contains("frames are 900 s apart and each is the mean of 3600 s"), "{words}");
}

#[cfg(feature = "odim")]
#[test]
fn odim_files_that_are_not_what_they_say_are_refused() {
    // Written by h5py without checksums, so that single words can be exchanged.
    let whole = std::fs::read(golden("dbzh_u8.h5")).unwrap();
    let pysteps = std::fs::read(golden("rate_u16.h5")).unwrap();
    let crs = |crs: &str| RadarOptions { crs: Some(crs.into()), ..RadarOptions::default() };
    let quantity = |q: &str| RadarOptions { quantity: Some(q.into()), ..RadarOptions::default() };
    for (bytes, options, why) in [
        (
            replaced(&whole, "COMP", "PVOL"),
            RadarOptions::default(),
            "an ODIM file of object PVOL; give comp",
        ),
        (
            replaced(&whole, "object", "abject"),
            RadarOptions::default(),
            "not ODIM: it has no /what/object",
        ),
        (
            replaced(&whole, "DBZH", "VRAD"),
            RadarOptions::default(),
            "but: VRAD; name one of these with",
        ),
        (replaced(&whole, "DBZH", "VRAD"), quantity("VRAD"), "does not say what its values are"),
        (whole.clone(), quantity("ACRR"), "it holds no ACRR, but: DBZH"),
        (
            replaced(&whole, "gain", "gown"),
            RadarOptions::default(),
            "integers without gain and offset",
        ),
        (replaced(&whole, "20241126", "20241326"), RadarOptions::default(), "are no time"),
        (
            ["LL_lon", "UL_lon", "LR_lon", "UR_lon"]
                .iter()
                .fold(whole.clone(), |bytes, key| replaced(&bytes, key, &key.replace('_', "x"))),
            RadarOptions::default(),
            "it tells no corners (LL, UR)",
        ),
        (
            replaced(&whole, "lon_0=10.0", "lon_0=40.0"),
            RadarOptions::default(),
            "say its projection with",
        ),
        (replaced(&whole, "proj=laea", "proj=laex"), RadarOptions::default(), "is not known"),
        (whole.clone(), crs("EPSG:4326"), "its four corners are no rectangle"),
        (whole[..whole.len() / 2].to_vec(), RadarOptions::default(), "copy or export it again"),
        (
            pysteps,
            RadarOptions { scale: Some([0.0, 1.0]), ..RadarOptions::default() },
            "the gain of RATE is 0",
        ),
    ] {
        let read = crate::radar::odim::read("x.h5", &bytes, &options)
            .and_then(|raw| Scan::of(raw, &options));
        let e = read.unwrap_err().to_string();
        assert!(e.contains(why) && !e.contains('\n'), "{why}: {e}");
    }
    let unplaced = replaced(&whole, "projdef", "prajdef");
    let raw = crate::radar::odim::read("x.h5", &unplaced, &RadarOptions::default()).unwrap();
    let notes = Scan::of(raw, &RadarOptions::default()).unwrap().notes;
    assert!(notes.contains(&Note::PlaceUnknown), "{notes:?}");
}

#[test]
fn bad_bytes_are_told_and_never_a_panic() {
    let options = RadarOptions { unit: Some(RadarUnit::DbZ), ..RadarOptions::default() };
    let names = ["fmi.pgm", "fmi_5.pgm.gz", "rate_f32.tif", "dbz_u8.tif", "acc_u16.tif"];
    let more: &[&str] = if cfg!(feature = "odim") {
        &["dbzh_u8.h5", "rate_u16.h5", "acrr_f64.h5", "rate_f32.h5"]
    } else {
        &[]
    };
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for name in names.iter().chain(more) {
        let whole = std::fs::read(golden(name)).unwrap();
        let format = Format::of(Path::new(name)).unwrap();
        let read = |bytes: &[u8]| {
            let got = format.scans("x", bytes, &options);
            if let Err(e) = &got {
                let e = e.to_string();
                assert!(!e.contains('\n') && e.chars().count() < 600, "{name}: {e}");
            }
            got.is_ok()
        };
        assert!(!read(&[]) && !read(&whole[..4]) && !read(&[7; 5000]), "{name}");
        for i in 0..400 {
            let mut bytes = whole.clone();
            if i % 4 == 0 {
                bytes.truncate(random() as usize % whole.len());
            } else {
                for _ in 0..=random() % 4 {
                    let at = random() as usize % bytes.len();
                    bytes[at] = if random() % 3 == 0 { 255 } else { random() as u8 };
                }
            }
            read(&bytes);
        }
    }
    for (head, why) in [
        ("P5\n99999999 99999999\n255\n", "it says it is"),
        ("P5\n99999999999999999999999 4\n255\n", "too large"),
        ("P5\n40 64\n65535\n", "no 8-bit picture"),
        ("P5\n0 64\n255\n", "no 8-bit picture"),
        ("P5\n40 64\n255\nabc", "but holds 3 bytes"),
        ("P5\n40 64\n255", "ends after its header"),
        ("P5\n# obstime 201609281700", "ends in its header"),
        ("P5\nforty", "something else than numbers"),
        ("P2\n40 64\n255\n", "not a binary PGM"),
    ] {
        let e =
            crate::radar::pgm::read("x.pgm", head.as_bytes(), &options).unwrap_err().to_string();
        assert!(e.contains(why), "{head:?}: {e}");
    }
    let loud = replaced(&pgm("1700", 90), "CorrectedReflectivity", "\u{1b}[31mred");
    let e = Format::Pgm.scans("x.pgm", &loud, &RadarOptions::default()).unwrap_err().to_string();
    assert!(e.contains("it holds ' [31mred'"), "control letters do not reach a terminal: {e}");
}
