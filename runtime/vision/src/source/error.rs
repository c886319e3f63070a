//! Why an input gives no frames: what, where, and what to do.

use std::path::Path;

use super::npy::NpyError;
use crate::frame::{SIDE_PX, sides_fit};
use crate::radar::RadarError;

/// Why an input could not be opened or read to its end.
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
        "{name}: emberline cannot open {what}; give a .npz, an .mp4, .m4v or .mov (H.264, H.265), a \
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
    /// A live source that should go on gives no more frames.
    #[error("{name}: no more frames: {what}; look after the camera and its line")]
    Lost {
        /// What the source is called.
        name: String,
        /// Why.
        what: String,
    },
    /// Radar files that could not be read, or do not go together.
    #[error(transparent)]
    Radar(#[from] RadarError),
}

impl SourceError {
    pub(super) fn refused(name: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Refused { name: name.to_owned(), what: what.into(), fix: fix.into() }
    }

    /// A picture that its decoder gives up: the first line of why.
    pub(super) fn undecodable(name: &str, why: &str) -> Self {
        let why = why.lines().next().unwrap_or("unknown reason");
        Self::Damaged { name: name.to_owned(), what: format!("cannot be decoded: {why}") }
    }

    pub(super) fn io(path: &Path, cause: std::io::Error) -> Self {
        let name = path.display().to_string();
        if cause.kind() == std::io::ErrorKind::NotFound {
            return Self::Missing { name };
        }
        Self::Io { name, cause }
    }

    /// Refuses frames of `name` whose sides cannot be forecast.
    pub(super) fn check_sides(name: &str, height: usize, width: usize) -> Result<(), Self> {
        if sides_fit(height, width) {
            return Ok(());
        }
        let (least, most) = (SIDE_PX.start(), SIDE_PX.end());
        Err(Self::refused(
            name,
            format!("frames are {height}×{width} pixels"),
            format!("each side must be {least} to {most}: crop or scale them"),
        ))
    }
}
