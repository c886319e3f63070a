//! Pictures that are no files: one that came over a line, encoded, or as the values of a device.

use super::about::{About, Origin};
use super::deadline::Deadline;
use super::develop::develop;
use super::error::SourceError;
use super::options::SourceOptions;
use super::source::{Closing, Next, Source};
use super::still::{self, Place, Stamp};
use crate::frame::{Elapsed, Film, Frame, FrameTime, Kind, Pixels, TimeSource};
use crate::note::Note;

/// One picture as a source.
struct OnePicture {
    about: About,
    frame: Option<Frame>,
}

impl Source for OnePicture {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, _: Deadline) -> Result<Next, SourceError> {
        Ok(self.frame.take().map_or(Next::End, Next::Frame))
    }

    fn finish(self: Box<Self>) -> Closing {
        Closing::default()
    }
}

/// Reads a PNG, JPEG, TIFF or PGM from its `bytes`, as a film of one frame; `name` is for messages. Its time is
/// known where its EXIF data tell one with a zone.
///
/// # Errors
/// [`SourceError::Damaged`] of bytes that are no whole picture; [`SourceError::Refused`] of one that cannot be
/// used: its size, colours where `kind` has none, heat in false colour.
pub fn decode_picture(name: &str, bytes: &[u8], kind: Kind) -> Result<Film, SourceError> {
    let mut stills = still::read(std::path::Path::new(name), bytes, kind == Kind::Rgb)?;
    let (Some(still), true) = (stills.pop(), stills.is_empty()) else {
        return Err(several(name));
    };
    let facts = still::facts(bytes);
    let mut about = About::recorded(name, Origin::Images);
    about.grid = facts.place.as_ref().and_then(Place::grid);
    develop_one(about, still.pixels, facts.taken, kind)
}

/// Holds the `pixels` of a picture against what `kind` can be, as [`decode_picture`] does: a film of one frame, of
/// one channel where the kind has one.
///
/// # Errors
/// [`SourceError::Refused`], as [`decode_picture`].
pub fn settle_picture(name: &str, pixels: Pixels, kind: Kind) -> Result<Film, SourceError> {
    develop_one(About::recorded(name, Origin::Images), pixels, None, kind)
}

fn develop_one(
    about: About,
    pixels: Pixels,
    taken: Option<Stamp>,
    kind: Kind,
) -> Result<Film, SourceError> {
    let time = match taken.and_then(|stamp| stamp.utc) {
        Some(utc) => FrameTime::stamped(utc, utc, TimeSource::Exif),
        None => FrameTime::since_first(Elapsed::ZERO, TimeSource::Assumed),
    };
    let name = about.name.clone();
    let source = OnePicture { about, frame: Some(Frame::new(pixels, time)) };
    let options = SourceOptions { kind: Some(kind), ..SourceOptions::default() };
    alone(&name, develop(Box::new(source), &options)?)
}

fn several(name: &str) -> SourceError {
    let fix = "give each picture a file of its own";
    SourceError::refused(name, "it holds several pictures", fix)
}

