//! Files written by NumPy (`tests/golden/source/make.py`), read and refused.

use std::fs::File;
use std::path::Path;

use crate::frame::{Kind, TimeSource};
use crate::note::Note;
use crate::source::{SourceOptions, read_film};

fn golden(name: &str) -> String {
    format!("{}/../../tests/golden/source/{name}.npz", env!("CARGO_MANIFEST_DIR"))
}

fn array(name: &str) -> SourceOptions {
    SourceOptions { array: Some(name.into()), ..SourceOptions::default() }
}

#[test]
fn reads_every_type_of_frames() {
    // Value of frame t, row y, column x: t·10 + y + x/4, whatever the type.
    for name in [
        "thermal_u8",
        "thermal_u16",
        "thermal_f32",
        "thermal_f64",
        "thermal_i32",
        "thermal_fortran",
    ] {
        let film = read_film(&golden(name), &SourceOptions::default()).unwrap();
        assert_eq!((film.kind, film.frames.len()), (Kind::Thermal, 4), "{name}");
        for (t, frame) in film.frames.iter().enumerate() {
            let v = frame.pixels.first_channel();
            assert_eq!(v.dim(), (32, 44));
            for ((y, x), &v) in v.indexed_iter() {
                assert_eq!(v as usize, t * 10 + y + x / 4, "{name} {t} {y} {x}");
            }
        }
    }
    let film = read_film(&golden("rgb"), &SourceOptions::default()).unwrap();
    assert_eq!((film.kind, film.frames[0].pixels.shape()), (Kind::Rgb, [32, 44, 3]));
}

#[test]
fn reads_the_scalars() {
    let film = read_film(&golden("thermal_u8"), &SourceOptions::default()).unwrap();
    assert_eq!((film.time_source(), film.frames[3].time_s()), (TimeSource::Step, 0.1 * 3.0));
    assert_eq!(film.grid.cell_m, Some(5.0));
    assert_eq!(film.grid.crs.as_deref(), Some("EPSG:32611"));
    assert_eq!(film.grid.transform, Some([5e5, 5.0, 0.0, 4.1e6, 0.0, -5.0]));
    assert_eq!(film.notes, []);

    let film = read_film(&golden("thermal_u16"), &SourceOptions::default()).unwrap();
    let times: Vec<f64> = film.frames.iter().map(|f| f.time_s()).collect();
    assert_eq!((film.time_source(), times), (TimeSource::Utc, vec![0.0, 30.0, 61.0, 90.0]));
    assert_eq!(film.start_utc().unwrap().to_string(), "2026-08-01T12:00:00Z");
    let notes: Vec<String> = film.notes.iter().map(ToString::to_string).collect();
    let notes = notes.join("\n");
    assert!(notes.contains("time_utc is used") && notes.contains("not read from the file: place"));
    assert!(notes.contains("taken as thermal"));

    let film = read_film(&golden("thermal_f32"), &SourceOptions::default()).unwrap();
    assert_eq!(film.start_utc().unwrap().to_string(), "2026-08-01T12:00:00Z");
    assert_eq!(film.frames[3].time_s(), 90.0);
    assert!(film.notes.iter().any(|n| n.to_string().contains("dt_min")));
}

#[test]
fn unpacks_masks() {
    let disk = |t: usize, y: usize, x: usize| {
        let d = |a: usize, b: i32| (a as i32 - b).pow(2);
        d(y, 16) + d(x, 20) <= (4 + t as i32).pow(2)
    };
    for (name, options) in [("mask_bool", SourceOptions::default()), ("mask_packed", array("mask"))]
    {
        let film = read_film(&golden(name), &options).unwrap();
        assert_eq!((film.kind, film.step_s()), (Kind::Mask, 15.0));
        for (t, frame) in film.frames.iter().enumerate() {
            assert_eq!(frame.pixels.shape(), [32, 44, 1]);
            for ((y, x), &v) in frame.pixels.first_channel().indexed_iter() {
                assert_eq!(v != 0.0, disk(t, y, x), "{name} {t} {y} {x}");
            }
        }
        assert_eq!(
            film.notes.iter().any(|n| matches!(n, Note::MaskUnpacked { .. })),
            name == "mask_packed"
        );
    }
}

