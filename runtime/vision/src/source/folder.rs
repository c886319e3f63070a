//! Films from a folder of PNG, JPEG or TIFF frames, taken in natural order of their names.

use std::cmp::Ordering;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageReader, Limits};
use ndarray::Array3;
use sha2::{Digest, Sha256};

use super::reel::{Reel, check_sides};
use super::{Ask, BYTES_MAX, SIDE_PX, SourceError, digest_into, events, hex};
use crate::frame::{Film, Pixels};
use crate::note::Note;

/// Most memory one image may take while it is decoded, bytes.
const IMAGE_MAX: u64 = 1 << 30;

/// Opens the images of folder `uri` as one film.
pub(super) fn open(uri: &str, ask: &Ask) -> Result<Film, SourceError> {
    let path = Path::new(uri);
    let (files, others) = images(path)?;
    if files.is_empty() {
        return Err(match events(path) {
            Some(sets) => SourceError::refused(
                uri,
                format!("a folder of {} .npz files is a set of events", sets.len()),
                "give one of them, or the folder to emberline replay",
            ),
            None => SourceError::refused(
                uri,
                "no PNG, JPEG or TIFF in this folder",
                "put the frames of one film into it",
            ),
        });
    }
    let mut reel = Reel { name: uri.to_owned(), ..Reel::default() };
    if others > 0 {
        reel.notes.push(Note::OtherFiles { files: others });
    }
    let (mut sum, mut alpha, mut total) = (Sha256::new(), false, 0u64);
    for file in &files {
        digest_into(file, &mut sum)?;
        let (pixels, had_alpha) = read(file)?;
        alpha |= had_alpha;
        total += bytes(&pixels);
        if let Some(first) = reel.pixels.first() {
            same(first, &pixels, &files[0], file)?;
        }
        if total > BYTES_MAX {
            return Err(SourceError::refused(
                &file.display().to_string(),
                "the frames up to here are over 8 GiB",
                "give fewer or smaller frames",
            ));
        }
        reel.pixels.push(pixels);
    }
    if alpha {
        reel.notes.push(Note::TransparencyUnused);
    }
    reel.digest = hex(sum);
    reel.develop(ask)
}

/// Image files in natural order, and how many visible files are something else.
fn images(path: &Path) -> Result<(Vec<PathBuf>, usize), SourceError> {
    let (mut files, mut others) = (Vec::new(), 0);
    for entry in std::fs::read_dir(path).map_err(|e| SourceError::io(path, e))? {
        let file = entry.map_err(|e| SourceError::io(path, e))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if name.starts_with('.') || !file.is_file() {
            continue;
        }
        if [".png", ".jpg", ".jpeg", ".tif", ".tiff"].iter().any(|e| name.ends_with(e)) {
            files.push(file);
        } else {
            others += 1;
        }
    }
    files.sort_by(|a, b| natural(&a.to_string_lossy(), &b.to_string_lossy()));
    Ok((files, others))
}

