//! File formats of radar frames, and which reader is for each.

use std::path::Path;

use super::error::RadarError;
#[cfg(feature = "odim")]
use super::odim;
use super::options::RadarOptions;
use super::raw::Raw;
use super::scan::Scan;
use super::{geotiff, pgm};
use crate::note::one_line;

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

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pgm => "PGM",
            Self::GeoTiff => "GeoTIFF",
            Self::Odim => "HDF5",
        }
    }

    /// The frame in a file; what an error says of it is one line, whatever the file holds.
    pub(super) fn scan(
        self,
        name: &str,
        bytes: &[u8],
        options: &RadarOptions,
    ) -> Result<Scan, RadarError> {
        let mut scan = self.read(name, bytes, options).and_then(|raw| Scan::of(raw, options));
        if let Err(RadarError::Damaged { what, .. } | RadarError::Refused { what, .. }) = &mut scan
        {
            *what = one_line(what);
        }
        scan
    }

    fn read(self, name: &str, bytes: &[u8], options: &RadarOptions) -> Result<Raw, RadarError> {
        match self {
            Self::Pgm => pgm::read(name, bytes, options),
            Self::GeoTiff => geotiff::read(name, bytes, options),
            #[cfg(feature = "odim")]
            Self::Odim => odim::read(name, bytes, options),
            #[cfg(not(feature = "odim"))]
            Self::Odim => Err(RadarError::refused(
                name,
                "this emberline was built without ODIM HDF5",
                "build it with ‹features› odim, or give PGM or GeoTIFF",
            )),
        }
    }
}