#[test]
fn rain_is_a_kind_of_its_own() {
    // Named when no model took rain.
    let film = read_film(&golden("bad_rain"), &SourceOptions::default()).unwrap();
    assert_eq!((film.kind, film.frames.len()), (Kind::Rain, 4));
}

#[test]
fn refuses_with_a_line_that_helps() {
    let cases = [
        ("bad_nan", "NaN or infinite values in 3 frames, the first in frame 0"),
        ("bad_zero", "holds no frames"),
        ("bad_small", "31×44 pixels"),
        ("bad_large", "32×4097 pixels"),
        ("bad_flat", "frames are [T,H,W]"),
        ("bad_channels", "with 1 or 3 channels"),
        ("bad_text", "only numbers can be frames"),
        ("bad_dt", "dt_s must be one number above 0, is [-1.0]"),
        ("bad_kind", "kind must be thermal, mask, rgb or rain, is 'infrared'"),
        ("bad_transform", "GDAL order"),
        ("bad_utc_count", "has 3 times for 4 frames"),
        ("bad_utc_order", "of frame 2 is not after that of frame 1"),
        ("bad_utc_text", "of frame 1 is no time"),
        (
            "mask_packed",
            "no array frames in it; name one of these with ‹array›: heat uint8 [4,32,44]",
        ),
    ];
    for (name, why) in cases {
        let e = read_film(&golden(name), &SourceOptions::default()).unwrap_err().to_string();
        assert!(e.contains(why) && e.contains(name) && !e.contains('\n'), "{name}: {e}");
    }
}

/// An array as NumPy writes it: name, type, shape and values.
type Stored<'a> = (&'a str, &'a str, &'a str, Vec<u8>);

/// Writes `film.npz` of these arrays into a folder of its own.
fn saved(stem: &str, arrays: &[Stored<'_>]) -> (tempfile::TempDir, String) {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(format!("{stem}.npz"));
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, descr, shape, values) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        let (fortran, descr) = match descr.strip_prefix("fortran ") {
            Some(descr) => ("True", descr),
            None => ("False", *descr),
        };
        let head =
            format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        zip.write_all(b"\x93NUMPY\x01\x00").unwrap();
        zip.write_all(&(head.len() as u16).to_le_bytes()).unwrap();
        zip.write_all(head.as_bytes()).unwrap();
        zip.write_all(values).unwrap();
    }
    zip.finish().unwrap();
    (dir, path.display().to_string())
}

/// Values 0, 1, 2 … of two frames of 32 × 34, each through `bytes`.
fn counted<const N: usize>(bytes: impl Fn(i16) -> [u8; N]) -> Vec<u8> {
    (0..2 * 32 * 34i16).flat_map(bytes).collect()
}

#[test]
fn other_types_and_orders_are_read_where_that_is_safe() {
    let plain = "(2, 32, 34)";
    let fortran = || {
        // Value t·1088 + y·34 + x at its place when the first index is the fastest.
        let mut values = Vec::new();
        for (x, y, t) in
            (0..34).flat_map(|x| (0..32).flat_map(move |y| (0..2).map(move |t| (x, y, t))))
        {
            values.extend((t * 1088 + y * 34 + x as i16).to_le_bytes());
        }
        values
    };
    let f16 = |v: i16| half::f16::from_f32(f32::from(v % 2048)).to_le_bytes();
    for (descr, shape, values, wraps) in [
        ("<i2", plain, counted(i16::to_le_bytes), false),
        (">i2", plain, counted(i16::to_be_bytes), false),
        ("<i4", plain, counted(|v| i32::from(v).to_le_bytes()), false),
        ("<i8", plain, counted(|v| i64::from(v).to_le_bytes()), false),
        ("<u4", plain, counted(|v| (v as u32).to_le_bytes()), false),
        ("<f2", plain, counted(f16), true),
        ("<f8", plain, counted(|v| f64::from(v).to_le_bytes()), false),
        (">f8", plain, counted(|v| f64::from(v).to_be_bytes()), false),
        ("<u2", "(2, 1, 32, 34)", counted(i16::to_le_bytes), false),
        ("fortran <u2", plain, fortran(), false),
        ("fortran <i2", plain, fortran(), false),
    ] {
        let kind = (
            "kind",
            "<U7",
            "()",
            "Thermal".chars().flat_map(|c| (c as u32).to_le_bytes()).collect(),
        );
        let (_dir, path) = saved("film", &[("frames", descr, shape, values), kind]);
        let film = read_film(&path, &SourceOptions::default()).unwrap();
        assert_eq!((film.kind, film.frames.len()), (Kind::Thermal, 2), "{descr}");
        for (t, frame) in film.frames.iter().enumerate() {
            for ((y, x), &v) in frame.pixels.first_channel().indexed_iter() {
                let want = t * 1088 + y * 34 + x;
                let want = if wraps { want % 2048 } else { want };
                assert_eq!(v as usize, want, "{descr} {shape}");
            }
        }
    }
}

