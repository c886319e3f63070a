//! Why an output was not written.

use std::io;
use std::path::{Path, PathBuf};

/// Why no output was written; nothing is left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProductError {
    /// The system refused a write.
    #[error("output {}: {source}; {}", path.display(), advice(source))]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The output's name cannot be a folder's name.
    #[error("output {}: not a folder name; name a new folder", path.display())]
    NoName {
        /// As typed.
        path: PathBuf,
    },
    /// A file lies where the folder should go.
    #[error("output {}: is a file, not a folder; name another or move it away", path.display())]
    NotAFolder {
        /// The file.
        path: PathBuf,
    },
    /// A folder lies there that is not an older output of ours.
    #[error(
        "output {}: the folder holds {found}, which is not an emberline output; name another folder or move it away",
        path.display()
    )]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// One thing found in it.
        found: String,
    },
    /// A mount point cannot be replaced in one step.
    #[error("output {}: is a mount point; name a folder inside it", path.display())]
    MountPoint {
        /// The mount point.
        path: PathBuf,
    },
    /// The coordinate reference system cannot be used.
    #[error("grid: CRS {crs:?}: {why}; give EPSG:n or a PROJ string that fits the transform")]
    Crs {
        /// As given.
        crs: String,
        /// What is wrong with it.
        why: String,
    },
    /// The transform cannot be used.
    #[error("grid: transform {transform:?}: {why}; give six numbers in GDAL order")]
    Transform {
        /// As given.
        transform: [f64; 6],
        /// What is wrong with it.
        why: &'static str,
    },
    /// The parts of the forecast do not fit together.
    #[error("forecast: {what}; this is a fault of the model or of emberline, please report it")]
    Shape {
        /// Which part, found and wanted.
        what: String,
    },
}

/// What to do about a refusal of the system.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space or name a folder on another disk"
        }
        io::ErrorKind::PermissionDenied => "name a folder you may write to",
        io::ErrorKind::ReadOnlyFilesystem => "name a folder on a disk that can be written",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a part of the path is a file; name another folder"
        }
        io::ErrorKind::InvalidFilename => "name a shorter or plainer folder",
        _ => "check the disk and the path",
    }
}

/// What the system said of this file or folder.
pub(super) fn io_at(path: &Path, source: io::Error) -> ProductError {
    ProductError::Io { path: path.to_owned(), source }
}
