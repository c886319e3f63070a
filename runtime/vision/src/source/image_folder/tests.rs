//! Folders of pictures that are made here, read and refused.

use std::path::Path;

use png::{BitDepth, ColorType};
use tempfile::TempDir;
use tiff::encoder::colortype::{Gray16, Gray32Float, GrayI16};

use crate::frame::{Film, Kind, TimeSource};
use crate::note::Note;
use crate::source::still::made::{self, Made};
use crate::source::{SourceError, SourceOptions, read_film};

fn folder(files: &[(&str, Vec<u8>)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn film_of(path: &Path, kind: Option<Kind>) -> Result<Film, SourceError> {
    let options = SourceOptions { kind, ..SourceOptions::default() };
    read_film(&path.display().to_string(), &options)
}

fn notes(film: &Film) -> String {
    film.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A slope of grey from `least` on.
fn slope(least: u8) -> Vec<u8> {
    let values: Vec<u8> = (0..40 * 33u16).map(|i| least + (i % 40) as u8).collect();
    made::png([40, 33], ColorType::Grayscale, BitDepth::Eight, &values)
}

#[test]
fn opens_folders_of_each_format() {
    type Save = fn(u8) -> Vec<u8>;
    let cases: [(&str, Save, Kind, usize); 4] = [
        ("png", slope, Kind::Thermal, 1),
        (
            "tif",
            |v| {
                let values = (0..40 * 33).map(|i| u16::from(v) * 200 + i % 40).collect();
                made::tiff::<Gray16>([40, 33], &[values], &[])
            },
            Kind::Thermal,
            1,
        ),
        ("png", |v| made::colour(40, 33, |x| [v, x as u8, 99]), Kind::Rgb, 3),
        (
            "png",
            |v| {
                let values: Vec<u8> =
                    (0..40 * 33).flat_map(|i| [v, (i % 40) as u8, 99, 7]).collect();
                made::png([40, 33], ColorType::Rgba, BitDepth::Eight, &values)
            },
            Kind::Rgb,
            3,
        ),
    ];
    for (ending, save, kind, channels) in cases {
        let files = [9u8, 10, 11].map(|v| (format!("f{v}.{ending}"), save(v * 3)));
        let dir = folder(&files.each_ref().map(|(name, bytes)| (name.as_str(), bytes.clone())));
        std::fs::write(dir.path().join("readme.txt"), "x").unwrap();
        let film = film_of(dir.path(), None).unwrap();
        assert_eq!((film.kind, film.frames.len()), (kind, 3));
        assert_eq!(film.frames[0].pixels.shape(), [33, 40, channels]);
        assert_eq!(film.time_source(), TimeSource::Assumed);
        let first = |i: usize| film.frames[i].pixels.first_channel()[[0, 0]];
        assert!(first(0) < first(1) && first(1) < first(2), "natural order");
        assert!(film.notes.contains(&Note::OtherFiles { files: 1 }));
    }
}

#[test]
fn refuses_and_names_the_file() {
    let whole = slope(3);
    let jpeg = made::golden("grey.jpg");
    let deep: Vec<u8> = (0..40 * 40).flat_map(|_| [0, 9, 0, 8, 0, 7]).collect();
    let deep = made::png([40, 40], ColorType::Rgb, BitDepth::Sixteen, &deep);
    let hot = || vec![vec![9.5f32; 40 * 33]];
    let here = made::tiff::<Gray32Float>([40, 33], &hot(), &made::on_map(5e5, 4e6));
    let there = made::tiff::<Gray32Float>([40, 33], &hot(), &made::on_map(500_010.0, 4e6));
    for (files, why) in [
        (
            vec![("a1.png", made::grey(40, 40, 3)), ("a2.png", made::grey(48, 40, 3))],
            "a2.png: it is 40×48 of 8 bit grey, but",
        ),
        (
            vec![("a1.png", made::grey(40, 40, 3)), ("a2.png", made::colour(40, 40, |_| [0; 3]))],
            "a2.png: it is 40×40 of 8 bit colour, but",
        ),
        (vec![("a1.png", whole[..whole.len() - 20].to_vec())], "a1.png: cannot be decoded"),
        (vec![("a1.jpg", jpeg[..jpeg.len() * 3 / 10].to_vec())], "a1.jpg: cannot be decoded"),
        (vec![("a1.jpg", jpeg[..jpeg.len() - 2].to_vec())], "end-of-image marker is missing"),
        (vec![("a1.png", made::grey(31, 40, 3))], "a1.png: frames are 40×31 pixels"),
        (vec![("a.png", deep)], "a.png: it is colour of 16 bit"),
        (vec![("a.jpg", b"GIF89a".to_vec())], "it is a GIF, whatever its name says"),
        (vec![("a.png", Vec::new())], "a.png: cannot be decoded: the file is empty"),
        (
            vec![("a1.tif", here.clone()), ("a2.tif", there.clone())],
            "a2.tif: it begins at 500010 4000000 of EPSG:32611, but",
        ),
        (
            vec![("a1.tif", here), ("a2.tif", there)],
            "gdalwarp -te 500010 3999934 500080 4000000 -tr 2 2 \"$f\" \"map/${f##*/}\"; done",
        ),
        (vec![("a.npz", Vec::new())], "set of events"),
        (vec![], "no PNG, JPEG or TIFF in this folder, but nothing"),
        (
            vec![("a.mkv", Vec::new()), ("b.mkv", Vec::new())],
            "a folder of 2 video files is no film; give one of them, or put them together",
        ),
        (vec![("a.bmp", Vec::new())], "but a .bmp file; make PNG of them: mkdir frames; for f in"),
    ] {
        let dir = folder(&files);
        let e = film_of(dir.path(), None).unwrap_err().to_string();
        assert!(e.contains(why) && !e.contains('\n'), "{e}");
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("day2")).unwrap();
    std::fs::create_dir(dir.path().join("day1")).unwrap();
    let e = film_of(dir.path(), None).unwrap_err().to_string();
    assert!(
        e.contains("but only 2 folders; give one of them, such as") && e.ends_with("day1"),
        "{e}"
    );
}

#[test]
fn every_page_is_a_frame() {
    let pages: Vec<Vec<u16>> =
        (0..3u16).map(|t| (0..40 * 33).map(|i| 100 * t + i % 40).collect()).collect();
    let stack = made::tiff::<Gray16>([40, 33], &pages, &[]);
    let dir = folder(&[("stack.tif", stack.clone())]);
    let two = folder(&[("s1.tif", stack.clone()), ("s2.tif", stack)]);
    let alone = dir.path().join("stack.tif");
    for (path, frames) in [(dir.path(), 3), (&alone, 3), (two.path(), 6)] {
        let film = film_of(path, None).unwrap();
        assert_eq!(film.frames.len(), frames);
        let first = |i: usize| film.frames[i].pixels.first_channel()[[0, 0]];
        assert_eq!([first(0), first(1), first(2)], [0.0, 100.0, 200.0]);
        assert!(
            notes(&film).contains(&format!(
                "each page is a frame, in the order of the file: {frames} pages"
            ))
        );
    }
    let lonely = folder(&[("one.tif", made::tiff::<Gray16>([40, 33], &pages[..1], &[]))]);
    let e = film_of(&lonely.path().join("one.tif"), None).unwrap_err().to_string();
    assert!(e.contains("one image is not a film"), "{e}");
}

#[test]
fn a_stack_without_pages_is_refused_and_a_turned_one_stands_upright() {
    let page = || (0..40 * 33).map(|i| i % 40).collect::<Vec<u16>>();
    for text in ["{\"shape\": [12, 33, 40], \"truncated\": true}", "ImageJ=1.53t\nimages=12\n"] {
        let tags = [(270, Made::Text(text.into()))];
        let dir = folder(&[("a.tif", made::tiff::<Gray16>([40, 33], &[page()], &tags))]);
        for path in [dir.path(), &dir.path().join("a.tif")] {
            let e = film_of(path, None).unwrap_err().to_string();
            assert!(e.contains("a.tif: it says it holds 12 pictures, but has 1 pages"), "{e}");
        }
    }
    let turned = made::tiff::<Gray16>([40, 33], &[page(), page()], &[(274, Made::Short(vec![6]))]);
    let film = film_of(folder(&[("a.tif", turned)]).path(), None).unwrap();
    assert_eq!(film.frames[0].pixels.shape(), [40, 33, 1]);
    assert_eq!(film.frames[1].pixels.first_channel()[[39, 0]], 39.0);
    assert!(notes(&film).contains("turned upright"));
}

#[test]
fn whole_numbers_with_a_sign_and_floats_are_read_and_lie_on_the_map() {
    let map = made::on_map(5e5, 4e6);
    let signed: Vec<i16> = (0..40 * 33).map(|i| i % 40 - 20).collect();
    let floats: Vec<f32> = signed.iter().map(|&v| f32::from(v)).collect();
    for bytes in [
        made::tiff::<GrayI16>([40, 33], &[signed], &map),
        made::tiff::<Gray32Float>([40, 33], &[floats], &map),
    ] {
        let dir = folder(&[("a.tif", bytes.clone()), ("b.tif", bytes)]);
        let film = film_of(dir.path(), None).unwrap();
        assert_eq!(film.kind, Kind::Thermal);
        let values = film.frames[0].pixels.first_channel();
        assert_eq!((values[[0, 0]], values[[32, 39]]), (-20.0, 19.0));
        assert_eq!(film.grid.crs.as_deref(), Some("EPSG:32611"));
        assert_eq!(film.grid.transform, Some([5e5, 2.0, 0.0, 4e6, 0.0, -2.0]));
        assert!(film.grid.cell_m.is_some_and(|m| (m - 2.0).abs() < 1e-9));
    }
}

#[test]
fn pictures_are_turned_and_dated_by_their_exif_data() {
    let jpeg = made::golden("grey.jpg");
    let taken = |minute: u32, zone| {
        let time = format!("2026:08:01 12:{minute:02}:00");
        made::with_segment(
            &jpeg,
            0xe1,
            &[b"Exif\0\0", &made::exif(6, Some(&time), zone)[..]].concat(),
        )
    };
    for zone in [None, Some("+02:00")] {
        let dir = folder(&[
            ("a.jpg", taken(4, zone)),
            ("b.jpg", taken(0, zone)),
            ("c.jpg", taken(2, zone)),
        ]);
        let film = film_of(dir.path(), None).unwrap();
        assert_eq!(film.frames[0].pixels.shape(), [45, 37, 1]);
        let times: Vec<f64> = film.frames.iter().map(|f| f.time_s()).collect();
        assert_eq!((film.time_source(), times), (TimeSource::Exif, vec![0.0, 120.0, 240.0]));
        let utc = film.start_utc().map(|utc| utc.to_string());
        assert_eq!(utc.as_deref(), zone.map(|_| "2026-08-01T10:00:00Z"));
        let said = notes(&film);
        assert!(
            said.contains("pictures are turned upright, as their orientation tag says\n")
                || said.ends_with("tag says"),
            "{said}"
        );
        assert!(said.contains("1 files come before an older one"), "{said}");
    }
}

#[test]
fn pgm_are_pictures_where_a_kind_is_asked_for() {
    let eight: Vec<u8> = [&b"P5\n40 33\n255\n"[..], &vec![7; 40 * 33 - 1], &[99]].concat();
    let deep: Vec<u8> = [&b"P5\n40 33\n65535\n"[..], &vec![7; 2 * 40 * 33 - 1], &[99]].concat();
    for (bytes, why) in
        [(eight, "‹kind› thermal where it is a picture"), (deep, "‹kind› thermal reads one")]
    {
        let dir = folder(&[("a.pgm", bytes.clone()), ("b.pgm", bytes)]);
        let film = film_of(dir.path(), Some(Kind::Thermal)).unwrap();
        assert_eq!((film.kind, film.frames.len()), (Kind::Thermal, 2));
        let e = film_of(dir.path(), None).unwrap_err().to_string();
        assert!(e.contains(why) && !e.contains('\n'), "{e}");
    }
}

#[test]
fn cells_without_data_are_refused() {
    let map = [made::on_map(5e5, 4e6), vec![(42113, Made::Text("65535".into()))]].concat();
    let values: Vec<u16> =
        (0..50 * 60).map(|i| if i % 50 < 2 { 65535 } else { 7000 + i / 50 }).collect();
    let dir = folder(&[("a.tif", made::tiff::<Gray16>([50, 60], &[values], &map))]);
    let e = film_of(dir.path(), None).unwrap_err().to_string();
    assert!(
        e.contains(
            "a.tif: 120 of 3000 cells hold 65535, which the file calls no data; cut them off"
        ),
        "{e}"
    );
    assert!(e.contains("gdal_translate -srcwin 2 0 48 60 \"$f\" \"cut/${f##*/}\""), "{e}");
}

#[test]
fn a_gap_between_times_in_names_is_noted() {
    let names = ["20260801_120000", "20260801_120200", "20260801_120400", "20260801_122400"];
    let files = names.map(|n| {
        (format!("cam1_{n}.png"), slope(names.iter().position(|m| *m == n).unwrap() as u8))
    });
    let dir = folder(&files.each_ref().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    let film = film_of(dir.path(), None).unwrap();
    assert_eq!((film.time_source(), film.frames[3].time_s()), (TimeSource::Name, 1440.0));
    assert_eq!(film.start_utc(), None);
    let said = notes(&film);
    assert!(
        said.contains("9 frames are missing at a step of 120 s: second 240 to second 1440"),
        "{said}"
    );
}