#[test]
fn dates_are_read_and_wrong_types_are_worded() {
    let frames = || ("frames", "<u2", "(2, 32, 34)", counted(i16::to_le_bytes));
    let text = |s: &str| s.chars().flat_map(|c| (c as u32).to_le_bytes()).collect::<Vec<u8>>();
    let numbers = |v: &[f64]| v.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
    let dates: Vec<u8> =
        [1_785_585_600i64, 1_785_585_630].iter().flat_map(|s| (s * 1000).to_le_bytes()).collect();
    let (_dir, path) = saved("film", &[frames(), ("time_utc", "<M8[ms]", "(2,)", dates)]);
    let film = read_film(&path, &SourceOptions::default()).unwrap();
    assert_eq!(film.start_utc().unwrap().to_string(), "2026-08-01T12:00:00Z");
    assert_eq!((film.time_source(), film.frames[1].time_s()), (TimeSource::Utc, 30.0));
    let big = counted(|v| (i32::from(v) + (1 << 25) + 1).to_le_bytes());
    for (arrays, why) in [
        (
            vec![frames(), ("step_db", "<f8", "()", numbers(&[0.15]))],
            "it holds 'step_db' beside its frames, as a radar's do, and nothing says their kind",
        ),
        (
            vec![
                frames(),
                ("time_utc", "<f8", "(2,)", numbers(&[1_785_585_600.0, 1_785_585_900.0])),
            ],
            "its times are whole minutes, 5 min apart, as a radar's are, and nothing says their kind",
        ),
        (
            vec![frames(), ("dt_s", "<U2", "()", text("60"))],
            "dt_s must be a number such as 60, it holds text",
        ),
        (
            vec![frames(), ("crs", "<i8", "()", 32611i64.to_le_bytes().to_vec())],
            "crs must be a text such as EPSG:32611, it holds int64",
        ),
        (
            vec![frames(), ("time_utc", "<M8[D]", "(2,)", numbers(&[0.0, 1.0]))],
            "time_utc must be times such as 2026-08-01T12:00:00Z, seconds since 1970 or NumPy dates",
        ),
        (
            vec![frames(), ("transform", "<f8", "(6,)", numbers(&[2.0, 0.0, 5e5, 0.0, -2.0, 4e6]))],
            "is in the order of rasterio (dx, 0, x0, 0, -dy, y0); give GDAL's (x0, dx, 0, y0, 0, -dy)",
        ),
        (
            vec![
                frames(),
                (
                    "transform",
                    "<f8",
                    "(9,)",
                    numbers(&[2.0, 0.0, 5e5, 0.0, -2.0, 4e6, 0.0, 0.0, 1.0]),
                ),
            ],
            "here [500000, 2, 0, 4000000, 0, -2]",
        ),
        (vec![("frames", "<i4", "(2, 32, 34)", big)], "where float32 rounds"),
        (
            vec![("frames", "|u1", "(2, 3, 32, 34)", vec![0; 2 * 3 * 32 * 34])],
            "frames.transpose(0, 2, 3, 1)",
        ),
        (
            vec![
                frames(),
                ("frames2", "<i2", "(2, 32, 34)", counted(i16::to_le_bytes)),
                ("kind", "<U4", "()", text("rain")),
            ],
            "kind rain needs uint8 codes or float32 mm/h, these frames are uint16",
        ),
        (
            vec![
                ("frames", "<i2", "(2, 32, 34)", counted(i16::to_le_bytes)),
                ("kind", "<U4", "()", text("rain")),
            ],
            "of kind rain holds neither uint8 codes nor mm/h",
        ),
    ] {
        let (_dir, path) = saved("film", &arrays);
        let e = read_film(&path, &SourceOptions::default()).unwrap_err().to_string();
        assert!(e.contains(why) && !e.contains('\n'), "{e}");
    }
    for (stem, array) in [("knmi_rain_2010", "frames"), ("film", "dBZ"), ("train", "frames")] {
        let (_dir, path) = saved(stem, &[(array, "<u2", "(2, 32, 34)", counted(i16::to_le_bytes))]);
        let options = SourceOptions { array: Some(array.into()), ..SourceOptions::default() };
        match read_film(&path, &options) {
            Ok(_) => assert_eq!(stem, "train"),
            Err(e) => assert!(e.to_string().contains("say ‹kind› rain, or thermal"), "{e}"),
        }
        let options = SourceOptions { kind: Some(Kind::Thermal), ..options };
        assert!(read_film(&path, &options).is_ok());
    }
}

