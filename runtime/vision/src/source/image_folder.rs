//! Folders of PNG, JPEG or TIFF frames, taken in natural order of their names.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::{DynamicImage, ImageReader, Limits};
use ndarray::Array3;

use super::about::{About, Origin};
use super::deadline::Deadline;
use super::error::SourceError;
use super::events::events;
use super::options::SourceOptions;
use super::source::{Closing, Next, Source};
use crate::digest::Digest;
use crate::frame::{BYTES_MAX, Elapsed, Frame, FrameTime, Pixels, SIDE_PX, TimeSource};
use crate::natural;
use crate::note::Note;

/// Most memory one image may take while it is decoded, bytes.
const IMAGE_MAX: u64 = 1 << 30;

/// The images of a folder, read one after the other.
pub(super) struct ImageFolder {
    about: About,
    files: Vec<PathBuf>,
    /// The next of them.
    at: usize,
    /// The first frame, which all others must be like.
    first: Option<Arc<Pixels>>,
    /// Seconds between frames, and who tells it.
    step: (f64, TimeSource),
    digest: Digest,
    /// Bytes of all frames so far.
    bytes: u64,
    transparent: bool,
}

impl ImageFolder {
    /// Looks through the folder `uri`.
    pub(super) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
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
        let mut about = About { kind: options.kind, ..About::recorded(uri, Origin::Images) };
        if others > 0 {
            about.notes.push(Note::OtherFiles { files: others });
        }
        Ok(Self {
            about,
            files,
            at: 0,
            first: None,
            step: options.step_or_assumed(),
            digest: Digest::default(),
            bytes: 0,
            transparent: false,
        })
    }

    /// The frame of `file`.
    fn read(&mut self, file: &Path) -> Result<Frame, SourceError> {
        self.digest.add_file(file).map_err(|e| SourceError::io(file, e))?;
        let (pixels, transparent) = read(file)?;
        self.transparent |= transparent;
        self.bytes += pixels.bytes();
        if let Some(first) = &self.first {
            same(first, &pixels, &self.files[0], file)?;
        }
        if self.bytes > BYTES_MAX {
            return Err(SourceError::refused(
                &file.display().to_string(),
                "the frames up to here are over 8 GiB",
                "give fewer or smaller frames",
            ));
        }
        let (step_s, source) = self.step;
        let time = FrameTime::since_first(Elapsed::counted(self.at, step_s), source);
        let frame = Frame::new(pixels, time);
        self.first.get_or_insert_with(|| Arc::clone(&frame.pixels));
        Ok(frame)
    }
}

impl Source for ImageFolder {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, _: Deadline) -> Result<Next, SourceError> {
        let Some(file) = self.files.get(self.at).cloned() else { return Ok(Next::End) };
        let frame = self.read(&file)?;
        self.at += 1;
        Ok(Next::Frame(frame))
    }

    fn finish(self: Box<Self>) -> Closing {
        let notes = if self.transparent { vec![Note::TransparencyUnused] } else { Vec::new() };
        Closing { digest: Some(self.digest.hex()), notes }
    }
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
    files.sort_by(|a, b| natural::order(&a.to_string_lossy(), &b.to_string_lossy()));
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
    SourceError::check_sides(&name, h as usize, w as usize)?;
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

/// Refuses a frame of another size or type than the first.
fn same(first: &Pixels, this: &Pixels, a: &Path, b: &Path) -> Result<(), SourceError> {
    let words = |p: &Pixels| {
        let [h, w, c] = p.shape();
        let bits = if matches!(p, Pixels::U8(_)) { 8 } else { 16 };
        format!("{h}×{w} of {bits} bit {}", if c == 3 { "colour" } else { "grey" })
    };
    if words(first) == words(this) {
        return Ok(());
    }
    Err(SourceError::refused(
        &b.display().to_string(),
        format!("it is {}, but {} is {}", words(this), a.display(), words(first)),
        "all frames of a film must agree",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Kind;
    use crate::source::read_film;
    use image::{GrayImage, ImageBuffer, Luma, Rgb, RgbImage, RgbaImage};

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
            let film =
                read_film(&dir.path().display().to_string(), &SourceOptions::default()).unwrap();
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
            let e = read_film(&dir.path().display().to_string(), &SourceOptions::default())
                .unwrap_err();
            let e = e.to_string();
            assert!(e.contains(why) && !e.contains('\n'), "{e}");
        }
    }
}