/// One image as 1 or 3 channels, and whether it had transparency.
fn read(path: &Path) -> Result<(Pixels, bool), SourceError> {
    let name = path.display().to_string();
    let damaged = |e: String| SourceError::Damaged {
        name: name.clone(),
        what: format!("cannot be decoded: {}", e.lines().next().unwrap_or("unknown reason")),
    };
    let file = File::open(path).map_err(|e| SourceError::io(path, e))?;
    let reader = ImageReader::new(BufReader::new(file))
        .with_guessed_format()
        .map_err(|e| SourceError::io(path, e))?;
    let (w, h) = {
        let file = File::open(path).map_err(|e| SourceError::io(path, e))?;
        let peek = ImageReader::new(BufReader::new(file))
            .with_guessed_format()
            .map_err(|e| SourceError::io(path, e))?;
        peek.into_dimensions().map_err(|e| damaged(e.to_string()))?
    };
    check_sides(&name, h as usize, w as usize)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(*SIDE_PX.end() as u32);
    limits.max_image_height = Some(*SIDE_PX.end() as u32);
    limits.max_alloc = Some(IMAGE_MAX);
    let mut reader = reader;
    reader.limits(limits);
    let image = reader.decode().map_err(|e| damaged(e.to_string()))?;
    let shape = |c: usize| (h as usize, w as usize, c);
    let wrong = |_| damaged("its pixels do not fill its size".into());
    match image {
        DynamicImage::ImageLuma8(i) => {
            Ok((Pixels::U8(Array3::from_shape_vec(shape(1), i.into_raw()).map_err(wrong)?), false))
        }
        DynamicImage::ImageLuma16(i) => {
            Ok((Pixels::U16(Array3::from_shape_vec(shape(1), i.into_raw()).map_err(wrong)?), false))
        }
        DynamicImage::ImageRgb8(i) => {
            Ok((Pixels::U8(Array3::from_shape_vec(shape(3), i.into_raw()).map_err(wrong)?), false))
        }
        DynamicImage::ImageRgba8(_) => {
            let raw = image.into_rgb8().into_raw();
            Ok((Pixels::U8(Array3::from_shape_vec(shape(3), raw).map_err(wrong)?), true))
        }
        DynamicImage::ImageLumaA8(_) => {
            let raw = image.into_luma8().into_raw();
            Ok((Pixels::U8(Array3::from_shape_vec(shape(1), raw).map_err(wrong)?), true))
        }
        DynamicImage::ImageLumaA16(_) => {
            let raw = image.into_luma16().into_raw();
            Ok((Pixels::U16(Array3::from_shape_vec(shape(1), raw).map_err(wrong)?), true))
        }
        other => Err(SourceError::refused(
            &name,
            format!("pixels of type {:?}", other.color()),
            "frames are grey of 8 or 16 bit, or colour of 8 bit: convert them",
        )),
    }
}

fn bytes(pixels: &Pixels) -> u64 {
    let each = match pixels {
        Pixels::U8(_) => 1,
        Pixels::U16(_) => 2,
        Pixels::F32(_) => 4,
    };
    pixels.shape().iter().map(|&n| n as u64).product::<u64>() * each
}

/// Refuses a frame of another size or type than the first.
fn same(first: &Pixels, this: &Pixels, a: &Path, b: &Path) -> Result<(), SourceError> {
    let said = |p: &Pixels| {
        let [h, w, c] = p.shape();
        let bits = if matches!(p, Pixels::U8(_)) { 8 } else { 16 };
        format!("{h}×{w} of {bits} bit {}", if c == 3 { "colour" } else { "grey" })
    };
    if said(first) == said(this) {
        return Ok(());
    }
    Err(SourceError::refused(
        &b.display().to_string(),
        format!("it is {}, but {} is {}", said(this), a.display(), said(first)),
        "all frames of a film must agree",
    ))
}

/// Compares names as people count: `f9` before `f10`. Numbers that are equal but written
/// differently (`7`, `07`) fall back to the letters.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    while let (Some(&p), Some(&q)) = (x.first(), y.first()) {
        if p.is_ascii_digit() && q.is_ascii_digit() {
            let (m, rest_x) = number(x);
            let (n, rest_y) = number(y);
            let order = m.len().cmp(&n.len()).then_with(|| m.cmp(n));
            if order.is_ne() {
                return order;
            }
            (x, y) = (rest_x, rest_y);
        } else if p == q {
            (x, y) = (&x[1..], &y[1..]);
        } else {
            return p.cmp(&q);
        }
    }
    x.len().cmp(&y.len()).then_with(|| a.cmp(b))
}

