//! Opening: which source an input's name means.

use std::path::{Path, PathBuf};

use super::decoder_choice::VideoDecoder;
use super::develop::develop;
use super::error::SourceError;
use super::flir_sequence::FlirSequence;
use super::foreign;
use super::image_folder::ImageFolder;
use super::npz::NpzSource;
use super::one_picture;
use super::options::SourceOptions;
use super::radar::RadarSource;
use super::sim;
use super::source::Source;
#[cfg(feature = "video")]
use super::video::{FfmpegSource, VideoSource};
use crate::frame::{Film, Kind};
use crate::note::Note;
use crate::radar::RadarOptions;

/// Opens `uri`: a file, a folder of images, radar files, or a `sim:` address.
///
/// # Errors
/// [`SourceError`] names the file and what to do about it.
pub fn open(uri: &str, options: &SourceOptions) -> Result<Box<dyn Source>, SourceError> {
    if let Some(step_s) = options.step_s
        && !(step_s.is_finite() && step_s > 0.0)
    {
        return Err(SourceError::refused(uri, "the step must be above 0 s", "give ‹step› 30"));
    }
    if let Some(address) = uri.strip_prefix("sim:") {
        return sim::open(uri, address, options);
    }
    if let Some(every_s) = options.frame_every_s
        && !(every_s.is_finite() && every_s > 0.0)
    {
        let what = "frames must be more than 0 s apart";
        return Err(SourceError::refused(uri, what, "give ‹frame-every› 60s"));
    }
    let path = Path::new(uri);
    if let Some(refusal) = foreign::refuse_address(uri).filter(|_| !path.exists()) {
        return Err(refusal);
    }
    let about = std::fs::metadata(path).map_err(|e| SourceError::io(path, e))?;
    if !ImageFolder::claims_pgm(path, options) && RadarSource::claims(path, options) {
        return Ok(Box::new(RadarSource::open(uri, options)?));
    }
    if options.radar != RadarOptions::default() {
        return Err(SourceError::refused(
            uri,
            "it is not made of radar files, and something was said that only they have",
            "leave out ‹unit›, ‹zr›, ‹scale›, ‹no-data›, ‹crs›, ‹quantity›, ‹quality›, ‹name-time› and ‹around›",
        ));
    }
    if about.is_dir() {
        if options.decoder == VideoDecoder::Ffmpeg {
            return Err(SourceError::refused(uri, "a folder is no video", "leave out ‹decoder›"));
        }
        if let Some(refusal) = foreign::refuse_segments(uri) {
            return Err(refusal);
        }
        return Ok(Box::new(ImageFolder::open(uri, options)?));
    }
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    if options.decoder == VideoDecoder::Ffmpeg {
        if matches!(ending.as_str(), "npz" | "npy" | "png" | "jpg" | "jpeg" | "tif" | "tiff") {
            return Err(SourceError::refused(uri, "it is no video", "leave out ‹decoder›"));
        }
        #[cfg(feature = "video")]
        return Ok(Box::new(FfmpegSource::open(uri, options)?));
    }
    match ending.as_str() {
        "npz" => Ok(Box::new(NpzSource::open(uri, options)?)),
        #[cfg(feature = "video")]
        "mp4" | "m4v" | "mov" => match foreign::refuse_no_mp4(uri) {
            Some(refusal) => Err(refusal),
            None => Ok(Box::new(VideoSource::open(uri, options)?)),
        },
        #[cfg(not(feature = "video"))]
        "mp4" | "m4v" | "mov" => Err(SourceError::refused(
            uri,
            "this emberline was built without video",
            "build it with ‹features› video, or give a folder of PNG frames",
        )),
        "npy" => Err(SourceError::refused(
            uri,
            "a single .npy carries no name, step or kind",
            "save it with numpy.savez_compressed(\"clip.npz\", frames=..., dt_s=...)",
        )),
        "tif" | "tiff" if ImageFolder::has_pages(path) => {
            Ok(Box::new(ImageFolder::open(uri, options)?))
        }
        "png" | "jpg" | "jpeg" | "tif" | "tiff" | "pgm" => Err(SourceError::refused(
            uri,
            "one image is not a film",
            "put the frames into a folder and give the folder",
        )),
        _ if FlirSequence::claims(path) => Ok(Box::new(FlirSequence::open(uri, options)?)),
        #[cfg(feature = "video")]
        _ if foreign::is_mp4(path) => Ok(Box::new(VideoSource::open(uri, options)?)),
        other => Err(foreign::refuse_file(uri, other).unwrap_or_else(|| {
            let what = match other {
                "" => "a file like this".into(),
                other => format!(".{other} files"),
            };
            SourceError::Unsupported { name: uri.into(), what }
        })),
    }
}

