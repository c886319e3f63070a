//! Products: everything a person or a map takes from a forecast, written as one folder or not at all.

use std::io;
use std::path::{Path, PathBuf};

use crate::clip::Clip;
use crate::forecast::Forecast;
use crate::frame::{Film, Kind};

pub mod atomic;
mod facts;
mod font;
mod geojson;
mod geotiff;
mod gif;
mod json;
mod npz;
mod outline;
mod overlay;
mod palette;
mod picture;
pub mod place;
mod scene;

#[cfg(test)]
mod trial;

pub use atomic::Staged;

/// What a finished output folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Name and size in bytes of each file, in name order.
    pub files: Vec<(String, u64)>,
}

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
    /// A product for this kind of input does not exist.
    #[error("forecast of {kind}: no product writes this kind yet; use thermal, mask or rgb")]
    Kind {
        /// The input's kind.
        kind: Kind,
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
        io::ErrorKind::NotADirectory => "a part of the path is a file; name another folder",
        io::ErrorKind::InvalidFilename => "name a shorter or plainer folder",
        _ => "check the disk and the path",
    }
}

/// Writes every product of one forecast into the folder `out`, whole or not at all.
///
/// `film` is what was read, `clip` what the model saw of it, `report` the facts for
/// `forecast.json` (an object). An older output of ours at `out` is replaced in one step.
///
/// # Errors
/// [`ProductError`]; then `out` is as it was before.
pub fn write_all(
    out: &Path,
    film: &Film,
    clip: &Clip,
    forecast: &Forecast,
    report: &serde_json::Value,
) -> Result<Written, ProductError> {
    let facts = facts::Facts::of(film, clip, forecast, report)?;
    let map = place::Map::of(&forecast.grid)?;
    if let Some(map) = &map {
        map.epsg()?;
    }
    let mut staged = Staged::begin(out)?;
    staged.write("forecast.npz", |sink| npz::write(sink, clip, forecast))?;
    staged.write("isochrones.geojson", |sink| {
        geojson::write(sink, map.as_ref(), &facts, clip, forecast)
    })?;
    if let Some(map) = &map {
        staged.write("arrival.tif", |sink| geotiff::arrival(sink, map, &facts, forecast))?;
        staged.write("burn_probability.tif", |sink| {
            geotiff::burn_probability(sink, map, &facts, forecast)
        })?;
    }
    staged.write("overlay.png", |sink| overlay::write(sink, &facts, film, clip, forecast))?;
    staged.write("forecast.gif", |sink| gif::write(sink, &facts, film, clip, forecast))?;
    let json = json::document(staged.folder(), &facts, clip, forecast, report)
        .map_err(|source| ProductError::Io { path: out.to_owned(), source })?;
    staged.write("forecast.json", |sink| json::write(sink, &json))?;
    staged.commit()
}
