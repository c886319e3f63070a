//! Sources: files, folders, videos and simulators, each opened as one film.

mod folder;
#[cfg(feature = "video")]
mod mp4;
mod npy;
mod npz;
pub mod radar;
mod random;
mod reel;
mod sim;
mod spread;
#[cfg(feature = "video")]
mod video;

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::frame::{Film, Kind};
pub use npy::NpyError;
pub use sim::{SimFire, arrival_frames};

/// Smallest and largest side of a frame, pixels.
pub const SIDE_PX: std::ops::RangeInclusive<usize> = 32..=4096;
/// Most bytes of frames that one input may hold.
pub const BYTES_MAX: u64 = 8 << 30;

/// What the person asked of an input beyond its name.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// What the values mean, where the person says so.
    pub kind: Option<Kind>,
    /// Name of the array in a `.npz` file; `frames` otherwise.
    pub array: Option<String>,
    /// Wanted seconds between frames: the spacing of inputs that tell none, and how densely the
    /// frames of a video are kept.
    pub step_s: Option<f64>,
    /// What is said about radar files.
    pub radar: radar::Ask,
}

/// Why an input could not be opened: what, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Nothing there.
    #[error("{name}: no such file or folder")]
    Missing {
        /// As typed.
        name: String,
    },
    /// No reader for this.
    #[error(
        "{name}: emberline cannot open {what}; give a .npz, an .mp4, .m4v or .mov (H.264), a \
         folder of PNG, JPEG or TIFF, radar files (.pgm, .tif, .h5), or sim:fire"
    )]
    Unsupported {
        /// As typed.
        name: String,
        /// What it is.
        what: String,
    },
    /// The operating system refused.
    #[error("{name}: {cause}")]
    Io {
        /// The file.
        name: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The container is damaged or not what its name says.
    #[error("{name}: {what}; copy or export it again")]
    Damaged {
        /// The file.
        name: String,
        /// What is wrong with it.
        what: String,
    },
    /// One array of a `.npz` file could not be read.
    #[error("{name}: array {array} {cause}")]
    Array {
        /// The file.
        name: String,
        /// The array.
        array: String,
        /// Why.
        #[source]
        cause: NpyError,
    },
    /// The wanted array is not in the file.
    #[error("{name}: no array {wanted} in it; name one of these with ‹array›: {held}")]
    NoArray {
        /// The file.
        name: String,
        /// Array looked for.
        wanted: String,
        /// Arrays with type and shape.
        held: String,
    },
    /// An optional scalar says something impossible.
    #[error("{name}: {field} {what}")]
    Field {
        /// The file.
        name: String,
        /// The scalar.
        field: &'static str,
        /// What is wrong and what would be right.
        what: String,
    },
    /// Readable, but nothing that can be forecast from.
    #[error("{name}: {what}; {fix}")]
    Refused {
        /// The file (or the frame in it).
        name: String,
        /// What is wrong.
        what: String,
        /// What to do.
        fix: String,
    },
}

impl SourceError {
    fn refused(name: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Refused { name: name.to_owned(), what: what.into(), fix: fix.into() }
    }

    fn io(path: &Path, cause: std::io::Error) -> Self {
        let name = path.display().to_string();
        if cause.kind() == std::io::ErrorKind::NotFound {
            return Self::Missing { name };
        }
        Self::Io { name, cause }
    }
}

