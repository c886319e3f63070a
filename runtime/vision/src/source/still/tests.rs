//! Golden pictures (`tests/golden/source/stills.py`) to the bit, and files that are damaged.

use std::path::Path;

use super::made;
use super::read;
use crate::digest::Digest;
use crate::frame::Pixels;
use crate::note::Radiometry;

fn digest(pixels: &Pixels) -> String {
    let mut sum = Digest::default();
    match pixels {
        Pixels::U8(a) => sum.add(a.as_slice().unwrap()),
        Pixels::U16(a) => sum.add(&a.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>()),
        Pixels::F32(a) => sum.add(&a.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>()),
    }
    sum.hex()[..16].to_owned()
}

#[test]
fn golden_pictures_are_read_to_the_bit() {
    let mut wrong = Vec::new();
    for (name, channels, want) in [
        ("cmyk.jpg", 3, "cc5b2e0d280edd06"),
        ("cmyk.tif", 3, "6458a55fae258e5a"),
        ("colour.png", 3, "6458a55fae258e5a"),
        ("colour.tif", 3, "6458a55fae258e5a"),
        ("colour_420.jpg", 3, "701c73c34992561b"),
        ("colour_422.jpg", 3, "afbde84198a3d792"),
        ("colour_444.jpg", 3, "1574d55183cf100d"),
        ("colour_alpha.png", 3, "6458a55fae258e5a"),
        ("colour_alpha.tif", 3, "6458a55fae258e5a"),
        ("colour_planar.tif", 3, "6458a55fae258e5a"),
        ("grey.jpg", 1, "e5877b633f90976b"),
        ("grey.png", 1, "77693377d378753f"),
        ("grey.tif", 1, "77693377d378753f"),
        ("grey_16.png", 1, "dbcbb16e1d34584c"),
        ("grey_16_big_endian.tif", 1, "dbcbb16e1d34584c"),
        ("grey_16_deflate_predictor.tif", 1, "dbcbb16e1d34584c"),
        ("grey_alpha.png", 1, "77693377d378753f"),
        ("grey_jpeg.tif", 1, "ee27149f4bc2a954"),
        ("grey_lzw_strips.tif", 1, "77693377d378753f"),
        ("grey_packbits.tif", 1, "77693377d378753f"),
        ("grey_tiles.tif", 1, "77693377d378753f"),
        ("min_is_white.tif", 1, "f4e11c05abe33075"),
        ("one_bit.png", 1, "0f925708a9894b9a"),
        ("one_bit.tif", 1, "50530264850c8756"),
        ("palette.png", 3, "d82d1140b7335820"),
        ("palette_2_bit.png", 3, "da10787e26501ddd"),
        ("progressive.jpg", 3, "27a69465964c028b"),
        ("restarts.jpg", 3, "27a69465964c028b"),
    ] {
        let stills = read(Path::new(name), &made::golden(name), false).unwrap();
        let [still] = &stills[..] else { panic!("{name}: {} pages", stills.len()) };
        assert_eq!(still.pixels.shape(), [37, 45, channels], "{name}");
        assert_eq!(still.transparent, name.contains("alpha"), "{name}");
        let got = digest(&still.pixels);
        if got != want {
            wrong.push(format!("{name} is {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// FLIR's block of a raw picture of 40 × 33 counts and Planck constants, in one segment.
fn flir(raw: &[u8], constants: bool) -> Vec<u8> {
    let mut record = vec![0u8; 32];
    record[..6].copy_from_slice(&[2, 0, 40, 0, 33, 0]);
    record.extend(raw);
    let mut camera = vec![0u8; 800];
    camera[0] = 2;
    for (at, value) in [(88, 21106.77f32), (92, 1501.0), (96, 1.0), (780, 0.012_545_258)] {
        camera[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    camera[776..780].copy_from_slice(&(-7340i32).to_le_bytes());
    let mut all = vec![0u8; 64 + 2 * 32];
    all[..4].copy_from_slice(b"FFF\0");
    all[24..28].copy_from_slice(&64u32.to_be_bytes());
    all[28..32].copy_from_slice(&2u32.to_be_bytes());
    for (k, (kind, bytes)) in [(1u16, &record), (32, &camera)].into_iter().enumerate() {
        let kind = if constants || kind == 1 { kind } else { 99 };
        let (at, from) = (64 + 32 * k, all.len() as u32);
        all[at..at + 2].copy_from_slice(&kind.to_be_bytes());
        all[at + 12..at + 16].copy_from_slice(&from.to_be_bytes());
        all[at + 16..at + 20].copy_from_slice(&(bytes.len() as u32).to_be_bytes());
        all.extend(bytes);
    }
    [b"FLIR\0\x01\0\0", &all[..]].concat()
}

/// Counts of a slope with a hot corner.
fn slope(w: usize, h: usize) -> Vec<u16> {
    let value = |i: usize| if i < 5 { 40_000 } else { 13_000 + (i % w * 3 + i / w) as u16 };
    (0..w * h).map(value).collect()
}

#[test]
fn radiometric_pictures_of_flir_are_temperatures() {
    let jpeg = made::golden("colour_444.jpg");
    let counts = slope(40, 33);
    let plain: Vec<u8> = counts.iter().flat_map(|v| v.to_le_bytes()).collect();
    let big: Vec<u8> = counts.iter().flat_map(|v| v.to_be_bytes()).collect();
    let png = |bytes: &[u8]| {
        made::png([40, 33], png::ColorType::Grayscale, png::BitDepth::Sixteen, bytes)
    };
    for raw in [plain.clone(), png(&plain), png(&big)] {
        let file = made::with_segment(&jpeg, 0xe1, &flir(&raw, true));
        let stills = read(Path::new("a.jpg"), &file, false).unwrap();
        let celsius = stills[0].pixels.first_channel();
        assert_eq!(
            (celsius.dim(), stills[0].radiometry),
            ((33, 40), Some(Radiometry::FlirCelsius))
        );
        // Oracle: the formula in Python's float64.
        assert!(
            (celsius[[0, 0]] - 105.78692).abs() < 1e-3 && (celsius[[0, 5]] + 9.5995).abs() < 1e-3,
            "{celsius}"
        );
        let shown = read(Path::new("a.jpg"), &file, true).unwrap();
        assert_eq!(shown[0].pixels.shape(), [37, 45, 3]);
    }
    for (block, why) in [
        (flir(&plain, false), "Planck constants are missing"),
        (flir(&plain[..100], true), "raw picture is of an unknown form"),
        (b"FLIR\0\x01\0\0FFF\0".to_vec(), "table of records is not known"),
    ] {
        let file = made::with_segment(&jpeg, 0xe1, &block);
        let e = read(Path::new("a.jpg"), &file, false).unwrap_err().to_string();
        assert!(e.contains(why) && e.contains("FLIR Thermal Studio"), "{e}");
    }
}

#[test]
fn radiometric_pictures_of_dji_are_counts() {
    let jpeg = made::golden("colour_444.jpg");
    let counts = slope(160, 120);
    let bytes: Vec<u8> = counts.iter().flat_map(|v| v.to_le_bytes()).collect();
    let noise: Vec<u8> =
        (0..bytes.len()).map(|i| (i as u32).wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let held = |marker, bytes: &[u8], maker: &[u8]| {
        // Segments go in before those that are there: the last part first.
        let parts = bytes
            .rchunks(20_000)
            .fold(jpeg.clone(), |file, part| made::with_segment(&file, marker, part));
        made::with_segment(&parts, 0xe1, &[b"Exif\0\0", maker].concat())
    };
    for marker in [0xe3, 0xe4] {
        let stills = read(Path::new("a.jpg"), &held(marker, &bytes, b""), false).unwrap();
        assert_eq!(stills[0].pixels.shape(), [120, 160, 1]);
        assert_eq!(stills[0].radiometry, Some(Radiometry::DjiCounts));
        assert_eq!(stills[0].pixels.first_channel()[[119, 159]], 13_596.0);
    }
    let e =
        read(Path::new("a.jpg"), &held(0xe3, &[&noise[..], &[1, 2]].concat(), b"MM DJI\0"), false);
    assert!(e.unwrap_err().to_string().contains("dji_irp -a measure"));
    let other = read(Path::new("a.jpg"), &held(0xe3, &noise, b""), false).unwrap();
    assert_eq!(other[0].pixels.shape(), [37, 45, 3]);
}

#[test]
fn no_damage_panics() {
    for name in [
        "grey.jpg",
        "progressive.jpg",
        "grey_16.png",
        "grey_lzw_strips.tif",
        "grey_16_deflate_predictor.tif",
    ] {
        let whole = made::golden(name);
        for end in (0..whole.len()).step_by(13) {
            let cut = read(Path::new(name), &whole[..end], false);
            assert!(
                cut.is_err() || name.ends_with("tif") || name.ends_with("png"),
                "{name} to byte {end}"
            );
        }
        for at in (0..whole.len()).step_by(5) {
            let mut turned = whole.clone();
            turned[at] ^= 0x55;
            if let Err(e) = read(Path::new(name), &turned, false) {
                assert!(!e.to_string().contains('\n'), "{e}");
            }
        }
    }
}
