//! File formats of radar frames, and which reader is for each.

use std::path::Path;

use super::content::Content;
use super::error::RadarError;
#[cfg(feature = "odim")]
use super::odim;
use super::options::RadarOptions;
use super::raw::Raw;
use super::scan::Scan;
use super::{geotiff, pgm};
use crate::note::one_line;

/// Endings of files that are HDF5 inside, or other files, and no ODIM; `.part` is not yet whole.
const OTHERS: [&str; 9] = [".nc", ".nc4", ".npz", ".mat", ".part", ".tmp", ".png", ".jpg", ".jpeg"];

/// A file format of radar frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Pgm,
    GeoTiff,
    Odim,
}

impl Format {
    /// The format of a file by its name.
    pub(super) fn of(path: &Path) -> Option<Self> {
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

    /// The format of a file by its name, or where that tells nothing by its first bytes: the German
    /// weather service calls ODIM files `…-hd5`.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        Self::of(path).or_else(|| {
            let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
            let other = name.starts_with('.') || OTHERS.iter().any(|e| name.ends_with(e));
            (!other && Content::of_file(path) == Some(Content::Hdf5)).then_some(Self::Odim)
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pgm => "PGM",
            Self::GeoTiff => "GeoTIFF",
            Self::Odim => "HDF5",
        }
    }

    /// The frames in a file, most often one; what an error says of it is one line, whatever the file holds.
    pub(super) fn scans(
        self,
        name: &str,
        bytes: &[u8],
        options: &RadarOptions,
    ) -> Result<Vec<Scan>, RadarError> {
        let mut scans = self.read(name, bytes, options).and_then(|all| {
            let many = all.len() > 1;
            let scan = |raw: Raw| {
                let own = raw.utc;
                let mut scan = Scan::of(raw, options)?;
                if many {
                    // The name tells no time of one of several.
                    scan.time = scan.time.filter(|_| own.is_some());
                    scan.name_disagrees = None;
                    scan.of_many = true;
                }
                Ok(scan)
            };
            all.into_iter().map(scan).collect()
        });
        if let Err(RadarError::Damaged { what, .. } | RadarError::Refused { what, .. }) = &mut scans
        {
            *what = one_line(what);
        }
        scans
    }

    fn read(
        self,
        name: &str,
        bytes: &[u8],
        options: &RadarOptions,
    ) -> Result<Vec<Raw>, RadarError> {
        let one = |raw: Raw| vec![raw];
        match self {
            Self::Pgm => pgm::read(name, bytes, options).map(one),
            Self::GeoTiff => geotiff::read(name, bytes, options),
            #[cfg(feature = "odim")]
            Self::Odim => odim::read(name, bytes, options).map(one),
            #[cfg(not(feature = "odim"))]
            Self::Odim => Err(RadarError::refused(
                name,
                "this emberline was built without ODIM HDF5",
                "build it with ‹features› odim, or give PGM or GeoTIFF",
            )),
        }
    }
}