/// Opens `uri` whole: a file, a folder of images, or `sim:fire`.
///
/// # Errors
/// [`SourceError`] names the file and what to do about it.
pub fn open(uri: &str, ask: &Ask) -> Result<Film, SourceError> {
    if let Some(step_s) = ask.step_s
        && !(step_s.is_finite() && step_s > 0.0)
    {
        return Err(SourceError::refused(uri, "the step must be above 0 s", "give ‹step› 30"));
    }
    if let Some(address) = uri.strip_prefix("sim:") {
        return sim::open(uri, address, ask);
    }
    let path = Path::new(uri);
    let about = std::fs::metadata(path).map_err(|e| SourceError::io(path, e))?;
    if radar::claims(path, ask) {
        return radar::open(uri, ask);
    }
    if ask.radar != radar::Ask::default() {
        return Err(SourceError::refused(
            uri,
            "it is not made of radar files, and something was said that only they have",
            "leave out ‹unit›, ‹zr›, ‹scale›, ‹no-data›, ‹crs›, ‹quantity›, ‹quality› and ‹around›",
        ));
    }
    if about.is_dir() {
        return folder::open(uri, ask);
    }
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    match ending.as_str() {
        "npz" => {
            let mut film = npz::open(uri, ask)?;
            if film.kind == Kind::Rain {
                let told = radar::health::of(&film);
                film.notes.extend(told);
            }
            Ok(film)
        }
        #[cfg(feature = "video")]
        "mp4" | "m4v" | "mov" => video::open(uri, ask),
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
        "png" | "jpg" | "jpeg" | "tif" | "tiff" => Err(SourceError::refused(
            uri,
            "one image is not a film",
            "put the frames into a folder and give the folder",
        )),
        "" => Err(SourceError::Unsupported { name: uri.into(), what: "a file like this".into() }),
        other => {
            Err(SourceError::Unsupported { name: uri.into(), what: format!(".{other} files") })
        }
    }
}

/// The `.npz` files of a folder in natural order: a set of events, each with its own clock.
/// `None` where `path` is no folder or holds none.
#[must_use]
pub fn events(path: &Path) -> Option<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(path)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|p| {
            let hidden = p.file_name().is_some_and(|n| n.as_encoded_bytes().first() == Some(&b'.'));
            !hidden && p.is_file() && p.extension().is_some_and(|e| e.eq_ignore_ascii_case("npz"))
        })
        .collect();
    files.sort_by(|a, b| folder::natural(&a.to_string_lossy(), &b.to_string_lossy()));
    (!files.is_empty()).then_some(files)
}

fn no_rain(name: &str) -> SourceError {
    SourceError::refused(
        name,
        "there is no rain simulator",
        "give a .npz of rain for the rain model, or sim:fire",
    )
}

/// SHA-256 of a file's bytes, streamed into `sum`.
fn digest_into(path: &Path, sum: &mut Sha256) -> Result<(), SourceError> {
    let mut file = std::fs::File::open(path).map_err(|e| SourceError::io(path, e))?;
    let mut part = vec![0u8; 1 << 16];
    loop {
        match file.read(&mut part) {
            Ok(0) => return Ok(()),
            Ok(n) => sum.update(&part[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(SourceError::io(path, e)),
        }
    }
}

fn hex(sum: Sha256) -> String {
    sum.finalize().iter().map(|b| format!("{b:02x}")).collect()
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
            (touch("clip.avi"), "cannot open .avi files; give a .npz"),
            (touch("clip"), "give a .npz"),
            (touch("one.png"), "put the frames into a folder"),
            (touch("one.npy"), "savez_compressed"),
            ("sim:rain".to_owned(), "no rain simulator; give a .npz of rain"),
            ("sim:flood".to_owned(), "sim:fire"),
        ];
        for (uri, why) in cases {
            let e = open(&uri, &Ask::default()).unwrap_err().to_string();
            assert!(e.contains(why) && !e.contains('\n'), "{uri}: {e}");
        }
        let ask = Ask { step_s: Some(f64::NAN), ..Ask::default() };
        assert!(open("sim:fire", &ask).unwrap_err().to_string().contains("above 0 s"));
    }

    #[test]
    fn finds_the_events_of_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(events(dir.path()), None);
        for name in ["fire_10.npz", "fire_9.npz", ".hidden.npz", "notes.txt"] {
            std::fs::write(dir.path().join(name), b"").unwrap();
        }
        let names: Vec<_> = events(dir.path())
            .unwrap()
            .iter()
            .map(|p| p.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["fire_9.npz", "fire_10.npz"]);
    }
}