/// The `film` of `name`, which must be one picture, and no heat in false colour.
pub(super) fn alone(name: &str, film: Film) -> Result<Film, SourceError> {
    if film.frames.len() != 1 {
        return Err(several(name));
    }
    if film.notes.iter().any(|note| matches!(note, Note::PaletteUndone { .. })) {
        let fix =
            "set the camera to grey (white-hot), or give ‹kind› rgb if it is no thermal camera";
        return Err(SourceError::refused(name, "it shows heat in false colour", fix));
    }
    Ok(film)
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::source::read_picture;
    use crate::source::still::made;

    #[test]
    fn bytes_are_read_as_files_are() {
        let room = tempfile::tempdir().unwrap();
        let jpeg = made::golden("grey.jpg");
        let zoned = made::exif(1, Some("2026:08:01 12:00:00"), Some("+02:00"));
        let zoned = made::with_segment(&jpeg, 0xe1, &[&b"Exif\0\0"[..], &zoned].concat());
        let bare = made::exif(1, Some("2026:08:01 12:00:00"), None);
        let bare = made::with_segment(&jpeg, 0xe1, &[&b"Exif\0\0"[..], &bare].concat());
        let cut = &jpeg[..jpeg.len() - 2];
        for (ending, bytes, kind, want) in [
            ("jpg", &jpeg[..], Kind::Thermal, Ok(None)),
            ("jpg", &zoned[..], Kind::Thermal, Ok(Some("2026-08-01T10:00:00Z"))),
            ("jpg", &bare[..], Kind::Thermal, Ok(None)),
            ("png", &made::golden("grey_16.png")[..], Kind::Thermal, Ok(None)),
            ("tif", &made::golden("grey.tif")[..], Kind::Thermal, Ok(None)),
            ("png", &made::golden("colour.png")[..], Kind::Rgb, Ok(None)),
            ("png", &made::golden("colour.png")[..], Kind::Mask, Err("needs one channel")),
            ("jpg", cut, Kind::Thermal, Err("end-of-image marker is missing")),
            ("jpg", &jpeg[..40], Kind::Thermal, Err("cannot be decoded")),
            ("jpg", &b"<html>"[..], Kind::Thermal, Err("a web page")),
            ("jpg", &b""[..], Kind::Thermal, Err("the file is empty")),
        ] {
            let path = room.path().join(format!("still.{ending}"));
            std::fs::write(&path, bytes).unwrap();
            let options = SourceOptions { kind: Some(kind), ..SourceOptions::default() };
            let file = read_picture(&path.display().to_string(), &options);
            match (decode_picture("it", bytes, kind), want) {
                (Ok(film), Ok(utc)) => {
                    let file = file.unwrap();
                    assert_eq!(*film.frames[0].pixels, *file.frames[0].pixels, "{ending}");
                    assert_eq!(film.start_utc().map(|t| t.to_string()).as_deref(), utc);
                }
                (Err(e), Err(why)) => {
                    assert!(e.to_string().contains(why), "{e}");
                    assert!(file.is_err());
                }
                (got, _) => panic!("{ending}: {got:?}"),
            }
        }
    }

    #[test]
    fn a_picture_of_a_video_stream_needs_no_huffman_tables() {
        for name in ["grey.jpg", "colour_422.jpg"] {
            let (whole, mut bare, mut at) = (made::golden(name), Vec::new(), 2);
            bare.extend(&whole[..2]);
            while whole[at + 1] != 0xda {
                let end = at + 2 + usize::from(u16::from_be_bytes([whole[at + 2], whole[at + 3]]));
                if whole[at + 1] != 0xc4 {
                    bare.extend(&whole[at..end]);
                }
                at = end;
            }
            bare.extend(&whole[at..]);
            assert!(bare.len() + 100 < whole.len(), "{name}");
            let kind = if name == "grey.jpg" { Kind::Thermal } else { Kind::Rgb };
            let read = |bytes: &[u8]| decode_picture("it", bytes, kind).unwrap().frames;
            assert_eq!(read(&bare)[0].pixels, read(&whole)[0].pixels, "{name}");
        }
    }

    #[test]
    fn values_of_a_device_are_judged_as_pictures_are() {
        let grey = |c| Pixels::U8(Array3::from_shape_fn((64, 64, c), |(y, x, _)| (y + x) as u8));
        let counts = Pixels::U16(Array3::from_shape_fn((64, 64, 1), |(y, _, _)| 7000 + y as u16));
        for (pixels, kind, want) in [
            (grey(1), Kind::Thermal, Ok(1)),
            (grey(3), Kind::Thermal, Ok(1)),
            (grey(3), Kind::Rgb, Ok(3)),
            (counts, Kind::Thermal, Ok(1)),
            (Pixels::U8(Array3::zeros((8, 64, 1))), Kind::Thermal, Err("each side must be")),
        ] {
            match (settle_picture("it", pixels, kind), want) {
                (Ok(film), Ok(channels)) => {
                    assert_eq!(film.frames[0].pixels.shape()[2], channels);
                }
                (Err(e), Err(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, _) => panic!("{kind}: {got:?}"),
            }
        }
    }
}