#[test]
fn no_damage_panics() {
    let whole = std::fs::read(golden("thermal_u8")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cut.npz");
    let try_open = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        read_film(&path.display().to_string(), &SourceOptions::default())
    };
    for len in (0..whole.len()).step_by(7) {
        let e = try_open(&whole[..len]).unwrap_err().to_string();
        assert!(!e.contains('\n'), "{e}");
    }
    // One byte turned over, anywhere: an error or the same film, never other pixels.
    let right = read_film(&golden("thermal_u8"), &SourceOptions::default()).unwrap();
    let mut caught = 0;
    for i in 0..whole.len() {
        let mut turned = whole.clone();
        turned[i] ^= 0x55;
        match try_open(&turned) {
            Err(_) => caught += 1,
            Ok(film) => {
                for (a, b) in film.frames.iter().zip(&right.frames) {
                    assert_eq!(a.pixels, b.pixels, "byte {i}");
                }
            }
        }
    }
    println!("{caught} of {} turned bytes refused, the rest harmless", whole.len());
}

#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bomb.npz");
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    zip.start_file("frames.npy", zip::write::SimpleFileOptions::default()).unwrap();
    let head = "{'descr': '|u1', 'fortran_order': False, 'shape': (3000000, 4096, 4096), }\n";
    zip.write_all(b"\x93NUMPY\x01\x00").unwrap();
    zip.write_all(&(head.len() as u16).to_le_bytes()).unwrap();
    zip.write_all(head.as_bytes()).unwrap();
    zip.finish().unwrap();
    let e =
        read_film(&path.display().to_string(), &SourceOptions::default()).unwrap_err().to_string();
    assert!(e.contains("at most 8 GiB"), "{e}");
}

#[test]
fn opens_the_projects_own_sets() {
    let root = std::env::var("EMBERLINE_DATA")
        .unwrap_or_else(|_| format!("{}/../../../shared/data", env!("CARGO_MANIFEST_DIR")));
    if !Path::new(&root).exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no data at {root}");
        println!("NOT RUN: no data; set EMBERLINE_DATA");
        return;
    }
    let cases = [
        ("fire_validation/firesentry_B_208x120.npz", "mask", Kind::Mask, 122, 208, 15.0),
        ("fire_validation/firesentry_C_208x120.npz", "heat", Kind::Thermal, 63, 208, 15.0),
        ("fire_dev/fdv_pine_straw_128.npz", "burned", Kind::Mask, 240, 128, 0.1),
        ("fire_dev/nsv_fireplace_128.npz", "rgb", Kind::Rgb, 184, 128, 0.03300181),
        ("fire_landscape/creek_2020_viirs_500m.npz", "burned", Kind::Mask, 130, 160, 1.0),
    ];
    for (file, name, kind, n, width, step_s) in cases {
        let film = read_film(&format!("{root}/{file}"), &array(name)).unwrap();
        assert_eq!((film.kind, film.frames.len(), film.grid.width), (kind, n, width), "{file}");
        assert!((film.step_s() - step_s).abs() < 1e-6, "{file}: {}", film.step_s());
    }
}
