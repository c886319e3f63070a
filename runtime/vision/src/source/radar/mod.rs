//! Radar: films of rain from what weather services give out, PGM, GeoTIFF or ODIM HDF5, one frame a
//! file, in a folder or alone.
//!
//! Each file becomes a `Scan` (mm/h, NaN no data, UTC time, place), the scans become a
//! sequence, and what is missing, repeated, late or set right is told in the film's notes. Unit,
//! projection and time are never guessed.

mod around;
mod clock;
mod geotags;
mod geotiff;
mod ground;
#[cfg(feature = "odim")]
mod hdf5;
pub(super) mod health;
#[cfg(feature = "odim")]
mod odim;
mod pgm;
mod scan;
mod sequence;
mod unit;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::reel::Reel;
use super::{BYTES_MAX, SIDE_PX, SourceError, folder, hex};
use crate::frame::{Film, Kind};
use crate::note::{Note, one_line};
pub use around::Around;
use scan::{Raw, Scan};
pub use unit::{MARSHALL_PALMER, Unit, ZR};

/// Most cells of a frame before a part of it is cut out.
const CELLS_MAX: usize = 1 << 26;
/// Most bytes of one file.
const FILE_MAX: u64 = 1 << 30;

/// What the person says about radar files beyond what they tell themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// What the values are; goes before what a file says.
    pub unit: Option<Unit>,
    /// How reflectivity becomes rain.
    pub z_r: ZR,
    /// Gain and offset of stored values; goes before what a file says.
    pub scale: Option<[f64; 2]>,
    /// The stored value that means no data; goes before what a file says.
    pub no_data: Option<f64>,
    /// The projection, `EPSG:3067` or a PROJ string; goes before what a file says.
    pub crs: Option<String>,
    /// The quantity of an ODIM file that is read, such as `DBZH`.
    pub quantity: Option<String>,
    /// Cells of a lower quality than this, 0 to 1, are taken as no data.
    pub least_quality: Option<f32>,
    /// The part of the map that is kept; all of it otherwise.
    pub around: Option<Around>,
}

/// A file format of radar frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Pgm,
    GeoTiff,
    Odim,
}

impl Format {
    /// The format of a file by its name.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|e| name.ends_with(e));
        match () {
            () if name.starts_with('.') => None,
            () if ends(&[".pgm", ".pgm.gz"]) => Some(Self::Pgm),
            () if ends(&[".tif", ".tiff"]) => Some(Self::GeoTiff),
            () if ends(&[".h5", ".hdf", ".hdf5"]) => Some(Self::Odim),
            () => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pgm => "PGM",
            Self::GeoTiff => "GeoTIFF",
            Self::Odim => "HDF5",
        }
    }

    /// The frame in a file; what is told of it is one line each, whatever the file holds.
    fn scan(self, name: &str, bytes: &[u8], ask: &Ask) -> Result<Scan, SourceError> {
        let mut scan = self.read(name, bytes, ask).and_then(|raw| Scan::of(raw, ask));
        if let Err(SourceError::Damaged { what, .. } | SourceError::Refused { what, .. }) =
            &mut scan
        {
            *what = one_line(what);
        }
        scan
    }

    fn read(self, name: &str, bytes: &[u8], ask: &Ask) -> Result<Raw, SourceError> {
        match self {
            Self::Pgm => pgm::read(name, bytes, ask),
            Self::GeoTiff => geotiff::read(name, bytes, ask),
            #[cfg(feature = "odim")]
            Self::Odim => odim::read(name, bytes, ask),
            #[cfg(not(feature = "odim"))]
            Self::Odim => Err(SourceError::refused(
                name,
                "this emberline was built without ODIM HDF5",
                "build it with ‹features› odim, or give PGM or GeoTIFF",
            )),
        }
    }
}

/// Whether `path` holds radar frames: PGM or HDF5, or TIFF where rain is asked for or the first of
/// them says that it is rain. Other TIFFs are pictures.
pub(super) fn claims(path: &Path, ask: &super::Ask) -> bool {
    let Ok((files, _)) = files(path) else { return false };
    let Some((first, format)) = files.first() else { return false };
    if *format != Format::GeoTiff || files.iter().any(|(_, f)| *f != Format::GeoTiff) {
        return true;
    }
    let asked = ask.kind == Some(Kind::Rain) || ask.radar.unit.is_some();
    asked || read(first).is_ok_and(|bytes| geotiff::tells_rain(&bytes))
}

