//! Golden pictures (`tests/golden/source/stills.py`) to the bit, and files that are damaged.

use std::path::Path;

use super::made;
use super::read;
use crate::digest::Digest;
use crate::frame::Pixels;

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
        ("cmyk.jpg", 3, ""),
        ("cmyk.tif", 3, ""),
        ("colour.png", 3, ""),
        ("colour.tif", 3, ""),
        ("colour_420.jpg", 3, ""),
        ("colour_422.jpg", 3, ""),
        ("colour_444.jpg", 3, ""),
        ("colour_alpha.png", 3, ""),
        ("colour_alpha.tif", 3, ""),
        ("colour_planar.tif", 3, ""),
        ("grey.jpg", 1, ""),
        ("grey.png", 1, ""),
        ("grey.tif", 1, ""),
        ("grey_16.png", 1, ""),
        ("grey_16_big_endian.tif", 1, ""),
        ("grey_16_deflate_predictor.tif", 1, ""),
        ("grey_alpha.png", 1, ""),
        ("grey_jpeg.tif", 1, ""),
        ("grey_lzw_strips.tif", 1, ""),
        ("grey_packbits.tif", 1, ""),
        ("grey_tiles.tif", 1, ""),
        ("min_is_white.tif", 1, ""),
        ("one_bit.png", 1, ""),
        ("one_bit.tif", 1, ""),
        ("palette.png", 3, ""),
        ("palette_2_bit.png", 3, ""),
        ("progressive.jpg", 3, ""),
        ("restarts.jpg", 3, ""),
    ] {
        let stills = read(Path::new(name), &made::golden(name)).unwrap();
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