/// Opens `uri` and reads it to its end.
///
/// # Errors
/// As [`open`] and [`develop`].
pub fn read_film(uri: &str, options: &SourceOptions) -> Result<Film, SourceError> {
    let film = develop(open(uri, options)?, options)?;
    let is_coloured = film.notes.iter().any(|note| matches!(note, Note::FalseColour));
    if is_coloured && options.palette.is_none() {
        // Brightness alone was decoded, as asked, and there is colour: heat in a palette, perhaps.
        let open_kind = SourceOptions { kind: None, ..options.clone() };
        let again = open(uri, &open_kind).and_then(|source| develop(source, &open_kind));
        if let Some(undone) = again.ok().filter(|film| film.kind == Kind::Thermal) {
            return Ok(undone);
        }
    }
    Ok(film)
}

/// Reads these radar files of the folder `name` as a film, and no other of it: of who knows which of them are whole.
///
/// # Errors
/// As [`open`] and [`develop`].
pub fn read_radar(
    name: &str,
    files: &[PathBuf],
    options: &SourceOptions,
) -> Result<Film, SourceError> {
    develop(Box::new(RadarSource::chosen(name, files, options)?), options)
}

/// Reads the one picture in the file `uri`, of the kind that `options` say, as a film of one frame: a
/// camera's next frame. Its time is known where the file or its name tells one.
///
/// # Errors
/// As [`open`] and [`develop`]; and [`SourceError::Refused`] of a file of several pictures, and of heat in
/// false colour, the scale of which a single picture does not tell.
pub fn read_picture(uri: &str, options: &SourceOptions) -> Result<Film, SourceError> {
    one_picture::alone(uri, develop(Box::new(ImageFolder::open(uri, options)?), options)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_cannot_open() {
        let dir = tempfile::tempdir().unwrap();
        let touch = |name: &str| {
            let p = dir.path().join(name);
            std::fs::write(&p, b"x").unwrap();
            p.display().to_string()
        };
        let cases = [
            ("nowhere.npz".to_owned(), "no such file or folder"),
            (touch("clip.avi"), "it is AVI; convert it: ffmpeg -i "),
            (touch("clip.xyz"), "cannot open .xyz files; give a .npz"),
            (
                touch("rv.tar.bz2"),
                "it is an archive of files; unpack it into a folder and give that: mkdir",
            ),
            ("rtsp://camera/stream".to_owned(), "record it into a file first: ffmpeg"),
            (touch("clip"), "give a .npz"),
            (touch("one.png"), "put the frames into a folder"),
            (touch("one.npy"), "savez_compressed"),
            ("sim:flood".to_owned(), "sim:fire"),
        ];
        for (uri, why) in cases {
            let e = open(&uri, &SourceOptions::default()).err().unwrap().to_string();
            assert!(e.contains(why) && !e.contains('\n'), "{uri}: {e}");
        }
        let options = SourceOptions { step_s: Some(f64::NAN), ..SourceOptions::default() };
        assert!(open("sim:fire", &options).err().unwrap().to_string().contains("above 0 s"));
    }
}