/// Opens the radar file or the folder of radar files `uri` as one film.
pub(super) fn open(uri: &str, ask: &super::Ask) -> Result<Film, SourceError> {
    let (files, others) = files(Path::new(uri))?;
    let mut reel = Reel { name: uri.to_owned(), ..Reel::default() };
    if others > 0 {
        reel.notes.push(Note::OtherFiles { files: others });
    }
    if let Some([a, b]) = files.windows(2).find(|p| p[0].1 != p[1].1) {
        return Err(SourceError::refused(
            uri,
            format!("it mixes {} and {}", a.1.name(), b.1.name()),
            "put frames of one format into a folder",
        ));
    }
    let (mut scans, mut sum, mut total) = (Vec::new(), Sha256::new(), 0u64);
    for (path, format) in &files {
        let name = path.display().to_string();
        let bytes = read(path)?;
        sum.update(&bytes);
        let scan = format.scan(&name, &bytes, &ask.radar)?;
        check_sides(&scan)?;
        total += 4 * scan.rates.len() as u64;
        if total > BYTES_MAX {
            return Err(SourceError::refused(
                &name,
                "the frames up to here are over 8 GiB",
                "give fewer frames, or a part of the map with ‹around›",
            ));
        }
        scans.push(scan);
    }
    reel.digest = hex(sum);
    if !scans.is_empty() && scans.iter().all(|s| s.rates.iter().all(|v| v.is_nan())) {
        return Err(SourceError::refused(
            uri,
            "no frame holds any data",
            "give frames of a time when the radar worked",
        ));
    }
    sequence::wind(scans, &ask.radar, ask.step_s, &mut reel)?;
    let rain = super::Ask { kind: ask.kind.or(Some(Kind::Rain)), ..ask.clone() };
    let mut film = reel.develop(&rain)?;
    let told = health::of(&film);
    film.notes.extend(told);
    Ok(film)
}

/// Radar files at `path` (itself, or in the folder) in natural order, and how many others there are.
fn files(path: &Path) -> Result<(Vec<(PathBuf, Format)>, usize), SourceError> {
    if path.is_file() {
        return Ok((Format::of(path).map(|f| (path.to_owned(), f)).into_iter().collect(), 0));
    }
    let (mut files, mut others) = (Vec::new(), 0);
    for entry in std::fs::read_dir(path).map_err(|e| SourceError::io(path, e))? {
        let file = entry.map_err(|e| SourceError::io(path, e))?.path();
        let hidden = file.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        if hidden || !file.is_file() {
            continue;
        }
        match Format::of(&file) {
            Some(format) => files.push((file, format)),
            None => others += 1,
        }
    }
    files.sort_by(|a, b| folder::natural(&a.0.to_string_lossy(), &b.0.to_string_lossy()));
    Ok((files, others))
}

fn read(path: &Path) -> Result<Vec<u8>, SourceError> {
    let about = std::fs::metadata(path).map_err(|e| SourceError::io(path, e))?;
    if about.len() > FILE_MAX {
        let name = path.display().to_string();
        return Err(SourceError::refused(&name, "it is over 1 GiB", "a radar frame is smaller"));
    }
    std::fs::read(path).map_err(|e| SourceError::io(path, e))
}

fn check_sides(scan: &Scan) -> Result<(), SourceError> {
    let (h, w) = scan.rates.dim();
    if SIDE_PX.contains(&h) && SIDE_PX.contains(&w) {
        return Ok(());
    }
    let (least, most) = (SIDE_PX.start(), SIDE_PX.end());
    Err(SourceError::refused(
        &scan.name,
        format!("it is {h}×{w} cells, and each side must be {least} to {most}"),
        "say which part with ‹around› LON,LAT,KM",
    ))
}

#[cfg(test)]
#[path = "radar_tests.rs"]
mod tests;
