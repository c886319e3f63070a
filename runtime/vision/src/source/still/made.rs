//! Pictures that tests make.

use std::io::Cursor;

use tiff::encoder::colortype::ColorType;
use tiff::encoder::{TiffEncoder, TiffValue};
use tiff::tags::Tag;

/// A PNG of these sides `[w, h]`.
pub(in crate::source) fn png(
    [w, h]: [usize; 2],
    colour: png::ColorType,
    depth: png::BitDepth,
    values: &[u8],
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut file = png::Encoder::new(&mut out, w as u32, h as u32);
    file.set_color(colour);
    file.set_depth(depth);
    let mut file = file.write_header().unwrap();
    file.write_image_data(values).unwrap();
    file.finish().unwrap();
    out
}

/// A PNG of 8-bit grey in one value.
pub(in crate::source) fn grey(w: usize, h: usize, value: u8) -> Vec<u8> {
    png([w, h], png::ColorType::Grayscale, png::BitDepth::Eight, &vec![value; w * h])
}

/// A PNG of 8-bit colour, each pixel by its place in the row.
pub(in crate::source) fn colour(w: usize, h: usize, of: impl Fn(usize) -> [u8; 3]) -> Vec<u8> {
    let values: Vec<u8> = (0..w * h).flat_map(|i| of(i % w)).collect();
    png([w, h], png::ColorType::Rgb, png::BitDepth::Eight, &values)
}

/// A TIFF of a page for each of `pages`, all of these sides `[w, h]`, with the same text in tags.
pub(in crate::source) fn tiff<C: ColorType>(
    [w, h]: [usize; 2],
    pages: &[Vec<C::Inner>],
    tags: &[(u16, Made)],
) -> Vec<u8>
where
    [C::Inner]: TiffValue,
{
    let mut out = Cursor::new(Vec::new());
    let mut file = TiffEncoder::new(&mut out).unwrap();
    for values in pages {
        let mut page = file.new_image::<C>(w as u32, h as u32).unwrap();
        for (tag, value) in tags {
            let tag = Tag::Unknown(*tag);
            match value {
                Made::Text(text) => page.encoder().write_tag(tag, text.as_str()),
                Made::Numbers(numbers) => page.encoder().write_tag(tag, &numbers[..]),
                Made::Short(numbers) => page.encoder().write_tag(tag, &numbers[..]),
            }
            .unwrap();
        }
        page.write_data(values).unwrap();
    }
    out.into_inner()
}

/// The value of a tag.
#[derive(Clone)]
pub(in crate::source) enum Made {
    Text(String),
    Numbers(Vec<f64>),
    Short(Vec<u16>),
}

/// The tags of a north-up map of UTM zone 11 with its corner at `x`, `y` and cells of 2 m.
pub(in crate::source) fn on_map(x: f64, y: f64) -> Vec<(u16, Made)> {
    vec![
        (33550, Made::Numbers(vec![2.0, 2.0, 0.0])),
        (33922, Made::Numbers(vec![0.0, 0.0, 0.0, x, y, 0.0])),
        (34735, Made::Short(vec![1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32611])),
    ]
}

/// A file of `tests/golden/source/stills`.
pub(in crate::source) fn golden(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/source/stills");
    std::fs::read(format!("{folder}/{name}")).unwrap()
}

/// EXIF data: the turn, and the local time `2026:08-01 12:00:00` and the zone where they are given.
pub(in crate::source) fn exif(turn: u16, time: Option<&str>, zone: Option<&str>) -> Vec<u8> {
    let mut out = b"MM\0*\0\0\0\x08".to_vec();
    let entry = |tag: u16, kind: u16, n: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &n.to_be_bytes(), &value].concat()
    };
    // Two entries and the place of the next directory, then the second directory.
    let second = 8 + 2 + 2 * 12 + 4u32;
    out.extend(2u16.to_be_bytes());
    out.extend(entry(274, 3, 1, [turn.to_be_bytes(), [0; 2]].concat().try_into().unwrap()));
    out.extend(entry(34665, 4, 1, second.to_be_bytes()));
    out.extend([0; 4]);
    let texts: Vec<(u16, Vec<u8>)> = [(36867, time), (36881, zone)]
        .into_iter()
        .filter_map(|(tag, text)| Some((tag, [text?.as_bytes(), b"\0"].concat())))
        .collect();
    let mut at = second + 2 + 12 * texts.len() as u32 + 4;
    out.extend((texts.len() as u16).to_be_bytes());
    for (tag, text) in &texts {
        out.extend(entry(*tag, 2, text.len() as u32, at.to_be_bytes()));
        at += text.len() as u32;
    }
    out.extend([0; 4]);
    out.extend(texts.iter().flat_map(|(_, text)| text));
    out
}

/// A JPEG with one more segment of this marker.
pub(in crate::source) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, body, &jpeg[2..]].concat()
}