/// Leading digits without leading zeros, and what follows.
fn number(s: &[u8]) -> (&[u8], &[u8]) {
    let end = s.iter().position(|c| !c.is_ascii_digit()).unwrap_or(s.len());
    let zeros = s[..end].iter().position(|&c| c != b'0').unwrap_or(end);
    (&s[zeros..end], &s[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Kind, TimeSource};
    use image::{GrayImage, ImageBuffer, Luma, Rgb, RgbImage, RgbaImage};

    #[test]
    fn counts_as_people_do() {
        let mut names = ["f10", "f9", "f09", "f1a2", "f1a10", "f", "e99999999999999999999", "f1"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["e99999999999999999999", "f", "f1", "f1a2", "f1a10", "f09", "f9", "f10"]
        );
    }

    #[test]
    fn opens_folders_of_each_format() {
        type Save = fn(&Path, u8);
        let cases: [(&str, Save, Kind, usize); 4] = [
            (
                "png",
                |p, v| GrayImage::from_pixel(40, 33, Luma([v])).save(p).unwrap(),
                Kind::Thermal,
                1,
            ),
            (
                "tif",
                |p, v| {
                    ImageBuffer::from_pixel(40, 33, Luma([u16::from(v) * 200])).save(p).unwrap();
                },
                Kind::Thermal,
                1,
            ),
            (
                "jpg",
                |p, v| RgbImage::from_pixel(40, 33, Rgb([v, 9, 9])).save(p).unwrap(),
                Kind::Rgb,
                3,
            ),
            (
                "png",
                |p, v| RgbaImage::from_pixel(40, 33, image::Rgba([v, 9, 9, 7])).save(p).unwrap(),
                Kind::Rgb,
                3,
            ),
        ];
        for (ending, save, kind, channels) in cases {
            let dir = tempfile::tempdir().unwrap();
            for v in [9u8, 10, 11] {
                save(&dir.path().join(format!("f{v}.{ending}")), v * 3);
            }
            std::fs::write(dir.path().join("readme.txt"), "x").unwrap();
            let film = open(&dir.path().display().to_string(), &Ask::default()).unwrap();
            assert_eq!((film.kind, film.frames.len()), (kind, 3));
            assert_eq!(film.frames[0].pixels.shape(), [33, 40, channels]);
            assert_eq!(film.time_source(), TimeSource::Assumed);
            let first = |i: usize| film.frames[i].pixels.first_channel()[[0, 0]];
            assert!(first(0) < first(1) && first(1) < first(2), "natural order");
            assert!(film.notes.iter().any(|n| *n == Note::OtherFiles { files: 1 }));
        }
    }

    #[test]
    fn refuses_and_names_the_file() {
        let grey = |p: &Path, w| GrayImage::from_pixel(w, 40, Luma([3])).save(p).unwrap();
        let mixed = tempfile::tempdir().unwrap();
        grey(&mixed.path().join("a1.png"), 40);
        grey(&mixed.path().join("a2.png"), 48);
        let colour = tempfile::tempdir().unwrap();
        grey(&colour.path().join("a1.png"), 40);
        RgbImage::new(40, 40).save(colour.path().join("a2.png")).unwrap();
        let cut = tempfile::tempdir().unwrap();
        grey(&cut.path().join("a1.png"), 40);
        let whole = std::fs::read(cut.path().join("a1.png")).unwrap();
        std::fs::write(cut.path().join("a1.png"), &whole[..whole.len() - 20]).unwrap();
        let small = tempfile::tempdir().unwrap();
        grey(&small.path().join("a1.png"), 31);
        let sets = tempfile::tempdir().unwrap();
        std::fs::write(sets.path().join("a.npz"), "").unwrap();
        let empty = tempfile::tempdir().unwrap();
        let deep = tempfile::tempdir().unwrap();
        ImageBuffer::from_pixel(40, 40, Rgb([9u16, 9, 9])).save(deep.path().join("a.png")).unwrap();
        let cases = [
            (&mixed, "a2.png: it is 40×48 of 8 bit grey, but"),
            (&colour, "a2.png: it is 40×40 of 8 bit colour, but"),
            (&cut, "a1.png: cannot be decoded"),
            (&small, "a1.png: frames are 40×31 pixels"),
            (&sets, "set of events"),
            (&empty, "no PNG, JPEG or TIFF"),
            (&deep, "a.png: pixels of type Rgb16"),
        ];
        for (dir, why) in cases {
            let e = open(&dir.path().display().to_string(), &Ask::default()).unwrap_err();
            let e = e.to_string();
            assert!(e.contains(why) && !e.contains('\n'), "{e}");
        }
    }
}
